"""What a reminder or chaser says, as plain dicts of text, lists and truth values."""

from engine.model.notices import Owed, ReturnNotice
from engine.periods import day_in_words
from notifiers.replies import mailto
from notifiers.views import View
from notifiers.words import counted, one_line, period_words, weekday_words

_SKELETON = ("Our return is attached.", "", "What we can't give yet, why, and when it will come:", "")
_WITH_WORKBOOK = (
    "The workbook comes with this message. Fill in the white cells, and reply with it attached; keep its name.",
    "The workbooks come with this message. Fill in the white cells, and reply with them attached; keep their names.",
)
_WITHOUT = (
    "Add what is missing to the workbook that you returned, and reply with the whole of it attached: "
    "a newer one replaces the earlier one."
)


def return_view(notice: ReturnNotice) -> View:
    """Everything that either message says."""
    period, write_to = period_words(notice.period), notice.mail.reply_to or notice.mail.from_
    about = f"{notice.portfolio_title}: return for {period}"
    return {
        "portfolio": one_line(notice.portfolio_title),
        "period": period,
        "name": one_line(notice.name),
        "lead": _lead(notice, period),
        "due": weekday_words(notice.due),
        "late": notice.kind == "chaser",
        "owed": [_owed(one) for one in notice.owed],
        "complete": [one_line(title) for title in notice.complete],
        "how": _WITH_WORKBOOK[len(notice.workbooks) > 1] if notice.workbooks else _WITHOUT,
        "attached": [one.name for one in notice.workbooks],
        "write_to": one_line(write_to),
        "reply": mailto(write_to, about, _SKELETON),
        "made": day_in_words(notice.today),
    }


def _owed(one: Owed) -> View:
    return {
        "title": one_line(one.title),
        "programme": one_line(one.part_of),
        "nothing_yet": one.nothing_yet,
        "missing": [one_line(what) for what in one.missing],
    }


def _lead(notice: ReturnNotice, period: str) -> str:
    days = (notice.due - notice.today).days
    if notice.kind == "chaser":
        return f"Your return for {period} is {counted(-days, 'day')} late."
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {counted(days, 'day')}")
    return f"Your return for {period} is due {when}, on {weekday_words(notice.due)}."
