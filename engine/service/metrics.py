"""What the service tells those who watch it: metrics in Prometheus' text format, and whether it is well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from engine.model.jobs import JobState, KeptJob, Standing

LATE_AFTER = 3  # looks at the clock that may be missed before the service is not well


@dataclass(frozen=True, slots=True)
class Health:
    """How the service stood when it last looked."""

    at: datetime  # the moment of that look
    every: float  # seconds between two looks
    standing: Standing | None = None  # None where the database could not be asked
    last: tuple[KeptJob, ...] = ()  # of each job the occurrence last done, or failed
    unfinished: tuple[KeptJob, ...] = ()
    overdue_returns: Mapping[str, int] | None = None  # by portfolio: owners who owe a return whose day has passed
    wrong: str = ""  # why it can't do its work


def is_well(health: Health | None, now: datetime) -> tuple[bool, str]:
    """Whether the service does its work, and why not. A failed job is an alarm of its own, not ill health."""
    if health is None:
        return False, "it has not looked yet"
    late = (now - health.at).total_seconds()
    if late > LATE_AFTER * health.every + 60:
        return False, f"it last looked {late:.0f} s ago"
    return not health.wrong, health.wrong or "well"


def exposition(health: Health | None, now: datetime) -> str:
    """The metrics, each with its help."""
    return "".join(_lines(health, now))


def _lines(health: Health | None, now: datetime) -> Iterator[str]:
    well, _ = is_well(health, now)
    yield from _metric("telltale_up", "1 where the service does its work, as /healthz says", {"": float(well)})
    if health is None:
        return
    yield from _metric("telltale_last_look_timestamp_seconds", "When it last looked", {"": health.at.timestamp()})
    failed = {f'job="{_text(one.job)}"': float(one.state is JobState.FAILED) for one in health.last}
    yield from _metric("telltale_job_failed", "1 where a job failed for good when it last came round", failed)
    done = {
        f'job="{_text(one.job)}"': one.finished.timestamp()
        for one in health.last
        if one.state is JobState.DONE and one.finished
    }
    yield from _metric("telltale_job_last_done_timestamp_seconds", "When a job was last done", done)
    waiting = float(len(health.unfinished))
    yield from _metric("telltale_jobs_unfinished", "Jobs that are being done or tried again", {"": waiting})
    if health.overdue_returns is not None:
        overdue = {f'portfolio="{_text(name)}"': float(n) for name, n in health.overdue_returns.items()}
        yield from _metric("telltale_overdue_returns", "Owners who owe a return whose day has passed", overdue)
    if health.standing is None:
        return
    yield from _of_the_store(health.standing, now)


def _of_the_store(standing: Standing, now: datetime) -> Iterator[str]:
    ends = {
        f'portfolio="{_text(name)}"': datetime.combine(day, time(), UTC).timestamp()
        for name, day in standing.last_period_end.items()
    }
    yield from _metric(
        "telltale_last_completed_period_end_timestamp_seconds", "The last day of the latest published period", ends
    )
    states = {f'state="{state}"': float(number) for state, number in sorted(standing.messages.items())}
    yield from _metric("telltale_messages", "Messages by state", states)
    uncertain = float(standing.messages.get("uncertain", 0))
    yield from _metric("telltale_uncertain_messages", "Messages that may have gone out", {"": uncertain})
    age = (now - standing.oldest_waiting).total_seconds() if standing.oldest_waiting else 0.0
    yield from _metric("telltale_oldest_pending_message_age_seconds", "How long the oldest waits", {"": max(age, 0.0)})


def _metric(name: str, words: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {words}\n# TYPE {name} gauge\n"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value:.15g}\n" if labels else f"{name} {value:.15g}\n"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
