"""Reminders, chasers and the office's mail as the program sends them: real SQLite, real mails."""

import json
import sqlite3
from contextlib import closing
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from engine import app
from engine.cli import main
from engine.model.alerts import OutboxState
from engine.notices import Kind
from engine.office import UsageError
from tests.test_runs_over_months import PEOPLE, PORTFOLIO, Months

AUDIENCES = """\
owners: {who: owners, about: {level: projects}}
office: {who: [lead], tell: problems}
"""


ON_A_MONDAY = "office: {who: [lead], tell: problems, when: {every: month, on: 2nd Monday}}\n"


@pytest.fixture
def months(tmp_path: Path) -> Months:
    made = Months(tmp_path)
    made.write("config/audiences.yaml", AUDIENCES)
    return made


def told(months: Months, *command: str, now: str) -> str:
    assert main(["-C", str(months.root), "--now", f"{now}T09:00", "mail", *command]) == 0
    return now


def mails(months: Months) -> list[tuple[str, EmailMessage]]:
    """Every mail that lies in the outbox, by whom it is to, in the order of their names."""
    found = []
    for path in sorted((months.root / "var/outbox").glob("*.eml")):
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        found.append((str(message["To"]).partition("<")[2].rstrip(">"), message))
    return found


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_reminder_goes_to_who_owes_a_return_with_the_day_and_the_workbook(months: Months) -> None:
    months.returns("2019-01", "100", "_")
    told(months, "remind", now="2019-02-05")
    ((to, message),) = mails(months)
    assert to == "south@council.example"
    assert "Your return for January 2019 is due in 2 days, on Thursday 7 February 2019." in text(message)
    assert "* South (Programme): Visits" in text(message)


def test_the_workbook_that_comes_with_it_is_the_owners_own(months: Months) -> None:
    told(months, "remind", "office", "--period", "2019-01", now="2019-02-05")
    attached = {to: list(message.iter_attachments()) for to, message in mails(months)}
    assert sorted(attached) == ["north@council.example", "south@council.example"]
    (workbook,) = attached["north@council.example"]
    assert workbook.get_filename() == "north_lead.xlsx"
    sheet = openpyxl.load_workbook(BytesIO(workbook.get_content()))["measures"]
    assert [cell.value for cell in sheet[2]][:2] == ["North", "Visits"]


def test_a_return_on_its_day_is_not_late_and_the_day_after_it_is(months: Months) -> None:
    for period in ("2019-01", None):
        early = app.ask_for_returns(months.office("2019-02-07"), "office", "chaser", period)
        assert (early.period.id, early.due.isoformat(), early.queued, early.problems) == (
            "2019-01", "2019-02-07", (), (),
        )  # fmt: skip
    asked = app.ask_for_returns(months.office("2019-02-08"), "office", "chaser", None)
    assert [one.rendered.recipient for one in asked.queued] == ["north_lead", "south_lead"]
    assert "Your return for January 2019 is 1 day late." in text(mails(months)[0][1])


@pytest.mark.parametrize(("period", "due"), [([], "7 February 2019"), (["--period", "2019-02"], "7 March 2019")])
def test_to_chase_before_anything_is_late_is_answered_and_no_mistake(
    months: Months, capsys: pytest.CaptureFixture[str], period: list[str], due: str
) -> None:
    month = "February" if period else "January"
    told(months, "chase", *period, now="2019-02-07")
    assert capsys.readouterr().out == (
        f"What is returned for {month} 2019 is due on {due}. It is not late: nobody is chased.\n"
    )
    told(months, "chase", *period, "--format", "json", now="2019-02-07")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["owing"], answer["messages"]) == (2, [])


def test_reminders_and_chasers_speak_of_the_periods_on_either_side_of_the_day(months: Months) -> None:
    def asked(kind: Kind, now: str) -> str:
        return app.ask_for_returns(months.office(now), "office", kind, None).period.id

    assert [asked("reminder", now) for now in ("2018-12-01", "2019-02-07", "2019-02-08", "2019-03-07")] == [
        "2019-01", "2019-01", "2019-02", "2019-02",
    ]  # fmt: skip
    assert [asked("chaser", now) for now in ("2019-02-08", "2019-03-07", "2019-03-08")] == [
        "2019-01", "2019-01", "2019-02",
    ]  # fmt: skip


def test_when_the_last_period_has_fallen_due_nobody_can_be_reminded_of_another(months: Months) -> None:
    dated = PORTFOLIO.replace("starts: 2019-01", "starts: 2019-01-31\nreports: {dates: [2019-01-31, 2019-02-28]}")
    months.write("config/portfolios/office.yaml", dated)
    assert app.ask_for_returns(months.office("2019-06-03"), "office", "chaser", None).period.id == "2019-02-28"
    with pytest.raises(UsageError, match="office has no period that is still to fall due; name one with --period"):
        app.ask_for_returns(months.office("2019-06-03"), "office", "reminder", None)


def test_a_reminder_after_the_day_is_refused_with_what_to_do(months: Months) -> None:
    with pytest.raises(UsageError, match="chase them: telltale mail chase office --period 2019-01"):
        app.ask_for_returns(months.office("2019-02-08"), "office", "reminder", "2019-01")


def test_who_has_returned_is_not_chased(months: Months) -> None:
    months.returns("2019-01", "100", "90")
    asked = app.ask_for_returns(months.office("2019-02-08"), "office", "chaser", None)
    assert (asked.owing, asked.complete, asked.queued, mails(months)) == (0, 2, (), [])


def test_what_is_closed_is_not_counted_as_returned(months: Months) -> None:
    closed = "measures: {visits: {target: 100}}, lifecycle: [{from: 2019-01, is: closed, why: done}]}"
    north = "ref: north, title: North, owner: north_lead, measures: {visits: {target: 100}}}"
    months.write(
        "config/portfolios/office.yaml",
        PORTFOLIO.replace(north, north.replace("measures: {visits: {target: 100}}}", closed)),
    )
    asked = app.ask_for_returns(months.office("2019-02-01"), "office", "reminder", "2019-01")
    assert (asked.owing, asked.complete) == (1, 0)


def test_the_same_command_again_that_day_sends_nothing_and_the_next_day_it_does(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    told(months, "chase", now="2019-02-12")
    told(months, "chase", now="2019-02-12")
    assert len(mails(months)) == 2
    assert capsys.readouterr().out.count("already asked today") == 2
    told(months, "chase", now="2019-02-13")
    assert len(mails(months)) == 4


def test_what_they_answer_as_json(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    told(months, "chase", "--format", "json", now="2019-02-12")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["period"], answer["due"], answer["owing"]) == ("chaser", "2019-01", "2019-02-07", 2)
    assert [(one["to"], one["subjects"], one["state"], one["already"]) for one in answer["messages"]] == [
        ("north@council.example", ["north"], "sent", False),
        ("south@council.example", ["south"], "sent", False),
    ]


def test_more_reminders_than_the_settings_allow_are_held(months: Months) -> None:
    months.write("config/settings.yaml", "mail: {allowed_domains: [council.example], most_messages: 1}\n")
    asked = app.ask_for_returns(months.office("2019-02-05"), "office", "reminder", None)
    assert {one.state for one in asked.queued} == {OutboxState.HELD}
    assert mails(months) == []


def test_an_owner_without_an_address_is_named_where_nobody_could_be_asked(months: Months) -> None:
    months.write("config/people.yaml", PEOPLE.replace(", email: south@council.example", ""))
    asked = app.ask_for_returns(months.office("2019-02-05"), "office", "reminder", None)
    assert [one.subject for one in asked.problems] == ["south"]


# ---- the office


def office_mails(months: Months) -> list[str]:
    return [text(message) for _, message in mails(months) if message["Subject"] == "The office: for the office"]


def test_after_a_run_the_office_is_told_of_a_cell_that_can_not_be_read(months: Months) -> None:
    run = months.month("2019-01", "100", "many")
    (mail,) = office_mails(months)
    assert "1 new problem." in mail
    assert "office/2019-01/owners/measures.csv" in mail
    assert [one.audience for one in run.messages] == ["office"]
    months.run("2019-01")  # nothing is new
    assert len(office_mails(months)) == 1


def test_a_run_without_problems_tells_the_office_nothing(months: Months) -> None:
    months.month("2019-01", "100", "100")
    assert office_mails(months) == []


def test_the_office_is_told_who_owes_a_return_that_is_overdue(months: Months) -> None:
    months.month("2019-01", "100", "_")
    (mail,) = office_mails(months)
    assert "1 owner overdue with a return." in mail
    assert "* South Lead <south@council.example>: South." in mail


def test_the_office_is_told_of_messages_held_and_dead(months: Months) -> None:
    months.write("config/audiences.yaml", AUDIENCES.replace("projects}", "projects}, release: by hand"))
    months.month("2019-01", "100", "30")
    (mail,) = office_mails(months)
    assert "1 message not on its way." in mail
    assert "* New. Held for release: to south@council.example" in mail
    assert "telltale mail release" in mail


def test_a_letter_that_died_is_told_by_the_next_run_though_nothing_else_is_new(months: Months) -> None:
    months.month("2019-01", "100", "30")
    with closing(sqlite3.connect(months.root / "var/telltale.db")) as database, database:
        database.execute("UPDATE outbox SET state = 'dead', detail = '550 no such mailbox'")
    assert months.run("2019-01").published == "unchanged"
    (mail,) = office_mails(months)
    assert "Could not be delivered: to south@council.example" in mail
    assert "550 no such mailbox." in mail


def test_what_dies_between_runs_is_told_without_one(months: Months) -> None:
    months.month("2019-01", "100", "30")
    with closing(sqlite3.connect(months.root / "var/telltale.db")) as database, database:
        database.execute("UPDATE outbox SET state = 'uncertain', detail = 'the line broke'")
    assert app.tell_office(months.office("2019-02-09"), "office") == []
    assert app.tell_office(months.office("2019-02-10"), "office") == []
    (mail,) = office_mails(months)
    assert "May or may not have arrived: to south@council.example" in mail


def test_a_letter_that_dies_while_it_is_sent_is_told_to_the_office(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = "mail: {{notifier: smtp, smtp: {{host: 127.0.0.1, port: 1, security: none}}, allowed_domains: [{}]}}\n"
    months.write("config/people.yaml", PEOPLE.replace("lead@council.example", "pmo@office.example", 1))
    months.write("config/settings.yaml", mail.format("council.example, office.example"))
    months.month("2019-01", "100", "30")
    months.write("config/settings.yaml", mail.format("office.example"))  # south's domain is none any more
    assert main(["-C", str(months.root), "--now", "2019-02-09T09:00", "mail", "send"]) == 3
    assert "1 dead" in capsys.readouterr().out
    with app.open_the_store(months.office("2019-02-09")) as store:
        (told,) = store.outbox(states=[OutboxState.PENDING])
        body = store.message(told.id).rendered.body
    assert (told.rendered.audience, told.rendered.address) == ("office", "pmo@office.example")
    assert b"Could not be delivered" in body


def test_before_anything_is_published_there_is_nothing_to_tell(months: Months) -> None:
    assert app.tell_office(months.office("2019-02-11"), "office") == []


def test_the_office_is_told_nothing_before_its_own_calendar_says_so(months: Months) -> None:
    months.write("config/audiences.yaml", ON_A_MONDAY)
    months.month("2019-01", "100", "many")
    assert mails(months) == []


def test_mail_tell_sends_the_office_its_own_mail_once_an_occurrence(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/audiences.yaml", ON_A_MONDAY)
    months.month("2019-01", "100", "many")
    for _ in range(2):
        told(months, "tell", "office", now="2019-02-11")
    said = capsys.readouterr().out
    assert "office is told of office, 2019-01, for 2019-02-11: 1 message." in said
    assert "office was told of office for 2019-02-11 already" in said
    assert len(office_mails(months)) == 1
