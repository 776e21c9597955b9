"""Small portfolios and returns for the tests of fact sheets, written as tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.facts.book import FactBook, SheetStanding
from engine.facts.equals import Evaluator
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.returns import ExplanationRow, FigureState, MeasureRow, MilestoneRow, SavingsRow
from engine.model.values import Unit, plain
from engine.model.workspace import Better, Measure, MeasureHere, Portfolio, Programme, Project, Scheme, Status
from engine.periods import Months, Period, WorkingDays
from engine.returns.merge import PeriodRows

SCHEME = Scheme(
    scheme="colours",
    title="Colours",
    statuses=(
        Status(id="green", name="Green", code="G"),
        Status(id="amber", name="Amber", code="A", exception=True),
        Status(id="red", name="Red", code="R", exception=True),
    ),
    outside=(Status(id="closed", name="Closed", code="C"),),
)
WEEKDAYS = WorkingDays(lambda day: False)
SAVINGS_COLUMNS = ("target", "delivered", "forecast", "at_risk", "alternative")

# Savings of January 2019 as published, in £000: target, delivered, forecast, at risk, alternative.
PORTFOLIO = """
previous_years .     . . -3138 .
2018/19        8569  . . -4499 22
2019/20        12604 . . -342  .
2020/21        4001  . . .     .
2021/22        331   . . .     .
all            25505 . . -7979 22
"""
PROMOTING_INDEPENDENCE = """
previous_years .     . . -3318 .
2018/19        7087  . . -4319 22
2019/20        9990  . . -606  .
2020/21        2742  . . .     .
2021/22        331   . . .     .
all            20150 . . -8243 .
"""
EARLY_RESOLUTION = """
2018/19 507  . . . .
2019/20 394  . . . .
2020/21 416  . . . .
all     1317 . . . .
"""
COMMISSIONING = """
previous_years .    . . 180  .
2018/19        975  . . -180 .
2019/20        2220 . . 264  .
2020/21        843  . . .    .
all            4038 . . 264  .
"""
DIRECT_PAYMENTS = """
2018/19 1280 1489.832 1608.787 -328.787 .
2019/20 .    283      .        -283     .
all     .    .        .        -512     .
"""

Row = MeasureRow | SavingsRow | MilestoneRow | ExplanationRow


def month(name: str) -> Period:
    return Months().period(name)


def figures(text: str) -> list[Decimal | None]:
    """ "70 . 80" is a figure, none, a figure."""
    return [None if word == "." else Decimal(word) for word in text.split()]


def period_rows(rows: Sequence[Row]) -> PeriodRows:
    savings: dict[str, list[SavingsRow]] = {}
    milestones: dict[str, list[MilestoneRow]] = {}
    for row in rows:
        if isinstance(row, SavingsRow):
            savings.setdefault(row.subject, []).append(row)
        elif isinstance(row, MilestoneRow):
            milestones.setdefault(row.subject, []).append(row)
    measures = [row for row in rows if isinstance(row, MeasureRow)]
    explanations = [row for row in rows if isinstance(row, ExplanationRow)]
    return PeriodRows(
        measures={(row.subject, row.measure, row.part): row for row in measures},
        savings={subject: tuple(of) for subject, of in savings.items()},
        milestones={subject: tuple(of) for subject, of in milestones.items()},
        judgements=(),
        explanations={(row.subject, row.measure): row for row in explanations},
        returned=frozenset(row.subject for row in rows),
    )


def portfolio(
    *below: Programme | Project,
    measures: Mapping[str, Measure] | None = None,
    here: Mapping[str, MeasureHere] | None = None,
    reports: str = "monthly",
    **more: object,
) -> Portfolio:
    return Portfolio.model_validate(
        {
            "portfolio": "office",
            "title": "Office",
            "scheme": "colours",
            "starts": "2018-04" if reports == "monthly" else "2018-Q2",
            "reports": reports,
            "measures": dict(measures or {}),
            "measures_here": dict(here or {}),
            "programmes": tuple(one for one in below if isinstance(one, Programme)),
            "projects": tuple(one for one in below if isinstance(one, Project)),
            **more,
        }
    )


def one_project(
    measure: Measure, here: MeasureHere | None = None, lifecycle: Sequence[Mapping[str, str]] = ()
) -> Portfolio:
    """A portfolio of one project "p" with one measure "m"."""
    project = Project.model_validate(
        {"ref": "p", "title": "Project", "measures": {"m": here or MeasureHere()}, "lifecycle": tuple(lifecycle)}
    )
    return portfolio(project, measures={"m": measure})


def book(
    of: Portfolio, returns: Mapping[str, Sequence[Row]], *, today: str = "2030-01-01", equals: Evaluator | None = None
) -> FactBook:
    rows = {name: period_rows(given) for name, given in returns.items()}
    return FactBook(of, SCHEME, rows, today=date.fromisoformat(today), working=WEEKDAYS, equals=equals)


def sheet(of: FactBook, subject: str, period: str, standing: SheetStanding | None = None) -> FactSheet:
    return of.sheet(subject, month(period), standing or SheetStanding())


def shown(of: FactSheet, start: str) -> dict[str, str]:
    """The sheet's figures whose names begin so, as plain decimals."""
    return {name: plain(value.value) for name, value in of.facts.items() if name.startswith(start)}


def savings(subject: str, table: str) -> list[SavingsRow]:
    """A line a year: its label with "_" for blanks, then target, delivered, forecast, at risk, alternative in £000."""
    rows: list[SavingsRow] = []
    for line in table.strip().splitlines():
        year, *cells = line.split()
        amounts = [None if cell == "." else Decimal(cell) * 1000 for cell in cells]
        given = dict(zip(SAVINGS_COLUMNS, amounts, strict=True))
        rows.append(SavingsRow.model_validate({"subject": subject, "year": year.replace("_", " "), **given}))
    return rows


COUNT = Measure(title="Count", unit=Unit.NUMBER, better=Better.HIGHER)
SHARE = Measure(title="Share", unit=Unit.PERCENT, better=Better.HIGHER, parts=("North", "South"))


def row(actual: str | None, part: str | None = None, said: str | None = None, target: str | None = None) -> MeasureRow:
    return MeasureRow(
        subject="p",
        measure="m",
        part=part,
        actual=None if actual is None else Decimal(actual),
        target=None if target is None else Decimal(target),
        state=None if said is None else FigureState(said),
    )


def months(first: str, actuals: str, target: str | None = None) -> dict[str, list[Row]]:
    """A month's return for each figure; a dot is a return without a row."""
    found: dict[str, list[Row]] = {}
    period = month(first)
    for figure in actuals.split():
        found[period.id] = [] if figure == "." else [row(figure, target=target)]
        period = Months().after(period)
    return found


def of_measure(of: FactBook, period: str, part: str | None = None) -> MeasureSheet:
    return next(one for one in of.measures("p", month(period)) if one.part == part)


def attributes(of: FactBook, period: str) -> dict[str, str]:
    return {name: plain(quantity.value) for name, quantity in of_measure(of, period).facts.items()}
