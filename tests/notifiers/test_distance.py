"""How far it is to the next status: said where one figure decides, and not promised where more stands in the way."""

from typing import Any

import pytest

from engine.model.run import DecisionOut, GapOut, NotAssessed, SubjectOut
from notifiers.distance import distance_of, next_status
from tests.notifiers.samples import AR, EO, OT, SCHEME, finding, gap, subject


def project(*found: Any, status: str = EO, **more: Any) -> SubjectOut:
    return subject("A", status, OT, findings=found, **more)


@pytest.mark.parametrize(
    ("found", "aim", "said"),
    [
        (gap("£10.8k", "short"), "On Target", "£10.8k short of On Target"),
        (gap("3", "over"), "On Target", "3 over the limit for On Target"),
        (gap("14.9 points", "short"), "", "14.9 points short"),
        (None, "On Target", ""),
    ],
)
def test_the_gap_is_said_with_the_status_it_leads_to(found: GapOut | None, aim: str, said: str) -> None:
    words = "Income (now £6k, £10.8k short)"  # what a sentence says is nowhere read
    assert distance_of(finding("x", to_clear=words, gap=found), aim) == said


def test_the_next_status_is_the_worst_of_what_is_left() -> None:
    assert next_status(project(finding("x")), SCHEME) == "On Target"
    assert next_status(project(finding("x", AR), finding("y", EO), status=AR), SCHEME) == "Experiencing Obstacles"


def test_a_ladder_leads_to_its_own_next_band() -> None:
    band = finding("x", AR, clears_to=EO)
    assert next_status(project(band, status=AR), SCHEME) == "Experiencing Obstacles"


@pytest.mark.parametrize(
    "stuck",
    [
        project(finding("x"), finding("y")),  # both have to be cleared
        project(finding("x"), override=DecisionOut(status=EO, reason="r", by="PMO")),
        project(finding("as the PMO sees it", rule="floor")),
        project(finding("x"), not_assessed=(NotAssessed(missing=("m",), rules=("r",)),)),  # the best has to be earned
        project(finding("x", OT), status=OT),
        project(),
    ],
)  # fmt: skip
def test_nothing_is_promised_where_more_stands_in_the_way(stuck: SubjectOut) -> None:
    assert next_status(stuck, SCHEME) == ""


def test_what_nobody_requires_and_never_came_does_not_stand_in_the_way() -> None:
    never = NotAssessed(missing=("m",), rules=("r",), never_judged=("r",))
    assert next_status(project(finding("x"), not_assessed=(never,)), SCHEME) == "On Target"
