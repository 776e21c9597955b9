"""`telltale mail tell` and `telltale mail why`: audiences told on calendars of their own, and why anybody was told."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.alerts.acts import in_words
from engine.cli import DONE, FAILED, show
from engine.cli.common import Options, emit, open_office
from engine.model.alerts import WENT_WRONG
from engine.model.workspace import Scheme

if TYPE_CHECKING:
    from engine.telling import AudienceTold
    from engine.whytold import Why, WhyPerson


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
                "run": one.run or None, "decisions": one.asked,
                "messages": [message.model_dump(mode="json") for message in one.messages],
                "problems": [problem.model_dump(mode="json") for problem in one.problems],
            }
            for one in told
        ],
    }  # fmt: skip
    emit(options, answer, lambda: "\n".join(line for one in told for line in _told_text(one)))
    return FAILED if any(message.state in WENT_WRONG for one in told for message in one.messages) else DONE


def _told_text(one: "AudienceTold") -> Iterator[str]:
    match one.state:
        case "nothing published":
            yield f"Nothing is published of {one.portfolio} yet: {one.audience} was told nothing."
        case "told before":
            when = f"at {one.made}, by {one.run}"
            yield f"{one.audience} has been told of {one.portfolio} for {one.occurrence}, {when}."
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
    scheme = office.workspace.scheme_of(office.portfolio(portfolio))
    emit(options, _why_json(found), lambda: "\n".join(_why_text(found, scheme)))
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
        "told": None if one.told is None else {
            "period": one.told.period, "status": one.told.status, "message": one.told.message,
            "state": one.message.state.value if one.message else None,
            "queued": one.message.queued.isoformat() if one.message else None,
            "sent": one.message.sent.isoformat() if one.message and one.message.sent else None,
        },
        "now": None if one.now is None else {
            "reason": one.now.reason.value, "tells": one.now.tells, "sentence": one.now.sentence,
        },
        "next": list(one.next),
    }  # fmt: skip


def _why_text(found: "Why", scheme: Scheme) -> Iterator[str]:
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
            yield from _person_text(person, scheme)


def _person_text(one: "WhyPerson", scheme: Scheme) -> Iterator[str]:
    yield f"  {one.name} <{one.address}>" if one.address else f"  {one.name}, without an address"
    if one.decided is None or one.since is None:
        yield from show.bullets(["Nobody has asked yet."])
    else:
        decision, since = one.decided.decision, one.since
        lasts = f", since {since.occurrence}" if since.occurrence != one.decided.occurrence else ""
        day = one.decided.made.date().isoformat()
        said = f"{decision.reason.value.capitalize()} ({one.decided.occurrence}, decided on {day}{lasts})"
        yield from show.bullets([f"{said}: {decision.sentence}"])
    if one.told is not None:
        state = f"message {one.told.message[:8]}"
        if one.message is not None:
            when = (one.message.sent or one.message.queued).date().isoformat()
            state += f", {one.message.state.value} on {when}"
        yield from show.bullets([f"Told last of {one.told.period}: {scheme.name(one.told.status)} ({state})."])
    else:
        yield from show.bullets(["Was never told of it."])
    if one.now is not None and one.now.tells:
        yield from show.bullets([f"Asked now, there would be a message: {one.now.reason.value}."])
    if one.next:
        yield "  What brings the next:"
        yield from show.bullets(one.next)
