"""Cases: from the period they show until they are judged quiet."""

import pytest

from engine.alerts.cases import CaseChanges, update
from engine.model.acts import CaseKey
from engine.model.alerts import Case
from engine.model.run import FindingOut, NotAssessed, SubjectOut
from tests.alerts.months import GAR, letters, measure, run_of, subject

NOTHING: frozenset[CaseKey] = frozenset()


def over(row: str) -> list[str]:
    """What happens to a project's cases in each month of a row: "+late" opened, "late" goes on, "-late" closed."""
    cases: tuple[Case, ...] = ()
    closed = NOTHING
    said = []
    for number, (letter, mark) in enumerate(letters(row)):
        changes = update(cases, closed, run_of(subject(letter, mark=mark), period=f"2018-{number + 1:02}"), GAR)
        cases, closed = changes.open, closed | {case.key for case in changes.closed}
        said.append(" ".join(_words(changes)) or ".")
    return said


def _words(changes: CaseChanges) -> list[str]:
    return [
        *(case.key.rule for case in changes.continued),
        *(f"-{case.key.rule}" for case in changes.closed),
        *(f"{'again' if case.reopened else ''}+{case.key.rule}" for case in changes.opened),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("gag", [".", "+late", "-late"]),
        ("ara", ["+late", "late", "late"]),
        ("aA", ["+late", "-late +costly"]),
        ("aB", ["+late", "late +costly"]),
        ("aga", ["+late", "-late", "again+late"]),
        ("a_a", ["+late", "late", "late"]),
        ("a___g", ["+late", "late", "late", "late", "-late"]),
        ("ac", ["+late", "-late"]),
        ("an", ["+late", "-late"]),
        ("foog", ["+floor", "-floor +override", "override", "-override"]),
        ("vr", ["+late +override", "late -override"]),
        ("o_", ["+override", "-override"]),
    ],
)
def test_a_case_lasts_until_its_rule_is_judged_quiet(row: str, words: list[str]) -> None:
    assert over(row) == words


def test_a_case_keeps_its_first_period_and_has_the_status_it_gives_now() -> None:
    first = update((), NOTHING, run_of(subject("a"), period="2018-12"), GAR)
    second = update(first.open, NOTHING, run_of(subject("r"), period="2019-01"), GAR)
    (case,) = second.continued
    assert (case.opened, case.status, case.closed) == ("2018-12", "red", None)
    third = update(second.open, NOTHING, run_of(subject("g"), period="2019-02"), GAR)
    assert [case.closed for case in third.closed] == ["2019-02"]


def test_a_subject_that_left_the_portfolio_takes_its_cases_with_it() -> None:
    first = update((), NOTHING, run_of(subject("a"), subject("a", "transport")), GAR)
    second = update(first.open, NOTHING, run_of(subject("a", "transport"), period="2019-02"), GAR)
    assert [case.key.subject for case in second.closed] == ["meals"]
    assert [case.key.subject for case in second.open] == ["transport"]


def test_a_rule_that_is_no_longer_asked_closes_its_cases() -> None:
    first = update((), NOTHING, run_of(subject("a")), GAR)
    without = subject("g").model_copy(update={"judged": ("costly",)})
    assert [case.key.rule for case in update(first.open, NOTHING, run_of(without), GAR).closed] == ["late"]


def test_a_finding_at_the_best_status_is_no_case() -> None:
    praised = FindingOut(rule="early", title="Early", status="green", because="Ahead of its plan")
    run = run_of(subject("g").model_copy(update={"findings": (praised,)}))
    assert update((), NOTHING, run, GAR) == CaseChanges((), (), ())


def test_a_floor_that_is_also_listed_as_a_finding_is_one_case() -> None:
    listed = FindingOut(rule="floor", title="PMO", status="amber", because="as the PMO sees it")
    run = run_of(subject("f").model_copy(update={"findings": (listed,)}))
    assert [case.key.rule for case in update((), NOTHING, run, GAR).opened] == ["floor"]


def _far_below(*measures: str) -> tuple[FindingOut, ...]:
    return tuple(
        FindingOut(rule="far_below", title="Far below", measure=name, status="amber", because=name) for name in measures
    )


def _use(part: str) -> FindingOut:
    return FindingOut(rule="use", title="Use", measure="use", part=part, status="red", because=part)


def _with(**fields: object) -> SubjectOut:
    return subject("a").model_copy(update={"findings": (), "judged": (), **fields})


def test_one_rule_on_two_measures_is_two_cases_that_end_apart() -> None:
    both = _with(findings=_far_below("calls", "visits"))
    first = update((), NOTHING, run_of(both), GAR)
    assert [case.key.measure for case in first.opened] == ["calls", "visits"]
    one = _with(findings=_far_below("calls"), judged=("far_below",), measures=(measure("visits", "green"),))
    assert [case.key.measure for case in update(first.open, NOTHING, run_of(one), GAR).closed] == ["visits"]


@pytest.mark.parametrize(
    ("missing", "stays_open"),
    [
        ("visits", True),
        ("visits.target", True),
        ("calls", False),
        ("calls.target", False),
        ("calls visits", True),
        ("savings.target", True),
        ("", True),
    ],
)
def test_a_rule_unknown_for_one_measure_keeps_only_that_measures_case(missing: str, stays_open: bool) -> None:
    first = update((), NOTHING, run_of(_with(findings=_far_below("visits"))), GAR)
    later = _with(
        judged=("far_below",),
        not_assessed=(NotAssessed(missing=tuple(missing.split()), rules=("far_below",)),),
        measures=(measure("visits", "green"), measure("calls", None)),
    )
    assert bool(update(first.open, NOTHING, run_of(later), GAR).continued) is stays_open


def test_a_part_that_is_judged_quiet_closes_though_another_is_missing() -> None:
    first = update((), NOTHING, run_of(_with(findings=(_use("North"), _use("South")))), GAR)
    later = _with(
        not_assessed=(NotAssessed(missing=("use",), rules=("use",)),),
        measures=(measure("use", None), measure("use", None, "North"), measure("use", "green", "South")),
    )
    changes = update(first.open, NOTHING, run_of(later), GAR)
    assert [case.key.part for case in changes.continued] == ["North"]
    assert [case.key.part for case in changes.closed] == ["South"]


def test_parts_of_a_measure_are_cases_of_their_own() -> None:
    first = update((), NOTHING, run_of(_with(findings=(_use("North"), _use("South")))), GAR)
    second = update(first.open, NOTHING, run_of(_with(findings=(_use("North"),), judged=("use",))), GAR)
    assert [case.key.part for case in second.continued] == ["North"]
    assert [case.key.part for case in second.closed] == ["South"]
