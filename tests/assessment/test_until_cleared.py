"""Rules with `clears`: months of figures, and what stands after each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.assessment import held
from engine.inference import plain
from engine.inference.errors import DisagreementError
from engine.inference.process import DurableProcess, available
from engine.model.run import FindingOut
from engine.model.verdicts import FIRES
from engine.rulebook.clearing import settled
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import Comparison
from tests.assessment.office import (
    BEDS,
    HOMES,
    Office,
    Replay,
    Row,
    judgement,
    months,
    net_at_risk,
    portfolio,
)

BELOW_60_UNTIL_65 = """
thresholds:
  floor: {title: The floor, values: [{from: 2018-01, value: 60, why: agreed, approved_by: PMO}]}
rules:
  - id: low
    title: Few beds are filled
    for: projects
    when: beds < floor
    clears: beds >= 65
    status: amber
    because: "{beds} of {beds.target} beds are filled"
"""
WITHOUT = BELOW_60_UNTIL_65.replace("    clears: beds >= 65\n", "")


def replay(figures: str, rules: str = BELOW_60_UNTIL_65) -> Replay:
    return Office(rules=rules).replay(months({"homes.beds": figures}))


def finding(figures: str, rules: str = BELOW_60_UNTIL_65) -> FindingOut:
    """What stands in the last month."""
    (found,) = replay(figures, rules).runs[-1]["homes"].findings
    return found


@pytest.mark.parametrize(
    ("figures", "statuses"),
    [
        ("59 61 59 62 66", "A A A A G"),  # hovering about the limit
        ("62 59 62 65", "G A A G"),  # what never fired is quiet between the two limits
        ("59 66 62 59", "A G G A"),
        ("59 62 . 62 65", "A A A A G"),  # through a month without a figure
        ("59 . 62 . 66", "A A A A G"),
        ("59 . . . . 62", "A A A A A A"),
        ("62 . 62", "G - G"),  # quiet holds as it did, beside nothing that was judged
        ("59 62", "A A"),
        (". 62 59", "- G A"),
    ],
)
def test_what_fired_stands_until_it_is_cleared(figures: str, statuses: str) -> None:
    assert replay(figures).statuses("homes") == statuses


def test_without_clears_every_crossing_of_the_limit_is_a_change() -> None:
    assert replay("59 61 59 62 66", WITHOUT).statuses("homes") == "A G A G G"


def test_what_stands_is_no_change_and_neither_better_nor_worse() -> None:
    months_ = replay("66 59 61 59 62 66")
    assert months_.trends("homes") == "New Worse Same Same Same Better"
    assert [run["homes"].remediated for run in months_.runs] == [False] * 5 + [True]
    assert [run["homes"].moved_by for run in months_.runs] == [(), ("figures",), (), (), (), ("figures",)]


def test_the_finding_says_why_it_still_stands_and_what_would_clear_it() -> None:
    found = finding("59 61 62")
    assert (
        found.because
        == "62 of 100 beds are filled (the rule last fired in January 2019, and stands until it is cleared)"
    )
    assert found.to_clear == "Beds filled of at least 65 (now 62, 3 short)"
    assert (found.last_fired, found.as_at) == ("2019-01", None)
    assert found.evidence["beds"].shown == "62"


def test_a_finding_whose_condition_is_true_is_told_as_ever_but_for_what_clears_it() -> None:
    found = finding("59 62 58")
    assert (found.because, found.last_fired) == ("58 of 100 beds are filled", None)
    assert found.to_clear == "Beds filled of at least 65 (now 58, 7 short)"


def test_what_stands_without_a_figure_is_as_at_the_month_judged_last() -> None:
    found = finding("59 62 .")
    assert (found.as_at, found.last_fired) == ("2019-02", "2019-01")
    assert (
        found.because
        == "62 of 100 beds are filled (the rule last fired in January 2019, and stands until it is cleared)"
    )


def test_what_stands_is_judged_on_this_months_figures() -> None:
    subject = replay("59 62").runs[-1]["homes"]
    assert (subject.as_at, subject.not_assessed, subject.judged) == (None, (), ())


TWO = portfolio(
    {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}, "rooms": {"target": "100"}}},
    measures={"beds": BEDS, "rooms": {**BEDS, "title": "Rooms"}},
)
BY_ANOTHER = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 60, clears: beds >= 60 and rooms >= 50, status: amber}
"""


@pytest.mark.parametrize(
    ("beds", "rooms", "statuses"),
    [
        ("59 62 62", "50 40 50", "A A G"),
        ("59 62 62", "50 . 50", "A A G"),  # what can't be told does not clear it
        ("62 62 62", "50 . 40", "G G G"),  # nor does it make it fire
    ],
)
def test_what_clears_may_be_about_another_figure(beds: str, rooms: str, statuses: str) -> None:
    office = Office(of=TWO, rules=BY_ANOTHER)
    assert office.replay(months({"homes.beds": beds, "homes.rooms": rooms}, of=TWO)).statuses("homes") == statuses


def test_the_evidence_has_the_figures_of_what_clears_it() -> None:
    office = Office(of=TWO, rules=BY_ANOTHER)
    for beds in ("59", "59 62"):
        runs = office.replay(months({"homes.beds": beds, "homes.rooms": "40 40"[: len(beds)]}, of=TWO)).runs
        assert set(runs[-1]["homes"].findings[0].evidence) == {"beds", "rooms"}


def test_where_both_are_true_the_condition_wins() -> None:
    rules = BELOW_60_UNTIL_65.replace("beds >= 65", "beds >= 50")
    assert replay("55 61 55 45", rules).statuses("homes") == "A G A A"
    assert finding("55", rules).to_clear == "Beds filled of at least 60 (now 55, 5 short)"


FOR_THREE = BELOW_60_UNTIL_65.replace("beds >= 65", "(beds >= 60) for 3 periods")


def test_it_may_clear_after_some_periods_in_a_row() -> None:
    assert replay("59 61 59 61 62 63 59", FOR_THREE).statuses("homes") == "A A A A A G A"
    assert finding("59", FOR_THREE).to_clear == "Beds filled of at least 60 (now 59, 1 short) for 3 periods"
    assert finding("59 61", FOR_THREE).to_clear == "as now, for 3 periods in a row"


def test_a_figure_too_large_to_clear_it_is_a_problem() -> None:
    returns = months({"homes.beds": "59 62", "homes.rooms": "40 99999999999"}, of=TWO)
    assessed = [Office(of=TWO, rules=BY_ANOTHER).assess(month, returns) for month in ("2019-01", "2019-02")]
    said = [[problem.what for problem in one.problems] for one in assessed]
    assert said == [[], ["rooms can't be compared: a figure is larger than 9,007,199,254"]]


# ---- where it starts anew


def test_history_is_never_judged_and_nothing_stands_from_it() -> None:
    returns = months({"homes.beds": "59 62 62"}, first="2018-12")
    assert Office(rules=BELOW_60_UNTIL_65).replay(returns).runs[0]["homes"].status == "green"


def test_a_break_in_the_series_starts_it_anew() -> None:
    broken = portfolio(HOMES, measures={"beds": {**BEDS, "series": [{"from": "2019-03", "why": "new system"}]}})
    replayed = Office(of=broken, rules=BELOW_60_UNTIL_65).replay(months({"homes.beds": "59 62 62 62"}, of=broken))
    assert replayed.statuses("homes") == "A A G G"


def test_a_project_that_was_not_live_between_starts_anew() -> None:
    spans = [{"from": "2019-01", "is": "live"}, {"from": "2019-02", "is": "closed"}, {"from": "2019-03", "is": "live"}]
    of = portfolio({**HOMES, "lifecycle": spans})
    replayed = Office(of=of, rules=BELOW_60_UNTIL_65).replay(months({"homes.beds": "59 . 62"}, of=of))
    assert replayed.statuses("homes") == "A C G"


def test_the_rules_of_today_judge_the_past_again() -> None:
    # By today's floor of 60 it would have fired in January, when the floor was 50 and all was well.
    dated = BELOW_60_UNTIL_65.replace(
        "{from: 2018-01, value: 60,", "{from: 2018-01, value: 50}, {from: 2019-02, value: 60,"
    )
    subject = Office(rules=dated).subject(
        "homes", "2019-02", months({"homes.beds": "59 62"}), previous={"homes": "green"},
        ever=frozenset({"homes"}), rules_changed=True,
    )  # fmt: skip
    assert (subject.status, subject.trend, subject.moved_by) == ("amber", "Same", ("rules",))


def test_an_override_stands_over_it_and_leaves_it_as_it_is() -> None:
    over = {"2019-02": [judgement("homes", "override", "R")]}
    replayed = Office(rules=BELOW_60_UNTIL_65).replay(months({"homes.beds": "59 62 62 66"}), over)
    assert replayed.statuses("homes") == "A R A G"


# ---- other kinds of rules


OF_MEASURES = """
rules:
  - id: far
    title: Far below
    for: measures
    when: shortfall > 40%
    clears: shortfall <= 35%
    status: amber
    because: "{title}: {actual}"
"""


def test_in_a_rule_for_measures_each_measure_and_part_stands_by_itself() -> None:
    of = portfolio(
        {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}, "use": {"target": "100%"}}},
        measures={
            "beds": BEDS,
            "use": {"title": "Use", "unit": "percent", "better": "higher", "parts": ["North", "South"]},
        },
    )
    figures = {"homes.beds": "59 62 66", "homes.use.North": "59 66 62", "homes.use.South": "62 59 62"}
    runs = Office(of=of, rules=OF_MEASURES).replay(months(figures, of=of)).runs
    fired = [[one.part or one.measure for one in run["homes"].findings] for run in runs]
    assert fired == [["beds", "North"], ["beds", "South"], ["South"]]
    assert runs[1]["homes"].findings[0].to_clear == "Beds filled of at least 65 (now 62, 3 short)"
    assert {(one.measure, one.part): one.status for one in runs[1]["homes"].measures}["beds", None] == "amber"


def test_remarks_and_problems_stand_too() -> None:
    for kind in ("remark", "problem"):
        rules = BELOW_60_UNTIL_65.replace("status: amber", f"as: {kind}") + FINE
        assessed = [Office(rules=rules).assess(f"2019-0{n}", months({"homes.beds": "59 62 66"})) for n in (1, 2, 3)]
        said = [
            [*next(one for one in run.subjects if one.ref == "homes").remarks, *(one.what for one in run.problems)]
            for run in assessed
        ]
        assert said == [
            ["59 of 100 beds are filled"],
            ["62 of 100 beds are filled (the rule last fired in January 2019, and stands until it is cleared)"],
            [],
        ]


FINE = "  - {id: fine, title: Fine, for: projects, when: beds < 0, status: red}\n"


def test_a_parents_rule_stands_on_its_roll_up() -> None:
    of = portfolio(
        programmes=[{"ref": "care", "title": "Care", "projects": [HOMES, {**HOMES, "ref": "flats", "title": "Flats"}]}]
    )
    rules = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 60, status: amber}
  - id: many
    title: Many are off track
    for: programmes
    when: projects.amber_or_worse >= 2
    clears: projects.amber_or_worse = 0
    status: amber
"""
    figures = {"homes.beds": "59 59 66 59", "flats.beds": "59 66 66 66"}
    assert Office(of=of, rules=rules).replay(months(figures, of=of)).statuses("care") == "A A G G"


def test_savings_at_risk_stand_until_there_are_few() -> None:
    rules = """
rules:
  - {id: risk, title: R, for: projects, when: savings.net_at_risk > £50, clears: savings.net_at_risk < £20, status: red}
"""
    returns: dict[str, list[Row]] = {
        f"2019-0{month}": [net_at_risk("homes", pounds)] for month, pounds in enumerate((60, 40, 20, 19, 40), start=1)
    }
    assert Office(rules=rules).replay(returns).statuses("homes") == "R R R G G"


# ---- a long past


def test_two_hundred_months_about_the_limit_stand_on_the_first() -> None:
    figures = "59 " + "62 61 . " * 66 + "62 62"
    office = Office(of=portfolio(HOMES, starts="2001-01"), rules=ruled(60, "beds >= 65"))
    subject = office.subject("homes", "2017-09", months({"homes.beds": figures}, first="2001-01"))
    assert (subject.status, subject.findings[0].last_fired) == ("amber", "2001-01")


def test_a_long_past_is_no_long_chain_of_calls_and_each_month_of_it_is_settled_once() -> None:
    rules = ruled(60, "beds >= 65") + (
        "  - {id: lasting, title: Lasting, for: projects, status: red,\n"
        "     when: status.held_for >= 3 and beds < 62, clears: status.previous is red and beds > 63}\n"
    )
    office = Office(of=portfolio(HOMES, starts="2001-01"), rules=rules)
    figures = months({"homes.beds": "59 " + "61 62 64 " * 80}, first="2001-01")
    asked: list[str | None] = []

    def counted(said: str | None, cleared: str | None) -> bool | None:
        asked.append(said)
        return settled(said, cleared)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held, "settled", counted)
        subject = office.subject("homes", "2020-12", figures, previous={"homes": "red"})
    assert [(one.rule, one.last_fired) for one in subject.findings] == [("lasting", "2020-11"), ("low", "2001-01")]
    assert len(asked) <= 2 * 240  # two rules, twenty years


# ---- made-up months


figure = st.sampled_from([*map(str, range(55, 70)), ".", "."])
lines = st.lists(figure, min_size=1, max_size=8)
limits = st.tuples(st.integers(56, 69), st.integers(0, 6))


def ruled(floor: int, clears: str | None) -> str:
    stands = "" if clears is None else f", clears: {clears}"
    return f"rules:\n  - {{id: low, title: Low, for: projects, when: beds < {floor}, status: amber{stands}}}\n"


def naive(line: list[str], floor: int, until: int) -> list[bool]:
    """Whether the rule fires, read from the first month on."""
    fires: list[bool] = []
    stands = False
    for said in line:
        if said != ".":
            stands = int(said) < floor or (stands and int(said) < until)
        fires.append(stands)
    return fires


@given(lines, limits)
def test_what_stands_is_what_reading_the_months_from_the_first_gives(line: list[str], limit: tuple[int, int]) -> None:
    floor, until = limit[0], limit[0] + limit[1]
    runs = replay(" ".join(line), ruled(floor, f"beds >= {until}")).runs
    assert [bool(run["homes"].findings) for run in runs] == naive(line, floor, until)


@given(lines, limits)
def test_what_stands_until_it_clears_never_changes_more_often(line: list[str], limit: tuple[int, int]) -> None:
    floor, until = limit[0], limit[0] + limit[1]
    without, with_ = (
        [bool(run["homes"].findings) for run in replay(" ".join(line), ruled(floor, clears)).runs]
        for clears in (None, f"beds >= {until}")
    )
    assert _changes(with_) <= _changes(without)
    assert all(stands for stands, fires in zip(with_, without, strict=True) if fires)


def _changes(states: list[bool]) -> int:
    return sum(one != other for one, other in zip([False, *states], states, strict=False))


@given(lines, limits)
def test_a_month_judged_again_gives_what_judging_it_then_gave(line: list[str], limit: tuple[int, int]) -> None:
    runs = replay(" ".join(line), ruled(limit[0], f"beds >= {sum(limit)}")).runs
    for now, then in zip(runs[1:], runs, strict=False):
        one, before = now["homes"], then["homes"]
        assert one.moved_by == (("figures",) if before.status and one.status != before.status else ())


@pytest.mark.skipif(not available(), reason="durable-rules is not installed")
def test_both_evaluators_judge_what_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = months({"homes.beds": "59 61 . 62 66"})
    with DurableProcess() as durable:
        assert Office(rules=BELOW_60_UNTIL_65).replay(figures, durable=durable).statuses("homes") == "A A A A G"
        by_itself = plain.outcome

        def wrong_of_what_clears(rule: Rule, scope: Scope) -> str | None:
            clears = isinstance(rule.when, Comparison) and rule.when.op == ">="
            return FIRES if clears else by_itself(rule, scope)

        monkeypatch.setattr(plain, "outcome", wrong_of_what_clears)
        with pytest.raises(DisagreementError):
            Office(rules=BELOW_60_UNTIL_65).replay(figures, durable=durable)
