"""Reading the thresholds of a rule file."""

import re
from collections.abc import Iterator
from datetime import date

from engine.model.numbers import KIND, NumberError, WrittenNumber, as_unit, in_its_unit, read_number
from engine.model.problems import Fault
from engine.model.values import Quantity, Unit
from engine.periods import Cadence, PeriodError
from engine.rulebook.file import ThresholdEntry
from engine.rulebook.names import Names
from engine.rulebook.rules import Threshold, ThresholdValue
from engine.rulebook.syntax import At
from engine.rulebook.templates import TITLE
from engine.workspace.dates import NOT_SET, first_day
from engine.workspace.spelling import quoted
from engine.workspace.yamlfile import Loc, YamlFile

KEYWORDS = frozenset(("and", "or", "not", "is", "of", "in", "for", "within", "otherwise", TITLE))


def name_faults(name: str, names: Names, file: YamlFile, loc: Loc) -> Iterator[Fault]:
    """What keeps a threshold from having this name."""
    if not re.fullmatch(r"[^\W\d]\w*", name) or name.lower() in KEYWORDS:
        what = f"{quoted(name)} can't be the name of a threshold"
        yield file.fault(loc, "bad-name", what, "use letters, digits and _, such as `recruitment_tolerance`", key=True)
    elif name in names.measure_attributes or names.unit(name) is not None or names.is_state_only(name):
        what = f"{quoted(name)} is a figure of the fact sheet already"
        yield file.fault(loc, "bad-name", what, f"name it otherwise, such as `{name}_limit`", key=True)


def read_threshold(
    name: str, entry: ThresholdEntry, cadence: Cadence, file: YamlFile, loc: Loc
) -> tuple[Threshold | None, list[Fault]]:
    """A threshold with its values, oldest first; None with every fault."""
    faults: list[Fault] = []
    written = [_written(one.value, file, (*loc, "values", i, "value"), faults) for i, one in enumerate(entry.values)]
    days = [_day(one.from_, cadence, file, (*loc, "values", i, "from"), faults) for i, one in enumerate(entry.values)]
    unit = entry.unit or _unit_of([number for number in written if number is not None])
    if unit is None and not faults:
        cure = "add `unit: percent`, `money`, `number` or `weeks`"
        faults.append(file.fault(loc, "wrong-unit", f"nothing tells the unit of `{name}`", cure, key=True))
    values: list[ThresholdValue] = []
    for i, (one, number, day) in enumerate(zip(entry.values, written, days, strict=True)):
        here = (*loc, "values", i)
        quantity = None if number is None or unit is None else _quantity(number, unit, file, here, faults)
        if day is not None:
            if any(other.from_ == day for other in values):
                what, cure = f"two values hold from {day.isoformat()}", "keep one of them, or change its date"
                faults.append(file.fault((*here, "from"), "duplicate-date", what, cure))
            values.append(ThresholdValue(day, quantity, one.why, one.approved_by, At(*file.at((*here, "value")))))
    if faults or unit is None:
        return None, faults
    in_order = tuple(sorted(values, key=lambda value: value.from_))
    return Threshold(name, entry.title, unit, in_order, At(*file.at(loc, key=True))), []


def _written(text: str, file: YamlFile, loc: Loc, faults: list[Fault]) -> WrittenNumber | None:
    if text == NOT_SET:
        return None
    try:
        return read_number(text)
    except NumberError as error:
        faults.append(file.fault(loc, "bad-number", error.what, error.cure))
        return None


def _day(text: str, cadence: Cadence, file: YamlFile, loc: Loc, faults: list[Fault]) -> date | None:
    try:
        return first_day(text, cadence)
    except PeriodError as error:
        what, _, cure = str(error).partition("; ")
        faults.append(file.fault(loc, "bad-date", what, cure))
        return None


def _unit_of(numbers: list[WrittenNumber]) -> Unit | None:
    """The unit that is written first, else a plain number if there is any number."""
    return next((number.unit for number in numbers if number.unit), Unit.NUMBER if numbers else None)


def _quantity(number: WrittenNumber, unit: Unit, file: YamlFile, here: Loc, faults: list[Fault]) -> Quantity | None:
    try:
        return _in_unit(number, unit)
    except NumberError as error:
        faults.append(file.fault((*here, "value"), "wrong-unit", error.what, error.cure))
        return None


def read_value(text: str, unit: Unit) -> Quantity | None:
    """A value for a threshold of that unit, as people write it; None for `not set`. Raises NumberError."""
    return None if text == NOT_SET else _in_unit(read_number(text), unit)


def _in_unit(number: WrittenNumber, unit: Unit) -> Quantity:
    if number.unit is None and number.value and unit in (Unit.PERCENT, Unit.WEEKS):
        what = f"this threshold is {KIND[unit]}, and the number has no unit"
        raise NumberError(what, in_its_unit(number.value, unit))
    return Quantity(as_unit(number, unit, bare_money_thousands=False), unit)
