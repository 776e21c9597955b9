"""What was returned without a figure: it may stand against a project, and never speaks for it."""

import pytest

from engine.model.returns import FigureState, MeasureRow
from tests.assessment.office import BEDS, HOMES, Office, Row, months, portfolio

GAPS = """
rules:
  - id: gap
    title: A figure can't be shown
    for: projects
    when: measures.not_captured + measures.partial > 0
    status: amber
  - id: half
    title: A figure is there in part
    for: measures
    when: actual is partial
    status: amber
  - id: said
    title: Said to be off target
    for: measures
    when: actual is off target and actual is unquantified
    status: amber
    because: "{title} is said to be off target"
"""


def said(state: FigureState) -> dict[str, list[Row]]:
    return {"2019-01": [MeasureRow(subject="homes", measure="beds", state=state)]}


def test_that_nothing_is_partial_earns_nothing_where_nothing_came_back() -> None:
    office = Office(rules=GAPS)
    assert office.replay(months({"homes.beds": "95 due . 95"})).statuses("homes") == "G - - G"


def test_the_measure_has_no_status_either() -> None:
    (beds,) = Office(rules=GAPS).subject("homes", "2019-01", months({"homes.beds": "."})).measures
    assert (beds.status, beds.not_rated_because) == (None, "No figure was returned.")


@pytest.mark.parametrize("state", [FigureState.NOT_CAPTURED, FigureState.PARTIAL, FigureState.OFF_TARGET])
def test_what_is_said_in_place_of_a_figure_may_stand_against_it(state: FigureState) -> None:
    subject = Office(rules=GAPS).subject("homes", "2019-01", said(state))
    assert (subject.status, subject.earned) == ("amber", False)


def test_off_target_without_a_figure_is_told_in_its_words() -> None:
    subject = Office(rules=GAPS).subject("homes", "2019-01", said(FigureState.OFF_TARGET))
    assert [finding.because for finding in subject.findings] == ["Beds filled is said to be off target"]
    assert subject.measures[0].shown == "off target against 100"


def test_a_figure_that_is_off_target_is_not_taken_for_one_that_is_said_to_be() -> None:
    subject = Office(rules=GAPS).subject("homes", "2019-01", months({"homes.beds": "99"}))
    assert subject.status == "green"


# ---- rules that colour measures alone

COLOURS = """
rules:
  - id: outcome
    title: Outcomes
    for: measures
    only: outcomes
    supporting: yes
    bands: {green: at least 80, amber: otherwise}
  - id: most
    title: Most outcomes are poor
    for: projects
    when: measures.amber_or_worse > 50% of measures.rated
    status: amber
    because: "{measures.amber_or_worse} of {measures.rated} outcomes are poor"
"""
OUTCOMES = {name: {**BEDS, "title": name.title(), "group": "outcomes"} for name in ("debt", "health", "work")}
THREE = portfolio(
    {**HOMES, "measures": {name: {} for name in ("debt", "health", "work", "beds")}},
    measures={**OUTCOMES, "beds": BEDS},
)


@pytest.mark.parametrize(
    ("figures", "colours", "status"),
    [
        ("85 85 85", "green green green", "green"),
        ("85 85 20", "green green amber", "green"),
        ("85 20 20", "green amber amber", "amber"),
        ("85 . 20", "green - amber", "green"),
        (". . .", "- - -", None),
    ],
)
def test_a_supporting_rule_colours_a_group_of_measures_and_the_project_counts_them(
    figures: str, colours: str, status: str | None
) -> None:
    returned = {f"homes.{name}": figure for name, figure in zip(OUTCOMES, figures.split(), strict=True)}
    subject = Office(of=THREE, rules=COLOURS).subject("homes", "2019-01", months({**returned, "homes.beds": "."}))
    assert " ".join(one.status or "-" for one in subject.measures[:3]) == colours
    assert subject.measures[3].not_rated_because == "No rule rates it."
    assert subject.status == status
