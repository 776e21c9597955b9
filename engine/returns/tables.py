"""The five tables of a return, from rows of cells to the nouns of engine.model.returns.

A row is used only where what it is about is known: its subject, and its measure, year or milestone. A cell that can't
be read is a problem, and its column `unread`; the rest of its row is kept.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from engine.model.problems import Problem
from engine.model.returns import (
    ExplanationRow,
    FigureState,
    JudgementKind,
    JudgementRow,
    MeasureRow,
    MilestoneRow,
    SavingsRow,
)
from engine.model.values import Unit
from engine.periods import PeriodError, read_year
from engine.returns.cells import Cell
from engine.returns.known import (
    FIGURE_STATES,
    JUDGEMENT_KINDS,
    MILESTONE_STATES,
    OTHER_YEARS,
    SAVINGS_STATES,
    Known,
)
from engine.returns.raw import RawTable, find_header
from engine.returns.rows import LONGEST_NAME, Row
from engine.returns.words import fold

PMO = "pmo"  # the submitter from whom alone floors and overrides are taken

R = TypeVar("R", MeasureRow, MilestoneRow, ExplanationRow)


@dataclass
class TablesRead:
    """What was understood of a return's tables, and what was not."""

    measures: list[MeasureRow] = field(default_factory=list)
    savings: list[SavingsRow] = field(default_factory=list)
    milestones: list[MilestoneRow] = field(default_factory=list)
    judgements: list[JudgementRow] = field(default_factory=list)
    explanations: list[ExplanationRow] = field(default_factory=list)
    incomplete: set[tuple[str, str]] = field(default_factory=set)  # table and subject of rows that were not used
    problems: list[Problem] = field(default_factory=list)


def read_tables(tables: Iterable[RawTable], known: Known) -> TablesRead:
    """Everything that a return's tables say."""
    read = TablesRead()
    for table in tables:
        read_table(table, known, read)
    return read


def read_table(table: RawTable, known: Known, into: TablesRead) -> None:
    """Adds one table's rows and problems."""
    rows = _rows(table, known, into.problems)
    if table.name == "measures":
        into.measures += _once(table, _read(rows, _measure, into), lambda r: (r.measure, fold(r.part or "")), into)
    elif table.name == "savings":
        into.savings += _read(rows, _savings, into)
    elif table.name == "milestones":
        into.milestones += _once(table, _read(rows, _milestone, into), lambda r: fold(r.milestone), into)
    elif table.name == "judgements":
        into.judgements += _read(rows, _judgement, into)
    else:
        into.explanations += _once(table, _read(rows, _explanation, into), lambda r: r.measure, into)


def _rows(table: RawTable, known: Known, problems: list[Problem]) -> list[Row]:
    header, faults = find_header(table)
    problems += faults
    if header is None:
        return []
    below = table.rows[header.at + 1 :]
    return [Row(table, header, number, cells, known, problems) for number, cells in below if _filled(cells)]


def _filled(cells: Sequence[Cell]) -> bool:
    return any(not cell.blank for cell in cells)


N = TypeVar("N")


def _read(rows: Iterable[Row], reader: Callable[[Row], N | None], into: TablesRead) -> list[N]:
    found: list[N] = []
    for row in rows:
        if row.find_subject():
            noun = reader(row)
            if noun is None:
                into.incomplete.add((row.table, row.subject))
            else:
                found.append(noun)
    return found


def _once(table: RawTable, rows: list[R], key: Callable[[R], Hashable], into: TablesRead) -> list[R]:
    """The rows without those that say the same thing twice: which of them is meant can't be told."""
    alike: dict[tuple[str, Hashable], list[R]] = defaultdict(list)
    for row in rows:
        alike[row.subject, key(row)].append(row)
    for repeated in alike.values():
        if len(repeated) > 1:
            places = " and ".join(row.where for row in repeated)
            what = f"{len(repeated)} rows are about the same thing ({places}), so none of them was used"
            subject = repeated[0].subject
            into.incomplete.add((table.name, subject))
            into.problems.append(
                Problem(file=table.file, where=table.place, what=what, cure="keep one of them", subject=subject)
            )
    return [rows[0] for rows in alike.values() if len(rows) == 1]


# ---- one row of each table


def _measure(row: Row) -> MeasureRow | None:
    measure = _measure_named(row)
    if measure is None:
        return None
    unit = row.known.measure(measure).unit
    part: str | None = None
    if row.has("part"):
        part = _part(row, measure)
        if part is None:
            return None
    read = MeasureRow(
        subject=row.subject,
        measure=measure,
        part=part,
        actual=row.number("actual", unit),
        target=row.target("target", unit),
        forecast=row.number("forecast", unit),
        as_of=row.day("as_of"),
        cases=row.number("cases", Unit.NUMBER),
        state=row.word("state", FIGURE_STATES),
        note=row.text("note"),
        unread=row.unread,
        file=row.file,
        where=row.where,
    )
    if read.actual is not None and read.state is FigureState.OFF_TARGET:
        what = f"`{read.state.value}` is said in place of a figure, and there is one"
        row.problem(what, "leave the state blank: the figure and its target say it", "state")
        return read.model_copy(update={"state": None})
    return read


def _savings(row: Row) -> SavingsRow | None:
    year = _year(row)
    if year is None:
        return None
    return SavingsRow(
        subject=row.subject,
        year=year,
        target=row.number("target", Unit.MONEY),
        delivered=row.number("delivered", Unit.MONEY),
        forecast=row.number("forecast", Unit.MONEY),
        at_risk=row.number("at_risk", Unit.MONEY),
        alternative=row.number("alternative", Unit.MONEY),
        state=row.word("state", SAVINGS_STATES),
        note=row.text("note"),
        unread=row.unread,
        file=row.file,
        where=row.where,
    )


def _milestone(row: Row) -> MilestoneRow | None:
    milestone = row.needed("milestone", LONGEST_NAME)
    if milestone is None:
        return None
    return MilestoneRow(
        subject=row.subject,
        milestone=milestone,
        planned=row.day("planned"),
        forecast=row.day("forecast"),
        done=row.day("done"),
        state=row.word("state", MILESTONE_STATES),
        workaround=row.text("workaround"),
        note=row.text("note"),
        unread=row.unread,
        file=row.file,
        where=row.where,
    )


def _judgement(row: Row) -> JudgementRow | None:
    kind = row.name("kind", JUDGEMENT_KINDS, "is no kind of judgement")
    status = row.name("status", row.known.statuses, "is no status of the scheme", "use the scheme's names or codes")
    reason = row.needed("reason")
    if kind is None or status is None or reason is None:
        return None
    if kind is not JudgementKind.DECLARED and fold(row.known.submitter) != PMO:
        row.problem(
            f"only the PMO enters {kind}s, so the row was not used",
            f"ask the PMO, or write {JudgementKind.DECLARED}",
            "kind",
        )
        return None
    if row.known.scheme.rank(status.id) is None:
        row.problem(
            f"{status.name} follows from the lifecycle, so the row was not used",
            "set the lifecycle in the configuration",
            "status",
        )
        return None
    begins = row.days("from")
    if begins is None and row.has("from"):
        return None  # an unreadable beginning must not put it in force at once
    until, milestone = _until(row)
    if begins and until and until < begins.first:
        row.problem("it ends before it begins, so the row was not used", "put the earlier day under from", "until")
        return None
    return JudgementRow(
        subject=row.subject,
        kind=kind,
        status=status.id,
        reason=reason,
        by=row.text("by", LONGEST_NAME) or _signature(row.known.submitter),
        from_=begins.first if begins else None,
        until=until,
        until_milestone=milestone,
        file=row.file,
        where=row.where,
    )


def _signature(submitter: str) -> str:
    """Who a judgement is by where nobody is named: its submitter, the office by its own name."""
    return submitter.upper() if submitter == PMO else submitter


def _explanation(row: Row) -> ExplanationRow | None:
    measure = _measure_named(row)
    reason = row.needed("reason")
    if measure is None or reason is None:
        return None
    return ExplanationRow(
        subject=row.subject,
        measure=measure,
        reason=reason,
        recovery_by=row.day("recovery_by"),
        file=row.file,
        where=row.where,
    )


# ---- cells of their own kind


def _measure_named(row: Row) -> str | None:
    here = row.known.measures_at(row.subject)
    return row.name(
        "measure",
        here,
        f"is no measure of {row.subject}",
        "use the ids of its measures" if here.ids else "it has no measures in the configuration",
    )


def _part(row: Row, measure: str) -> str | None:
    """The part as the configuration writes it; None, with a problem, where the measure has no such part."""
    parts = row.known.parts_of(measure)
    if parts is not None:
        return row.name("part", parts, f"is no part of {measure}")
    if row.known.measure(measure).unit in _ADDS_UP:
        return row.needed("part", LONGEST_NAME)
    row.problem(
        f"{measure} has no parts, so the row was not used",
        "name them in the configuration, or leave this blank",
        "part",
    )
    return None


_ADDS_UP = (Unit.NUMBER, Unit.MONEY)


def _year(row: Row) -> str | None:
    written = row.needed("year")
    if written is None:
        return None
    other = OTHER_YEARS.find(written)
    if other is not None:
        return other
    try:
        return read_year(written, row.known.year_starts)
    except PeriodError as error:
        what, _, cure = str(error).partition("; ")
        row.problem(what, f"{cure}, previous years or all", "year")
        return None


def _until(row: Row) -> tuple[date | None, str | None]:
    """The last day in force, or the milestone that ends it."""
    written = row.text("until", LONGEST_NAME)
    if fold(written).startswith("milestone "):
        return None, written.split(maxsplit=1)[1]
    days = row.days("until") if written else None
    return (days.last if days else None), None
