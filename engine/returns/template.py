"""The workbook that an owner fills in for a period, and that `telltale returns submit` takes back as it is.

What is agreed stands in it, greyed: subjects, measures, parts, targets. Figures are empty. Milestones begin as they
were last told, for a plan stands until somebody changes it; of savings only the years do, since an untouched row with
a target would say that nothing of it is at risk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.model.numbers import as_unit, read_number, shifted
from engine.model.returns import MilestoneRow, MilestoneState, SavingsRow
from engine.model.values import Quantity, Unit, plain, show
from engine.model.workspace import Level, Lifecycle, Measure, Portfolio, Scheme, Subject, TargetWord, cadence_of
from engine.periods import Cadence, Period, day_in_words, financial_year, period_in_words
from engine.returns.known import FIGURE_STATES, OTHER_YEARS, SAVINGS_STATES, Known
from engine.returns.merge import PeriodRows
from engine.returns.raw import COLUMNS
from engine.returns.writing import Column, Filled, Page, Sheet, written
from engine.workspace.dates import dated_number, first_day, lifecycle_on, year_starts_in

_ROOM = 40  # empty rows below those that are filled in
_DAY, _MONEY = "dd/mm/yyyy", '"£"#,##0.0##"k"'
_WIDTHS = {"subject": 34, "measure": 38, "milestone": 34, "note": 44, "reason": 50, "workaround": 34, "state": 16}
_DAYS = ("as_of", "planned", "forecast", "done", "recovery_by")
_AMOUNTS = ("target", "delivered", "forecast", "at_risk", "alternative")
_GUIDE = (
    "Fill in the white cells; what is grey is agreed. On the sheet measures that is the column Actual.",
    "A cell shows its unit: type 6 where it shows £k and it becomes £6.0k, type 15.1 where it shows % for 15.1%.",
    "Blank is not nought: leave a cell blank where the figure is not known, and write 0 where it is nought.",
    "Where a figure is late or not final, choose a state beside it. What else there is to say goes under Note.",
    "On the other sheets add rows as you need them; leave a sheet as it is where there is nothing to say.",
    "Milestones stand as they were last told: put in what has changed. Savings say on pointing at them what was told.",
    "Keep the names of the file, the sheets and the columns.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose workbook it is, and for when."""

    portfolio: Portfolio
    scheme: Scheme
    period: Period
    due: date
    subjects: Sequence[Subject]  # in the order of the portfolio
    before: PeriodRows  # what was returned last


def template(wanted: Wanted) -> bytes:
    """The bytes of the workbook: measures, savings, milestones, explanations and guidance."""
    names = _Names(wanted)
    year = financial_year(wanted.period.end, year_starts_in(wanted.portfolio))
    years = (year, *(name for name in OTHER_YEARS if name != year))
    subjects = names.subjects(wanted.subjects)
    sheets = [
        _sheet("measures", list(_measures(wanted, names)), state=FIGURE_STATES.ids),
        _sheet("savings", list(_savings(wanted, names)), subject=subjects, year=years, state=SAVINGS_STATES.ids),
        _sheet(
            "milestones", list(_milestones(wanted, names)), subject=subjects, state=[s.value for s in MilestoneState]
        ),
        _sheet("explanations", [], subject=subjects, measure=names.every_measure(wanted.subjects)),
    ]
    return written([*sheets, Page("guidance", list(_guidance(wanted)))])


def is_open(subject: Subject, portfolio: Portfolio, period: Period) -> bool:
    """Whether anything can be returned of a subject: it is live, being developed or about to begin."""
    closed = (Lifecycle.CLOSED, Lifecycle.NOT_MONITORED)
    return lifecycle_on(subject, period.end, cadence_of(portfolio)) not in closed


def has_rows(subject: Subject, before: PeriodRows) -> bool:
    """Whether a workbook has anything of the subject to be filled in, or a project that may have."""
    told = subject.ref in before.savings or subject.ref in before.milestones
    return subject.level is Level.PROJECT or bool(subject.measures) or told


class _Names:
    """What subjects and measures are called in the workbook: by title, or by id where the title is not theirs alone."""

    def __init__(self, wanted: Wanted) -> None:
        self._portfolio = wanted.portfolio
        self._known = Known(wanted.portfolio, wanted.scheme, "")

    def subject(self, subject: Subject) -> str:
        return subject.title if self._known.subjects.find(subject.title) == subject.ref else subject.ref

    def measure(self, subject: Subject, measure: str) -> str:
        title = self._portfolio.measures[measure].title
        return title if self._known.measures_at(subject.ref).find(title) == measure else measure

    def subjects(self, subjects: Iterable[Subject]) -> list[str]:
        return [self.subject(one) for one in subjects]

    def every_measure(self, subjects: Iterable[Subject]) -> list[str]:
        return list(dict.fromkeys(self.measure(one, measure) for one in subjects for measure in one.measures))


def _sheet(table: str, rows: Sequence[dict[str, Filled]], **choices: Sequence[str]) -> Sheet:
    columns = [
        Column(
            name.replace("_", " ").capitalize(),
            meaning.replace("`", ""),
            _WIDTHS.get(name, 14),
            choices.get(name, ()),
            _free_format(table, name),
        )
        for name, meaning in COLUMNS[table].items()
    ]
    filled = [
        tuple(row.get(name, Filled(number_format=_free_format(table, name))) for name in COLUMNS[table]) for row in rows
    ]
    return Sheet(table, columns, filled, locked=True, room=_ROOM)


def _free_format(table: str, column: str) -> str:
    """The format of a cell that is to be typed in."""
    if table == "savings" and column in _AMOUNTS:
        return _MONEY
    is_day = column in _DAYS and (table != "measures" or column == "as_of")  # a measure's forecast is a figure
    return _DAY if is_day else "General"


# ---- measures


def _measures(wanted: Wanted, names: _Names) -> Iterator[dict[str, Filled]]:
    cadence = cadence_of(wanted.portfolio)
    for subject in wanted.subjects:
        if lifecycle_on(subject, wanted.period.end, cadence) is not Lifecycle.LIVE:
            continue  # nothing is owed
        for name, here in subject.measures.items():
            measure = wanted.portfolio.measures[name]
            if measure.equals is not None or _begins_later(measure, wanted.period, cadence):
                continue  # worked out from others, or nothing is owed yet
            target = dated_number(here.target, wanted.period.end, cadence)
            seldom = "Reported quarterly." if measure.reported == "quarterly" else ""
            for part in measure.parts or (None,):
                # The parts of a percentage are each held against the target; that of a sum is for the whole of it.
                of_part = target if part is None or measure.unit is Unit.PERCENT else None
                yield {
                    "subject": Filled(names.subject(subject), given=True),
                    "measure": Filled(names.measure(subject, name), given=True, remark=seldom),
                    "part": Filled(part, given=True),
                    "actual": Filled(number_format=_figure_format(measure)),
                    "target": _target(of_part, measure, agreed=target is not None),
                    "forecast": Filled(number_format=_figure_format(measure)),
                }


def _begins_later(measure: Measure, period: Period, cadence: Cadence) -> bool:
    return measure.starts is not None and period.end < first_day(measure.starts, cadence)


def _target(text: str | None, measure: Measure, *, agreed: bool) -> Filled:
    if text is None:
        return Filled(number_format=_figure_format(measure), given=agreed)
    if text in set(TargetWord):
        return Filled(text, given=True)
    value = as_unit(read_number(text), measure.unit, bare_money_thousands=False)
    return Filled(_stored(value, measure.unit), _figure_format(measure, value), given=True)


def _stored(value: Decimal, unit: Unit) -> Decimal:
    """The number that a cell holds, which its format shows as the figure."""
    return shifted(value, {Unit.PERCENT: -2, Unit.MONEY: -3}.get(unit, 0))


def _figure_format(measure: Measure, value: Decimal | None = None) -> str:
    """As many decimals as the measure has, or as the value needs."""
    if measure.unit is Unit.MONEY:
        return _MONEY
    needed = len(plain(value).partition(".")[2]) if value is not None else 0
    places = max(needed, measure.decimals if measure.decimals is not None else 1 if value is None else 0)
    digits = "0" + (f".{'0' * places}" if places else "")
    if measure.unit is Unit.PERCENT:
        return f"{digits}%"
    if measure.unit is Unit.WEEKS:
        return f'{digits}" weeks"'
    return "General" if measure.decimals is None else f"#,##{digits}"


# ---- savings and milestones


def _savings(wanted: Wanted, names: _Names) -> Iterator[dict[str, Filled]]:
    for subject in wanted.subjects:
        for row in wanted.before.savings.get(subject.ref, ()):
            yield {
                "subject": Filled(names.subject(subject), given=True),
                "year": Filled(row.year, given=True),
                **{column: Filled(number_format=_MONEY, remark=_last(row, column)) for column in _AMOUNTS},
            }


def _last(row: SavingsRow, column: str) -> str:
    amount: Decimal | None = getattr(row, column)
    return f"Last time: {show(Quantity(amount, Unit.MONEY))}" if amount is not None else ""


def _milestones(wanted: Wanted, names: _Names) -> Iterator[dict[str, Filled]]:
    for subject in wanted.subjects:
        for row in wanted.before.milestones.get(subject.ref, ()):
            if row.state is not MilestoneState.CANCELLED:
                yield _milestone(names.subject(subject), row)


def _milestone(subject: str, row: MilestoneRow) -> dict[str, Filled]:
    return {
        "subject": Filled(subject, given=True),
        "milestone": Filled(row.milestone, given=True),
        "planned": Filled(row.planned, _DAY, given=row.planned is not None),
        "forecast": Filled(row.forecast, _DAY),
        "done": Filled(row.done, _DAY),
        "state": Filled(row.state.value if row.state is not None else None),
        "workaround": Filled(row.workaround or None),
    }


def _guidance(wanted: Wanted) -> Iterator[tuple[str, ...]]:
    yield (f"{wanted.portfolio.title}: {period_in_words(wanted.period)}",)
    yield (f"To be returned by {day_in_words(wanted.due)}.",)
    for line in _GUIDE:
        yield (line,)
    for table in ("measures", "savings", "milestones", "explanations"):
        yield ("",)
        yield (f"Sheet {table}",)
        for name, meaning in COLUMNS[table].items():
            yield (name.replace("_", " ").capitalize(), meaning.replace("`", ""))
