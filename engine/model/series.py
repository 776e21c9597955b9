"""Series as people write them, one value a period: `15.1 15.1 _ 40`, `40 x3`, `10..40/10`.

15.1 _ 40            values parted by spaces
not due, _, 40       parted by commas with a space behind them, where a value has spaces itself; a list does too
40 x3                the value three times; `40x3` the same where the value is no word
10..40/10            10 20 30 40; both ends in it, and the step behind the stroke
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.model.numbers import NumberError, WrittenNumber, read_number, shifted
from engine.model.values import EXACT, Unit, plain

BLANK = "_"  # nothing in that period
MOST = 1_000  # values of one series

_REPEATED = re.compile(r"(?P<value>.*\S)(?:\s+|(?<=[0-9%_.\-)km]))[x×](?P<times>[0-9]{1,4})", re.DOTALL)
_TIMES = re.compile(r"[x×]([0-9]{1,4})")
_RANGE = re.compile(r"(?P<first>[^./][^/]*?)\.\.(?P<last>[^/]+)(?:/(?P<step>.+))?")
_WORD = re.compile(r"[^\W\d_]", re.UNICODE)


class SeriesError(ValueError):
    """No series; `what` and `cure` are the halves of one sentence, `start` the place in the text that it is about."""

    def __init__(self, what: str, cure: str, start: int = 0) -> None:
        super().__init__(f"{what}; {cure}")
        self.what, self.cure, self.start = what, cure, start


class Item(NamedTuple):
    """One value of a series as text, and where in the series it was written: a character, or the item of a list."""

    text: str
    start: int


class Range(NamedTuple):
    """`50%..70%/1%`: the numbers from one to another, in pounds or as 50 for 50 per cent where they have a unit."""

    values: tuple[Decimal, ...]
    unit: Unit | None
    thousands: bool = False  # written with k or m, and no £: `40k..60k/10k`

    def written(self) -> tuple[str, ...]:
        """The values as a person would write each."""
        return tuple(self._written(value) for value in self.values)

    def _written(self, value: Decimal) -> str:
        sign, size = "-" if value < 0 else "", plain(abs(value))
        match self.unit:
            case Unit.PERCENT:
                return f"{sign}{size}%"
            case Unit.MONEY:
                return f"{sign}£{size}"
            case Unit.WEEKS:
                return f"{sign}{size} weeks"
            case _:
                return f"{plain(shifted(value, -3))}k" if self.thousands else f"{sign}{size}"


def read_series(written: str | Sequence[str | None] | None) -> list[Item]:
    """The values of a series, as text. Raises SeriesError where it can't be told what they are."""
    if written is None:
        return [Item(BLANK, 0)]
    if isinstance(written, str):
        parts = _parts(written)
    else:
        parts = [Item((one or BLANK).strip(), place) for place, one in enumerate(written)]
    found: list[Item] = []
    last: list[Item] = []  # what a repetition behind it repeats: a value, or all of a range
    for part in parts:
        times = _TIMES.fullmatch(part.text)
        if times:
            if not last:
                raise SeriesError(f"`{part.text}` repeats nothing", "write the value before it: `40 x3`", part.start)
            found += last * (_count(times[1], part) - 1)
        else:
            last = _repeated(part)
            found += last
        if len(found) > MOST:
            raise SeriesError(f"this has more than {MOST:,} values", "write fewer", part.start)
    return found


def read_range(text: str) -> Range | None:
    """The numbers of a range, its ends included; None where the text is no range. Raises SeriesError."""
    match = _RANGE.fullmatch(text.strip())
    if not match or not re.search(r"[0-9]", match["first"]):
        return None
    if match["step"] is None:
        unit = "%" if text.strip().endswith("%") else ""
        raise SeriesError(f"`{text}` has no step", f"write one behind a stroke: `{text}/1{unit}`")
    try:
        first, last, step = (read_number(match[name]) for name in ("first", "last", "step"))
    except NumberError as error:
        raise SeriesError(f"`{text}` can't be read: {error.what}", error.cure) from None
    return _between(text, first, last, step)


def _parts(text: str) -> list[Item]:
    if re.search(r",\s", text):
        pieces = re.finditer(r"[^,]+(?:,(?!\s|$)[^,]+)*", text)
        return [_trimmed(piece) for piece in pieces if piece[0].strip()]
    found: list[Item] = []
    for piece in re.finditer(r"\S+", text):
        if re.fullmatch(r"weeks?", piece[0], re.IGNORECASE) and found:
            found[-1] = Item(f"{found[-1].text} {piece[0]}", found[-1].start)
        else:
            found.append(Item(piece[0], piece.start()))
    return found


def _trimmed(piece: re.Match[str]) -> Item:
    text = piece[0]
    return Item(text.strip(), piece.start() + len(text) - len(text.lstrip()))


def _repeated(part: Item) -> list[Item]:
    match = _REPEATED.fullmatch(part.text)
    # `tax2` is a word, and `40x2` the same twice: without a space before the x, only what is no word is repeated.
    if match and (part.text[match.end("value")] == " " or not _WORD.match(part.text)):
        part, times = Item(match["value"], part.start), _count(match["times"], part)
    else:
        times = 1
    try:
        between = read_range(part.text)
    except SeriesError as error:
        raise SeriesError(error.what, error.cure, part.start) from None
    values = between.written() if between is not None else (part.text,)
    return [Item(value, part.start) for _ in range(times) for value in values]


def _count(digits: str, part: Item) -> int:
    if not 1 <= int(digits) <= MOST:
        raise SeriesError(f"`{part.text}` can't be", f"repeat a value from once to {MOST:,} times", part.start)
    return int(digits)


def _between(text: str, first: WrittenNumber, last: WrittenNumber, step: WrittenNumber) -> Range:
    units = {one.unit for one in (first, last, step) if one.unit is not None}
    if len(units) > 1:
        raise SeriesError(f"`{text}` is in two units", "write its ends and its step in one")
    if not step.value:
        raise SeriesError(f"`{text}` has a step of nought", "write the distance between two values")
    size = abs(step.value) if last.value >= first.value else -abs(step.value)
    count = int(EXACT.divide_int(EXACT.subtract(last.value, first.value), size)) + 1
    if count > MOST:
        raise SeriesError(f"`{text}` has {count:,} values", f"take a larger step: {MOST:,} are the most")
    values = tuple(EXACT.add(first.value, EXACT.multiply(size, Decimal(number))) for number in range(count))
    return Range(values, next(iter(units), None), any(one.scaled for one in (first, last, step)))
