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
from engine.notices import RenderAny, tell_office
from engine.office import Office, UsageError
from engine.pipeline import Declared, Published, Render, tell
from engine.store.records import MadeTelling, StoredRun
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
    messages: tuple[MessageOut, ...] = ()
    problems: tuple[Problem, ...] = ()  # whom nobody could reach, and messages that could not be made


def portfolios_of(office: Office, audience: str, portfolio: str | None) -> list[str]:
    """The portfolios that an audience is told of, or the one named.

    Raises UsageError for an audience that there isn't, that is told after each run, or that the portfolio named
    doesn't concern.
    """
    from engine.workspace.spelling import did_you_mean

    known = office.workspace.audiences
    if audience not in known:
        cure = did_you_mean(audience, known) or f"there is {', '.join(known) or 'none'}"
        raise UsageError(f"there is no audience {audience!r} in config/audiences.yaml; {cure}")
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
    office: Office, about: Declared, store: Store, audience: str, occurrence: str, render: Render
) -> AudienceTold:
    """Tell an audience of what is published last of a portfolio, unless it has been told for that occurrence.

    Raises StoreError, busy, where a run is published meanwhile or another program tells the same.
    """
    name = about.portfolio.portfolio
    if (made := store.telling(audience, name, occurrence)) is not None:
        return AudienceTold(name, audience, occurrence, "told before", made.made.isoformat(), made.run)
    seen = store.runs_seen(name)
    stored = store.latest_run(name)
    if stored is None:
        return AudienceTold(name, audience, occurrence, "nothing published")
    before, cases = published_until(store, stored), CaseChanges((), tuple(store.open_cases(name)), ())
    run = stored.out.model_copy(update={"messages": (), "problems": ()})
    told = tell(about, run, before, cases, {audience: occurrence}, office.now, render)
    telling = MadeTelling(audience, name, occurrence, stored.id, office.now)
    store.tell(telling, told.decisions, told.messages, seen)
    return AudienceTold(
        name, audience, occurrence, "told", office.now.isoformat(), stored.id, stored.period, len(told.decisions),
        told.run.messages, told.run.problems,
    )  # fmt: skip


def told_of_problems(
    office: Office, about: Declared, store: Store, told: AudienceTold, render: RenderAny
) -> AudienceTold:
    """What an audience was told that is told of problems: `tell_audience` keeps the occurrence, this the messages."""
    stored = store.latest_run(told.portfolio, told.period)
    if stored is None or not office.has_period(told.portfolio, told.period):
        return told
    known = {one.id for one in store.outbox(told.portfolio)}
    period = office.period(told.portfolio, told.period)
    problems = tell_office(office, about, store, stored.out, period, render, [told.audience])
    messages = tuple(
        MessageOut(
            audience=one.rendered.audience, to=(one.rendered.address,), subject=one.rendered.subject,
            reasons=one.rendered.reasons, state=one.state.value,
        )
        for one in reversed(store.outbox(told.portfolio))
        if one.id not in known
    )  # fmt: skip
    return replace(told, messages=messages, problems=(*told.problems, *problems))


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
    states: dict[tuple[str, tuple[str, ...]], str] = {
        (row.rendered.audience, (row.rendered.address,)): row.state.value
        for row in reversed(store.outbox(told.portfolio))  # the newest last
    }
    messages = tuple(one.model_copy(update={"state": states[one.audience, one.to]}) for one in told.messages)
    return replace(told, messages=messages, problems=(*told.problems, *undelivered))
