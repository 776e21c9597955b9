"""One series of a scenario file, value by value, each with its place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.model.problems import Fault
from engine.model.series import SeriesError, read_series
from engine.rulebook.syntax import At
from engine.scenarios.file import Series
from engine.workspace.yamlfile import Loc, YamlFile


class Value(NamedTuple):
    """What stands for one period."""

    text: str
    at: At


@dataclass(frozen=True, slots=True)
class Values:
    """A series as it stands in the file; `once` marks a single value that holds in every period."""

    each: tuple[Value, ...]
    at: At
    once: bool = False

    def on(self, index: int) -> Value:
        """The value of a period, counted from 0. Raises IndexError beyond the last."""
        return self.each[0] if self.once else self.each[index]


def read_values(file: YamlFile, loc: Loc, written: Series) -> Values | Fault:
    """The series at `loc`; or what is wrong with it."""
    try:
        items = read_series(written)
    except SeriesError as error:
        at = _place(file, loc, written, error.start)
        return fault_at(file, at, "bad-series", error.what, error.cure)
    return Values(tuple(Value(one.text, _place(file, loc, written, one.start)) for one in items), At(*file.at(loc)))


def fault_at(file: YamlFile, at: At, code: str, what: str, cure: str) -> Fault:
    """A fault inside a text, where `file.fault` only knows where the text begins."""
    return Fault(file=file.shown, line=at.line, column=at.column, code=code, what=what, cure=cure)


def periods_of(series: Iterable[Values]) -> int:
    """How many periods a scenario has: as many values as most of its series have, the longer where two are even."""
    lengths = Counter(len(one.each) for one in series if not one.once)
    return max(lengths, key=lambda length: (lengths[length], length), default=1)


def wrong_length(file: YamlFile, values: Values, periods: int) -> Fault | None:
    """The fault of a series that has more or fewer values than there are periods."""
    found = len(values.each)
    if values.once or found == periods:
        return None
    what = f"this says {_count(found)}, and the scenario has {_count(periods)}"
    text = values.each[0].text if found == 1 else ""
    cure = f"write `{text} x{periods}` if it is the same in each" if text else "write one value for each"
    return fault_at(file, values.at, "wrong-length", what, cure)


def _place(file: YamlFile, loc: Loc, written: Series, start: int) -> At:
    if isinstance(written, tuple):
        return At(*file.at((*loc, start)))
    entry = file.entry(loc)
    inside = {"": start, "'": start + 1, '"': start + 1}.get(entry.style, 0)
    return At(entry.value.line, entry.value.column + inside)


def _count(periods: int) -> str:
    return "1 period" if periods == 1 else f"{periods} periods"
