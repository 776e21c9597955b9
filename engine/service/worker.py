"""One look at the clock: everything that is due is taken up, done in a child process, and settled.

One job at a time, oldest first, over all replicas: a claim is refused while another's lease is open. A lease is renewed
while the job runs. Whoever loses it ends the child, and says nothing more of the job.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from engine.model.jobs import KeptJob
from engine.office import Office
from engine.service.child import Ended
from engine.service.plan import Due, command, look
from engine.store.errors import StoreError
from engine.store.store import Store
from engine.workspace.dates import working_days
from engine.workspace.jobs import planned

TAKEN_UP_WITHIN = timedelta(seconds=60)  # what a dead replica had, by another that waits: the lease, then a look
LEASE = timedelta(seconds=30)  # after which another replica may take up what a dead one had
RENEW_EVERY = 10.0  # seconds
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))  # tries after a failure; then it has failed
BUSY = 4  # an exit code that says that another program was at the same: perhaps the child that a dead replica left
USED_WRONGLY = 2  # an exit code after which trying again helps nobody

LOST = "its lease ran out and another replica has taken it up"
STOPPED = "the service was stopped"
FAILED = "job failed"
SETTLING = ("job done", "job had nothing to do", "job is tried again", FAILED, "job missed", "job lost")  # events


class Said(Protocol):
    """Where the log goes: an event with its fields."""

    def __call__(self, event: str, *, level: str = "info", **fields: object) -> None: ...


class Runs(Protocol):
    """What runs a command of telltale's to its end."""

    def __call__(self, arguments: Sequence[str], office: Office, must_end: Callable[[], str]) -> Ended: ...


@dataclass
class Worker:
    """Does what is due, as one of perhaps several replicas."""

    store: Store
    office: Callable[[], Office]  # the workspace as it is now
    clock: Callable[[], datetime]
    me: str  # this replica, for the log
    say: Said
    run: Runs
    stopping: Callable[[], bool]  # whether to take up nothing more
    must_end: Callable[[], str]  # why a job that runs has to end, or ""
    lease: timedelta = LEASE
    renew_every: float = RENEW_EVERY
    gave_up: bool = False  # whether a job failed for good since: the office is to be told, which a sending does

    def tick(self) -> int:
        """Do all that is due; how many jobs were taken up. Raises StoreError where the database can't be used."""
        taken = 0
        while not self.stopping():
            office = self.office()
            claimed = self._next(office)
            if claimed is None:
                break
            taken += 1
            self._perform(office, *claimed)
        return taken

    def send(self) -> bool:
        """Send what waits in the outbox; whether it could be. Its claims keep replicas apart."""
        ended = self.run(["mail", "send"], self.office(), self.must_end)
        if ended.code or ended.killed:
            self.say("sending failed", level="error", detail=_why(ended))
        for one in _answer(ended).get("problems", ()):
            self.say("the office was not told", level="error", detail=f"{one['where']}: {one['what']}")
        return not ended.code and not ended.killed

    def overdue(self) -> dict[str, int]:
        """By portfolio, how many owners owe a return whose day has passed; none where that can't be said."""
        ended = self.run(["returns", "overdue"], self.office(), self.must_end)
        if ended.code or ended.killed:
            self.say("overdue returns are not known", level="warning", detail=_why(ended))
            return {}
        return {one["portfolio"]: len(one["owners"]) for one in json.loads(ended.out)["portfolios"]}

    def _next(self, office: Office) -> tuple[Due, KeptJob] | None:
        """Take up the oldest occurrence that is due, if it is ours to have."""
        workspace, now, kept = office.workspace, self.clock(), self.store.jobs
        jobs = planned(workspace)
        if not jobs:
            return None
        since = kept.begin([job.name for job in jobs], now)
        found = look(
            jobs,
            working_days(workspace.calendar),
            workspace.calendar.time_zone,
            since,
            kept.kept(list(since), min(since.values())),
            now,
            catch_up=workspace.settings.service.catch_up,
        )
        for one in found.passed_over:
            at = one.occurrence
            kept.skip(one.job.name, at.slot, at.day, at.due, now=now, why="missed, and a later one came due")
            self.say("job missed", level="warning", job=one.job.name, occurrence=at.slot, due=at.due.isoformat())
        kept.advance(found.since)
        for one in found.due:
            at = one.occurrence
            claimed = kept.claim(one.job.name, at.slot, at.day, at.due, now=now, lease=self.lease, by=self.me)
            if claimed is not None:
                return one, claimed
        return None

    def _perform(self, office: Office, due: Due, claimed: KeptJob) -> None:
        about: dict[str, Any] = {"job": claimed.job, "occurrence": claimed.slot, "try": claimed.tries}
        words = command(due, office.workspace, office.today)
        if words is None:
            ours = self.store.jobs.done(claimed, self.clock(), "there was nothing to do by then")
            self._settled(ours, "job had nothing to do", about)
            return
        if claimed.tries > len(AGAIN_AFTER) + 1:
            self._failed(claimed, about, "it was begun and never finished, again and again", None)
            return
        self.say("job begins", **about, due=claimed.due.isoformat(), command=" ".join(words))
        ended = self.run(words, office, self._kept_up(claimed))
        run = _run_id(ended)
        about |= {"run": run} if run else {}
        if ended.killed == LOST:
            self._settled(False, "", about)
        elif ended.killed == STOPPED:
            self._failed(claimed, about, STOPPED, self.clock())
        elif ended.code or ended.killed:
            for_good = claimed.tries > len(AGAIN_AFTER) or (ended.code == USED_WRONGLY and not ended.killed)
            wait = AGAIN_AFTER[0 if ended.code == BUSY else min(claimed.tries, len(AGAIN_AFTER)) - 1]
            again_at = None if for_good else self.clock() + wait
            self._failed(claimed, about, _why(ended), again_at)
        else:
            self._settled(self.store.jobs.done(claimed, self.clock(), run), "job done", about)

    def _failed(self, claimed: KeptJob, about: dict[str, Any], why: str, again_at: datetime | None) -> None:
        ours = self.store.jobs.not_done(claimed, self.clock(), why, again_at, tried=why != STOPPED)
        if again_at is None:
            self.gave_up = self.gave_up or ours
            self._settled(ours, FAILED, {**about, "detail": why}, level="error")
        else:
            again = {**about, "detail": why, "again_at": again_at.isoformat()}
            self._settled(ours, "job is tried again", again, level="warning")

    def _settled(self, ours: bool, event: str, about: dict[str, Any], *, level: str = "info") -> None:
        if ours:
            self.say(event, level=level, **about)
        else:
            self.say("job lost", level="warning", **{**about, "detail": LOST})

    def _kept_up(self, claimed: KeptJob) -> Callable[[], str]:
        """What keeps the lease open while the job runs, and says why it has to end."""
        renewed = time.monotonic()

        def must_end() -> str:
            nonlocal renewed
            if time.monotonic() - renewed < self.renew_every:
                return self.must_end()
            renewed = time.monotonic()
            try:
                ours = self.store.jobs.renew(claimed, self.clock() + self.lease)
            except StoreError as error:  # the lease is open for a while yet: the next try may find it well again
                self.say("lease not renewed", level="warning", job=claimed.job, detail=error.sentence)
                return self.must_end()
            return self.must_end() if ours else LOST

        return must_end


def _why(ended: Ended) -> str:
    """Why a command did not do it: in its own words where it has any."""
    if ended.killed:
        return ended.killed
    if ended.code < 0:
        return f"its process was ended by signal {-ended.code}"
    said = ended.said.removeprefix("telltale: ") or _first_that_is_not_out(_answer(ended))
    return said or f"it ended with exit code {ended.code}"


def _first_that_is_not_out(answer: Mapping[str, Any]) -> str:
    """The first message that a sending, or the sending of a run, did not get out, and why."""
    for one in (*answer.get("failed", ()), *answer.get("uncertain", ())):
        return f"{one['id'][:8]} to {one['to']} is {one['state']}: {one['detail']}"
    for key in ("put_off", "archive_fault"):
        if answer.get(key):
            return f"{key.replace('_', ' ')}: {answer[key]}"
    for one in answer.get("undelivered", ()):
        return f"{one['where']}: {one['what']}"
    return ""


def _run_id(ended: Ended) -> str:
    """The id of the run that a command has answered with; "" where it answered something else."""
    run = _answer(ended).get("run")
    return run if isinstance(run, str) else ""


def _answer(ended: Ended) -> Mapping[str, Any]:
    """What a command answered as JSON; nothing where it was cut off, or is something else."""
    try:
        answer = json.loads(ended.out)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
