"""`telltale serve`: wakes up, lets the worker do what is due, sends what waits, and says how it stands.

APScheduler wakes it and nothing more: its own store forgets, its grace time skips, and two of it fire twice. What is
due follows from the calendars and our own table.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from engine import app
from engine.model.jobs import JobState, KeptJob
from engine.office import FaultsError, Office, UsageError
from engine.service.child import Ended, run_child
from engine.service.http import Listener
from engine.service.log import log_to
from engine.service.metrics import Health
from engine.service.worker import LEASE, RENEW_EVERY, SETTLING, STOPPED, TAKEN_UP_WITHIN, Said, Worker
from engine.store.errors import StoreError
from engine.store.store import Store
from engine.workspace.jobs import planned

SLOWEST = int((TAKEN_UP_WITHIN - LEASE).total_seconds())  # seconds between two looks, at most
COUNTED_EVERY = 900.0  # seconds between two looks at who owes a return, or at what the office is not told of yet
GRACE = 20.0  # seconds that a job may go on after the service was told to stop


@dataclass
class Service:
    """One replica."""

    root: Path
    now: str | None  # the time it begins at, as text; None for the clock's
    every: int  # seconds between two looks
    grace: float = GRACE
    lease: timedelta = LEASE
    renew_every: float = RENEW_EVERY
    me: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def __post_init__(self) -> None:
        if not 1 <= self.every <= SLOWEST:
            raise UsageError(f"--every is 1 to {SLOWEST} seconds, so that a dead replica is missed within a minute")
        self._office = app.open_office(
            self.root, self.now
        )  # faults at the start end it: nobody waits for a typing error
        self._read = self._files()
        self._began = time.monotonic()
        self._start = self._office.now
        self._stopped_at: float | None = None
        self._wake = threading.Event()
        self._wrong = self._config_wrong = ""
        self._overdue: dict[str, int] | None = None
        self._counted_at = 0.0
        self._sent_at: float | None = None
        self.health: Health | None = None
        self.failed: StoreError | None = None  # why the last look could not be finished
        self.say: Said = log_to(self.clock, self.me)

    def clock(self) -> datetime:
        """The time: the clock's, or as it passes from the time that was named."""
        if self.now is None:
            return datetime.now(self._start.tzinfo)
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Take up nothing more; what is being done may go on for a while."""
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
        self._wake.set()

    # ---- looking

    def look(self) -> None:
        """Do all that is due and send what waits. What goes wrong with it is logged, and shown by /healthz."""
        self._wrong, self.failed = self._config_wrong, None
        self.health = self.health or Health(self.clock(), self.every, None)
        standing = None
        last: tuple[KeptJob, ...] = ()
        unfinished: tuple[KeptJob, ...] = ()
        try:
            with app.open_the_store(self.office()) as store:
                worker = self._worker(store)
                worker.tick()
                names = [job.name for job in planned(self.office().workspace)]  # what isn't planned alarms nobody
                last = tuple(store.jobs.last(names))
                waits = store.jobs.standing(self.clock()).ready or self._office_may_wait(last)
                if not self._stopping() and (worker.gave_up or waits):
                    self._sent_at = time.monotonic()
                    worker.send()
                self._count_overdue(worker)
                standing, unfinished = store.jobs.standing(self.clock()), tuple(store.jobs.unfinished(names))
        except StoreError as error:
            self._wrong, self.failed = error.sentence, error
            self.say("the database can't be used", level="error", detail=error.sentence)
        self.health = Health(self.clock(), self.every, standing, last, unfinished, self._overdue, self._wrong)

    def _office_may_wait(self, last: Iterable[KeptJob]) -> bool:
        """Whether it may not know of a job that stands failed: it can't be told while the files have a fault."""
        failed = any(one.state is JobState.FAILED for one in last)
        return failed and (self._sent_at is None or time.monotonic() - self._sent_at > COUNTED_EVERY)

    def _count_overdue(self, worker: Worker) -> None:
        """Now and then: every return has to be read for it."""
        if not self._stopping() and (self._overdue is None or time.monotonic() - self._counted_at > COUNTED_EVERY):
            self._counted_at = time.monotonic()
            self._overdue = worker.overdue()

    def office(self) -> Office:
        """The workspace as it is now. While its files have faults, as it was before them."""
        files = self._files()
        if files != self._read:
            self._read = files
            try:
                self._office = app.open_office(self.root, self.now)
            except (FaultsError, UsageError) as error:
                self._wrong = self._config_wrong = f"config/ can't be used: {error}"
                self.say("config can't be used; going on with what was there before", level="error", detail=str(error))
            else:
                self._wrong = self._config_wrong = ""
                self.say("config was read again")
        return replace(self._office, now=self.clock())

    def _files(self) -> dict[str, tuple[int, int]]:
        """What tells whether config has changed: the size and time of its files."""
        found = {}
        for path in sorted((self.root / "config").rglob("*.yaml")):
            try:
                stat = path.stat()
            except OSError:
                continue
            found[str(path)] = (stat.st_size, stat.st_mtime_ns)
        return found

    def _worker(self, store: Store) -> Worker:
        return Worker(
            store=store,
            office=self.office,
            clock=self.clock,
            me=self.me,
            say=self.say,
            run=self._run,
            stopping=self._stopping,
            must_end=self._must_end,
            lease=self.lease,
            renew_every=self.renew_every,
        )

    def _run(self, arguments: Sequence[str], office: Office, must_end: Callable[[], str]) -> Ended:
        time_ = ["--now", self.clock().isoformat()] if self.now is not None else []
        limit = float(office.workspace.settings.service.job_time_limit)
        return run_child([*arguments, *time_], self.root, limit=limit, must_end=must_end)

    def _stopping(self) -> bool:
        return self._stopped_at is not None

    def _must_end(self) -> str:
        """Why a job that runs has to end, or "". It is asked all the while: so much shows that the service is alive."""
        if self.health is not None:
            self.health = replace(self.health, at=self.clock())
        over = self._stopped_at is not None and time.monotonic() - self._stopped_at > self.grace
        return STOPPED if over else ""

    # ---- waking up

    def once(self) -> list[dict[str, object]]:
        """Look once, now: what became of each job that was due, as the log has it."""
        settled: list[dict[str, object]] = []
        log = self.say

        def said(event: str, *, level: str = "info", **fields: object) -> None:
            log(event, level=level, **fields)
            if event in SETTLING:
                settled.append({"event": event, **fields})

        self.say = said
        try:
            self.look()
        finally:
            self.say = log
        return settled

    def serve(self, listen: str) -> None:
        """Look again and again until told to stop. Raises UsageError where the address can't be had."""
        with Listener(listen, lambda: self.health, self.clock) as listener, self._signals(), self._woken():
            self.say("service begins", every=self.every, port=listener.port, workspace=str(self.root))
            while not self._stopping():
                self.look()
                self._wake.wait(SLOWEST)  # should the scheduler's thread have died, a look comes all the same
                if not self._stopping():
                    self._wake.clear()
            self.say("service ends")

    @contextmanager
    def _woken(self) -> Iterator[None]:
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(self._wake.set, "interval", seconds=self.every, coalesce=True, misfire_grace_time=None)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, self.stop) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
