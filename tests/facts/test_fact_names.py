"""The names that rules may use, against what fact sheets really hold."""

from decimal import Decimal

import pytest

from engine.facts.book import SheetStanding
from engine.facts.names import FactNames
from engine.model.returns import MeasureRow, MilestoneRow
from engine.model.values import Unit
from engine.model.workspace import Better, Measure, MeasureHere, Programme, Project
from tests.facts.made import SCHEME, Row, book, portfolio, savings, sheet

MEASURES = {
    "uptake": Measure(title="Uptake", unit=Unit.PERCENT, better=Better.HIGHER),
    "income": Measure(title="Income", unit=Unit.MONEY, better=Better.HIGHER, adds_up=True),
}
HERE = {"uptake": MeasureHere(target="50%"), "income": MeasureHere(target="£10k", year_target="£1m")}
PROJECT = Project(ref="p", title="Project", measures=HERE)
OFFICE = portfolio(Programme(ref="g", title="G", projects=(PROJECT,)), measures=MEASURES)
NAMES = FactNames(OFFICE, SCHEME)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("uptake", Unit.PERCENT),
        ("uptake.change", Unit.PERCENT),
        ("income", Unit.MONEY),
        ("income.to_date", Unit.MONEY),
        ("income.shortfall", Unit.PERCENT),
        ("income.run", Unit.NUMBER),
        ("income.weeks_to_recovery", Unit.WEEKS),
        ("savings.net_at_risk", Unit.MONEY),
        ("savings.target in this year", Unit.MONEY),
        ("savings.target in previous years", Unit.MONEY),
        ("savings.target in 2018/19", Unit.MONEY),
        ("savings.shortfall in 2018/19", Unit.PERCENT),
        ("milestones.worst_slip", Unit.WEEKS),
        ("measures.amber_or_worse", Unit.NUMBER),
        ("projects.off_target_share", Unit.PERCENT),
        ("programmes.red", Unit.NUMBER),
        ("status.held_for", Unit.NUMBER),
        ("uptake.actual", None),
        ("uptak", None),
        ("savings.target in 2018/20", None),
        ("savings.target in 18/19", None),  # the sheet's label, not as people shorten it
        ("savings.lost in 2018/19", None),
        ("uptake in 2018/19", None),
        ("measures.blue", None),
        ("lifecycle", None),
    ],
)
def test_a_name_has_its_unit(name: str, unit: Unit | None) -> None:
    assert NAMES.unit(name) is unit


def test_words_may_be_said_of_measures_states_and_of_any_figure_that_it_is_missing() -> None:
    assert {"off target", "rising", "not captured", "under review"} <= NAMES.words("uptake") & NAMES.words("actual")
    assert NAMES.words("uptake.target") == NAMES.words("weeks_to_recovery") == {"missing"}
    assert "not monitored" in NAMES.words("lifecycle")
    assert {"amber", "closed"} <= NAMES.words("status.previous")
    assert NAMES.words("uptak") == frozenset()
    assert NAMES.is_state_only("lifecycle")
    assert not NAMES.is_state_only("status.held_for")


def test_every_name_that_a_sheet_holds_is_known_in_the_unit_it_has_there() -> None:
    rows: list[Row] = [
        *(MeasureRow(subject="p", measure=name, actual=Decimal(7), forecast=Decimal(8)) for name in MEASURES),
        MilestoneRow(subject="p", milestone="x"),
        *savings("p", "previous_years 1 1 1 1 1\n2018/19 1 1 1 1 1\n2019/20 1 1 1 1 1"),
    ]
    of = book(OFFICE, {"2018-05": rows, "2018-06": rows})
    standing = SheetStanding({("uptake", None): "amber"}, {"p": "red", "g": None}, previous="amber", held_for=2)
    seen = set[str]()
    for ref in OFFICE.subjects:
        found = sheet(of, ref, "2018-06", standing)
        for name, quantity in found.facts.items():
            assert NAMES.unit(name) is quantity.unit, name
        for name, words in found.states.items():
            assert words <= NAMES.words(name)
        seen |= found.facts.keys() | found.states.keys()
    assert {name.partition(".")[0].partition(" ")[0] for name in NAMES.all()} <= {
        name.partition(".")[0].partition(" ")[0] for name in seen
    }
