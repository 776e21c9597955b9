"""Which messages of the outbox a person means: by ids, audience, portfolio or period; also what has left the workspace.

A message outlives what it was about: a portfolio, an audience or a period that config/ has no longer still names those
that are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model.alerts import OutboxMessage, OutboxState
from engine.office import Office, UsageError

if TYPE_CHECKING:
    from engine.store.store import Store  # SQLAlchemy is slow to import

SHORT = 8  # characters of an id that are shown; as many as make it unique are enough to name it


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which messages a person means: by the beginning of their ids, by audience, or all."""

    ids: Sequence[str] = ()
    audience: str | None = None
    portfolio: str | None = None
    all: bool = False


def listed(
    office: Office, store: "Store", portfolio: str | None, period: str | None, states: Sequence[OutboxState]
) -> list[OutboxMessage]:
    """The messages of a portfolio and period, or of all, in any of the states (none named: all); newest first.

    Raises UsageError for a portfolio or period that there isn't and that no message is of.
    """
    name = _portfolio(office, store, portfolio)
    rows = store.outbox(name, period, states=states)
    known = list(office.workspace.portfolios) if name is None else [name]
    if period is not None and not rows and not store.outbox(name, period):
        at_hand = [one for one in known if one in office.workspace.portfolios]
        if at_hand and not any(office.has_period(one, period) for one in at_hand):
            office.period(at_hand[0], period)  # raises, and says how one is written
    return rows


def chosen_messages(
    office: Office, store: "Store", chosen: Chosen, states: Sequence[OutboxState]
) -> list[OutboxMessage]:
    """The messages meant, oldest first, all of them in one of the states. Raises UsageError."""
    portfolio, audience = _portfolio(office, store, chosen.portfolio), chosen.audience
    if audience is not None and audience not in office.workspace.audiences:
        known = {*office.workspace.audiences, *(one.rendered.audience for one in store.outbox(portfolio))}
        if audience not in known:
            raise UsageError(f"there is no audience {audience!r}; there is {', '.join(sorted(known))}")

    def meant(one: OutboxMessage) -> bool:
        return portfolio in (None, one.rendered.portfolio) and audience in (None, one.rendered.audience)

    if chosen.ids:
        named = [_named([one for one in store.outbox_named(text) if meant(one)], text) for text in chosen.ids]
        for one in named:
            if one.state not in states:
                raise UsageError(f"the message {one.id[:SHORT]} is {one.state}, not {_either(states)}")
        return list({one.id: one for one in named}.values())
    if not (chosen.all or audience):
        raise UsageError("say which messages: their ids (telltale mail list shows them), --audience NAME, or --all")
    return [one for one in reversed(store.outbox(portfolio, states=states)) if meant(one)]


def _portfolio(office: Office, store: "Store", name: str | None) -> str | None:
    """The portfolio of that name, also one that the workspace has no longer, if there are messages of it."""
    if name is None or (name not in office.workspace.portfolios and store.outbox(name)):
        return name
    return office.the_portfolio(name)


def _named(found: Sequence[OutboxMessage], text: str) -> OutboxMessage:
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} messages have an id that begins with {text!r}; write more of it")
    raise UsageError(f"there is no message {text!r}; telltale mail list shows them")


def _either(states: Sequence[OutboxState]) -> str:
    *others, last = states
    return f"{', '.join(others)} or {last}" if others else last
