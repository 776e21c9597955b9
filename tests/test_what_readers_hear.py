"""What owners and a digest's readers hear of missing figures, changed owners and refused addresses; real mails."""

from pathlib import Path

import pytest

from tests.test_people_decide import Deciding
from tests.test_runs_over_months import PORTFOLIO

AUDIENCES = "owners: {who: owners, about: {level: projects}}\nboard: {who: [lead], about: {level: projects}}\n"


@pytest.fixture
def months(tmp_path: Path) -> Deciding:
    made = Deciding(tmp_path)
    made.write("config/audiences.yaml", AUDIENCES)
    return made


def first_lines(months: Deciding) -> list[str]:
    """The first line of every mail beneath its title, oldest first."""
    return [text.splitlines()[2] for text in months.texts()]


def test_a_figure_that_was_taken_back_is_no_exception_gone(months: Deciding) -> None:
    months.month("2019-01", "80", "100")
    assert months.told(months.month("2019-01", "_", "100")) == {"north": "restated"}
    assert first_lines(months)[-2:] == [
        "North is no longer rated, because the figures have changed.",
        "No exceptions; 1 no longer rated.",
    ]
    assert all("Too little could be judged: that is no recovery." in text for text in months.texts()[-2:])


def test_a_figure_that_was_taken_back_and_is_bad_again_is_new(months: Deciding) -> None:
    months.month("2019-01", "80", "100")
    assert months.told(months.month("2019-01", "_", "100")) == {"north": "restated"}
    assert months.told(months.month("2019-02", "80", "100")) == {"north": "reopened"}
    assert first_lines(months)[-2:] == ["North is now Amber.", "1 new exception."]
    assert all("It is back: it was Not rated last month." in text for text in months.texts()[-2:])


def test_a_recovery_reaches_whoever_owns_the_project_by_then_once(months: Deciding) -> None:
    months.write("config/audiences.yaml", "owners: {who: owners, about: {level: projects}}\n")
    months.month("2019-01", "80", "100")
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("owner: north_lead", "owner: south_lead"))
    (message,) = months.month("2019-02", "100", "100").messages
    assert (message.to, message.reasons) == (("south@council.example",), {"north": "remediated"})
    assert months.month("2019-03", "100", "100").messages == ()
