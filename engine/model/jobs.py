"""Jobs as the store keeps them: when each began to be kept, and what became of each of its occurrences."""

from datetime import date, datetime
from enum import StrEnum

from engine.model.base import Frozen


class JobState(StrEnum):
    CLAIMED = "claimed"  # somebody is at it, until the lease ends
    RETRY = "retry"  # it failed, and is tried again
    DONE = "done"
    FAILED = "failed"  # for good: a person has to look
    SKIPPED = "skipped"  # a later one came before this was done, and says the same; or a backup was restored


SETTLED = (JobState.DONE, JobState.FAILED, JobState.SKIPPED)


class KeptJob(Frozen):
    """One occurrence of a job, taken up at least once."""

    job: str
    slot: str  # of its calendar: there is one occurrence in each
    day: date
    due: datetime
    state: JobState
    token: int
    tries: int
    lease_until: datetime | None = None
    again_at: datetime | None = None
    finished: datetime | None = None
    detail: str = ""  # why it failed or was skipped, or the run's id
    by: str = ""  # which replica has it, or had it last


class Standing(Frozen):
    """How the store stands."""

    messages: dict[str, int]  # by state
    oldest_waiting: datetime | None  # when the message that waits longest was queued
    ready: int  # messages that `mail send` would take up now
    last_period_end: dict[str, date]  # by portfolio, the last day of its latest published period
