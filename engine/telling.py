"""Telling an audience with a calendar of its own: decided, rendered and queued in one transaction, once an occurrence.

Also what all tellings stand on: what was told, decided and done before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from engine.alerts.audiences import concerns
from engine.alerts.cases import CaseChanges
from engine.model.problems import Problem
from engine.model.run import MessageOut
from engine.notices import RenderAny, office_mail
from engine.office import Office, UsageError
from engine.pipeline import Declared, Published, tell
from engine.store.records import MadeTelling, Queued, StoredRun
from engine.store.store import Store

State = Literal["told", "told before", "nothing published"]


@dataclass(frozen=True, slots=True)
class AudienceTold:
    """What telling an audience of one portfolio came to."""

    portfolio: str
    audience: str
    occurrence: str  # a day, ISO
    state: State
    made: str = ""  # when it was told, ISO
    run: str = ""  # what it was told of
    period: str = ""
    asked: int = 0  # how many decisions were made
    queued: tuple[str, ...] = ()  # the ids of the messages
    messages: tuple[MessageOut, ...] = ()  # as they stand in the outbox
    problems: tuple[Problem, ...] = ()  # whom nobody could reach, and messages that could not be made


def portfolios_of(office: Office, audience: str, portfolio: str | None) -> list[str]:
    """The portfolios that an audience is told of, or the one named.

    Raises UsageError for an audience that there isn't, that is told after each run, or that the portfolio named
    doesn't concern.
    """
    office.check_audience(audience)
    known = office.workspace.audiences
    if known[audience].when == "after run":
        raise UsageError(f"{audience} has no calendar of its own: telltale run tells it")
    concerned = [name for name in office.names(portfolio) if concerns(known[audience], office.portfolio(name))]
    if portfolio is not None and not concerned:
        raise UsageError(f"{audience} is not told of {portfolio}: see `about` in config/audiences.yaml")
    return concerned


def occurrence_on(office: Office, day: str | None) -> str:
    """The occurrence that a telling is: a day as ISO has it, today without one. Raises UsageError.

    One that is still to come is refused: told now, it would be told nothing on its day.
    """
    if day is None:
        return office.today.isoformat()
    try:
        occurrence = date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is not a day; write it as 2019-02-22") from None
    if occurrence > office.today:
        raise UsageError(f"{day} is still to come: today is {office.today.isoformat()}")
    return occurrence.isoformat()


def tell_audience(
    office: Office, about: Declared, store: Store, audience: str, occurrence: str, render: RenderAny
) -> AudienceTold:
    """Tell an audience of what is published last of a portfolio, unless it has been told for that occurrence.

    Raises StoreError, busy, where a run is published meanwhile or another program tells of the same portfolio.
    """
    name = about.portfolio.portfolio
    if (made := store.telling(audience, name, occurrence)) is not None:
        return AudienceTold(name, audience, occurrence, "told before", made.made.isoformat(), made.run)
    seen = store.seen(name)
    stored = store.latest_run(name)
    of_problems = office.workspace.audiences[audience].tell == "problems"
    if stored is None or (of_problems and not office.has_period(name, stored.period)):
        return AudienceTold(name, audience, occurrence, "nothing published")
    telling = MadeTelling(audience, name, occurrence, stored.id, office.now)
    told = AudienceTold(name, audience, occurrence, "told", office.now.isoformat(), stored.id, stored.period)
    if of_problems:
        period = office.period(name, stored.period)
        mail = office_mail(office, about, store, stored.out, period, render, (audience,), occurrence)
        store.tell(telling, (), mail.messages, seen)
        return replace(told, queued=_ids(mail.messages), problems=tuple(mail.problems))
    before, cases = published_until(store, stored), CaseChanges((), tuple(store.open_cases(name)), ())
    run = stored.out.model_copy(update={"messages": (), "problems": ()})
    alerted = tell(about, run, before, cases, {audience: occurrence}, office.now, render)
    store.tell(telling, alerted.decisions, alerted.messages, seen, run=stored.id)
    return replace(
        told, asked=len(alerted.decisions), queued=_ids(alerted.messages), problems=alerted.run.problems
    )  # fmt: skip


def _ids(messages: Iterable[Queued]) -> tuple[str, ...]:
    return tuple(one.rendered.id for one in messages)


def published_until(store: Store, stored: StoredRun) -> Published:
    """What a telling about a published run stands on."""
    name = stored.portfolio
    return Published(
        run=None,
        previous={},
        rules_hash=None,
        told=tuple(store.told(name)),
        silenced=store.silenced(name),
        history=store.history(name, before=stored.period_end),
        periods=tuple(store.published_periods(name, before=stored.period_end)),
        acts=store.acts(name),
    )


def with_states(told: AudienceTold, store: Store, undelivered: Iterable[Problem]) -> AudienceTold:
    """The answer with its messages as they stand in the outbox now, and what kept them from being delivered."""
    messages = tuple(
        MessageOut(
            audience=one.rendered.audience, to=(one.rendered.address,), subject=one.rendered.subject,
            reasons=one.rendered.reasons, state=one.state.value,
        )
        for one in reversed(store.outbox(ids=told.queued))
    )  # fmt: skip
    return replace(told, messages=messages, problems=(*told.problems, *undelivered))
