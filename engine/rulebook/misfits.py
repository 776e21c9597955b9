"""Thresholds in a unit that no rule asks for: the slip is at their values, not in the rules that use them."""

from collections.abc import Callable, Iterator, Mapping, Set
from decimal import Decimal

from engine.model.numbers import KIND
from engine.model.problems import Fault
from engine.model.values import EXACT, Unit, plain
from engine.rulebook.rules import Threshold
from engine.rulebook.units import EXAMPLE, in_unit
from engine.workspace.yamlfile import YamlFile

UnitFaults = Callable[[str, Unit | None], Set[Fault]]


def misfits(thresholds: Mapping[str, Threshold], faults_with: UnitFaults) -> dict[str, Unit]:
    """The thresholds whose own unit suits none of their uses, each with the one unit that suits all.

    `faults_with` gives the faults of unit in the rules that name a threshold were it in a unit; with None, those that
    are there whatever its unit.
    """
    found: dict[str, Unit] = {}
    for name, threshold in thresholds.items():
        others = faults_with(name, None)
        if faults_with(name, threshold.unit) <= others:
            continue
        fitting = [unit for unit in Unit if faults_with(name, unit) <= others]
        if len(fitting) == 1:
            found[name] = fitting[0]
    return found


def misfit_faults(threshold: Threshold, unit: Unit, file: YamlFile) -> Iterator[Fault]:
    """What is wrong with a threshold that should be in another unit, at its values and where it names its unit."""
    what = f"`{threshold.name}` is used as {KIND[unit]}, and this is {KIND[threshold.unit]}"
    loc = ("thresholds", threshold.name)
    if file.value((*loc, "unit")) is not None:
        yield file.fault((*loc, "unit"), "wrong-unit", what, f"write `unit: {unit.value}`")
    for value in threshold.values:
        if value.value is not None:
            cure = _cure(threshold, value.value.value, unit)
            line, column = value.at.line, value.at.column
            yield Fault(file=file.shown, line=line, column=column, code="wrong-unit", what=what, cure=cure)


def _cure(threshold: Threshold, value: Decimal, unit: Unit) -> str:
    meant = in_unit(value, unit)
    if unit is Unit.NUMBER:
        return f"write `{meant}`"
    if threshold.unit is Unit.PERCENT:
        return f"write it as `{EXAMPLE[unit]}`, or `{threshold.name} of …` in the rule"
    if threshold.unit is not Unit.NUMBER:
        return f"write it as `{EXAMPLE[unit]}`"
    if unit is Unit.MONEY:
        return f"write `{meant}` for thousands, or `{meant[:-1]}`"
    if unit is Unit.PERCENT and value and abs(value) < 1:  # 0.4 may be how somebody writes 40%
        return f"write `{plain(EXACT.multiply(value, Decimal(100)))}%`, or `{meant}` if that little is meant"
    return f"write `{meant}`"
