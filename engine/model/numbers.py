"""Numbers as people write them: `£1,320k`, `15.1%`, `(1,061)`, `-£8k`, `4 weeks`. What can't be read is refused."""

import re
from dataclasses import dataclass
from decimal import Decimal

from engine.model.values import EXACT, LARGEST, Unit, plain, to_millionths

LONGEST = 40  # characters; nobody writes a figure longer than this
THOUSAND = 3  # decimal places by which "£000" moves a figure

# What a figure of each unit is called in a sentence.
KIND = {
    Unit.NUMBER: "a plain number",
    Unit.PERCENT: "a percentage",
    Unit.MONEY: "money",
    Unit.WEEKS: "a number of weeks",
}

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\t"), " ")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"), "-")
_PLAIN_MARKS = {**_SPACES, **_DASHES}

_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6}
_WRITTEN = re.compile(
    r"(?P<open>\()? (?P<sign>[-+])?\ ? (?P<pound>£)?\ ? (?P<inner>[-+(])?"
    r"(?P<digits>[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?:\ ?(?:(?P<scale>k|m|thousand|million)\b|(?P<percent>%)|(?P<weeks>weeks?\b)))?"
    r"(?P<close>\))?",
    re.VERBOSE | re.IGNORECASE,
)
_HEDGED = re.compile(r"(about|approx\w*|around|circa|c\.?|~|at least|at most|up to|[<>≤≥])\s*[-£0-9]", re.IGNORECASE)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")


class NumberError(ValueError):
    """What was written is no number of the kind asked for; the message is one sentence for a person.

    `what` and `cure` are its two halves.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as written: £8k is 8,000 MONEY; 15.1% is 15.1 PERCENT; a bare number has no unit."""

    value: Decimal
    unit: Unit | None
    scaled: bool = False  # k or m was written: the value is whole, whatever a bare number would mean there


def read_number(text: str) -> WrittenNumber:
    """The number that a person wrote, exactly. Raises NumberError for anything that is not one number alone."""
    written = text.translate(_PLAIN_MARKS).strip()
    if not written:
        raise NumberError("there is no number", "write one, such as 15.1%, £1,320k or 12")
    if len(written) > LONGEST:
        raise NumberError(
            f"{written[:20]!r}… is too long for a number", "write the figure alone, such as 15.1%, £1,320k or 12"
        )
    match = _WRITTEN.fullmatch(written)
    if not match:
        raise _not_a_number(written)
    negative = _is_negative(match, written)
    digits = match["digits"]
    if "," in digits:
        if not _GROUPED.fullmatch(digits):
            raise NumberError(
                f"the commas in {written!r} don't part thousands",
                "write 1,320 for one thousand three hundred and twenty, 13.2 for a decimal",
            )
        digits = digits.replace(",", "")
    scale = match["scale"]
    if match["pound"] and (match["percent"] or match["weeks"]):
        raise NumberError(f"{written!r} has two units", "write one of them, such as £50k or 15.1%")
    value = shifted(Decimal(f"-{digits}" if negative else digits), _SCALES[scale.lower()] if scale else 0)
    return WrittenNumber(value, _unit(match), scaled=scale is not None)


def as_unit(written: WrittenNumber, unit: Unit, *, bare_money_thousands: bool) -> Decimal:
    """What was written, in the unit asked for: pounds, 15.1 for per cent, weeks or a number.

    Per cent and weeks may be written bare. Bare money is £000 where `bare_money_thousands`; elsewhere only nought may
    go without its £. `1320k` is money too, or a number: the k says how much. Raises NumberError where the units clash,
    or where the figure is too large to be compared.
    """
    value = _in_unit(written, unit, bare_money_thousands)
    if to_millionths(value) is None:
        raise NumberError(f"this is beyond {LARGEST}, the most that can be compared exactly", "check its unit")
    return value


def _in_unit(written: WrittenNumber, unit: Unit, bare_money_thousands: bool) -> Decimal:
    value = written.value
    if written.unit is None and unit is Unit.MONEY:
        if written.scaled or not value:
            return value
        if bare_money_thousands:
            return shifted(value, THOUSAND)
        raise NumberError(f"{plain(value)} has no unit, and this is money", _bare_money(value))
    if written.unit is None and written.scaled and unit is not Unit.NUMBER:
        raise NumberError(f"k and m are for money and numbers, and this is {KIND[unit]}", _write(unit))
    if written.unit in (None, unit):
        return value
    raise NumberError(f"this is {KIND[unit]}, and what was written is {KIND[written.unit]}", _write(unit))


def shifted(value: Decimal, places: int) -> Decimal:
    """The value times ten to the `places`, in its one plain form: equal figures are also written alike."""
    return Decimal(plain(EXACT.scaleb(value, places)))


def in_its_unit(value: Decimal, unit: Unit) -> str:
    """What to write in place of a bare number, for a percentage or weeks. A spreadsheet keeps 30% as 0.3."""
    if unit is Unit.WEEKS:
        return f"write {plain(value)} week{'' if value == 1 else 's'}"
    also = f", or {plain(value)}% if that is meant" if abs(value) < 1 else ""
    return f"write {plain(shifted(value, 2) if also else value)}%{also}"


_EXAMPLE = {Unit.NUMBER: "12", Unit.PERCENT: "15.1%", Unit.MONEY: "£1,320k", Unit.WEEKS: "4 weeks"}


def _bare_money(value: Decimal) -> str:
    sign, size = "-" if value < 0 else "", plain(abs(value))
    return f"write {sign}£{size}k for thousands or {sign}£{size}"


def _write(unit: Unit) -> str:
    return f"write it as {_EXAMPLE[unit]}"


def _unit(match: re.Match[str]) -> Unit | None:
    if match["pound"]:
        return Unit.MONEY
    if match["percent"]:
        return Unit.PERCENT
    return Unit.WEEKS if match["weeks"] else None


def _is_negative(match: re.Match[str], written: str) -> bool:
    """Brackets or a minus, before or after the £: one of them, and brackets in pairs."""
    inner = match["inner"]
    opened = bool(match["open"]) + (inner == "(")
    marks = opened + bool(match["sign"]) + (inner in ("-", "+"))
    if opened != bool(match["close"]) or marks > 1:
        raise NumberError(f"the signs in {written!r} are not clear", "write -8 or (8) for eight below nought")
    return bool(opened) or match["sign"] == "-" or inner == "-"


def _not_a_number(written: str) -> NumberError:
    if set(written) <= {"-"}:
        return NumberError(
            f"{written!r} may mean nought or not known", "write 0, or leave it blank where it isn't known"
        )
    if re.search(r"[0-9] +[0-9]", written):
        return NumberError(f"{written!r} has a space inside", "write one number without spaces, such as 1234 or 1,234")
    if re.search(r"[0-9] ?(days?|months?|hours?|min|mins|minutes?)$", written, re.IGNORECASE):
        return NumberError(f"{written!r} is in no unit that is read", "write weeks, as 4 weeks, or the number alone")
    if _HEDGED.match(written):
        return NumberError(f"{written!r} is not exact", "write the figure alone and the rest as a note")
    return NumberError(f"{written!r} is not a number", "write it as 15.1%, £1,320k, (1,061) or 12")
