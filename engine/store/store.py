"""The store: what the rest of Telltale may ask of the database, and tell it. Each method is one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.model.acts import CaseKey, OfficeAct
from engine.model.alerts import (
    Act,
    Case,
    Decision,
    HistoryPoint,
    OutboxMessage,
    OutboxState,
    Rendered,
    Silenced,
    Told,
    WholeMessage,
)
from engine.model.returns import Return
from engine.store.database import WAIT, Database
from engine.store.jobs import Jobs
from engine.store.queries import acts, decisions, outbox, publishing, returns, runs
from engine.store.records import MadeDecision, MadeTelling, Publication, Queued, Seen, StoredRun, ToldBy
from engine.store.schema import upgrade


def open_store(url: str, folder: Path, *, password: str | None = None, wait: float = WAIT) -> "Store":
    """The store at an address such as "sqlite:///var/telltale.db", made or brought up to this program where needed.

    A relative path begins at `folder`, the workspace. `password` is PostgreSQL's, where the address has none; `wait` is
    how many seconds to wait for another writer.
    Raises StoreError where it can't be opened, is damaged, or is of a newer program.
    """
    database = Database(url, folder, password=password, wait=wait)
    try:
        database.check()
        upgrade(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """An open store. Every method may raise StoreError; what it was to change is then as before.

    A day given as `before` leaves out the periods that end on it or later: a past period is derived again from what
    stood before it. What comes by period comes from that period's last revision.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    @property
    def jobs(self) -> Jobs:
        """What the service does by itself."""
        return Jobs(self._database)

    # ---- what was submitted

    def keep_return(self, return_: Return, received: datetime, period_end: date, read_with: str = "") -> bool:
        """Keep a submitter's return for a period, in place of the one before; whether it is new.

        `read_with` names what it was read with (a hash of the portfolio and the scheme). The same bytes are never new;
        read with something else they are kept as now understood.
        """
        with self._database.writing() as connection:
            return returns.keep(connection, return_, period_end, received, read_with)

    def returns(self, portfolio: str, upto: date | None = None) -> list[Return]:
        """Each submitter's newest return for every period that ends on or before a day; by period and submitter."""
        with self._database.reading() as connection:
            return returns.current(connection, portfolio, upto)

    def known_digests(self, portfolio: str, read_with: str = "") -> Mapping[tuple[str, str], str]:
        """SHA-256 by period and submitter, of the newest returns: what has it need not be read again."""
        with self._database.reading() as connection:
            return returns.digests(connection, portfolio, read_with)

    def digests_ever(self, portfolio: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """SHA-256 of all that was ever kept, by period and submitter, oldest first: the last is of the newest."""
        with self._database.reading() as connection:
            return returns.ever(connection, portfolio)

    # ---- what was published

    def seen(self, portfolio: str) -> Seen:
        """How far it has come: asked before anything is derived from that, and handed back with what comes of it."""
        with self._database.reading() as connection:
            return publishing.seen_now(connection, portfolio)

    def latest_run(self, portfolio: str, period: str | None = None, *, before: date | None = None) -> StoredRun | None:
        """The last run of a period; without one, of the latest period published. None where there is none."""
        with self._database.reading() as connection:
            return runs.latest(connection, portfolio, period, before)

    def inputs(self, run: str) -> str | None:
        """The parsed inputs that a run followed from, as they were handed in; None where there is no such run."""
        with self._database.reading() as connection:
            return runs.inputs_of(connection, run)

    def published_periods(self, portfolio: str, *, before: date | None = None) -> list[str]:
        """The published periods, oldest first."""
        with self._database.reading() as connection:
            return runs.periods(connection, portfolio, before)

    def statuses(self, run: str) -> dict[str, str | None]:
        """The status of each subject in a run; empty where there is no such run."""
        with self._database.reading() as connection:
            return runs.statuses_of(connection, run)

    def statuses_ever(self, portfolio: str, *, before: date | None = None) -> frozenset[str]:
        """The subjects that had a status in any published period."""
        with self._database.reading() as connection:
            return runs.ever_rated(connection, portfolio, before)

    def history(self, portfolio: str, *, before: date | None = None) -> dict[str, tuple[HistoryPoint, ...]]:
        """By subject, its statuses in every published period, oldest first."""
        with self._database.reading() as connection:
            return runs.history(connection, portfolio, before)

    def open_cases(self, portfolio: str, *, before: date | None = None) -> list[Case]:
        """The cases open after the latest published period, oldest first."""
        with self._database.reading() as connection:
            return runs.open_cases(connection, portfolio, before)

    def closed_cases(self, portfolio: str, *, before: date | None = None) -> frozenset[CaseKey]:
        """The keys of all cases that were ever closed."""
        with self._database.reading() as connection:
            return runs.closed_cases(connection, portfolio, before)

    def publish(self, publications: Sequence[Publication], seen: Mapping[str, Seen]) -> None:
        """Publish one run, or a revised past period and the later ones derived again, all of it or nothing.

        `seen` is what `seen` answered, by portfolio, before the derivation began. Raises StoreError, busy, where a run
        was published or somebody told since, or where a message that was to be withdrawn has been claimed.
        """
        with self._database.writing() as connection:
            publishing.publish(connection, publications, seen)

    # ---- what people did

    def acts(self, portfolio: str) -> tuple[OfficeAct, ...]:
        """Every act of people on a portfolio, in order, those that have ended among them."""
        with self._database.reading() as connection:
            return acts.of_portfolio(connection, portfolio)

    def add_act(self, act: OfficeAct) -> OfficeAct:
        """Keep an act; it comes back with its number. Raises StoreError, busy, where what it ends was ended before."""
        with self._database.writing() as connection:
            return acts.add(connection, act)

    # ---- who was told, or not, and why

    def silenced(self, portfolio: str) -> tuple[Silenced, ...]:
        """The last period in which a silence kept each recipient from hearing of each subject."""
        with self._database.reading() as connection:
            return tuple(decisions.silenced_last(connection, portfolio))

    def decisions_about(self, portfolio: str, subject: str) -> list[MadeDecision]:
        """Every decision to tell or not to tell of a subject, newest first."""
        with self._database.reading() as connection:
            return decisions.about(connection, portfolio, subject)

    def telling(self, audience: str, portfolio: str, occurrence: str) -> MadeTelling | None:
        """An occurrence of an audience's own calendar, where it has been told."""
        with self._database.reading() as connection:
            return decisions.telling(connection, audience, portfolio, occurrence)

    def tell(
        self,
        telling: MadeTelling,
        every: Sequence[Decision],
        messages: Sequence[Queued],
        seen: Seen,
        *,
        run: str | None = None,
    ) -> None:
        """Keep a telling on a calendar of its own with its decisions and messages, all of it or nothing.

        `seen` is what `seen` answered before it was decided; `run` is the one that the messages follow from, if a newer
        revision of it replaces them. Raises StoreError, busy, where a run was published or somebody told since.
        """
        with self._database.writing() as connection:
            publishing.tell(connection, telling, every, messages, run, seen)

    def occurrences_of(self, messages: Collection[str]) -> dict[str, str]:
        """By audience the last occurrence that these messages (their ids) were told for."""
        with self._database.reading() as connection:
            return decisions.occurrences_of(connection, messages)

    # ---- messages

    def queue(
        self, messages: Sequence[Queued], run: str | None, now: datetime, seen: Mapping[str, Seen] | None = None
    ) -> list[str]:
        """Put messages into the outbox, but for those that are there already; the ids of the new ones.

        `seen` is what `seen` answered, by portfolio, before they were decided. Raises StoreError, busy, where a run was
        published or somebody told since.
        """
        with self._database.writing() as connection:
            return publishing.queue(connection, messages, run, now, seen or {})

    def told(self, portfolio: str, *, without: Collection[str] = ()) -> list[Told]:
        """What each recipient was last told of each subject; `without` the messages about to be withdrawn."""
        with self._database.reading() as connection:
            return outbox.told_last(connection, portfolio, without)

    def told_about(self, portfolio: str, subject: str) -> list[ToldBy]:
        """Every message about a subject, whatever became of it, newest first."""
        with self._database.reading() as connection:
            return outbox.told_about(connection, portfolio, subject)

    def unclaimed(self, portfolio: str, periods: Collection[str]) -> frozenset[str]:
        """The ids of messages of those periods that nobody has begun to deliver: to be withdrawn by a revision."""
        with self._database.reading() as connection:
            return outbox.unclaimed(connection, portfolio, periods)

    def outbox(
        self,
        portfolio: str | None = None,
        period: str | None = None,
        *,
        states: Collection[OutboxState] = (),
        ids: Collection[str] | None = None,
    ) -> list[OutboxMessage]:
        """The messages of a portfolio and period, in the states, of the ids; all where none are named; newest first."""
        with self._database.reading() as connection:
            return outbox.messages(connection, portfolio, period, states, ids)

    def outbox_named(self, beginning: str) -> list[OutboxMessage]:
        """The messages whose ids begin so, in whatever case it is written; none where it is empty."""
        with self._database.reading() as connection:
            return outbox.named(connection, beginning.lower()) if beginning else []

    def message(self, message: str) -> WholeMessage:
        """A message of the outbox with its bytes."""
        with self._database.reading() as connection:
            return outbox.whole(connection, message)

    def claim(self, now: datetime, lease: timedelta) -> WholeMessage | None:
        """Take up the message that waits longest; None where none waits. Nobody else can before the lease ends."""
        with self._database.writing() as connection:
            return outbox.claim(connection, now, lease)

    def take_up_again(self) -> None:
        """What waits for its next try, or was claimed and not settled, waits no longer: it may be claimed at once."""
        with self._database.writing() as connection:
            outbox.take_up_again(connection)

    def start_data(self, message: str, token: int, now: datetime, lease: timedelta) -> bool:
        """Keep that a claimed message is being handed over, until the lease ends: from here on it may have gone out.

        False where the claim has passed to another, or its lease is over: then nothing may be handed over.
        """
        with self._database.writing() as connection:
            return outbox.start_data(connection, message, token, now, lease)

    def lapse(self, now: datetime) -> list[str]:
        """Make uncertain what was being handed over when its lease ended; the ids."""
        with self._database.writing() as connection:
            return outbox.lapse(connection, now)

    def delivered(self, message: str, token: int, now: datetime, detail: str = "") -> bool:
        """A message taken up went out; False where the claim has passed to another, who will say so."""
        values = {"state": OutboxState.SENT, "sent": now, "detail": detail}
        with self._database.writing() as connection:
            return outbox.settle(connection, message, token, values)

    def not_delivered(self, message: str, token: int, detail: str, again_at: datetime | None) -> bool:
        """A message taken up certainly did not go out: it waits until `again_at`, or is dead where that is None.

        False where the claim has passed to another.
        """
        state = OutboxState.DEAD if again_at is None else OutboxState.RETRY
        with self._database.writing() as connection:
            return outbox.settle(connection, message, token, {"state": state, "detail": detail, "again_at": again_at})

    def uncertain(self, message: str, token: int, detail: str) -> bool:
        """Whether a message taken up went out can't be known; False where the claim has passed to another."""
        with self._database.writing() as connection:
            return outbox.settle(connection, message, token, {"state": OutboxState.UNCERTAIN, "detail": detail})

    def put_off(self, until: datetime, detail: str) -> None:
        """Let everything that waits to be delivered wait until then: nothing would go out before."""
        with self._database.writing() as connection:
            outbox.put_off(connection, until, detail)

    # ---- what people do with messages: each answers False where the message is in no state for it (any more)

    def release(self, message: str, rendered: Rendered, act: Act) -> bool:
        """Let a held message go, as rendered now."""
        return self._act(message, (OutboxState.HELD,), act, _as_rendered(rendered))

    def discard(self, message: str, act: Act) -> bool:
        """Throw away a message that certainly has not gone out."""
        states = (*outbox.UNCLAIMED, OutboxState.DEAD)
        detail = f"discarded by {act.by}: {act.why}"
        return self._act(message, states, act, {"state": OutboxState.DISCARDED, "detail": detail})

    def resolve(self, message: str, act: Act, *, sent: bool) -> bool:
        """Say of an uncertain message whether it went out; one that did not goes again, byte for byte."""
        values: dict[str, Any] = {"state": OutboxState.PENDING, "detail": ""}
        if sent:
            values = {"state": OutboxState.SENT, "sent": act.at, "detail": f"so says {act.by}: {act.why}"}
        return self._act(message, (OutboxState.UNCERTAIN,), act, values)

    def send_again(self, message: str, rendered: Rendered, act: Act) -> bool:
        """Send once more what went out, or what was given up, as rendered now. What went out stays told."""
        return self._act(message, (OutboxState.SENT, OutboxState.DEAD), act, _as_rendered(rendered))

    def _act(self, message: str, states: Collection[OutboxState], act: Act, values: dict[str, Any]) -> bool:
        with self._database.writing() as connection:
            return outbox.act(connection, message, states, act, values)


def _as_rendered(rendered: Rendered) -> dict[str, Any]:
    return {
        "state": OutboxState.PENDING, "detail": "",
        "date": rendered.date, "message_id": rendered.message_id, "body": rendered.body,
    }  # fmt: skip
