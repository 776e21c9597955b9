"""The same period published twice: what moved a status between its revisions, and what of the first still holds."""

from collections.abc import Mapping, Sequence

import pytest

from engine.assessment.revised import LastRevision
from engine.model.run import SubjectOut
from tests.assessment.office import FAR_BELOW, HOMES, Office, Row, by_ref, judgement, months, portfolio

STRICTER, LOOSER = (FAR_BELOW.replace("value: 10%", f"value: {value}") for value in ("3%", "30%"))
RED = STRICTER.replace("status: amber", "status: red")
FIRST_JUDGED = portfolio(HOMES, starts="2019-02")  # what came before is history: it can't be judged again
CLOSED = portfolio({**HOMES, "lifecycle": [{"from": "2019-01", "is": "closed"}]}, starts="2019-02")
Published = dict[str, SubjectOut]


def history(code: str) -> dict[str, list[Row]]:
    return {"2019-01": [judgement("homes", "override", code)]}


def revise(
    runs: Sequence[str], *returns: Mapping[str, Sequence[Row]], figures: Sequence[bool] | None = None
) -> Published:
    """February published once by each of some rules; `figures` says of each but the first whether they are the same."""
    found: Published = {}
    for number, rules in enumerate(runs):
        last = None
        if number:
            same = True if figures is None else figures[number - 1]
            last = LastRevision(number, found, same_figures=same, same_rules=rules == runs[number - 1])
        found = by_ref(Office(of=FIRST_JUDGED, rules=rules).assess("2019-02", *returns, same_period=last))
    return found


def homes(figures: str) -> dict[str, list[Row]]:
    return months({"homes.beds": f". {figures}"})


@pytest.mark.parametrize(
    ("before", "figures", "rules", "status", "trend", "moved_by"),
    [
        ("G", "95", STRICTER, "amber", "Same", ("rules",)),  # was green, as in January
        ("A", "80", LOOSER, "green", "Same", ("rules",)),
        ("G", "80", RED, "red", "Worse", ("figures", "rules")),  # was amber, worse than in January
        ("A", "95", STRICTER, "amber", None, ("figures", "rules")),  # was green and better: it isn't any more
        ("G", "80", LOOSER, "green", None, ("figures", "rules")),  # was amber and worse
        ("R", "95", STRICTER, "amber", "Better", ("figures", "rules")),
    ],
)
def test_an_edited_rule_is_no_decline_where_the_month_before_is_history(
    before: str, figures: str, rules: str, status: str, trend: str | None, moved_by: tuple[str, ...]
) -> None:
    one = revise([FAR_BELOW, rules], history(before), homes(figures))["homes"]
    assert (one.status, one.trend, one.moved_by) == (status, trend, moved_by)
    assert one.revised is not None
    assert (one.revised.revision, one.revised.by, one.rules_moved) == (1, ("rules",), True)


def test_what_an_edited_rule_lifts_is_not_remediated() -> None:
    one = revise([FAR_BELOW, LOOSER], history("A"), homes("80"))["homes"]
    assert (one.status, one.remediated) == ("green", False)


def test_what_was_remediated_by_figures_stays_so_whatever_rule_is_edited_beside() -> None:
    unrelated = FAR_BELOW.replace("Agree a plan", "Agree another plan")
    one = revise([FAR_BELOW, unrelated], history("A"), homes("95"))["homes"]
    assert (one.status, one.trend, one.remediated, one.revised) == ("green", "Better", True, None)


def test_a_first_status_is_new_by_whatever_rule() -> None:
    one = revise([FAR_BELOW, STRICTER], homes("95"))["homes"]
    assert (one.status, one.trend, one.moved_by, one.rules_moved) == ("amber", "New", ("rules",), True)


def test_a_third_revision_keeps_what_the_second_said_of_the_rules() -> None:
    one = revise([FAR_BELOW, STRICTER, STRICTER], history("G"), homes("95"))["homes"]
    assert (one.trend, one.moved_by) == ("Same", ("rules",))
    assert one.revised is not None
    assert (one.revised.status, one.revised.revision) == ("green", 1)


def test_a_rule_that_is_put_back_moves_the_status_back() -> None:
    one = revise([FAR_BELOW, STRICTER, FAR_BELOW], history("G"), homes("95"))["homes"]
    assert (one.status, one.trend) == ("green", "Same")
    assert one.revised is not None
    assert (one.revised.status, one.revised.revision, one.revised.by) == ("amber", 2, ("rules",))


@pytest.mark.parametrize(
    ("rules", "figures", "by"),
    [(FAR_BELOW, False, ("figures",)), (STRICTER, False, ("figures", "rules")), (FAR_BELOW, True, ("figures",))],
)
def test_with_other_figures_it_is_not_put_down_to_the_rules(rules: str, figures: bool, by: tuple[str, ...]) -> None:
    first = by_ref(Office(of=FIRST_JUDGED).assess("2019-02", history("G"), homes("95")))
    last = LastRevision(1, first, same_figures=figures, same_rules=rules == FAR_BELOW)
    second = Office(of=FIRST_JUDGED, rules=rules).subject(
        "homes", "2019-02", history("G"), homes("80"), same_period=last
    )
    assert (second.status, second.trend, second.moved_by) == ("amber", "Worse", ("figures",))
    assert second.revised is not None
    assert (second.revised.by, second.rules_moved) == (by, False)


def test_a_project_that_is_closed_since_was_decided_and_not_moved_by_a_rule() -> None:
    first = by_ref(Office(of=FIRST_JUDGED).assess("2019-02", history("G"), homes("80")))
    last = LastRevision(1, first, same_figures=True, same_rules=False)
    one = Office(of=CLOSED).subject("homes", "2019-02", history("G"), homes("80"), same_period=last)
    assert (one.status, one.trend) == ("closed", None)
    assert one.revised is not None
    assert one.revised.by == ("decision",)


def test_a_month_that_can_be_judged_again_is_still_compared_by_the_rules_of_today() -> None:
    returns = months({"homes.beds": "100 95"})
    first = by_ref(Office().assess("2019-02", returns, previous={"homes": "green"}, ever=frozenset({"homes"})))
    last = LastRevision(1, first, same_figures=True, same_rules=False)
    one = Office(rules=STRICTER).subject(
        "homes", "2019-02", returns, previous={"homes": "green"}, ever=frozenset({"homes"}), same_period=last,
        rules_changed=True,
    )  # fmt: skip
    assert first["homes"].status == "green"
    assert (one.status, one.trend, one.moved_by, one.rules_moved) == ("amber", "Worse", ("figures", "rules"), True)


def test_a_subject_that_is_new_to_the_portfolio_was_not_revised() -> None:
    last = LastRevision(1, {}, same_figures=True, same_rules=False)
    one = Office(of=FIRST_JUDGED).subject("homes", "2019-02", homes("80"), same_period=last)
    assert (one.trend, one.revised) == ("New", None)
