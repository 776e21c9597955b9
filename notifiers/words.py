"""Periods, trends, histories and judgements as sentences."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from engine.model.alerts import HistoryPoint
from engine.model.run import ExplanationOut, MilestoneOut, SubjectOut
from engine.model.workspace import Scheme
from engine.periods import MONTHS, day_in_words
from engine.periods import period_words as period_words

_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def one_line(text: str) -> str:
    """Foreign text without line breaks or invisible marks, so that it can't pretend to be other parts of a message."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def ended(text: str) -> str:
    """Foreign text as the end of a sentence: with a full stop where nothing else ends it."""
    line = one_line(text)
    return line + ("" if not line or line[-1] in ".!?…" else ".")


def sentence(text: str) -> str:
    """Foreign text as a whole sentence, begun with a capital."""
    line = ended(text)
    return line[:1].upper() + line[1:]


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 exception", "2 exceptions"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def name_of(scheme: Scheme, status: str | None) -> str:
    """The status as a person reads it, also one that the scheme no longer has."""
    known = scheme.get(status) if status is not None else None
    return one_line(known.name) if known else scheme.name(None) if status is None else one_line(status)


# ---- days and periods

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday_words(day: date) -> str:
    """A day as one plans by it: "Thursday 7 February 2019"."""
    return f"{WEEKDAYS[day.weekday()]} {day_in_words(day)}"


def short_period(period: str) -> str:
    """A period in the few letters that fit under a small cell: "Jan", "Q1", "31/10"."""
    if match := _MONTH.fullmatch(period):
        return MONTHS[int(match[2]) - 1][:3]
    if match := _QUARTER.fullmatch(period):
        return f"Q{match[2]}"
    day = date.fromisoformat(period)
    return f"{day.day}/{day.month}"


def last_words(period: str) -> str:
    """How a person calls the period before: "last month", "last quarter", "last time"."""
    if _MONTH.fullmatch(period):
        return "last month"
    return "last quarter" if _QUARTER.fullmatch(period) else "last time"


def until_words(until: str | None) -> str:
    """The end of a judgement: "until February 2019", "until 5 March 2019", "until the milestone “Rollout” is met"."""
    if until is None:
        return "until it is ended"
    if _MONTH.fullmatch(until) or _QUARTER.fullmatch(until) or _DAY.fullmatch(until):
        return f"until {period_words(until)}"
    if until.startswith("milestone "):
        return f"until the milestone “{one_line(until.removeprefix('milestone '))}” is met"
    return f"until {one_line(until)}"


# ---- what stands beside a finding


def milestone_words(milestone: MilestoneOut) -> str:
    """A milestone by its name, with its dates: "Rollout, planned for 1 May 2019, now expected on 3 June 2019"."""
    planned, forecast = (_day(day) for day in (milestone.planned, milestone.forecast))
    dates = [f"planned for {planned}"] if planned else []
    if forecast and forecast != planned:
        dates.append(f"now expected on {forecast}")
    return ", ".join((one_line(milestone.name), *dates))


def explanation_words(explanation: ExplanationOut) -> str:
    """What was returned in explanation, with the day of recovery where one is promised."""
    recovery = f" Recovery by {_day(explanation.recovery_by)}." if explanation.recovery_by else ""
    return f"The explanation given for {one_line(explanation.title)}: {sentence(explanation.reason)}{recovery}"


def _day(day: str | None) -> str:
    return day_in_words(date.fromisoformat(day)) if day is not None else ""


# ---- trend and history


def trend_words(subject: SubjectOut, scheme: Scheme, period: str) -> str:
    """How the status compares with the period before, re-judged alike, and what moved it if not the figures."""
    last, was = last_words(period), name_of(scheme, subject.previous)
    restated = _restated(subject)
    match subject.trend:
        case "Same":
            said = f"Same as {last}."
        case _ if subject.rules_moved:
            said = ""  # what moved it is no decline, whatever the period before would have been
        case "New":
            said = "New: no status before."
        case None if scheme.rank(subject.status) is None:
            said = f"Was {was} {last}." if subject.previous is not None else ""
        case None:
            said = f"No trend: {last} can't be compared."
        case trend if restated or subject.previous is None:
            said = f"{trend} than {last}."
        case trend:
            said = f"{trend} than {last}: was {was}."
    return " ".join(filter(None, (said, *_moved_words(subject, scheme, period))))


def unrated_words(subject: SubjectOut, scheme: Scheme, period: str, before: str | None, since: str | None) -> str:
    """Of what is not rated: since when, and what it was; `before` is its status when it last had one.

    `since` is None for what never had one.
    """
    was = f"; {name_of(scheme, before)} before" if before is not None else ""
    said = "Not rated so far." if since is None else f"Not rated since {period_words(since)}{was}."
    return " ".join((said, *_moved_words(subject, scheme, period)))


def _moved_words(subject: SubjectOut, scheme: Scheme, period: str) -> Iterator[str]:
    """What moved the status, if not the figures of its own period."""
    revised, restated = subject.revised, _restated(subject)
    if revised is not None and (by := [cause for cause in ("rules", "figures") if cause in revised.by]):
        was, kind = name_of(scheme, revised.status), ""
        if subject.rules_moved:
            kind = _not_a_move(subject, revised.status, scheme)
        cause = " and ".join(f"the {one}" for one in by)
        yield sentence(f"{period_words(period)} was published as {was}; {cause} have changed since{kind}")
    elif restated:
        was = name_of(scheme, subject.previous)
        kind = _not_a_move(subject, subject.previous, scheme) if subject.trend == "Same" else ""
        yield f"It was published as {was} then; {restated} since{kind}."
    if "decision" in subject.moved_by:
        yield (
            f"The PMO's judgement that stood here {last_words(period)} has ended."
            if subject.ended
            else "A decision of the PMO moved it."
        )


def _restated(subject: SubjectOut) -> str:
    return "the rules have changed" if "rules" in subject.moved_by else ""


def _not_a_move(subject: SubjectOut, published: str | None, scheme: Scheme) -> str:
    now, before = scheme.rank(subject.status), scheme.rank(published)
    if now is None or before is None or now == before:
        return ""
    return ", so this is not a decline" if now > before else ", so this is not an improvement"


def history_words(points: Sequence[HistoryPoint], scheme: Scheme) -> str:
    """The last periods in words: "On Target February to October 2018; At Risk November 2018 to January 2019."."""
    runs = [[point.period for point in run] for _, run in groupby(points, key=lambda point: point.status)]
    statuses = [status for status, _ in groupby(point.status for point in points)]
    said = [f"{name_of(scheme, status)} {_span(run)}" for status, run in zip(statuses, runs, strict=True)]
    return "; ".join(said) + "." if said else ""


def _span(periods: Sequence[str]) -> str:
    first, last = periods[0], periods[-1]
    if first == last:
        return period_words(first)
    if _MONTH.fullmatch(first) and first[:4] == last[:4]:
        return f"{MONTHS[int(first[5:]) - 1]} to {period_words(last)}"
    return f"{period_words(first)} to {period_words(last)}"
