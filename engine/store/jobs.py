"""What the service asks of the database about its jobs, and tells it. Each method is one transaction."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from engine.model.jobs import JobState, KeptJob, Standing
from engine.store.database import Database
from engine.store.queries import jobs
from engine.store.queries.standing import standing


class Jobs:
    """The jobs of an open store. Every method may raise StoreError; what it was to change is then as before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, names: Collection[str], now: datetime) -> dict[str, datetime]:
        """By job, the moment after which its occurrences count; one that is seen for the first time begins now."""
        with self._database.reading() as connection:
            known = jobs.begun(connection)
        if known.keys() >= set(names):
            return {name: known[name] for name in names}
        with self._database.writing() as connection:
            return jobs.begin(connection, names, now)

    def advance(self, since: Mapping[str, datetime]) -> None:
        """All that was due until a moment is settled: let the jobs begin there."""
        if since:
            with self._database.writing() as connection:
                jobs.advance(connection, since)

    def kept(self, names: Collection[str], since: datetime) -> list[KeptJob]:
        """The occurrences that were taken up, of those due since a moment; oldest first."""
        with self._database.reading() as connection:
            return jobs.kept(connection, names, since)

    def unfinished(self, names: Collection[str]) -> list[KeptJob]:
        """The occurrences of jobs that somebody is at, or that wait for their next try."""
        with self._database.reading() as connection:
            return jobs.unfinished(connection, names)

    def last(self, names: Collection[str]) -> list[KeptJob]:
        """Of each of these jobs the occurrence that was last done, or that failed."""
        with self._database.reading() as connection:
            return jobs.last(connection, names)

    def claim(
        self, job: str, slot: str, day: date, due: datetime, *, now: datetime, lease: timedelta, by: str
    ) -> KeptJob | None:
        """Take up an occurrence; None where it is settled, waits for its next try, or any job is being done."""
        with self._database.writing() as connection:
            return jobs.claim(connection, job, slot, day, due, now, lease, by)

    def skip(self, job: str, slot: str, day: date, due: datetime, *, now: datetime, why: str) -> None:
        """Settle an occurrence without doing it; nothing where somebody has taken it up."""
        with self._database.writing() as connection:
            jobs.skip(connection, job, slot, day, due, now, why)

    def renew(self, claimed: KeptJob, until: datetime) -> bool:
        """Go on having it; False where the claim has passed to another."""
        with self._database.writing() as connection:
            return jobs.settle(connection, claimed, {"lease_until": until})

    def done(self, claimed: KeptJob, now: datetime, detail: str = "") -> bool:
        """It is done; False where the claim has passed to another, who will say so."""
        values = {"state": JobState.DONE, "finished": now, "lease_until": None, "detail": detail}
        with self._database.writing() as connection:
            return jobs.settle(connection, claimed, values)

    def not_done(
        self, claimed: KeptJob, now: datetime, detail: str, again_at: datetime | None, *, tried: bool = True
    ) -> bool:
        """It failed, or was stopped: it is tried again at a moment, or has failed for good where that is None.

        What was not `tried`, but stopped, may be tried as often as before.
        """
        state = JobState.FAILED if again_at is None else JobState.RETRY
        values = {
            "state": state, "finished": now if again_at is None else None, "lease_until": None, "again_at": again_at,
            "detail": detail, "tries": claimed.tries if tried else claimed.tries - 1,
        }  # fmt: skip
        with self._database.writing() as connection:
            return jobs.settle(connection, claimed, values)

    def standing(self, now: datetime) -> Standing:
        """How messages and runs stand at a moment."""
        with self._database.reading() as connection:
            return standing(connection, now)
