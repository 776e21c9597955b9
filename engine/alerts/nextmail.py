"""What would bring the next message to a recipient of an audience about a subject, in sentences."""

from collections.abc import Iterator

from engine.alerts.decisions import Situation
from engine.periods import Cadence, Period, day_in_words
from engine.workspace.dates import periods_in


def next_mail(on: Situation, period: Period, cadence: Cadence) -> Iterator[str]:
    """Each thing that would, as sentences; `on` is the situation now."""
    until = [act.until for act in on.silences if act.until is not None]
    if on.silences:
        end = f"{day_in_words(max(until))}, the silence's last day" if until else "the silence's end"
        yield f"The first run or telling after {end}, where what is true then is not what was told."
    scheme, statuses = on.scheme, on.scheme.statuses
    known = max(scheme.rank(on.subject.status) or 0, (scheme.rank(on.told.status) or 0) if on.told is not None else 0)
    seen = [status for status in statuses if on.threshold.sees(status.id)]
    if not on.seen:
        if seen:
            yield f"It is {seen[0].name} or worse." if len(seen) > 1 else f"It is {seen[0].name}."
        return
    worse = [status for status in seen if (scheme.rank(status.id) or 0) > known]
    if worse:
        yield f"It gets worse: {worse[0].name}" + (" or worse." if len(worse) > 1 else ".")
    if on.step is not None and on.step < 0:  # beside what was told a lower case is no news
        yield "A case that was closed is opened again."
    else:
        yield "Another case is opened at this status, or one that was closed is opened again."
    if on.audience.remediated and len(seen) < len(statuses):
        yield "It is no exception any more."
    if on.audience.eased:
        yield "It gets better and is still at this audience's threshold."
    if on.audience.remind_every is not None and on.told is not None and not on.told.held:
        every = periods_in(on.audience.remind_every)
        due = _periods_on(period, cadence, every - on.since_told(on.period) % every)
        if due is not None:
            yield f"A reminder, with the run of {due.id}, where it is then as it is now."
    if on.told is not None and on.told.held:
        yield f"The message {on.told.message[:8]} is released, which says what is true now."


def _periods_on(period: Period, cadence: Cadence, number: int) -> Period | None:
    at: Period | None = period
    for _ in range(number):
        at = cadence.after(at) if at is not None else None
    return at
