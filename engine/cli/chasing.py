"""`telltale mail remind` and `telltale mail chase`: who was asked for a return, and who could not be."""

from typing import Literal

from engine.cli import DONE, FAILED, show
from engine.cli.common import Options, emit, open_office
from engine.model.alerts import WENT_WRONG, OutboxMessage
from engine.notices import AskedFor
from engine.periods import day_in_words, period_in_words


def ask_for_returns(options: Options, kind: Literal["reminder", "chaser"]) -> int:
    """Asks, and says whom. The program has failed where a message that should be out isn't."""
    from engine import app

    office = open_office(options)
    name = office.the_portfolio(options.portfolio)
    asked = app.ask_for_returns(office, name, kind, options.period)
    answer = {
        "schema": 1,
        "portfolio": name,
        "kind": kind,
        "period": asked.period.id,
        "due": asked.due.isoformat(),
        "owing": asked.owing,
        "complete": asked.complete,
        "messages": [_as_json(one, already=False) for one in asked.queued]
        + [_as_json(one, already=True) for one in asked.already],
        "problems": [problem.model_dump(mode="json") for problem in asked.problems],
    }
    emit(options, answer, lambda: _text(asked))
    return FAILED if any(one.state in WENT_WRONG for one in asked.queued) else DONE


def _as_json(one: OutboxMessage, *, already: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "to": one.rendered.address,
        "recipient": one.rendered.recipient,
        "subjects": list(one.rendered.reasons),
        "state": one.state.value,
        "already": already,
        "detail": one.detail,
    }


def _text(asked: AskedFor) -> str:
    verb = "was due" if asked.late else "is due"
    lines = [f"What is returned for {period_in_words(asked.period)} {verb} on {day_in_words(asked.due)}."]
    if asked.kind == "chaser" and not asked.late:
        return f"{lines[0]} It is not late: nobody is chased."
    if not asked.owing:
        return f"{lines[0]} Everything is in: nobody is asked."
    subjects = show.count(asked.owing, "subject")
    lines.append(f"{subjects} {'owes' if asked.owing == 1 else 'owe'} something, {asked.complete} nothing more.")
    rows = [
        (state, one.rendered.address, ", ".join(one.rendered.reasons))
        for group, word in ((asked.queued, ""), (asked.already, "already asked today"))
        for one in group
        for state in [word or one.state.value]
    ]
    if rows:
        lines += ["", show.table(("State", "To", "For"), rows)]
    if asked.problems:
        lines += ["", "Nobody could be asked, or not in full:", *show.bullets(map(str, asked.problems))]
    return "\n".join(lines)
