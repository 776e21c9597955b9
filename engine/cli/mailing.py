"""`telltale mail tell` and `telltale mail why`: audiences told on calendars of their own, and why anybody was told."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from engine.alerts.acts import in_words
from engine.choosing import SHORT
from engine.cli import DONE, FAILED, show
from engine.cli.common import Options, emit, moment, open_office
from engine.model.alerts import WENT_WRONG, Decision, OutboxState, Reason
from engine.model.workspace import Scheme
from engine.office import Office
from engine.workspace.dates import local_day

if TYPE_CHECKING:
    from engine.store.records import ToldBy
    from engine.telling import AudienceTold
    from engine.whytold import Why, WhyAudience, WhyPerson


def tell(options: Options) -> int:
    """Tell an audience, and say who got what. The program has failed where a message that should be out isn't."""
    from engine import app

    office = open_office(options)
    told = app.tell(office, options.audience, options.portfolio, options.occurrence)
    answer = {
        "schema": 1,
        "audience": options.audience,
        "told": [
            {
                "portfolio": one.portfolio, "occurrence": one.occurrence, "state": one.state, "made": one.made or None,
                "run": one.run or None, "next": one.next or None, "decisions": one.asked,
                "messages": [message.model_dump(mode="json") for message in one.messages],
                "problems": [problem.model_dump(mode="json") for problem in one.problems],
            }
            for one in told
        ],
    }  # fmt: skip
    emit(options, answer, lambda: "\n".join(line for one in told for line in _told_text(one, office)))
    return FAILED if any(message.state in WENT_WRONG for one in told for message in one.messages) else DONE


def _told_text(one: "AudienceTold", office: Office) -> Iterator[str]:
    match one.state:
        case "nothing published":
            yield f"Nothing is published of {one.portfolio} yet: {one.audience} was told nothing."
        case "told before":
            when = f"at {moment(datetime.fromisoformat(one.made), office)}, from the run {one.run}"
            following = f" The next is {one.next}." if one.next else ""
            yield f"{one.audience} was told of {one.portfolio} for {one.occurrence} already, {when}.{following}"
        case _:
            messages = show.count(len(one.messages), "message")
            yield f"{one.audience} is told of {one.portfolio}, {one.period}, for {one.occurrence}: {messages}."
            if one.messages:
                rows = [(m.state, ", ".join(m.to), m.subject) for m in one.messages]
                yield show.table(("State", "To", "Subject"), rows)
            yield from show.bullets(map(str, one.problems))


def why(options: Options) -> int:
    """Why somebody got a mail about a subject, or got none."""
    from engine.app import open_the_store
    from engine.whytold import why

    office = open_office(options)
    portfolio, ref = office.find_subject(options.subject)
    with open_the_store(office) as store:
        found = why(office, store, portfolio, ref)
    emit(options, _why_json(found), lambda: "\n".join(_why_text(found, office)))
    return DONE


def _why_json(found: "Why") -> dict[str, object]:
    subject = next((one for one in found.run.out.subjects if one.ref == found.subject), None)
    return {
        "schema": 1,
        "portfolio": found.portfolio,
        "subject": found.subject,
        "period": found.run.period,
        "run": found.run.id,
        "status": subject.status if subject is not None else None,
        "acts": [act.model_dump(mode="json") for act in found.acts],
        "audiences": [
            {
                "audience": audience.audience,
                "when": audience.when,
                "nobody": audience.nobody or None,
                "people": [_person_json(person) for person in audience.people],
            }
            for audience in found.audiences
        ],
    }


def _person_json(one: "WhyPerson") -> dict[str, object]:
    decided = one.decided
    return {
        "person": one.person,
        "address": one.address or None,
        "decided": None if decided is None or one.since is None else {
            "reason": decided.decision.reason.value, "sentence": decided.decision.sentence, "period": decided.period,
            "occurrence": decided.occurrence, "run": decided.run, "made": decided.made.isoformat(),
            "since": one.since.made.isoformat(), "since_occurrence": one.since.occurrence,
        },
        "told": None if one.told is None else _message_json(one.told),
        "untold": [_message_json(message) for message in one.untold],
        "now": None if one.now is None else {
            "reason": one.now.reason.value, "tells": one.now.tells, "sentence": one.now.sentence,
        },
        "next": list(one.next),
    }  # fmt: skip


def _message_json(one: "ToldBy") -> dict[str, object]:
    return {
        "period": one.told.period, "status": one.told.status, "message": one.told.message, "state": one.state.value,
        "queued": one.queued.isoformat(), "sent": one.sent.isoformat() if one.sent is not None else None,
    }  # fmt: skip


def _why_text(found: "Why", office: Office) -> Iterator[str]:
    scheme = office.workspace.scheme_of(office.portfolio(found.portfolio))
    subject = next((one for one in found.run.out.subjects if one.ref == found.subject), None)
    if subject is None:
        yield f"{found.subject} was not in the portfolio when {found.run.period} was published."
    else:
        yield f"{subject.title} ({found.subject}), {found.run.period}: {scheme.name(subject.status)}."
    yield from show.bullets(f"{act.kind.value.capitalize()} {act.number}. {in_words(act)}" for act in found.acts)
    for audience in found.audiences:
        yield ""
        yield f"{audience.audience}, told {audience.when}"
        if not audience.people:
            yield f"  Nobody is told. {audience.nobody}"
        for person in audience.people:
            yield from _person_text(person, audience, scheme, office)


def _person_text(one: "WhyPerson", audience: "WhyAudience", scheme: Scheme, office: Office) -> Iterator[str]:
    def day(moment: datetime) -> str:
        return local_day(moment, office.workspace.calendar).isoformat()

    yield f"  {one.name} <{one.address}>" if one.address else f"  {one.name}, without an address"
    if one.decided is None or one.since is None:
        yield from show.bullets(["Nothing was decided for this reader yet."])
    else:
        decision, since = one.decided.decision, one.since
        lasts = f", since {since.occurrence}" if since.occurrence != one.decided.occurrence else ""
        said = f"{decision.reason.value.capitalize()} ({one.decided.occurrence}, decided on {day(one.decided.made)}"
        yield from show.bullets([f"{said}{lasts}): {decision.sentence}"])
    yield from show.bullets(_not_arrived(message, scheme, day(message.queued)) for message in one.untold)
    if one.told is not None and one.told.sent is not None:
        told = one.told.told
        by = f"message {told.message[:SHORT]}, sent on {day(one.told.sent)}"
        yield from show.bullets([f"Told last of {told.period}: {scheme.name(told.status)} ({by})."])
    else:
        yield from show.bullets(["Was never told of it."])
    if one.now is not None and one.now.tells:
        unmade = one.decided is not None and one.decided.decision.reason in (Reason.NO_ADDRESS, Reason.NOT_MADE)
        yield from show.bullets([_now_text(one.now, audience, ", once one can be made" if unmade else "")])
    if one.next:
        yield "  What brings the next:"
        yield from show.bullets(one.next)


def _not_arrived(one: "ToldBy", scheme: Scheme, queued: str) -> str:
    """Of a message that nobody has read, as far as is known: why not."""
    of, message = f"of {one.told.period}, {scheme.name(one.told.status)}", f"message {one.told.message[:SHORT]}"
    match one.state:
        case OutboxState.HELD:
            return f"Not told yet {of}: {message} is held for release since {queued}."
        case OutboxState.RETRY:
            return f"Not told yet {of}: {message} could not be sent so far, and is tried again."
        case OutboxState.UNCERTAIN:
            return f"Perhaps told {of}: whether {message} went out is not known."
        case OutboxState.DEAD:
            return f"Not told {of}: {message} could not be delivered, and counts as never told."
        case OutboxState.DISCARDED:
            return f"Not told {of}: {message} was thrown away, and counts as never told."
        case _:
            return f"Not told yet {of}: {message} has not gone out yet."


def _now_text(now: Decision, audience: "WhyAudience", once: str) -> str:
    """What would come of telling the audience now, and why."""
    telling = f"The next telling (telltale mail tell {audience.audience})"
    by = telling if audience.by_calendar else "The next run that publishes"
    return f"{by} would send this reader a message{once}: {now.sentence[:1].lower()}{now.sentence[1:]}"
