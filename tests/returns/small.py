"""A small portfolio, its scheme, and returns written for the tests of this room."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from engine.model.problems import Problem
from engine.model.returns import Return
from engine.model.values import Unit
from engine.model.workspace import (
    Better,
    Lifecycle,
    Measure,
    MeasureHere,
    Portfolio,
    Programme,
    Project,
    Scheme,
    Status,
)
from engine.returns.csvfiles import read_csv
from engine.returns.known import Known
from engine.returns.tables import TablesRead, read_tables

SCHEME = Scheme(
    scheme="three",
    title="Three statuses",
    statuses=(
        Status(id="on_target", name="On Target", code="OT", aliases=("On Track",)),
        Status(id="obstacles", name="Experiencing Obstacles", code="EO", exception=True),
        Status(id="at_risk", name="At Risk", code="AR", exception=True),
    ),
    outside=(Status(id="closed", name="Closed", code="CL", lifecycle=Lifecycle.CLOSED),),
)

PORTFOLIO = Portfolio(
    portfolio="lives",
    title="Improving Lives",
    scheme="three",
    starts="2019-01",
    measures={
        "recruited": Measure(title="Assistants recruited", unit=Unit.PERCENT, better=Better.HIGHER),
        "recouped": Measure(title="Funds recouped", unit=Unit.MONEY, better=Better.HIGHER),
        "moves": Measure(title="People moved", unit=Unit.NUMBER, better=Better.HIGHER),
        "waiting": Measure(title="Longest wait", unit=Unit.WEEKS, better=Better.LOWER),
        "used": Measure(title="Utilisation", unit=Unit.PERCENT, better=Better.HIGHER, parts=("South", "Mid", "North")),
    },
    programmes=(
        Programme(
            ref="cross",
            title="Cross-cutting work",
            projects=(
                Project(
                    ref="payments",
                    title="Direct Payments",
                    measures={"recruited": MeasureHere(), "recouped": MeasureHere()},
                ),
                Project(
                    ref="care",
                    title="Long-term Care",
                    measures={"moves": MeasureHere(), "waiting": MeasureHere(), "used": MeasureHere()},
                ),
            ),
        ),
    ),
)


def portfolio_with(**changes: object) -> Portfolio:
    """The small portfolio with other settings."""
    as_it_is = {name: getattr(PORTFOLIO, name) for name in Portfolio.model_fields}
    return Portfolio.model_validate({**as_it_is, **changes})


HEADERS = {
    "measures": "subject,measure,part,actual,target,forecast,as_of,state,note",
    "savings": "subject,year,target,delivered,forecast,at_risk,alternative,state,note",
    "milestones": "subject,milestone,planned,forecast,done,state,workaround,note",
    "judgements": "subject,kind,status,reason,by,from,until",
    "explanations": "subject,measure,reason,recovery_by",
}


def read(table: str, *lines: str, submitter: str = "pmo", portfolio: Portfolio = PORTFOLIO) -> TablesRead:
    """What is understood of one CSV file of these lines under the table's usual header."""
    content = "\n".join((HEADERS[table], *lines)).encode()
    raw, problems = read_csv(table, f"{table}.csv", content)
    found = read_tables([raw], Known(portfolio, SCHEME, submitter))
    return TablesRead(**{**vars(found), "problems": [*problems, *found.problems]})


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """The bytes of a workbook with these sheets of rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def write(path: Path, text: str) -> Path:
    """A file with that text, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def only(found: Return | Problem | None) -> Return:
    """The return, where one is expected."""
    assert isinstance(found, Return), found
    return found
