"""`telltale mail list|send|release|resolve`: what the outbox holds, and what people do with it."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from engine import mailing
from engine.alerts.officenews import to_the_office
from engine.app import open_the_store, tell_office
from engine.choosing import SHORT, Chosen, listed
from engine.cli import DONE, FAILED, show
from engine.cli.common import Options, emit, moment, open_office
from engine.model.alerts import OutboxMessage, OutboxState
from engine.model.notices import Failed
from engine.model.problems import Problem
from engine.notices import failed_jobs
from engine.office import FaultsError, Office, UsageError
from engine.store.errors import StoreError

STATES = tuple(state.value for state in OutboxState)


def mail_list(options: Options) -> int:
    """The messages, newest first."""
    office = open_office(options)
    states = [_state(text) for text in options.state or ()]
    with open_the_store(office) as store:
        rows = listed(office, store, options.portfolio, options.period, states)
    answer = {"schema": 1, "messages": [as_json(one) for one in rows]}
    cells = [
        (
            _short(one),
            r.period,
            one.state.value,
            r.audience,
            r.address,
            r.subject,
            "; ".join(filter(None, (_what_of(one, office), *_acts_on(one, office)))),
        )
        for one in rows
        for r in (one.rendered,)
    ]
    heads = ("Id", "Period", "State", "Audience", "To", "Subject", "What became of it")
    emit(options, answer, lambda: show.table(heads, cells) if cells else "No messages.")
    return DONE


def perform(options: Options) -> int:
    """Runs the command that the options name and returns its exit code."""
    return {"list": mail_list, "send": mail_send, "release": mail_release, "resolve": mail_resolve}[options.subcommand](
        options
    )


def _state(text: str) -> OutboxState:
    try:
        return OutboxState(text)
    except ValueError:
        raise UsageError(f"there is no state {text!r}; there is {', '.join(STATES)}") from None


def mail_send(options: Options) -> int:
    """Everything due now. Asked to stop, it finishes the message under way."""
    office = open_office(options)
    with open_the_store(office) as store:
        if options.again:
            by, why = _who_and_why(options, "--again")
            mailing.send_again(office, store, Chosen(ids=options.again), by, why)
        with _asked_to_stop() as stop:
            done = mailing.send(office, store, at_once=options.retry, stop=stop)
        failed = failed_jobs(office, store)
    untold = _tell_the_office(office, done, failed)
    parts = {
        "sent": done.sent,
        "found in the archive": done.found,
        "to be tried again": [one for one in done.failed if one.state is not OutboxState.DEAD],
        "dead": [one for one in done.failed if one.state is OutboxState.DEAD],
        "uncertain": done.uncertain,
    }
    answer = {
        "schema": 1,
        "sent": [as_json(one) for one in done.sent],
        "found": [as_json(one) for one in done.found],
        "failed": [as_json(one) for one in done.failed],
        "uncertain": [as_json(one) for one in done.uncertain],
        "put_off": done.put_off,
        "archive_fault": done.archive_fault,
        "waiting": [as_json(one) for one in done.waiting],
        "problems": [problem.model_dump(mode="json") for problem in untold],
    }
    emit(options, answer, lambda: "\n".join((*_sending_in_words(parts, done, office), *map(str, untold))))
    return DONE if done.well else FAILED


def _tell_the_office(office: Office, done: mailing.Sending, failed: Sequence[Failed]) -> list[Problem]:
    """Queues the office's mail about what died or may have gone out just now, and about jobs that were given up.

    It goes with the next sending.

    What keeps it from being told is told here: the messages themselves are settled.
    """
    stuck = (OutboxState.DEAD, OutboxState.UNCERTAIN)
    settled = (one for one in (*done.failed, *done.uncertain) if one.state in stuck)
    portfolios = {one.rendered.portfolio for one in settled if not to_the_office(one, office.workspace)}
    for one in failed:
        portfolios |= {one.portfolio} if one.portfolio else set(office.workspace.portfolios)
    problems: list[Problem] = []
    for name in sorted(portfolios & office.workspace.portfolios.keys()):
        try:
            problems += tell_office(office, name)
        except (FaultsError, StoreError) as error:
            what = f"the office was not told of what could not be sent ({error})"
            problems.append(Problem(file="", where=name, what=what, cure="mend that; the next run tells it"))
    return problems


def _sending_in_words(parts: dict[str, list[OutboxMessage]], done: mailing.Sending, office: Office) -> Iterator[str]:
    counted = [f"{len(rows)} {words}" for words, rows in parts.items() if rows]
    yield f"Messages: {', '.join(counted)}." if counted else "Nothing is due."
    for words in ("to be tried again", "dead", "uncertain"):
        for one in parts[words]:
            yield f"{words.upper()}: {_short(one)} to {one.rendered.address}: {_what_of(one, office)}"
    if done.put_off:
        yield f"The rest waits: {done.put_off}."
    if done.archive_fault:
        yield f"What is uncertain stays so: {done.archive_fault}."
    if done.waiting:
        waiting = [one.state for one in done.waiting]
        said = [f"{number} {state}" for state in dict.fromkeys(waiting) if (number := waiting.count(state))]
        yield f"Waiting for a person: {', '.join(said)}; see telltale mail list."


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or Ctrl-C came. A second one breaks off at once, which leaves a message uncertain."""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def mail_release(options: Options) -> int:
    """Lets held messages go, or throws messages away."""
    office = open_office(options)
    chosen = Chosen(options.message, options.audience, options.portfolio, options.all)
    with open_the_store(office) as store:
        if options.discard:
            by, why = _who_and_why(options, "--discard")
            rows = mailing.discard(office, store, chosen, by, why)
        else:
            rows = mailing.release(office, store, chosen, options.by, options.why or "")
    done = "discarded" if options.discard else "released"
    next_step = "" if options.discard or mailing.by_itself(office) else "\ntelltale mail send sends what was released."
    return _say(options, office, rows, done, next_step if rows else "")


def mail_resolve(options: Options) -> int:
    """Says of uncertain messages whether they went out; without a word of that, looks into the archive."""
    office = open_office(options)
    with open_the_store(office) as store:
        if options.sent or options.not_sent:
            by, why = _who_and_why(options, "--sent or --not-sent")
            chosen = Chosen(options.message)
            rows = mailing.resolve(office, store, chosen, by, why, sent=options.sent)
            words = "settled as sent" if options.sent else "to go again"
            return _say(options, office, rows, words, "")
        if options.message:
            raise UsageError("say what is known of the message: --sent or --not-sent")
        if office.workspace.settings.mail.archive is None:
            raise UsageError("there is no archive to look into; name a message, and --sent or --not-sent")
        store.lapse(office.now)
        found, fault = mailing.look_into_the_archive(office, store)
        rows = store.outbox(ids=found)
        left = store.outbox(states=[OutboxState.UNCERTAIN])
    answer = {"schema": 1, "found": list(map(as_json, rows)), "left": list(map(as_json, left)), "archive_fault": fault}
    emit(options, answer, lambda: "\n".join(_search_in_words(rows, left, fault)))
    return FAILED if fault else DONE


def _search_in_words(found: Sequence[OutboxMessage], left: Sequence[OutboxMessage], fault: str) -> Iterator[str]:
    if fault:
        yield f"Nothing was settled: {fault}."
        return
    yield f"{show.count(len(found), 'message')} found in the archive, {len(left)} still uncertain."
    for one in left:
        yield f"{_short(one)} to {one.rendered.address}, Message-ID {one.rendered.message_id}: {one.detail}"
    if left:
        how = "telltale mail resolve ID --sent --by WHO --why WHAT, or the same with --not-sent"
        yield f"Archives can be late: look at the server's log, and say: {how}."


def _who_and_why(options: Options, what: str) -> tuple[str, str]:
    if not (options.by and options.why):
        raise UsageError(f"{what} needs --by, who says so, and --why")
    return options.by, options.why


def _say(options: Options, office: Office, rows: Sequence[OutboxMessage], done: str, more: str) -> int:
    def words() -> str:
        lines = [f"{show.count(len(rows), 'message')} {done}."]
        lines += [f"{_short(one)} to {one.rendered.address}: {one.state}{_after_colon(one, office)}" for one in rows]
        return "\n".join(lines) + more

    emit(options, {"schema": 1, "messages": [as_json(one) for one in rows]}, words)
    failed = (OutboxState.DEAD, OutboxState.RETRY)
    return FAILED if any(one.state in failed for one in rows) else DONE


def _after_colon(message: OutboxMessage, office: Office) -> str:
    what = _what_of(message, office)
    return f", {what}" if what else ""


def _short(message: OutboxMessage) -> str:
    return message.id[:SHORT]


def _what_of(message: OutboxMessage, office: Office) -> str:
    """Where it went, or why it did not."""
    what = message.detail
    if message.again_at is not None:
        again = moment(message.again_at, office)
        what = f"{what}; again at {again}" if what else f"again at {again}"
    return what


def _acts_on(message: OutboxMessage, office: Office) -> Iterator[str]:
    """What people did with it, oldest first: "released by Head of PMO at 2019-02-11 08:00: as agreed"."""
    for act in message.acts:
        yield f"{act.what} by {act.by} at {moment(act.at, office)}" + (f": {act.why}" if act.why else "")


def as_json(message: OutboxMessage) -> dict[str, Any]:
    """A message in the contract's terms."""
    rendered = message.rendered
    return {
        "id": message.id,
        "portfolio": rendered.portfolio,
        "period": rendered.period,
        "state": message.state.value,
        "audience": rendered.audience,
        "to": rendered.address,
        "subject": rendered.subject,
        "reasons": rendered.reasons,
        "detail": message.detail,
        "message_id": rendered.message_id,
        "queued": message.queued.isoformat(),
        "sent": None if message.sent is None else message.sent.isoformat(),
        "attempts": message.attempts,
        "again_at": None if message.again_at is None else message.again_at.isoformat(),
        "acts": [act.model_dump(mode="json") for act in message.acts],
    }
