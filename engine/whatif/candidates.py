"""What is tried in place of today's rules: thresholds with other values, or other rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine.model.numbers import NumberError
from engine.model.series import SeriesError, read_range
from engine.model.values import Quantity, show
from engine.office import FaultsError, Office, UsageError, errors_among
from engine.pipeline import Declared
from engine.rulebook.checks import check_rulebook
from engine.rulebook.loading import load_rulebook
from engine.rulebook.rules import Rulebook, Threshold, ThresholdValue
from engine.rulebook.thresholds import read_value
from engine.workspace.spelling import did_you_mean

MOST_VALUES = 200  # of a sweep: more are no longer told apart in a picture


def read_setting(text: str, rulebook: Rulebook) -> tuple[Threshold, Quantity | None]:
    """`NAME=VALUE` as it is typed: the threshold, and the value in its unit (None for `not set`). Raises UsageError."""
    threshold, value = _named(text, rulebook, "65%")
    return threshold, _value(value, threshold)


def read_settings(texts: Iterable[str], rulebook: Rulebook) -> list[tuple[Threshold, Quantity | None]]:
    """Several of them, each of another threshold. Raises UsageError."""
    found = [read_setting(text, rulebook) for text in texts]
    names = [threshold.name for threshold, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"`{twice}` is given two values; try them one by one, or with --sweep")
    return found


def read_sweep(text: str, rulebook: Rulebook) -> tuple[Threshold, tuple[Quantity, ...]]:
    """`NAME=50%..70%/1%` as it is typed: the threshold, and the values from the least on. Raises UsageError."""
    threshold, written = _named(text, rulebook, "50%..70%/1%")
    try:
        between = read_range(written)
    except SeriesError as error:
        raise UsageError(str(error)) from None
    if between is None:
        raise UsageError(f"`{written}` is no range; write it as 50%..70%/1%, the first value, the last and the step")
    if len(between.values) < 2:
        raise UsageError(f"`{written}` is one value alone; try it with --set, or take a smaller step")
    if len(between.values) > MOST_VALUES:
        raise UsageError(
            f"`{written}` has {len(between.values)} values; take a larger step: {MOST_VALUES} are the most"
        )
    values = [_value(one, threshold) for one in between.written()]
    return threshold, tuple(sorted(value for value in values if value is not None))


def with_values(about: Declared, values: Iterable[tuple[Threshold, Quantity | None]]) -> Declared:
    """The same portfolio with each of these thresholds at one value from the beginning of time."""
    changed = {one.name: replace(one, values=(ThresholdValue(date.min, value),)) for one, value in values}
    return replace(about, rulebook=replace(about.rulebook, thresholds={**about.rulebook.thresholds, **changed}))


def read_other_rules(path: Path, office: Office, about: Declared) -> Declared:
    """The same portfolio by the rules in another file, or in the file of its name in another folder.

    Raises UsageError where there is none, FaultsError with every fault where they can't be used.
    """
    name = about.portfolio.portfolio
    file = path / f"{name}.yaml" if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"there are no rules at {file}; name a rule file, or a folder that has {name}.yaml")
    rulebook, faults = load_rulebook(file, str(file), office.workspace, about.portfolio)
    if rulebook is not None:
        faults = [*faults, *check_rulebook(rulebook, about.portfolio, about.scheme)]
    if rulebook is None or errors_among(faults):
        raise FaultsError(faults)
    return replace(about, rulebook=rulebook)


def values_between(threshold: Threshold, first: date, last: date) -> tuple[Quantity | None, ...]:
    """The values that hold from one day to another, oldest first; None where it is not set."""
    later = [one.value for one in threshold.values if first < one.from_ <= last]
    found: list[Quantity | None] = []
    for value in (threshold.on(first), *later):
        if not found or found[-1] != value:
            found.append(value)
    return tuple(found)


def shown(value: Quantity | None) -> str:
    """A threshold's value as people write it, to its last digit."""
    if value is None:
        return "not set"
    text = show(value, max(0, -int(value.value.normalize().as_tuple().exponent)))
    if read_value(text, value.unit) != value:  # money is shown in thousands or millions, and not to the last pound
        sign = "-" if value.value < 0 else ""
        text = f"{sign}£{abs(value.value):,f}"
    return text


def shown_all(values: Sequence[Quantity | None]) -> str:
    """ "60%", or "60% and later 65%" """
    return " and later ".join(map(shown, values))


def _named(text: str, rulebook: Rulebook, example: str) -> tuple[Threshold, str]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name or not value:
        raise UsageError(f"{text!r} names no threshold with a value; write it as tolerance={example}")
    if name not in rulebook.thresholds:
        known = did_you_mean(name, rulebook.thresholds) if rulebook.thresholds else "the rules have none"
        raise UsageError(f"there is no threshold `{name}`" + (f"; {known}" if known else ""))
    return rulebook.thresholds[name], value


def _value(written: str, threshold: Threshold) -> Quantity | None:
    try:
        return read_value(written, threshold.unit)
    except NumberError as error:
        raise UsageError(f"`{threshold.name}={written}`: {error}") from None
