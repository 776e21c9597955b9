"""Who owes a return for a period: what is due of each subject and has not come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.facts.book import FactBook, SheetStanding
from engine.facts.words import MISSING
from engine.model.notices import Owed
from engine.model.returns import FigureState, MilestoneState, Return
from engine.model.workspace import Level, Lifecycle, Portfolio, Subject
from engine.periods import Period
from engine.returns.merge import PeriodRows


def owed(
    portfolio: Portfolio,
    book: FactBook,
    rows: Mapping[str, PeriodRows],
    returns: Iterable[Return],
    period: Period,
) -> dict[str, Owed]:
    """What is owed for a period, by subject, in the portfolio's order.

    Due are the figures of a live subject's measures, and the savings and milestones that it returned the last time it
    returned anything. What came and could not be read, or came from two at once, is not owed: the office has it as a
    problem. `rows` are those of each period, `returns` those of this one.
    """
    here = [one for one in returns if one.period == period.id]
    before = sorted((book_period for book_period in book.periods if book_period.end < period.end), key=_end)
    found: dict[str, Owed] = {}
    for subject in portfolio.subjects.values():
        if book.sheet(subject.ref, period, SheetStanding()).lifecycle is not Lifecycle.LIVE:
            continue
        missing = (*_figures(portfolio, subject, book, here, period), *_tables(subject, rows, here, before))
        if missing:
            found[subject.ref] = Owed(
                ref=subject.ref, title=subject.title, part_of=_programme(portfolio, subject), missing=missing,
                nothing_yet=not any(_named(subject.ref, one) for one in here),
            )  # fmt: skip
    return found


def _end(period: Period) -> str:
    return period.end.isoformat()


def _figures(
    portfolio: Portfolio, subject: Subject, book: FactBook, here: Sequence[Return], period: Period
) -> Iterator[str]:
    """The titles of the measures, or of their parts, without a figure; not of those that are worked out.

    Who says that a figure is `partial` has answered, though the figure stays missing to the rules.
    """
    answered = {
        (row.measure, row.part)
        for one in here
        for row in one.measures
        if row.subject == subject.ref
        and (row.actual is not None or row.state is FigureState.PARTIAL or "actual" in row.unread)
    }
    for sheet in book.measures(subject.ref, period):
        worked_out = portfolio.measures[sheet.measure].equals is not None
        if MISSING in sheet.states and not worked_out and (sheet.measure, sheet.part) not in answered:
            yield sheet.title


def _tables(
    subject: Subject, rows: Mapping[str, PeriodRows], here: Sequence[Return], before: Sequence[Period]
) -> Iterator[str]:
    """ "savings" and "milestones", where they were returned last time and not now."""
    last = next(
        (rows[one.id] for one in reversed(before) if one.id in rows and subject.ref in rows[one.id].returned), None
    )
    if last is None:
        return
    incomplete = {table for one in here for table, ref in one.incomplete if ref == subject.ref}
    now = {
        "savings": any(row.subject == subject.ref for one in here for row in one.savings),
        "milestones": any(row.subject == subject.ref for one in here for row in one.milestones),
    }
    still_open = [
        one
        for one in last.milestones.get(subject.ref, ())
        if one.done is None and one.state is not MilestoneState.CANCELLED
    ]
    for table, told in (("savings", last.savings.get(subject.ref)), ("milestones", still_open)):
        if told and not now[table] and table not in incomplete:
            yield table


def _named(ref: str, one: Return) -> bool:
    every = (one.measures, one.savings, one.milestones, one.judgements, one.explanations)
    return any(row.subject == ref for table in every for row in table)


def _programme(portfolio: Portfolio, subject: Subject) -> str:
    parent = portfolio.subjects.get(subject.parent or "")
    return parent.title if parent is not None and parent.level is Level.PROGRAMME else ""
