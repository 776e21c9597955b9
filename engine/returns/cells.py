"""One cell, from a workbook or a CSV file, as a text, a number, a target or a day. Never a guess.

A workbook's cell is read as a person sees it: 0.151 shown as 15.1% is 15.1%, 1320 shown as £1,320k is £1,320k. Money
whose cell shows no £ is £000 like all bare money, unless the format itself hides thousands (`#,##0,`): then the cell
holds whole pounds.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from engine.model.numbers import NumberError, WrittenNumber, as_unit, read_number, shifted
from engine.model.values import Unit, plain
from engine.model.workspace import TargetWord
from engine.periods import MONTHS, Cadence, PeriodError, day_in_words
from engine.returns.words import fold, tidy
from engine.workspace.spelling import quoted

EARLIEST, LATEST = 1990, 2100  # years; anything else is a slip of the keyboard
TOO_LARGE = Decimal(10) ** 15

_SHOWN_DIGITS = Context(prec=15)  # Excel shows and means fifteen; the rest is noise of binary fractions
_ERROR_VALUE = re.compile(r"#(DIV/0!|N/A|(NAME|NULL|NUM|REF|VALUE|SPILL|CALC|FIELD|BLOCKED|GETTING_DATA)[!?]?)")


class CellError(ValueError):
    """What a cell holds can't be read as what its column asks for; `what` and `cure` are halves of one sentence."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure


class Uncalculated:
    """Stands for the result of a formula that was never worked out."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a file holds in one place: a text, or in workbooks a number, a day … with the format it is shown in."""

    value: object
    number_format: str = ""

    @property
    def blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not tidy(self.value))


class Days(NamedTuple):
    """A day, month or period by its first and last day."""

    first: date
    last: date


def text(cell: Cell) -> str:
    """The cell's words. Raises CellError for a faulty formula."""
    value = _sound(cell)
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return plain(_decimal(value))
    return str(value.date() if isinstance(value, datetime) else value)


def number(cell: Cell, unit: Unit) -> Decimal:
    """The cell's figure in that unit: pounds, 15.1 for per cent. Raises CellError or NumberError."""
    return as_unit(written_number(cell), unit, bare_money_thousands=True)


def written_number(cell: Cell) -> WrittenNumber:
    """The cell's figure with the unit that it shows, whatever is expected there. Raises CellError or NumberError."""
    value = _sound(cell)
    if isinstance(value, str):
        return read_number(tidy(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _as_shown(_decimal(value), cell.number_format)
    raise CellError(f"this is {_in_words(value)}, not a number", "type the figure and format the cell as a number")


def target(cell: Cell, unit: Unit) -> Decimal | TargetWord:
    """A figure, or a target in words: to be set, up, down. Raises CellError or NumberError."""
    found = written_target(cell)
    return found if isinstance(found, TargetWord) else as_unit(found, unit, bare_money_thousands=True)


def written_target(cell: Cell) -> TargetWord | WrittenNumber:
    """The same with the unit that it shows. Raises CellError or NumberError."""
    text = cell.value if isinstance(cell.value, str) else ""
    word = next((known for known in TargetWord if known == fold(text)), None)
    try:
        return word or written_number(cell)
    except NumberError as error:
        if any(character.isdigit() for character in text):
            raise
        raise NumberError(error.what, "write the figure, or `to be set` where there is none yet") from error


def days(cell: Cell, cadence: Cadence) -> Days:
    """A day (day first, or ISO), a month, or one of the portfolio's periods. Raises CellError."""
    value = _sound(cell)
    if isinstance(value, str):
        return _days_in(tidy(value), cadence)
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        raise CellError(f"this is {_in_words(value)}, not a date", "write it as 31/10/2019 or 2019-10-31")
    _check_year(value.year, str(value))
    # Excel makes 2019-02 into the first of that month and shows it without a day.
    return _month(value.year, value.month) if _shows_month(cell.number_format) else Days(value, value)


def _sound(cell: Cell) -> object:
    """The cell's value. Raises CellError where it shows an error or a formula has no result."""
    if isinstance(cell.value, Uncalculated):
        raise CellError("the formula has no result", "open the workbook in Excel, save it there and submit it again")
    if isinstance(cell.value, str) and _ERROR_VALUE.fullmatch(cell.value.strip()):
        raise CellError(f"the cell shows {cell.value.strip()}", "mend the formula or type the value")
    return cell.value


# ---- numbers as a workbook shows them


def _decimal(value: int | float) -> Decimal:
    exact = _SHOWN_DIGITS.create_decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) >= TOO_LARGE:
        raise NumberError("the number is too large to be right", "write the figure alone")
    return exact


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a number format adds to a stored number: a unit, and by how many powers of ten it shows it larger."""

    unit: Unit | None
    places: int
    scaled: bool
    currency: str = ""


def _as_shown(value: Decimal, number_format: str) -> WrittenNumber:
    shown = _shown(number_format)
    if shown.currency:
        raise CellError(f"the cell is formatted in {shown.currency}", "format it in £, or type the sum in pounds")
    return WrittenNumber(shifted(value, shown.places), shown.unit, shown.scaled)


_FORMAT = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<symbol>[^\]-]*)[^\]]*\]|\[[^\]]*\]|(?P<other>.)', re.DOTALL
)
_SUFFIXES = {"k": 3, "m": 6}


@lru_cache(maxsize=256)
def _shown(number_format: str) -> _Shown:
    """Reads the format's first section; those for negative numbers and nought differ in colour and brackets only."""
    literals, suffix, commas, percent = "", "", 0, False
    for token in _FORMAT.finditer(number_format):
        other = token["other"]
        if other == ";":
            break
        if other in ("0", "#", "?"):
            suffix, commas = "", 0
        elif other == ",":
            commas += 1
        elif other == "%":
            percent = True
        else:
            literal = token["quoted"] or token["escaped"] or token["symbol"] or other or ""
            literals += literal
            suffix += literal
    currency = next((sign for sign in "$€¥" if sign in literals), "")
    if percent:
        return _Shown(Unit.PERCENT, 2, scaled=False)
    power = _SUFFIXES.get(suffix.strip(" )").casefold())
    unit = Unit.MONEY if "£" in literals else None
    return _Shown(unit, 0 if power is None else power - 3 * commas, power is not None or commas > 0, currency)


def _in_words(value: object) -> str:
    if isinstance(value, datetime | date):
        return f"the date {day_in_words(value)}"
    if isinstance(value, time | timedelta):
        return f"the time {value}"
    if isinstance(value, bool):
        return str(value).upper()
    return f"the number {value}"


# ---- days

_MONTH_NUMBERS = {
    name.casefold(): number
    for number, month in enumerate(MONTHS, start=1)
    for name in (month, month[:3], *(["Sept"] if month == "September" else []))
}
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
_ISO_DAY = re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}}){_MIDNIGHT}")
_DAY_FIRST = re.compile(
    rf"(?P<day>[0-9]{{1,2}})(?P<mark>[/.-])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<year>[0-9]{{4}}|[0-9]{{2}}){_MIDNIGHT}"
)
_DAY_IN_WORDS = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ -]?(?P<name>[A-Za-z]+)\.?,?[ -](?P<year>[0-9]{4}|[0-9]{2})", re.IGNORECASE
)
_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})|(?P<month2>[0-9]{1,2})/(?P<year2>[0-9]{4})")
_MONTH_IN_WORDS = re.compile(r"(?P<name>[A-Za-z]+)\.?[ -](?P<year>[0-9]{4}|[0-9]{2})")
_LONGEST_DATE = 40  # characters
_DATE_CURE = "write a day as 31/10/2019 or 2019-10-31, a month as October 2019 or 2019-10"


def _days_in(written: str, cadence: Cadence) -> Days:
    if len(written) > _LONGEST_DATE:
        raise CellError(f"{quoted(written)} is too long for a date", _DATE_CURE)
    match = _ISO_DAY.fullmatch(written) or _DAY_FIRST.fullmatch(written) or _DAY_IN_WORDS.fullmatch(written)
    if match:
        return _day(written, match)
    match = _MONTH.fullmatch(written)
    if match:
        return _checked_month(written, match["year"] or match["year2"], int(match["month"] or match["month2"]))
    match = _MONTH_IN_WORDS.fullmatch(written)
    if match and match["name"].casefold() in _MONTH_NUMBERS:
        return _checked_month(written, match["year"], _MONTH_NUMBERS[match["name"].casefold()])
    try:
        period = cadence.period(written)
    except PeriodError:
        raise CellError(f"{quoted(written)} is not a date", _DATE_CURE) from None
    return Days(period.start, period.end)


def _day(written: str, match: re.Match[str]) -> Days:
    parts = match.groupdict()
    if "name" in parts:
        month = _MONTH_NUMBERS.get(parts["name"].casefold(), 0)
        if not month:
            raise CellError(f"{quoted(parts['name'])} is not a month", _DATE_CURE)
    else:
        month = int(parts["month"])
    if len(parts["year"]) == 2 and parts.get("mark") == "-":
        raise CellError(
            f"{quoted(written)} may begin with the day or the year", "write the year in full, as 31/10/2019"
        )
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    _check_year(year, written)
    try:
        day = date(year, month, int(parts["day"]))
    except ValueError:
        raise CellError(f"there is no day {written}", "write the day first: 31/10/2019, or 2019-10-31") from None
    return Days(day, day)


def _checked_month(written: str, year: str, month: int) -> Days:
    if len(year) == 2:
        raise CellError(f"{quoted(written)} may be a month or a day", "write the year in full, as Nov 2019")
    if not 1 <= month <= 12:
        raise CellError(f"there is no month {written}", _DATE_CURE)
    _check_year(int(year), written)
    return _month(int(year), month)


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _check_year(year: int, written: str) -> None:
    if not EARLIEST <= year <= LATEST:
        raise CellError(f"the year of {written} can't be right", f"write one between {EARLIEST} and {LATEST}")


def _shows_month(number_format: str) -> bool:
    letters = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format).lower()
    return "y" in letters and "m" in letters and "d" not in letters
