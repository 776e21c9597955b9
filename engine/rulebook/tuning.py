"""A new value for a threshold, written into the text of a rule file: the values before it stay, and all else too."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from engine.model.numbers import NumberError
from engine.model.problems import Fault, Severity
from engine.model.values import Quantity, show
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Cadence, PeriodError
from engine.rulebook.checks import check_rulebook
from engine.rulebook.loading import read_rulebook
from engine.rulebook.rules import Rulebook, Threshold, ThresholdValue
from engine.rulebook.thresholds import read_value
from engine.workspace.dates import NOT_SET, first_day
from engine.workspace.spelling import did_you_mean
from engine.workspace.yamledit import EditError, with_entry
from engine.workspace.yamlfile import LARGEST, YamlFile, read_yaml_text
from engine.workspace.yamlwriting import UnwritableError, scalar


class TuningError(ValueError):
    """The threshold can't be given that value; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class NewValue:
    """What a threshold is to be, each part as people write it."""

    threshold: str
    value: str  # "65%", "£50k", "not set"
    from_: str  # the first day it holds: a day, a month or a period's name
    why: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Tuned:
    """A rule file with a new value in it."""

    text: str  # the whole file
    rulebook: Rulebook
    threshold: Threshold  # with the new value
    value: ThresholdValue  # the new value, at its place in the text
    written: str  # as it stands there: "65%"
    before: Quantity | None  # what held on its first day until now; None where nothing did
    until: ThresholdValue | None  # the value that takes its place later, where there is one
    warnings: tuple[Fault, ...]  # those that the old text had not


def tuned(
    text: str, shown: str, rulebook: Rulebook, workspace: Workspace, portfolio: Portfolio, new: NewValue
) -> Tuned:
    """The rule file with the new value. `text` is the file's, line ends and all; `rulebook` was read from it.

    `shown` is the path that a person sees. Raises TuningError: for an unknown threshold, a value or date that can't be
    read or that is there already, and where the rules would have a fault with it.
    """
    threshold = rulebook.thresholds.get(new.threshold)
    if threshold is None:
        cure = did_you_mean(new.threshold, rulebook.thresholds)
        raise TuningError(f"there is no threshold {new.threshold!r} in {shown}" + (f"; {cure}" if cure else ""))
    cadence = cadence_of(portfolio)
    written, from_ = " ".join(new.value.split()), new.from_.strip()
    written = NOT_SET if written.casefold() == NOT_SET else written
    day = _first_day(from_, cadence)
    _check_new(threshold, day, from_, _quantity(threshold, written), written)
    entry = {
        "from": from_,
        "value": written,
        "why": _line(new.why, "why"),
        "approved_by": _line(new.approved_by, "who agreed to it"),
    }
    index = _index([first_day(one, cadence) for one in _dates(_read(text, shown), threshold.name)], day)
    try:
        changed = with_entry(text, ("thresholds", threshold.name, "values"), index, entry)
    except (EditError, UnwritableError) as error:
        raise TuningError(f"{shown} is not changed: {error}") from None
    if len(changed.encode()) > LARGEST:
        raise TuningError(f"{shown} would be larger than 1 MB, and could not be read any more; write less")
    after, warnings = _checked(changed, text, shown, workspace, portfolio)
    tuned_threshold = after.thresholds[threshold.name]
    position = [one.from_ for one in tuned_threshold.values].index(day)
    return Tuned(
        text=changed,
        rulebook=after,
        threshold=tuned_threshold,
        value=tuned_threshold.values[position],
        written=written,
        before=threshold.on(day),
        until=next(iter(tuned_threshold.values[position + 1 :]), None),
        warnings=warnings,
    )


def _quantity(threshold: Threshold, written: str) -> Quantity | None:
    try:
        return read_value(written, threshold.unit)
    except NumberError as error:
        raise TuningError(f"`{threshold.name}` can't be {written!r}: {error}") from None


def _first_day(text: str, cadence: Cadence) -> date:
    try:
        return first_day(text, cadence)
    except PeriodError as error:
        raise TuningError(str(error)) from None


def _check_new(threshold: Threshold, day: date, from_: str, quantity: Quantity | None, written: str) -> None:
    """Raises TuningError for a day that has a value of its own, or where the value would change nothing."""
    there = next((one for one in threshold.values if one.from_ == day), None)
    if there is not None:
        value = NOT_SET if there.value is None else show(there.value)
        raise TuningError(
            f"`{threshold.name}` has a value from {from_} on already ({value}, line {there.at.line}); "
            "give another date, or mend that line where nothing was judged by it"
        )
    if threshold.on(day) == quantity:
        raise TuningError(f"`{threshold.name}` is {written} on {from_} already; there is nothing to change")


def _line(text: str, what: str) -> str:
    """The text without blanks around it. Raises TuningError where there is none, or no file may hold it."""
    line = text.strip()
    if not line:
        raise TuningError(f"nothing says {what}; whoever asks a year later finds it in the file, so write it")
    try:
        scalar(line)
    except UnwritableError as error:
        raise TuningError(str(error)) from None
    return line


def _read(text: str, shown: str) -> YamlFile:
    return read_yaml_text(text.removeprefix("\ufeff"), shown)


def _dates(file: YamlFile, threshold: str) -> list[str]:
    """The dates of a threshold's values as the file has them."""
    values = file.value(("thresholds", threshold, "values"))
    return [str(one["from"]) for one in values] if isinstance(values, list) else []


def _index(days: list[date], day: date) -> int:
    """Where the value goes among those of a file: by date, whichever way they are ordered, else at the end."""
    if days == sorted(days):
        return bisect_left(days, day)
    if days == sorted(days, reverse=True):
        return sum(one > day for one in days)
    return len(days)


def _checked(
    changed: str, text: str, shown: str, workspace: Workspace, portfolio: Portfolio
) -> tuple[Rulebook, tuple[Fault, ...]]:
    """The rules as they are now, and what is new among their warnings. Raises TuningError where they have a fault."""
    scheme = workspace.scheme_of(portfolio)
    found: list[list[Fault]] = []
    after: Rulebook | None = None
    for one in (text, changed):
        after, faults = read_rulebook(_read(one, shown), workspace, portfolio)
        found.append(faults if after is None else [*faults, *check_rulebook(after, portfolio, scheme)])
    told = {(fault.code, fault.what) for fault in found[0]}
    fresh = [fault for fault in found[1] if (fault.code, fault.what) not in told]
    wrong = next((fault for fault in fresh if fault.severity is Severity.ERROR), None)
    if wrong is not None or after is None:
        why = f"{wrong.what}; {wrong.cure}" if wrong is not None else "run telltale check"
        raise TuningError(f"{shown} is not changed, for with that value its rules have a fault: {why}")
    return after, tuple(fresh)
