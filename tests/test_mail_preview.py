"""`mail preview`: every mail that a command would send, seen before it goes; nothing is kept."""

from pathlib import Path

import pytest

from engine import app
from tests.test_people_decide import BOARD, Deciding

AUDIENCES = (
    "owners: {who: owners, about: {level: projects}}\n"
    "office: {who: [lead], tell: problems}\n"
    "clt: {who: [lead], about: {level: projects}, release: by hand}\n"
)


@pytest.fixture
def months(tmp_path: Path) -> Deciding:
    months = Deciding(tmp_path)
    months.write("config/audiences.yaml", AUDIENCES)
    return months


def previewed(months: Deciding, capsys: pytest.CaptureFixture[str], *words: str, now: str = "2019-02-08") -> str:
    before = outbox(months)
    capsys.readouterr()
    months.telltale(now, "mail", "preview", *words)
    assert outbox(months) == before  # nothing is queued, whatever is shown
    said = capsys.readouterr().out
    assert "\r" not in said
    return said


def outbox(months: Deciding) -> list[str]:
    with app.open_the_store(months.office("2019-02-08")) as store:
        return [one.id for one in store.outbox()]


def test_the_office_mail_is_shown_with_what_the_run_would_hold(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.returns("2019-01", "80", "x")
    said = previewed(months, capsys, "--period", "2019-01", "--to", "office")
    assert "Subject: The office: for the office" in said
    assert "1 message not on its way" in said  # the board's, held for release
    assert "PROBLEMS\n\noffice/2019-01/owners/measures.csv\n* New. line 3, column actual: " in said
    months.run("2019-01")
    (sent,) = (text for text in months.texts() if "NOT ON THEIR WAY" in text)
    assert sent.replace("\r\n", "\n").rstrip() in said


def test_what_the_office_knows_already_is_not_shown_again(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.month("2019-01", "80", "x")
    assert "A run now would send nothing." in previewed(months, capsys, "--to", "office")


def test_a_reminder_and_a_chase_are_shown(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.returns("2019-01", "80", "_")
    remind = previewed(months, capsys, "--remind", "--period", "2019-01", now="2019-02-05")
    assert "To: south@council.example" in remind
    assert "north@" not in remind
    assert "is due in 2 days" in remind
    chase = previewed(months, capsys, "--chase", "--period", "2019-01", "--to", "south_lead", now="2019-02-11")
    assert "is 4 days late" in chase
    assert "A chase now would ask nobody." in previewed(months, capsys, "--chase", now="2019-02-05")


def test_an_audience_with_a_calendar_is_shown_what_telling_it_would_send(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/audiences.yaml", AUDIENCES + BOARD)
    months.month("2019-01", "80", "100")
    said = previewed(months, capsys, "--tell", "board", now="2019-02-22")
    assert "Subject: The office: exceptions" in said
    months.telltale("2019-02-22", "mail", "tell", "board")
    assert "Telling board now would send nothing." in previewed(months, capsys, "--tell", "board", now="2019-03-01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--to nort_lead", "there is nobody 'nort_lead', person or audience; did you mean `north_lead`?"),
        ("--to clts", "there is nobody 'clts', person or audience; did you mean `clt`?"),
        ("--to board", "board has a calendar of its own, and no run tells it: telltale mail preview --tell board"),
        ("--tell bord", "there is no audience 'bord' in config/audiences.yaml; did you mean `board`?"),
        ("--tell owners", "owners has no calendar of its own: telltale run tells it"),
        ("ofice", "there is no portfolio 'ofice'; did you mean `office`?"),
    ],
)
def test_whom_or_what_there_is_not_is_answered_with_the_nearest(
    months: Deciding, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    months.write("config/audiences.yaml", AUDIENCES + BOARD)
    months.returns("2019-01", "80", "100")
    months.telltale("2019-02-08", "mail", "preview", *words.split(), expect=2)
    assert said in capsys.readouterr().err
