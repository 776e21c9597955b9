"""Delivering what the outbox holds: claim a message, hand it over, say what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.model.alerts import OutboxMessage

LEASE = timedelta(minutes=10)  # how long a delivery may take before another may take the message up
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class OutboxStore(Protocol):
    """What delivering needs of the store."""

    def take_up_again(self) -> None:
        """What waits for its next try, or was claimed by a program that is gone, waits no longer."""

    def claim(self, now: datetime, lease: timedelta) -> OutboxMessage | None:
        """Take up the message that waits longest; None where none waits."""

    def delivered(self, message: str, token: int, now: datetime, detail: str = "") -> bool:
        """It went out; False where the claim has passed to another, who will say so."""

    def not_delivered(self, message: str, token: int, detail: str, again_at: datetime | None) -> bool:
        """It certainly did not go out, and waits until `again_at`, or is dead where that is None."""


class DeliveryError(Exception):
    """A message certainly did not go out; the text is one sentence for a person.

    `for_good`: trying again can't help.
    """

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Failure:
    message: str  # id
    sentence: str
    again_at: datetime | None  # None: never


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the messages that were waiting."""

    sent: tuple[str, ...]  # ids
    failed: tuple[Failure, ...]


def deliver_pending(
    store: OutboxStore,
    deliver: Callable[[OutboxMessage], str],
    now: datetime,
    lease: timedelta = LEASE,
    *,
    at_once: bool = False,
) -> DeliveryReport:
    """Deliver everything that waits at `now`, one message after another.

    `at_once` waits for no lease and no next try: for a notifier to which delivering twice does no harm at all.

    `deliver` hands a message over and answers with where it went, or raises DeliveryError; it must be able to deliver
    the same message twice without doing harm, because a program that dies between handing over and saying so leaves the
    message to be taken up again. Whatever else it raises is a fault of ours: it ends the loop, and the message is taken
    up again once its lease has run out. A message whose claim passed to another meanwhile is theirs to report.
    """
    if at_once:
        store.take_up_again()
    sent: list[str] = []
    failed: list[Failure] = []
    while (message := store.claim(now, lease)) is not None:
        try:
            detail = deliver(message)
        except DeliveryError as error:
            again_at = None if error.for_good else now + wait_after(message.attempts)
            if store.not_delivered(message.id, message.token, str(error), again_at):
                failed.append(Failure(message.id, str(error), again_at))
        else:
            if store.delivered(message.id, message.token, now, detail):
                sent.append(message.id)
    return DeliveryReport(tuple(sent), tuple(failed))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts (1 or more): twice as long each time, up to six hours."""
    doublings: int = 2 ** min(attempts - 1, 16)
    return min(LONGEST_WAIT, FIRST_WAIT * doublings)
