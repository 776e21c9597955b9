"""Reminders, chasers and the office's mail, as their readers find them."""

import re
from datetime import date
from urllib.parse import unquote

import pytest

from engine.model.notices import Owed
from notifiers.officeviews import MOST
from tests.notifiers.notices import CELL, DEAD, FLOOR, HELD, LATE, SUM, WORKBOOK, office_notice, return_notice
from tests.notifiers.reading import html_of, parsed, rendered, text_of, words_of


@pytest.mark.parametrize(
    ("kind", "today", "line"),
    [
        ("reminder", date(2019, 1, 31), "is due in 7 days, on Thursday 7 February 2019."),
        ("reminder", date(2019, 2, 6), "is due tomorrow, on Thursday 7 February 2019."),
        ("reminder", date(2019, 2, 7), "is due today, on Thursday 7 February 2019."),
        ("chaser", date(2019, 2, 8), "is 1 day late."),
        ("chaser", date(2019, 3, 7), "is 28 days late."),
    ],
)
def test_the_first_line_says_the_day_or_how_many_have_passed(kind: str, today: date, line: str) -> None:
    lines = [line for line in text_of(return_notice(kind, today=today)).splitlines() if line]
    assert lines[:2] == ["Improving Lives Portfolio, January 2019", f"Your return for January 2019 {line}"]


def test_a_chaser_says_when_it_was_due_and_what_follows() -> None:
    text = text_of(return_notice("chaser"))
    assert "It was due on Thursday 7 February 2019." in text
    assert "It is never taken as good, and the PMO is told who owes it." in text
    assert "never taken as good" not in text_of(return_notice("reminder"))


@pytest.mark.parametrize("kind", ["reminder", "chaser"])
def test_what_is_missing_is_said_subject_by_subject_and_what_is_in_is_thanked_for(kind: str) -> None:
    text = text_of(return_notice(kind))
    assert "* Targeted Reviews (Cross-cutting interventions): Packages reviewed; Reviews done; savings\n" in text
    assert "Already in, thank you: Direct Payments." in text
    assert "Already in" not in text_of(return_notice(kind, complete=()))


@pytest.mark.parametrize("kind", ["reminder", "chaser"])
def test_text_and_html_say_the_same(kind: str) -> None:
    html = words_of(html_of(return_notice(kind)))
    for line in text_of(return_notice(kind)).splitlines():
        words = line.strip("* ").split(": ")[0]
        if words and words != "--" and not words.isupper() and "Questions" not in line and "(" not in words:
            assert words in html, line


def test_the_workbook_is_attached_with_its_name() -> None:
    message = parsed(rendered(return_notice()))
    assert message.get_content_type() == "multipart/mixed"
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (WORKBOOK.name, WORKBOOK.data)
    assert "The workbook comes with this message." in text_of(return_notice())


def test_without_a_workbook_a_return_is_to_be_completed_and_not_replaced_by_a_part() -> None:
    notice = return_notice(workbooks=())
    assert parsed(rendered(notice)).get_content_type() == "multipart/alternative"
    assert "a newer one replaces the earlier one" in text_of(notice)


def test_reminder_and_chaser_are_one_thread_apart_from_the_owners_other_mail() -> None:
    reminder, chaser = (parsed(rendered(return_notice(kind))) for kind in ("reminder", "chaser"))
    assert reminder["Subject"] == chaser["Subject"] == "Improving Lives Portfolio: your return"
    assert reminder["References"] == chaser["References"]
    assert reminder["Message-ID"] != chaser["Message-ID"]
    assert reminder["Auto-Submitted"] == "auto-generated"


def test_the_reply_is_begun() -> None:
    (link, *_) = re.findall(r'href="(mailto:[^"]*)"', html_of(return_notice()))
    assert "subject=Improving Lives Portfolio: return for January 2019" in unquote(link)
    assert "What we can't give yet, why, and when it will come:" in unquote(link)


def test_a_hundred_subjects_owed_are_no_trouble() -> None:
    many = tuple(Owed(ref=f"p{n}", title=f"Project {n}", missing=("Visits",), nothing_yet=True) for n in range(100))
    assert len(html_of(return_notice(owed=many))) < 100_000


# ---- the office


def test_the_first_line_counts_what_is_new() -> None:
    lead = [line for line in text_of(office_notice()).splitlines() if line][1]
    assert (
        lead
        == "1 job of the service given up, 2 messages not on their way, 3 new problems, 2 owners overdue with a return "
        "and 2 decisions about to end."
    )


@pytest.mark.parametrize(
    ("new", "lead"),
    [
        (CELL, "1 new problem."), (DEAD, "1 message not on its way."), (LATE, "1 owner overdue with a return."),
        (FLOOR, "1 decision about to end."),
    ],
)  # fmt: skip
def test_the_first_line_is_of_what_is_new_alone(new: object, lead: str) -> None:
    notice = office_notice(new)  # type: ignore[arg-type]  # pytest knows no types of what it hands in
    assert [line for line in text_of(notice).splitlines() if line][1] == lead


def test_each_kind_of_thing_comes_with_what_to_do() -> None:
    text = text_of(office_notice())
    for asked in (
        "Find out why 1 message could not be delivered", "Read and release 1 message",
        "Put right 4 problems", "Chase 2 owners: telltale mail chase improving_lives --period 2019-01",
        "Renew 2 decisions, or let them end.", "telltale mail send --again 6f2a90b1 --by WHO --why REASON",
        "telltale mail release b8a1744e --by WHO",
        "Write it as 15.1 or 15.1%.",
    ):  # fmt: skip
        assert asked in text


def test_a_silence_that_ends_is_told_with_its_number_and_what_it_is_about() -> None:
    for words in (" ".join(text_of(office_notice()).split()), words_of(html_of(office_notice()))):
        assert (
            "Silence 3, about all news of direct_payments, for every audience, until 28 February 2019. The system is "
            "being replaced." in words
        )


def test_before_the_due_day_nobody_is_to_be_chased() -> None:
    text = text_of(office_notice(CELL, today=date(2019, 2, 1)))
    assert "Chase" not in text
    assert "They are due on Thursday 7 February 2019." in text


def test_what_is_new_comes_first_in_its_file_and_is_marked() -> None:
    text = text_of(office_notice(CELL))
    assert text.index(CELL.where) < text.index(SUM.where)
    assert f"* New. {CELL.where}" in text
    assert f"* {SUM.where}" in text


def test_what_could_not_be_delivered_comes_before_what_is_held() -> None:
    text = text_of(office_notice(stuck=(HELD, DEAD)))
    assert text.index("Could not be delivered") < text.index("Held for release")


def test_of_very_many_problems_the_first_are_shown_and_the_rest_counted() -> None:
    many = tuple(CELL.model_copy(update={"where": f"cell D{n}"}) for n in range(MOST + 57))
    notice = office_notice(CELL, problems=many)
    assert "And 57 more problems. All of them: telltale status improving_lives" in text_of(notice)
    assert len(html_of(notice)) < 100_000


def test_the_offices_mail_has_a_thread_of_its_own() -> None:
    message = parsed(rendered(office_notice()))
    assert message["Subject"] == "Improving Lives Portfolio: for the office"
    assert rendered(office_notice()).reasons == {
        "stuck": "2 new", "problems": "3 new", "owing": "2 new", "ending": "2 new",
    }  # fmt: skip


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "a\r\nBcc: x@evil.example", "مشروع 🚧", "x" * 500])
def test_foreign_text_stays_text(title: str) -> None:
    strange = CELL.model_copy(update={"what": title, "file": title})
    for told in (office_notice(problems=(strange,)), return_notice(owed=(Owed(
        ref="p", title=title, missing=(title,), nothing_yet=False,
    ),))):  # fmt: skip
        message = parsed(rendered(told))
        assert message["Bcc"] is None
        assert "<script" not in html_of(told)
