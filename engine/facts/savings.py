"""A subject's savings by year and over all years, from its own rows or as the sum of its parts.

In every mapping of columns an absent column means that nothing was said of it, and None that it is not known. Both are
absent on the fact sheet; but in a sum the first adds nothing, and the second makes the sum unknown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.facts.arithmetic import in_full, shortfall
from engine.facts.names import NEXT_YEAR, PREVIOUS_YEARS, SAVINGS, SAVINGS_COLUMNS, THIS_YEAR
from engine.model.returns import ALL_YEARS, FigureState, SavingsRow
from engine.model.returns import PREVIOUS_YEARS as EARLIER
from engine.model.values import EXACT, Quantity, Unit
from engine.model.workspace import Better

Columns = Mapping[str, Decimal | None]

# A blank in such a row is a figure that exists and isn't given; it can't be taken for nil.
_NOT_GIVEN = frozenset((FigureState.UNQUANTIFIED, FigureState.NOT_CAPTURED, FigureState.UNDER_REVIEW))
_NOT_GIVEN_IF_UNREAD = frozenset(("target", "state"))  # whether a blank beside them is nil can't be told
_NIL = Decimal(0)
# A column of our own: the forecast of what has a target. The shortfall is of this, so that like is held against like.
_MATCHED = "forecast of what has a target"
_WORDS = {"at_risk": "at risk", "alternative": "delivered in an alternative way"}


@dataclass(frozen=True, slots=True)
class Savings:
    """Figures in pounds: by year ("2018/19", "previous years") and over all years.

    `itemised` is False where the figures over all years are control totals alone, without the years they are made of.
    Where a portfolio's years stand alone, nobody may ask for those over all years of what is itemised.
    """

    years: Mapping[str, Columns]
    over_all: Columns
    itemised: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures that should be one: what they are of, and both in pounds."""

    of: str  # "at risk over all years", "target in 2018/19"
    stated: Decimal
    added_up: Decimal

    def sentence(self, parts: str) -> str:
        """What is wrong, where `parts` are what was added up ("its years")."""
        stated, added_up = (in_full(Quantity(value, Unit.MONEY)) for value in (self.stated, self.added_up))
        return f"{self.of} is {stated}, and {parts} add up to {added_up}"

    @property
    def not_itemised(self) -> str:
        return in_full(Quantity(EXACT.subtract(self.stated, self.added_up), Unit.MONEY))


def own_savings(rows: Sequence[SavingsRow]) -> tuple[Savings, tuple[Difference, ...]]:
    """A subject's savings from its own rows, and the control totals that differ from the sum of the years.

    Rows of one year add up. Over all years a column is the sum of the years that give it, however few; only where no
    year does (or its sum isn't known, though every cell was read) does the control total stand. A blank is no nil in a
    column whose control total says otherwise: the column is then not known.
    """
    controls = [row for row in rows if row.year == ALL_YEARS]
    control = sum_columns(map(_given, controls))
    by_year = _by_year(rows)
    summed = sum_columns(by_year.values())
    differences = tuple(_differences(control, summed, "over all years"))
    denied = {column for column, value in control.items() if summed.get(column) not in (None, value)}
    if denied:
        by_year = _by_year(rows, denied)
        summed = sum_columns(by_year.values())
    unsure = denied.union(*(row.unread for row in rows))
    stated = {column: value for column, value in control.items() if column not in unsure}
    if not by_year:
        stated = sum_columns(map(_columns, controls))
    known = {column: value for column, value in summed.items() if value is not None}
    over_all = {**dict.fromkeys((*summed, *control)), **_matched(stated), **known}
    return Savings(by_year, over_all, itemised=bool(by_year)), differences


def add_up(parts: Iterable[Savings]) -> Savings:
    """The sum of several subjects' savings. A part without some year adds nothing to it.

    Where a part's figures are control totals alone, the sum has no years either: how it divides isn't known.
    """
    parts = list(parts)
    over_all = sum_columns(part.over_all for part in parts)
    if not all(part.itemised for part in parts):
        return Savings({}, over_all, itemised=False)
    labels = dict.fromkeys(year for part in parts for year in part.years)
    years = {year: sum_columns(part.years[year] for part in parts if year in part.years) for year in labels}
    return Savings(years, over_all)


def savings_facts(
    savings: Savings, this_year: str, next_year: str, *, years_add_up: bool = True
) -> dict[str, Quantity]:
    """The figures by their full names ("savings.target", "savings.net_at_risk in 2018/19"); what is unknown is absent.

    Without a year they are those over all years or, where years stand alone, this year's. `in previous years` takes in
    every row of an earlier year, whether it names the year or not. The shortfall is not known while a year with a
    target has no forecast, be it one of many subjects'.
    """
    whole = savings.over_all if years_add_up or not savings.itemised else savings.years.get(this_year, {})
    facts = dict(_facts(whole, ""))
    for year, columns in savings.years.items():
        if year != EARLIER:
            facts |= _facts(columns, f" in {year}")
    for relative, columns in _relative(savings.years, this_year, next_year).items():
        facts |= _facts(columns, f" in {relative}")
    return facts


def not_itemised(own: Savings, below: Savings, this_year: str, *, years_add_up: bool = True) -> tuple[Difference, ...]:
    """Where a subject's own figures differ from the complete sum of its parts: over all years, else in which year."""
    compared = years_add_up or not (own.itemised or below.itemised)
    found = list(_differences(own.over_all, below.over_all, "over all years")) if compared else []
    if found or not (own.itemised and below.itemised):
        return tuple(found)
    ours, theirs = _from_this_year(own.years, this_year), _from_this_year(below.years, this_year)
    for year in ours:
        found += _differences(ours[year], theirs.get(year, {}), f"in {year}")
    return tuple(found)


def sum_columns(parts: Iterable[Columns]) -> dict[str, Decimal | None]:
    """Column by column, the sum of what is given; None where one of the figures isn't known."""
    total: dict[str, Decimal | None] = {}
    for columns in parts:
        for column, value in columns.items():
            if column not in total:
                total[column] = value
                continue
            before = total[column]
            total[column] = None if before is None or value is None else EXACT.add(before, value)
    return total


def _by_year(rows: Iterable[SavingsRow], denied: Collection[str] = ()) -> dict[str, Columns]:
    years: dict[str, list[Columns]] = {}
    for row in rows:
        if row.year != ALL_YEARS:
            years.setdefault(row.year, []).append(_columns(row, denied))
    return {year: _matched(sum_columns(columns)) for year, columns in years.items()}


def _columns(row: SavingsRow, denied: Collection[str] = ()) -> Columns:
    """What a row says: beside a target a blank `at_risk` is nil, and beside `at_risk` a blank `alternative` is.

    In the `denied` columns no blank is taken for nil: the control total speaks against it. Beside a target a blank
    `delivered` or `forecast` is a figure that wasn't given, so that no sum leaves it out.
    """
    columns = _given(row)
    if "target" in columns:
        columns = {"delivered": None, "forecast": None, **columns}
    if "at_risk" not in columns:
        if row.state in _NOT_GIVEN or _NOT_GIVEN_IF_UNREAD & row.unread:
            columns["at_risk"] = None
        elif "target" in columns:
            columns["at_risk"] = None if "at_risk" in denied else _NIL
    if "at_risk" in columns:
        columns.setdefault("alternative", None if "alternative" in denied else _NIL)
    return columns


def _matched(columns: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    return columns | {_MATCHED: columns.get("forecast")} if "target" in columns else columns


def _given(row: SavingsRow) -> dict[str, Decimal | None]:
    """The columns in which something was written: None where it couldn't be read."""
    values = (row.target, row.delivered, row.forecast, row.at_risk, row.alternative)
    columns = zip(SAVINGS_COLUMNS, values, strict=True)
    return {column: value for column, value in columns if value is not None or column in row.unread}


def _differences(stated: Columns, added_up: Columns, when: str) -> Iterable[Difference]:
    for column in SAVINGS_COLUMNS:
        value, other = stated.get(column), added_up.get(column)
        if value is not None and other is not None and value != other:
            yield Difference(f"{_WORDS.get(column, column)} {when}", value, other)


def _facts(columns: Columns, suffix: str) -> dict[str, Quantity]:
    known = {column: value for column, value in columns.items() if value is not None}
    if "at_risk" in known and columns.get("alternative", Decimal(0)) is not None:
        known["net_at_risk"] = EXACT.subtract(known["at_risk"], known.get("alternative", Decimal(0)))
    matched = known.pop(_MATCHED, None)
    if "target" in known and matched is not None:
        short = shortfall(matched, known["target"], Better.HIGHER)
        if short is not None:
            known["shortfall"] = short
    return {f"savings.{name}{suffix}": Quantity(value, SAVINGS[name]) for name, value in known.items()}


def _relative(years: Mapping[str, Columns], this_year: str, next_year: str) -> dict[str, Columns]:
    relative: dict[str, Columns] = {}
    if this_year in years:
        relative[THIS_YEAR] = years[this_year]
    if next_year in years:
        relative[NEXT_YEAR] = years[next_year]
    earlier = [columns for year, columns in years.items() if _is_earlier(year, this_year)]
    if earlier:
        relative[PREVIOUS_YEARS] = sum_columns(earlier)
    return relative


def _from_this_year(years: Mapping[str, Columns], this_year: str) -> dict[str, Columns]:
    """By year from this one on, with all earlier years as one: one return may name a past year that another doesn't."""
    kept = {year: columns for year, columns in years.items() if not _is_earlier(year, this_year)}
    earlier = [columns for year, columns in years.items() if _is_earlier(year, this_year)]
    return kept | ({PREVIOUS_YEARS: sum_columns(earlier)} if earlier else {})


def _is_earlier(year: str, this_year: str) -> bool:
    return year == EARLIER or year < this_year  # labels begin with the year, four digits
