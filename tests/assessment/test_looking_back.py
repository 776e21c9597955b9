"""Looking back passes over periods that can't tell: the outcome must be what reading every one of them gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assessment.lookback import Returned
from engine.model.verdicts import Place
from engine.model.workspace import cadence_of
from tests.assessment.office import (
    BEDS,
    FAR_BELOW,
    Office,
    Replay,
    Row,
    merged,
    months,
    net_at_risk,
    portfolio,
    rulebook,
)

OF = portfolio(
    programmes=[
        {
            "ref": "care",
            "title": "Care",
            "projects": [
                {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}, "rooms": {"target": "100"}}}
            ],
        }
    ],
    measures={"beds": BEDS, "rooms": {**BEDS, "title": "Rooms"}},
)
RULES = (
    FAR_BELOW
    + """
  - {id: fell, title: Fell, for: measures, when: actual is falling and actual < 99, status: amber}
  - {id: lasting, title: Lasting, for: measures, when: (shortfall > 4%) for 2 periods, status: red}
  - {id: either, title: Either, for: projects, when: beds < 50 or rooms < 50, status: red}
  - {id: both, title: Both, for: projects, when: beds < 96 and not rooms > 70, status: amber}
  - {id: old, title: Old, for: projects, when: beds.age > 2, status: amber}
  - {id: gone, title: Gone, for: projects, as: remark, when: beds is missing and rooms is not missing}
  - {id: savings, title: Savings, for: [projects, programmes], when: savings.net_at_risk > 0, status: amber}
  - id: ladder
    title: Ladder
    measure: rooms
    bands: {green: at least 90% of target, amber: at least 60, red: otherwise}
"""
)
figure = st.sampled_from((".", ".", "98", "95", "80", "40", "due"))


def replay(beds: list[str], rooms: list[str], at_risk: list[int | None]) -> Replay:
    savings: dict[str, list[Row]] = {
        f"2019-{month:02}": [net_at_risk("homes", pounds)]
        for month, pounds in enumerate(at_risk, start=1)
        if pounds is not None
    }
    figures = months({"homes.beds": " ".join(beds), "homes.rooms": " ".join(rooms)}, of=OF)
    return Office(of=OF, rules=RULES).replay(figures, savings)


@settings(max_examples=40)
@given(
    st.lists(figure, min_size=6, max_size=6),
    st.lists(figure, min_size=6, max_size=6),
    st.lists(st.sampled_from((None, None, 0, 5)), min_size=6, max_size=6),
)
def test_passing_over_months_that_cannot_tell_changes_nothing(
    beds: list[str], rooms: list[str], at_risk: list[int | None]
) -> None:
    quick = replay(beds, rooms, at_risk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Returned, "may_tell", lambda *_: True)
        patch.setattr(Returned, "may_ever_tell", lambda *_: True)
        thorough = replay(beds, rooms, at_risk)
    assert quick.runs == thorough.runs


@pytest.mark.parametrize(
    ("condition", "months_that_may_tell"),
    [
        ("beds < 50", ". 2 . ."),
        ("not beds < 50", ". 2 . ."),
        ("beds.shortfall > 5%", ". 2 . ."),
        ("beds is falling", ". 2 . ."),
        ("beds is missing", "1 2 3 4"),  # which may hold where nothing came back
        ("beds.target > 50", "1 2 3 4"),
        ("beds.previous > 50", "1 2 3 4"),
        ("beds < 50 and rooms < 50", ". 2 3 ."),  # either may decide
        ("beds < 50 or rooms < 50", ". 2 3 ."),
        ("beds < rooms", ". . . ."),
        ("(beds < 50) for 2 periods", ". 2 3 4"),  # so may the month before
        ("milestones.count > 0", ". . . ."),
        ("milestones.unreported > 0", "1 2 3 4"),  # it speaks of returns before
        ("savings.net_at_risk > 0", ". . 3 ."),
    ],
)
def test_which_months_may_tell_what_this_one_cannot(condition: str, months_that_may_tell: str) -> None:
    savings: dict[str, list[Row]] = {"2019-03": [net_at_risk("homes", 5)]}
    rows = merged(months({"homes.beds": ". 95 . .", "homes.rooms": ". . 95 ."}, of=OF), savings)
    rules = f"rules:\n  - {{id: asked, title: Asked, for: projects, status: red, when: {condition}}}"
    (rule,) = rulebook(rules, OF).rules
    returned, cadence = Returned(OF, rows), cadence_of(OF)
    shown = [
        str(month) if returned.may_tell(rule, Place("homes"), cadence.period(f"2019-{month:02}")) else "."
        for month in range(1, 5)
    ]
    assert " ".join(shown) == months_that_may_tell
