"""The sheet about the portfolio itself: a setting and its value in each row, with a default for all of them."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Literal, TypeVar

from engine.model.problems import Problem
from engine.periods import MONTHS, Months, PeriodError
from engine.returns.cells import days
from engine.returns.raw import Header, RawTable, column_name
from engine.returns.rows import LONGEST_NAME, Line
from engine.returns.words import Names, fold
from engine.setup.columns import OF_PORTFOLIO, SETTINGS, Setting
from engine.setup.listing import About
from engine.setup.names import is_name, made_name
from engine.setup.people import People
from engine.workspace.dates import due_day
from engine.workspace.peoplechecks import is_address
from engine.workspace.spelling import quoted

DEFAULT_TITLE = "Our portfolio"
_HEADER = Header(0, {"setting": 0, "value": 1})
_REPORTS: Names[Literal["monthly", "quarterly"]] = Names(
    (("monthly", "monthly"), ("quarterly", "quarterly")), (("month", "monthly"), ("quarter", "quarterly"))
)
_MONTHS = Names(((month, month) for month in MONTHS), ((month[:3], month) for month in MONTHS))
_DUE_DAY = "5th working day"

T = TypeVar("T")


def read_about(
    table: RawTable | None, today: date, people: People, problems: list[Problem], notes: list[Problem]
) -> About:
    """The portfolio's own settings; what is blank or can't be read has its default. Without a first period that is
    the first of the financial year in which `today` lies."""
    lines = dict(_settings(table, problems)) if table is not None else {}
    sheet = _Values(lines)
    title = sheet.text(Setting.TITLE)
    name = sheet.text(Setting.NAME)
    if name and not is_name(name):
        sheet.problem(
            Setting.NAME, f"{quoted(name)} can't be used as a name", "use letters a to z, digits, _ and - alone"
        )
        name = ""
    if not title:
        what = f"the portfolio has no title, and is called {quoted(DEFAULT_TITLE)}"
        file = table.file if table is not None else ""
        where = table.place if table is not None else ""
        notes.append(Problem(file=file, where=where, what=what, cure="put yours in its place in config/portfolios"))
        title = DEFAULT_TITLE
    reports = sheet.one_of(Setting.REPORTS, _REPORTS) or "monthly"
    year_starts = sheet.one_of(Setting.YEAR_STARTS, _MONTHS) or "April"
    mail_from = sheet.text(Setting.MAIL_FROM)
    if mail_from and not is_address(mail_from):
        what = f"{quoted(mail_from)} is not a plain address"
        sheet.problem(Setting.MAIL_FROM, what, "write one address alone, as pmo@council.example")
    return About(
        name=name or made_name(title, "portfolio", ()),
        title=title,
        owner=sheet.owner(people),
        reports=reports,
        starts=sheet.starts(reports) or _first_of_year(today, year_starts, reports),
        year_starts=year_starts,
        returns_due=sheet.due() or _DUE_DAY,
        mail_from=mail_from or None,
    )


def _settings(table: RawTable, problems: list[Problem]) -> Iterator[tuple[Setting, Line]]:
    """The rows by the setting that each names; those without a value and the header are passed over."""
    seen: dict[Setting, Line] = {}
    for number, cells in table.rows:
        line = Line(table, _HEADER, number, cells, problems)
        written = line.text("setting", LONGEST_NAME)
        if not written or fold(written) == "setting" or not line.has("value"):
            continue
        setting = SETTINGS.find(column_name(written))
        if setting is None:
            cure = SETTINGS.cure(
                column_name(written), f"write one of {', '.join(o.title for o in OF_PORTFOLIO.values())}"
            )
            line.problem(f"there is no setting {quoted(written)}", cure, "setting")
        elif setting in seen:
            line.problem(f"{quoted(written)} stands in {seen[setting].where} already", "keep one of them", "setting")
        else:
            seen[setting] = line
            yield setting, line


class _Values:
    """The values of the settings that the sheet has."""

    def __init__(self, lines: dict[Setting, Line]) -> None:
        self._lines = lines

    def problem(self, setting: Setting, what: str, cure: str) -> None:
        self._lines[setting].problem(what, cure, "value")

    def text(self, setting: Setting) -> str:
        return self._lines[setting].text("value", LONGEST_NAME) if setting in self._lines else ""

    def one_of(self, setting: Setting, names: Names[T]) -> T | None:
        return self._lines[setting].word("value", names) if setting in self._lines else None

    def owner(self, people: People) -> str | None:
        """Whom the sheet names, or (a problem) nobody where it has an address alone."""
        owner, email = self._lines.get(Setting.OWNER), self._lines.get(Setting.EMAIL)
        if owner is None and email is None:
            return None
        return people.named(owner, "value", email, "value")

    def starts(self, reports: str) -> str | None:
        """The period in which the day, month or period lies that is written there."""
        if Setting.STARTS not in self._lines:
            return None
        cadence = Months(1 if reports == "monthly" else 3)
        found = self._lines[Setting.STARTS].read("value", partial(days, cadence=cadence))
        return cadence.containing(found.first).id if found is not None else None

    def due(self) -> str | None:
        text = self.text(Setting.RETURNS_DUE)
        if not text:
            return None
        try:
            due_day(text)
        except PeriodError as error:
            what, _, cure = str(error).partition("; ")
            self.problem(Setting.RETURNS_DUE, what, cure)
        return text


def _first_of_year(today: date, year_starts: str, reports: str) -> str:
    month = MONTHS.index(year_starts) + 1
    year = today.year if today.month >= month else today.year - 1
    return Months(1 if reports == "monthly" else 3).containing(date(year, month, 1)).id
