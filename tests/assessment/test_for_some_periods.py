"""`for N periods`: which periods are counted, for whom, and that going back twice adds up."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assessment.applies import asked_of
from engine.assessment.judging import Judging
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.facts.book import FactBook
from engine.inference.process import DurableProcess
from engine.model.verdicts import Place
from engine.model.workspace import cadence_of
from engine.periods import WorkingDays
from engine.rulebook.syntax import Fact
from tests.assessment.office import BEDS, HOMES, SCHEME, Office, merged, months, portfolio, rulebook

SHARE = {"title": "Share kept", "unit": "percent", "better": "higher"}
LIFECYCLE = [
    {"from": "2018-01", "is": "live"},
    {"from": "2019-03", "is": "not monitored"},
    {"from": "2019-04", "is": "live"},
]


def office(*conditions: str, lifecycle: bool = False, **rooms: str) -> Office:
    """One rule for homes for each condition; homes has beds each month, rooms as they are reported, and a share."""
    homes = {
        **HOMES, "measures": {"beds": {}, "rooms": {}, "share": {}}, **({"lifecycle": LIFECYCLE} if lifecycle else {})
    }  # fmt: skip
    of = portfolio(homes, measures={"beds": BEDS, "rooms": {**BEDS, "title": "Rooms", **rooms}, "share": SHARE})
    rules = "".join(f"  - {{id: r{n}, title: R, status: amber, {one}}}\n" for n, one in enumerate(conditions))
    return Office(of, f"rules:\n{rules}")


def fired(of: Office, period: str, **lines: str) -> bool:
    returned = months({f"homes.{name.replace('_', '.')}": line for name, line in lines.items()}, of=of.of)
    return of.subject("homes", period, returned).status == "amber"


def test_brackets_count_the_periods_of_what_is_in_them_whatever_else_the_rule_names() -> None:
    of = office("for: projects, when: (beds < 90) for 3 periods and rooms < 90", reported="quarterly")
    assert fired(of, "2019-03", beds="80 80 80", rooms=". . 80")
    assert not fired(of, "2019-03", beds="95 80 80", rooms=". . 80")


def test_brackets_about_a_quarterly_measure_count_quarters() -> None:
    of = office("for: projects, when: (rooms < 90) for 2 periods and beds < 90", reported="quarterly")
    assert fired(of, "2019-06", beds=". . . . . 80", rooms=". . 80 . . 80")
    assert not fired(of, "2019-06", beds=". . . . . 80", rooms=". . 95 . . 80")


def test_a_rule_for_measures_counts_by_its_own_measure_only_where_the_brackets_name_it() -> None:
    of = office("for: measures, only: rooms, when: (beds < 90) for 2 periods and actual < 90", reported="quarterly")
    assert fired(of, "2019-03", beds=". 80 80", rooms=". . 80")
    own = office("for: measures, only: rooms, when: (beds < 90 and actual < 90) for 2 periods", reported="quarterly")
    assert not fired(own, "2019-03", beds=". 80 80", rooms=". . 80")
    assert fired(own, "2019-06", beds=". . 80 . . 80", rooms=". . 80 . . 80")


@pytest.mark.parametrize("condition", ["(beds < 90) for 2 periods", "(beds < 90 or lifecycle is live) for 2 periods"])
def test_a_month_in_which_a_project_was_not_live_begins_the_count_anew(condition: str) -> None:
    of = office(f"for: projects, when: {condition}", lifecycle=True)
    assert [fired(of, f"2019-0{month}", beds="80 80 80 80 80") for month in (2, 4, 5)] == [True, False, True]


def test_brackets_in_brackets_agree_where_a_part_did_not_come_back_in_between() -> None:
    of = office("for: measures, only: share, when: ((actual < 50%) for 2 periods) for 2 periods")
    returned = months({"homes.share.North": "80 . 40", "homes.share.South": "40 40 40"}, of=of.of)
    with DurableProcess() as durable:
        out = of.assess("2019-03", returned, durable=durable)
    (homes,) = [subject for subject in out.subjects if subject.ref == "homes"]
    assert {one.part: one.status for one in homes.measures if one.part} == {"North": "green", "South": "amber"}


lines = st.lists(st.sampled_from([".", "40", "80", "due"]), min_size=6, max_size=6).map(" ".join)
names = st.lists(
    st.sampled_from([Fact("beds"), Fact("rooms"), Fact("rooms.target"), Fact("actual", alone=True)]), max_size=2
).map(tuple)


@settings(max_examples=60, deadline=None)
@given(beds=lines, rooms=lines, north=lines, south=lines, live=st.booleans(), about=names)
def test_going_back_twice_is_going_back_at_once(
    beds: str, rooms: str, north: str, south: str, live: bool, about: tuple[Fact, ...]
) -> None:
    of = office(
        "for: measures, only: share, when: actual < 50% and beds < 9 and rooms < 9",
        lifecycle=not live,
        reported="quarterly",
    ).of
    rules = "rules:\n  - {id: r, title: R, for: measures, only: share, status: red, when: actual < 5% and beds < rooms}"
    written = {"beds": beds, "rooms": rooms, "share.North": north, "share.South": south}
    judging, now = judging_of(Office(of, rules), written), cadence_of(of).period("2019-06")
    (asked,) = asked_of(rulebook(rules, of).latest, of)
    for place in (Place("homes"), Place("homes", "share", "North")):
        scope = judging.scope(asked, place, now)
        for first in range(4):
            for then in range(4):
                there = scope.earlier(first, about)
                assert known(there.earlier(then, about) if there else None) == known(scope.earlier(first + then, about))


def known(scope: MeasureScope | SubjectScope | None) -> object:
    """All that a condition may learn of a place; None where it isn't there."""
    if scope is None:
        return None
    asked = [Fact("beds"), Fact("rooms"), *([Fact("actual", alone=True)] if isinstance(scope, MeasureScope) else [])]
    return [(scope.fact(fact), [scope.holds(fact, word) for word in ("missing", "off target")]) for fact in asked]


def judging_of(office: Office, written: Mapping[str, str]) -> Judging:
    """June 2019 before anything is judged, with what came back of homes."""
    of = office.of
    rows = merged(months({f"homes.{name}": line for name, line in written.items()}, of=of))
    now = cadence_of(of).period("2019-06")
    book = FactBook(of, SCHEME, rows, today=now.end, working=WorkingDays(lambda day: False))
    return Judging(of, SCHEME, rulebook(office.rules, of).latest, book, rows, now, lambda subject: None)


def test_what_was_not_asked_in_the_runs_own_period_is_no_verdict_of_one_evaluator() -> None:
    of = office("for: projects, when: beds < 90")
    judging = judging_of(of, {"beds": "80 80 80 80 80 80"})
    assert judging.unsettled("homes", cadence_of(of.of).period("2019-05")).found == 1
    with pytest.raises(LookupError, match="not asked of"):
        judging.unsettled("homes", cadence_of(of.of).period("2019-06"))
