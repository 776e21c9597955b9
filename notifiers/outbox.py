"""Delivering what the outbox holds: claim a message, hand it over, say what became of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from engine.model.alerts import WholeMessage
from notifiers.addresses import allowed
from notifiers.refusals import Refusal

# How long a claim lasts before another may take the message up; the second from when it begins to be handed over. Each
# is longer than all the waits of that stretch together (see notifiers.smtp).
LEASE, DATA_LEASE = timedelta(minutes=10), timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class OutboxStore(Protocol):
    """What delivering needs of the store."""

    def take_up_again(self) -> None:
        """What waits for its next try, or was claimed by a program that is gone, waits no longer."""

    def claim(self, now: datetime, lease: timedelta) -> WholeMessage | None:
        """Take up the message that waits longest; None where none waits."""

    def start_data(self, message: str, token: int, now: datetime, lease: timedelta) -> bool:
        """From here on it may have gone out; False where the claim has passed to another, or its lease is over."""

    def lapse(self, now: datetime) -> list[str]:
        """Make uncertain what was being handed over when its lease ended; the ids."""

    def delivered(self, message: str, token: int, now: datetime, detail: str = "") -> bool:
        """It went out; False where the claim has passed to another, who will say so."""

    def not_delivered(self, message: str, token: int, detail: str, again_at: datetime | None) -> bool:
        """It certainly did not go out, and waits until `again_at`, or is dead where that is None."""

    def uncertain(self, message: str, token: int, detail: str) -> bool:
        """Whether it went out can't be known."""

    def put_off(self, until: datetime, detail: str) -> None:
        """What waits, waits until then."""


class Notifier(Protocol):
    """Where messages go."""

    @property
    def repeatable(self) -> bool:
        """Whether delivering a message twice does no harm at all."""

    def deliver(self, message: WholeMessage, start_data: Callable[[], None]) -> str:
        """Hand a message over, and answer with where it went.

        Unless it is repeatable it calls `start_data` just before the first step after which the message may have gone
        out, and lets through whatever that raises. Raises DeliveryError where the message certainly did not go out,
        UncertainError where that can't be known. Whatever else it raises is a fault of ours, or an interruption.
        """


class DeliveryError(Exception):
    """A message certainly did not go out; the text is one sentence for a person.

    `for_good`: trying again can't help. `for_all`: no other message would go out either.
    """

    def __init__(self, sentence: str, *, for_good: bool = False, for_all: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good
        self.for_all = for_all


class UncertainError(Exception):
    """A message may have gone out, and may not; the text is one sentence for a person."""


class _ClaimLostError(Exception):
    """The claim has passed to another."""


@dataclass(frozen=True, slots=True)
class Failure:
    message: str  # id
    sentence: str
    again_at: datetime | None  # None: never


@dataclass(slots=True)
class DeliveryReport:
    """What became of the messages that were waiting, by their ids."""

    sent: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)  # among them those that another program left behind
    put_off: str = ""  # why the rest was not tried, where the fault is not the message's


def deliver_pending(
    store: OutboxStore,
    notifier: Notifier,
    domains: Collection[str],
    present: Callable[[], datetime],
    *,
    at_once: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> DeliveryReport:
    """Deliver everything that waits, one message after another, until `stop` says so.

    Only to addresses in `domains`: they may have changed since the message was queued. `at_once` waits for no lease and
    no next try; a repeatable notifier never does. `present` tells the time at each step: who was paused past a lease
    has lost it.

    A program that dies leaves its message to be taken up again once its lease has run out, or, where it may have gone
    out already, uncertain. A message whose claim passed to another meanwhile is theirs to report.
    """
    report = DeliveryReport()
    if at_once or notifier.repeatable:
        store.take_up_again()
    report.uncertain += store.lapse(present())
    while not (stop() or report.put_off) and (message := store.claim(present(), LEASE)) is not None:
        _deliver(store, notifier, domains, present, message, report)
    return report


def _deliver(
    store: OutboxStore,
    notifier: Notifier,
    domains: Collection[str],
    present: Callable[[], datetime],
    message: WholeMessage,
    report: DeliveryReport,
) -> None:
    started = False

    def start_data() -> None:
        nonlocal started
        if not store.start_data(message.id, message.token, present(), DATA_LEASE):
            raise _ClaimLostError
        started = True

    try:
        address = allowed(message.rendered.address, domains)
        if isinstance(address, Refusal):
            raise DeliveryError(str(address), for_good=True)
        detail = notifier.deliver(message, start_data)
    except _ClaimLostError:
        return
    except DeliveryError as error:
        at = present()
        again_at = None if error.for_good else at + wait_after(message.attempts)
        if store.not_delivered(message.id, message.token, str(error), again_at):
            report.failed.append(Failure(message.id, str(error), again_at))
        if error.for_all:
            report.put_off = str(error)
            store.put_off(again_at or at, str(error))
    except UncertainError as error:
        if store.uncertain(message.id, message.token, str(error)):
            report.uncertain.append(message.id)
    except BaseException:
        if started:
            store.uncertain(message.id, message.token, "sending was broken off while it was handed over")
        raise
    else:
        if store.delivered(message.id, message.token, present(), detail):
            report.sent.append(message.id)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts (1 or more): twice as long each time, up to six hours."""
    doublings: int = 2 ** min(attempts - 1, 16)
    return min(LONGEST_WAIT, FIRST_WAIT * doublings)
