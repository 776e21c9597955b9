"""What the office's mail says, as plain dicts of text, lists and truth values."""

from collections.abc import Iterator, Sequence

from engine.model.notices import Ending, Failed, OfficeNotice, Owing, Stuck
from engine.model.problems import Problem
from engine.periods import day_in_words
from notifiers.replies import mailto
from notifiers.views import View
from notifiers.words import counted, ended, listed, one_line, period_words, sentence, until_words, weekday_words

MOST = 100  # problems shown; the first of a thousand say as much as all
SHORT = 8  # characters of a message's id: enough to name it to a command

_STATES = {
    "dead": ("Could not be delivered", "telltale mail send --again {} --by WHO --why REASON"),
    "uncertain": ("May or may not have arrived", "telltale mail resolve {} --sent|--not-sent --by WHO --why REASON"),
    "held": ("Held for release", "telltale mail release {} --by WHO"),
}
_KINDS = ("failed", "stuck", "problems", "owing", "ending")
_ELSEWHERE = "Not of one file"


def office_view(notice: OfficeNotice) -> View:
    """Everything that the message says."""
    write_to = notice.mail.reply_to or notice.mail.from_
    stuck = sorted(notice.stuck, key=lambda one: (list(_STATES).index(one.state), not notice.is_new(one)))
    problems = sorted(notice.problems, key=lambda one: not notice.is_new(one))
    return {
        "portfolio": one_line(notice.portfolio_title),
        "id": notice.portfolio,
        "period": period_words(notice.period),
        "name": one_line(notice.name),
        "lead": _lead(notice),
        "asked": list(_asked(notice)),
        "messages": [_message(one, notice) for one in stuck],
        "files": _files(problems[:MOST], notice),
        "more": f"And {counted(len(problems) - MOST, 'more problem')}." if len(problems) > MOST else "",
        "owing": [_owing(one, notice) for one in notice.owing],
        "due": _due(notice),
        "ending": [_ending(one, notice) for one in notice.ending],
        "failed": [_failed(one, notice) for one in notice.failed],
        "write_to": one_line(write_to),
        "made": day_in_words(notice.today),
    }


def _lead(notice: OfficeNotice) -> str:
    """What is new, in a line: "2 messages can't go out, 3 new problems in the returns and 1 return overdue."."""
    new = {kind: sum(map(notice.is_new, getattr(notice, kind))) for kind in _KINDS}
    said = []
    if new["failed"]:
        said.append(f"{counted(new['failed'], 'job')} of the service given up")
    if new["stuck"]:
        said.append(f"{counted(new['stuck'], 'message')} not on {'its' if new['stuck'] == 1 else 'their'} way")
    if new["problems"]:
        said.append(counted(new["problems"], "new problem"))
    if new["owing"]:
        said.append(f"{counted(new['owing'], 'owner')} overdue with a return")
    if new["ending"]:
        said.append(f"{counted(new['ending'], 'decision')} about to end")
    return sentence(listed(said))


def _asked(notice: OfficeNotice) -> Iterator[str]:
    if notice.failed:
        them = "it" if len(notice.failed) == 1 else "them"
        yield f"Have the operator mend what keeps {counted(len(notice.failed), 'job')} from being done, and do {them}."
    for state, words in (
        ("dead", "Find out why {} could not be delivered, and send again what still holds."),
        ("uncertain", "Find out whether {} arrived, and say so."),
        ("held", "Read and release {}, or discard what should not go."),
    ):
        if number := sum(one.state == state for one in notice.stuck):
            yield words.format(counted(number, "message"))
    if notice.problems:
        yield f"Put right {counted(len(notice.problems), 'problem')}, or ask the owners to; each has its cure below."
    if notice.owing and notice.due is not None and notice.today > notice.due:
        command = f"telltale mail chase {notice.portfolio} --period {notice.period}"
        yield f"Chase {counted(len(notice.owing), 'owner')}: {command}"
    if notice.ending:
        them = "it" if len(notice.ending) == 1 else "them"
        yield f"Renew {counted(len(notice.ending), 'decision')}, or let {them} end."


def _message(one: Stuck, notice: OfficeNotice) -> View:
    said, command = _STATES[one.state]
    return {
        "new": notice.is_new(one),
        "said": said,
        "to": one_line(one.to),
        "about": one_line(one.about),
        "period": period_words(one.period),
        "why": sentence(one.why),
        "command": command.format(one.id[:SHORT]),
    }


def _files(problems: Sequence[Problem], notice: OfficeNotice) -> list[View]:
    """The problems by the file that they are in, those of no file last."""
    by_file: dict[str, list[Problem]] = {}
    for one in problems:
        by_file.setdefault(one.file, []).append(one)
    return [
        {"name": one_line(file) or _ELSEWHERE, "problems": [_problem(one, notice) for one in found]}
        for file, found in sorted(by_file.items(), key=lambda item: not item[0])
    ]


def _problem(one: Problem, notice: OfficeNotice) -> View:
    return {
        "new": notice.is_new(one),
        "where": one_line(one.where),
        "what": sentence(one.what),
        "cure": sentence(one.cure),
    }


def _due(notice: OfficeNotice) -> str:
    if notice.due is None:
        return ""
    return f"{'They were' if notice.today > notice.due else 'They are'} due on {weekday_words(notice.due)}."


def _owing(one: Owing, notice: OfficeNotice) -> View:
    about = f"{notice.portfolio_title}: return for {period_words(notice.period)}"
    return {
        "new": notice.is_new(one),
        "name": one_line(one.name) or "Nobody: no owner is named",
        "address": one_line(one.address),
        "link": mailto(one.address, about, ()) if one.address else "",
        "titles": ended(listed([one_line(title) for title in one.titles])),
    }


def _ending(one: Ending, notice: OfficeNotice) -> View:
    return {
        "new": notice.is_new(one),
        "title": one_line(one.title),
        "said": f"{_decided(one)}.",
        "reason": sentence(one.reason),
    }


def _decided(one: Ending) -> str:
    """What was decided, until when: "Silence 3, about all news of meals, for every audience, until 5 March 2019"."""
    until = until_words(one.until)
    if one.number is not None:
        return f"{one.kind.capitalize()} {one.number}, {one_line(one.about)}, {until}"
    return f"{'No better than' if one.kind == 'floor' else 'Set to'} {one_line(one.status)} {until}"


def _failed(one: Failed, notice: OfficeNotice) -> View:
    return {
        "new": notice.is_new(one),
        "job": one_line(one.job),
        "said": f"due on {day_in_words(one.due)}, given up after {counted(one.tries, 'try', 'tries')}.",
        "why": sentence(one.why),
        "command": one_line(one.command),
    }
