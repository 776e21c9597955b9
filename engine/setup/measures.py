"""The measures of a list: one for each title, with its unit and direction, and a target wherever it stands."""

from dataclasses import dataclass, field
from decimal import Decimal

from engine.model.numbers import KIND, NumberError, WrittenNumber, as_unit, shifted
from engine.model.problems import Problem
from engine.model.values import Unit, plain
from engine.model.workspace import Better, TargetWord
from engine.returns.cells import written_target
from engine.returns.rows import LONGEST_NAME, Line
from engine.returns.words import fold
from engine.setup.columns import BETTER, UNITS, WrittenUnit
from engine.setup.listing import Listed, ListedMeasure
from engine.setup.names import made_name
from engine.workspace.portfoliochecks import RESERVED
from engine.workspace.spelling import quoted


@dataclass(frozen=True, slots=True)
class _Use:
    """A measure on one programme or project."""

    on: Listed
    line: Line
    unit: WrittenUnit | None  # as its own row has it
    target: TargetWord | WrittenNumber | None


@dataclass
class _Named:
    """A measure while the list is read."""

    title: str
    unit: WrittenUnit | None = None
    unit_from: str = ""  # the place that says so
    better: Better | None = None
    better_from: str = ""
    uses: list[_Use] = field(default_factory=list)


@dataclass
class Measures:
    """Collects measures line by line; `listed` puts their targets where they belong."""

    notes: list[Problem]
    _named: dict[str, _Named] = field(default_factory=dict)  # by folded title

    def stands_in(self, line: Line, on: Listed) -> None:
        """Takes in the measure of a line, if it has one."""
        title = line.text("measure", LONGEST_NAME)
        unit = line.word("unit", UNITS)
        better = line.word("better", BETTER)
        target = line.read("target", written_target)
        if not title:
            if any(map(line.has, ("unit", "better", "target"))):
                line.problem("there is no measure, so the row was not used", "write its title in each row", "measure")
            return
        named = self._named.setdefault(fold(title), _Named(title))
        twice = next((use for use in named.uses if use.on is on), None)
        if twice is not None:
            what = f"{quoted(title)} of {quoted(on.title)} stands in {twice.line.where} already"
            line.problem(what, "keep one of the two rows", "measure")
            return
        named.uses.append(_Use(on, line, unit, target))
        if unit is not None:
            if named.unit is None:
                named.unit, named.unit_from = unit, line.place("unit")
            elif named.unit.unit is not unit.unit:
                what = f"{quoted(title)} is {KIND[named.unit.unit]} in {named.unit_from}, and {KIND[unit.unit]} here"
                line.problem(what, _TELL_APART, "unit")
        if better is not None:
            if named.better is None:
                named.better, named.better_from = better, line.place("better")
            elif named.better is not better:
                what = f"{quoted(title)} is better {named.better} in {named.better_from}, and {better} here"
                line.problem(what, _TELL_APART, "better")

    def listed(self, threshold: str) -> list[ListedMeasure]:
        """The measures, with what can't be read of their targets as problems. None is named as the threshold is."""
        found: list[ListedMeasure] = []
        taken = {*RESERVED, threshold}
        for named in self._named.values():
            id_ = made_name(named.title, "measure", taken)
            taken.add(id_)
            unit = named.unit or self._unit_shown(named)
            if unit is None:
                continue
            for use in named.uses:
                use.on.targets[id_] = _target_text(use, use.unit or unit)
            if named.better is None:
                what = f"{quoted(named.title)} has no direction, so no rule judges it"
                self._note(named.uses[0].line, "better", what, "write higher or lower where one is good")
            found.append(ListedMeasure(id_, named.title, unit.unit, named.better))
        return found

    def _unit_shown(self, named: _Named) -> WrittenUnit | None:
        """The unit that the measure's targets show; None, with a problem, where there is none to be seen."""
        numbers = [use for use in named.uses if isinstance(use.target, WrittenNumber)]
        if not numbers and any(use.line.unread & {"unit", "target"} for use in named.uses):
            return None  # what would say so could not be read, which is told already
        if not numbers:
            what = f"nothing says what {quoted(named.title)} is counted in"
            named.uses[0].line.problem(what, "write number, percent, money or weeks", "unit")
            return None
        shows = next((use for use in numbers if _unit(use) is not None), numbers[0])
        unit = _unit(shows) or Unit.NUMBER
        what = f"{quoted(named.title)} is taken for {KIND[unit]}, as its target is written"
        self._note(shows.line, "target", what, "write its unit if that is wrong")
        return WrittenUnit(unit)

    def _note(self, line: Line, column: str, what: str, cure: str) -> None:
        self.notes.append(Problem(file=line.file, where=line.place(column), what=what, cure=cure))


_TELL_APART = "make them agree, or give one of the two another title"


def _unit(use: _Use) -> Unit | None:
    return use.target.unit if isinstance(use.target, WrittenNumber) else None


def _target_text(use: _Use, unit: WrittenUnit) -> str | None:
    """The target as config writes it; None where there is none or (a problem) it is not of the measure's unit."""
    target = use.target
    if not isinstance(target, WrittenNumber):
        return target.value if target is not None else None
    try:
        if unit.places and target.unit is None and not target.scaled:
            target = WrittenNumber(shifted(target.value, unit.places), Unit.MONEY)
        return in_config(as_unit(target, unit.unit, bare_money_thousands=False), unit.unit)
    except NumberError as error:
        use.line.problem(error.what, error.cure, "target")
        return None


def in_config(value: Decimal, unit: Unit) -> str:
    """A figure as config writes it, exactly and without commas: 50%, £1.32m, £28k, £950, 4 weeks, 1320."""
    if unit is Unit.PERCENT:
        return f"{plain(value)}%"
    if unit is Unit.WEEKS:
        return f"{plain(value)} week{'' if value == 1 else 's'}"
    if unit is Unit.NUMBER:
        return plain(value)
    sign, size = "-" if value < 0 else "", abs(value)
    for places, suffix in ((6, "m"), (3, "k")):
        if size >= 10**places and not size % 1000:
            return f"{sign}£{plain(shifted(size, -places))}{suffix}"
    return f"{sign}£{plain(size)}"
