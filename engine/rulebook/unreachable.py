"""Rules that never or always fire, bands that are never reached, parts of conditions that decide nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from engine.model.values import Quantity, show
from engine.model.workspace import Portfolio
from engine.periods import Period, period_in_words
from engine.rulebook.describe import describe
from engine.rulebook.known import Known
from engine.rulebook.rules import Band, Rule, Rulebook
from engine.rulebook.slips import Slip
from engine.rulebook.solver import Budget, Solver
from engine.rulebook.stretches import turns
from engine.rulebook.syntax import And, Comparison, Condition, Fact, ForPeriods, Is, Not, Or, walk

_TURN_ROUND = "turn its comparison round: it has to say when all is well again"
_SHOWN = 200  # characters of a condition inside a sentence


@dataclass(frozen=True)
class Stretch:
    """Periods in which the thresholds that a rule names have one value each, all of them."""

    since: Period | None  # the first of them; None for the first in which the rule holds
    solver: Solver
    values: Mapping[str, Quantity]


def stretches(rulebook: Rulebook, rule: Rule, portfolio: Portfolio, known: Known, budget: Budget) -> list[Stretch]:
    """Those in which all the rule's thresholds have values, oldest first."""
    names = rule.thresholds
    thresholds = [rulebook.thresholds[name] for name in sorted(names) if name in rulebook.thresholds]
    found: list[Stretch] = []
    for number, period in enumerate(turns(rule, thresholds, portfolio)):
        values = {one.name: value for one in thresholds if (value := one.on(period.end)) is not None}
        if len(values) == len(names):
            found.append(Stretch(period if number else None, Solver(known, values, budget), values))
    return found


def settled_slips(rule: Rule, during: Sequence[Stretch]) -> Iterator[Slip]:
    """What `when` and `clears` say that no figure decides; `during` are the rule's stretches."""
    when = rule.when
    if when is None:
        return
    if during and _is_switched_off(when, during[-1].solver):
        return
    if (since := _from_where(during, lambda solver: not solver.can_be(when))) is not None:
        what = f"the rule `{rule.id}` can never fire{since}{_why_never(when, during[-1])}"
        yield Slip(when.at, "never-fires", what, "change a number or a sign, or write `or` where that is meant")
    elif (since := _from_where(during, lambda solver: not solver.can_be(when, False))) is not None:
        what = f"the rule `{rule.id}` fires wherever its figures are known{since}{_with(during[-1])}"
        yield Slip(when.at, "always-fires", what, "change a number or a sign, or write `and` where that is meant")
    else:
        yield from _part_slips(when, during)
        if rule.clears is not None:
            yield from _clearing_slips(rule, when, rule.clears, during)


def band_slips(rule: Rule, during: Sequence[Stretch]) -> Iterator[Slip]:
    """The bands of a ladder that the bands before them leave nothing to."""
    for number, band in enumerate(rule.bands):
        earlier = rule.bands[:number]
        since = _from_where(during, partial(_never_reached, earlier, band))
        if since is None:
            continue
        solver = during[-1].solver
        taker = next((one.status for one in earlier if _never_reached((one,), band, solver)), None)
        if _never_reached((), band, solver):
            why = "it can never hold"
        else:
            why = f"`{taker}` before it takes all of it" if taker else "the bands before it take all of it"
        cure = "change their bounds, or their order"
        if band.when is None:
            cure = f"write `{earlier[-1].status}: otherwise`, and leave this one out"
        what = f"the band `{band.status}` is never reached{since}: {why}{_with(during[-1])}"
        yield Slip(band.at, "unreachable-band", what, cure)


def _never_reached(earlier: Sequence[Band], band: Band, solver: Solver) -> bool:
    """Whether a band can't be the first to hold."""
    asked: list[Condition] = [Not(one.when) for one in earlier if one.when is not None]
    if band.when is not None:
        asked.append(band.when)
    return not solver.can_be(And(tuple(asked)))


def _from_where(during: Sequence[Stretch], holds: Callable[[Solver], bool]) -> str | None:
    """From when on something holds, to the end of the rule's time: in words, "" for throughout; None for not at all.

    What held for a while only is past: nobody should have to change it.
    """
    since: str | None = None
    for stretch in reversed(during):
        if not holds(stretch.solver):
            break
        since = "" if stretch.since is None else f" from {period_in_words(stretch.since)} on"
    return since


def _with(stretch: Stretch) -> str:
    """The thresholds' values that a sentence is about."""
    values = ", ".join(f"`{name}` at {show(value)}" for name, value in stretch.values.items())
    return f", with {values}" if values else ""


def _why_never(when: Condition, stretch: Stretch) -> str:
    """The two parts that can't both be true, or the one that can't, where it is as simple as that."""
    while isinstance(when, ForPeriods):
        when = when.condition
    items = when.items if isinstance(when, And) else (when,)
    for item in items:
        if len(items) > 1 and not stretch.solver.can_be(item):
            return f": {_text(item)} never holds{_with(stretch)}"
    for one, other in combinations(items, 2):
        if not stretch.solver.can_be(And((one, other))):
            return f": {_text(one)} and {_text(other)} can't both be true{_with(stretch)}"
    return _with(stretch)


def _text(condition: Condition) -> str:
    text = describe(condition)
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


def _part_slips(when: Condition, during: Sequence[Stretch]) -> Iterator[Slip]:
    """The largest parts that never hold, or always do where they are known, at any time.

    Parts without a figure are left alone: a threshold is compared with a number to switch a rule on and off.
    """
    for part in _parts(when):
        if not _names_a_figure(part):
            continue
        verdicts = [(stretch.solver.can_be(part), stretch.solver.can_be(part, False)) for stretch in during]
        never, always = not any(true for true, _ in verdicts), not any(false for _, false in verdicts)
        if never or always:
            says = "never holds" if never else "holds wherever it is known"
            yield Slip(part.at, "idle-part", f"{_text(part)} {says}", "change it, or take it out")
        else:
            yield from _part_slips(part, during)


def _is_switched_off(when: Condition, solver: Solver) -> bool:
    """Whether a part that names no figure, such as `switch = 1`, is what keeps a rule from firing."""
    items = when.items if isinstance(when, And) else ()
    return any(not _names_a_figure(item) and not solver.can_be(item) for item in items)


def _names_a_figure(condition: Condition) -> bool:
    return any(isinstance(node, Fact) for node in walk(condition))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case And(items=items) | Or(items=items):
            return items
        case Not(item=below) | ForPeriods(condition=below):
            return _parts(below)  # of one and the same fate
        case Comparison() | Is():
            return ()


def _clearing_slips(rule: Rule, when: Condition, clears: Condition, during: Sequence[Stretch]) -> Iterator[Slip]:
    if (since := _from_where(during, lambda solver: not solver.can_be(clears))) is not None:
        what = f"`clears` can never be true{since}, so that the rule `{rule.id}` stands for ever once it fired"
        yield Slip(clears.at, "never-clears", what + _with(during[-1]), "change a number or a sign")
        return
    spare, ends = And((Not(when), Not(clears))), And((Not(when), clears))
    if (since := _from_where(during, lambda solver: not solver.can_be(ends))) is not None:
        what = (
            f"`clears` is true only where `when` is{since}, so that the rule `{rule.id}` stands for ever once it fired"
        )
        yield Slip(clears.at, "never-clears", what + _with(during[-1]), _TURN_ROUND)
        return
    if (since := _from_where(during, lambda solver: not solver.can_be(spare))) is not None:
        what = f"`clears` asks for nothing more than that `when` is no longer true{since}"
        yield Slip(clears.at, "idle-clears", what + _with(during[-1]), "ask for more, or take it out")
        return
    if (since := _from_where(during, lambda solver: solver.implies(when, clears))) is not None:
        what = f"`clears` is true already wherever the rule `{rule.id}` fires{since}"
        yield Slip(clears.at, "contrary-clears", what + _with(during[-1]), _TURN_ROUND)
        return
    yield from _part_slips(clears, during)
