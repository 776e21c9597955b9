"""The sentence of a what-if, for every kind of change."""

import pytest

from engine.model.whatif import EmailChange, EmailKind, StatusChange
from engine.model.workspace import Level, Portfolio
from engine.whatif.compared import Differences, sentence
from engine.whatif.looked import noun_of
from tests.assessment.office import SCHEME

LEVELS = {"p": Level.PROJECT, "g": Level.PROGRAMME, "o": Level.PORTFOLIO}


def statuses(*changes: str) -> list[StatusChange]:
    """From "2019-01 p1 green red": the ref's first letter is its level."""
    found = []
    for change in changes:
        period, ref, was, now = (None if one == "-" else one for one in change.split())
        assert period is not None
        assert ref is not None
        found.append(StatusChange(period=period, ref=ref, title=ref, level=LEVELS[ref[0]], was=was, status=now))
    return found


def emails(*kinds: EmailKind) -> list[EmailChange]:
    return [EmailChange(period="2019-01", change=kind, audience="a", person="p", address="") for kind in kinds]


def said(found: Differences, periods: int = 12) -> str:
    return sentence("60% to 65%", found, SCHEME, periods, "month").removeprefix("60% to 65% ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), "turns no status"),
        (("2019-01 p1 green red",), "turns 1 project Red in 1 of 12 months"),
        (
            ("2019-01 p1 green red", "2019-03 p1 amber red", "2019-03 p2 amber red"),
            "turns 2 projects Red in 2 of 12 months",
        ),
        (
            ("2019-01 p1 red green", "2019-01 g1 red amber", "2019-01 g2 red amber", "2019-01 o red amber"),
            "turns 2 programmes and the portfolio Amber and 1 project Green in 1 of 12 months",
        ),
        (
            ("2019-01 p1 green amber", "2019-02 p1 amber green", "2019-03 p2 green -"),
            "turns 1 project Amber, 1 project Green and 1 project Not rated in 3 of 12 months",
        ),
    ],
)  # fmt: skip
def test_who_turns_is_said_the_worst_first(changes: tuple[str, ...], words: str) -> None:
    assert said(Differences(statuses(*changes), [])) == f"{words} and sends the same emails."


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("more",), "sends 1 more email"),
        (("more",) * 5, "sends 5 more emails"),
        (("fewer",), "sends 1 fewer email"),
        (("more", "more", "fewer"), "sends 2 more and 1 fewer emails"),
        (("changed",), "changes 1 email"),
        (("changed", "changed"), "changes 2 emails"),
        (("fewer", "changed"), "sends 1 fewer email and changes 1"),
    ],
)
def test_emails_are_counted_by_what_becomes_of_them(kinds: tuple[EmailKind, ...], words: str) -> None:
    assert said(Differences([], emails(*kinds))) == f"turns no status and {words}."


def test_of_one_period_alone_it_needs_no_telling_in_how_many() -> None:
    found = Differences(statuses("2019-01 p1 green red"), [])
    assert said(found, periods=1) == "turns 1 project Red and sends the same emails."


@pytest.mark.parametrize(
    ("reports", "noun"),
    [("monthly", "month"), ("quarterly", "quarter"), ({"every": "2 weeks", "from": "2016-10-31"}, "period")],
)
def test_periods_are_called_what_they_are(reports: object, noun: str) -> None:
    portfolio = {"portfolio": "o", "title": "O", "scheme": "s", "starts": "2019-01", "reports": reports}
    assert noun_of(Portfolio.model_validate(portfolio)) == noun
