"""What a scenario gives: rows as owners and the PMO would return them, period by period.

The figures go through the reading of returns (engine/returns), so that units, £000, names and dates mean the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.model.problems import Fault
from engine.model.returns import JudgementKind, Return
from engine.model.series import BLANK
from engine.model.workspace import Portfolio, Scheme
from engine.periods import Period
from engine.returns.cells import Cell
from engine.returns.known import Known
from engine.returns.raw import COLUMNS, RawTable
from engine.returns.tables import PMO, read_tables
from engine.rulebook.syntax import At
from engine.scenarios.file import Cells, Series
from engine.scenarios.values import Value, Values, fault_at, read_values
from engine.workspace.spelling import did_you_mean, listed, quoted
from engine.workspace.yamlfile import Loc, YamlFile

OWNERS = "owners"  # the submitter of all but the PMO's own judgements
# Columns of which one value may stand for every period: what does not change from return to return, and texts.
_ONCE = frozenset(
    ("target", "planned", "forecast", "reason", "by", "from", "until", "recovery_by", "workaround", "note")
)
_TEXTS = frozenset(("reason", "by", "until", "workaround", "note"))  # a text is not parted into values
_FORECASTS = ("measures", "savings")  # whose forecast is a figure, and moves from period to period
_NAMED = {"savings": "year", "milestone": "milestone", "explanation": "measure"}  # what follows the word in a key
_TABLES = {"savings": "savings", "milestone": "milestones", "explanation": "explanations"}
_STANDING = ("milestones", "explanations")  # whose rows stand in a return for what they say once
_KINDS = frozenset(kind.value for kind in JudgementKind)
_LINE = re.compile(r"line (\d+)(?:, column (\d+))?")


class _Key(NamedTuple):
    """What a key of a subject means: a row of a table, and the column where it names one."""

    table: str
    names: tuple[tuple[str, str], ...]  # the row's columns that the key itself fills: measure, part, year, kind
    main: str | None  # the column that a bare series is for; None where it has to be named
    column: str | None


@dataclass
class _Row:
    """One row of a return, in every period."""

    table: str
    names: tuple[tuple[str, str], ...]
    subject: Value
    at: At
    columns: dict[str, Values] = field(default_factory=dict)

    @property
    def submitter(self) -> str:
        kind = dict(self.names).get("kind", JudgementKind.DECLARED)
        return OWNERS if kind == JudgementKind.DECLARED else PMO

    def cells(self, index: int) -> dict[str, Value] | None:
        """The row's cells by column in a period; None where it is not returned: all that tells of the period is blank.

        A figure's target tells nothing of a period, and a milestone's date does.
        """
        moving = [column for column, values in self.columns.items() if not values.once or self.table in _STANDING]
        if moving and all(self.columns[column].on(index).text == BLANK for column in moving):
            return None
        return {
            "subject": self.subject,
            **{name: Value(text, self.at) for name, text in self.names},
            **{
                column: value._replace(text=value.text.replace("_", " ")) if column == "state" else value
                for column in self.columns
                if (value := self.columns[column].on(index)).text != BLANK
            },
        }


@dataclass(frozen=True, slots=True)
class _Table(RawTable):
    """A table whose cells stand in a scenario file. Its rows are numbered from 1, whatever their lines."""

    places: Mapping[tuple[int, str], At] = field(default_factory=dict)  # of row and column; "" is the row itself

    def row_place(self, row: int) -> str:
        return f"line {self.places[row, ''].line}"

    def cell_place(self, row: int, index: int, column: str) -> str:
        at = self.places.get((row, column), self.places[row, ""])
        return f"line {at.line}, column {at.column}"


class Given:
    """Reads `given`; faults are collected."""

    def __init__(self, file: YamlFile, portfolio: Portfolio, scheme: Scheme) -> None:
        """Raises PeriodError where the portfolio's cadence can't be read."""
        self.faults: list[Fault] = []
        self._file, self._portfolio = file, portfolio
        self._known = {name: Known(portfolio, scheme, name) for name in (OWNERS, PMO)}
        self._rows: dict[tuple[object, ...], _Row] = {}

    @property
    def series(self) -> Iterator[Values]:
        """Every series, whose lengths say how many periods there are."""
        return (values for row in self._rows.values() for values in row.columns.values())

    def read(self, given: Mapping[str, Mapping[str, Cells]]) -> None:
        """Take in all that is given."""
        for subject, rows in given.items():
            loc: Loc = ("given", subject)
            ref = self._known[OWNERS].subjects.find(subject)
            if ref is None:
                cure = self._known[OWNERS].subjects.cure(subject, "write the ref of a subject")
                self._fault(loc, "unknown-subject", f"there is no subject {quoted(subject)}", cure)
                continue
            for written, cells in rows.items():
                key = self._key(ref, written, (*loc, written))
                if key is not None:
                    self._take(key, Value(ref, self._at(loc)), cells, (*loc, written))

    def returns(self, periods: tuple[Period, ...]) -> list[Return]:
        """What each submitter returned in each period. What can't be read is among the faults then.

        A row with a series of another length is left out: that is told already.
        """
        count = len(periods)
        self._rows = {
            key: row
            for key, row in self._rows.items()
            if all(values.once or len(values.each) == count for values in row.columns.values())
        }
        return [
            found
            for index, period in enumerate(periods)
            for submitter in (OWNERS, PMO)
            if (found := self._return(submitter, index, period)) is not None
        ]

    # ---- keys

    def _key(self, subject: str, written: str, loc: Loc) -> _Key | None:
        """What a key says: `pa_recruitment`, `utilisation South.target`, `savings in 2018/19`, `milestone Rollout`."""
        measures = self._known[OWNERS].measures_at(subject)
        if measures.find(written) is not None:
            return _Key("measures", (("measure", written),), "actual", None)
        name, dot, column = written.rpartition(".")
        if dot and (key := self._row_named(subject, name)) is not None:
            if column in COLUMNS[key.table]:
                return key._replace(column=column)
            if key.table != "milestones":  # a milestone's name may have a full stop in it
                self._unknown_column(key, column, loc)
                return None
        key = self._row_named(subject, written)
        if key is None:
            near = did_you_mean(written, (*measures.ids, *_TABLES, *sorted(_KINDS)))
            cure = near or "write a measure of the subject, `savings in YEAR`, `milestone NAME` or `override`"
            self._fault(loc, "unknown-name", f"{quoted(written)} is nothing that {subject} returns", cure)
        return key

    def _row_named(self, subject: str, written: str) -> _Key | None:
        measures = self._known[OWNERS].measures_at(subject)
        if measures.find(written) is not None:
            return _Key("measures", (("measure", written),), "actual", None)
        first, _, rest = written.strip().partition(" ")
        word = {"milestones": "milestone", "explained": "explanation"}.get(first, first)
        if word in _KINDS and not rest:
            return _Key("judgements", (("kind", word),), "status", None)
        if word in _NAMED:
            named = rest.strip().removeprefix("in ").strip() if word == "savings" else rest.strip()
            return _Key(_TABLES[word], ((_NAMED[word], named),), "reason" if word == "explanation" else None, None)
        if rest and measures.find(first) is not None:
            return _Key("measures", (("measure", first), ("part", rest.strip())), "actual", None)
        return None

    # ---- values

    def _take(self, key: _Key, subject: Value, cells: Cells, loc: Loc) -> None:
        row = self._rows.setdefault(
            (key.table, subject.text, key.names), _Row(key.table, key.names, subject, self._at(loc))
        )
        if isinstance(cells, dict) and key.column is None:
            for column, series in cells.items():
                if column in COLUMNS[key.table] and column not in ("subject", *dict(key.names)):
                    self._column(row, column, series, (*loc, column))
                else:
                    self._unknown_column(key, column, (*loc, column))
            return
        main = key.column or key.main
        if isinstance(cells, dict) or main is None:
            columns = [name for name in COLUMNS[key.table] if name not in ("subject", *dict(key.names))]
            what = "this says its column twice" if main else "this does not say which figures these are"
            cure = "write one series" if main else f"write {{{columns[0]}: …, {columns[1]}: …}}"
            self._fault(loc, "wrong-value", what, cure, key=False)
            return
        self._column(row, main, cells, loc)

    def _column(self, row: _Row, column: str, series: Series, loc: Loc) -> None:
        if column in row.columns:
            self._fault(loc, "duplicate-key", f"`{column}` is given twice", "keep one of them")
            return
        once = column in _ONCE and not (column == "forecast" and row.table in _FORECASTS)
        if column in _TEXTS and isinstance(series, str):
            at = self._at(loc, key=False)
            row.columns[column] = Values((Value(series, at),), at, once=True)
            return
        values = read_values(self._file, loc, series)
        if isinstance(values, Fault):
            self.faults.append(values)
        elif not values.each:
            self._fault(loc, "bad-series", f"`{column}` has no value", "write one for each period", key=False)
        else:
            row.columns[column] = Values(values.each, values.at, once and len(values.each) == 1)

    # ---- one return

    def _return(self, submitter: str, index: int, period: Period) -> Return | None:
        tables = list(self._tables(submitter, index))
        if not tables:
            return None
        read = read_tables(tables, self._known[submitter])
        for problem in read.problems:
            place = _LINE.search(problem.where)
            at = At(int(place[1]), int(place[2] or 1)) if place else At(*self._file.at(("given",)))
            self.faults.append(fault_at(self._file, at, "bad-cell", problem.what, problem.cure))
        return Return(
            portfolio=self._portfolio.portfolio,
            period=period.id,
            submitter=submitter,
            source=self._file.shown,
            sha256="",
            measures=tuple(read.measures),
            savings=tuple(read.savings),
            milestones=tuple(read.milestones),
            judgements=tuple(read.judgements),
            explanations=tuple(read.explanations),
        )

    def _tables(self, submitter: str, index: int) -> Iterator[_Table]:
        for table, columns in COLUMNS.items():
            rows = [row for row in self._rows.values() if row.table == table and row.submitter == submitter]
            returned = [(row, cells) for row in rows if (cells := row.cells(index)) is not None]
            if returned:
                header = (0, [Cell(column) for column in columns])
                lines = [
                    (number, [Cell(cells[column].text if column in cells else None) for column in columns])
                    for number, (_, cells) in enumerate(returned, start=1)
                ]
                places = {(0, ""): returned[0][0].at}
                for number, (row, cells) in enumerate(returned, start=1):
                    places[number, ""] = row.at
                    places |= {(number, column): value.at for column, value in cells.items()}
                yield _Table(table, self._file.shown, (header, *lines), places=places)

    # ---- faults

    def _unknown_column(self, key: _Key, column: str, loc: Loc) -> None:
        columns = [name for name in COLUMNS[key.table] if name not in ("subject", *dict(key.names))]
        cure = did_you_mean(column, columns) or f"write {listed(columns)}"
        self._fault(loc, "unknown-name", f"{key.table} have no column {quoted(column)}", cure)

    def _at(self, loc: Loc, *, key: bool = True) -> At:
        return At(*self._file.at(loc, key=key))

    def _fault(self, loc: Loc, code: str, what: str, cure: str, *, key: bool = True) -> None:
        self.faults.append(self._file.fault(loc, code, what, cure, key=key))
