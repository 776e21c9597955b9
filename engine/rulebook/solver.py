"""Whether a condition can be true at all, whatever is returned: decided where that is certain, never guessed.

Each alternative of the condition is a set of inequalities between sums of figures, and words that hold or don't. The
words are compared by pairs. Of the inequalities one figure after the other is taken out (Fourier and Motzkin), until
plain numbers are left, of which one is plainly wrong or none is. Figures are taken as exact, before the rounding to
millionths: what only that rounding makes true counts as never true.

How much is worked out is bounded by a count of steps, not by time: every machine decides the same.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from engine.model.values import Quantity
from engine.rulebook.alternatives import Alternative, Relation, Statement, TooManyError, Word, alternatives, contrary
from engine.rulebook.known import Known
from engine.rulebook.linear import NOTHING, Linear
from engine.rulebook.syntax import Condition

_MOST_BOUNDS = 400  # inequalities at one time; beyond them nothing is decided


class Budget:
    """The steps that may still be taken: a statement or an inequality looked at is one, of some 10 microseconds."""

    def __init__(self, in_all: int = 100_000, a_question: int = 10_000) -> None:
        self._left, self._a_question = in_all, a_question
        self._for_this = 0
        self.used_up = False  # so that later questions were not looked into

    def question(self) -> None:
        """A question begins, which may take its own share and no more."""
        self._for_this = self._a_question

    def take(self, steps: int) -> None:
        """Raises TooManyError where they are more than are left."""
        self._left -= steps
        self._for_this -= steps
        if self._left < 0:
            self.used_up = True
        if self._left < 0 or self._for_this < 0:
            raise TooManyError


@dataclass(frozen=True, slots=True)
class Bound:
    """`form < 0` where it is strict, else `form <= 0`."""

    form: Linear
    strict: bool


@dataclass(frozen=True)
class Solver:
    """Decides by what is known of figures, and the values that the thresholds have; several may share a budget."""

    known: Known = field(default_factory=Known)
    thresholds: Mapping[str, Quantity] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget, compare=False, repr=False)
    _written_out: dict[tuple[int, bool], tuple[Condition, list[Alternative]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _ways_of: dict[int, tuple[Condition, list[Alternative]]] = field(default_factory=dict, compare=False, repr=False)
    _decided: dict[tuple[int, bool], tuple[Condition, bool]] = field(default_factory=dict, compare=False, repr=False)

    def can_be(self, condition: Condition, wanted: bool = True) -> bool:
        """Whether a condition can be true (or false, where that is wanted); True also where that can't be decided."""
        key = id(condition), wanted
        if key not in self._decided:
            self.budget.question()
            try:
                found = any(self._can_hold(one) for one in self._alternatives(condition, wanted))
            except TooManyError:
                found = True
            self._decided[key] = condition, found
        return self._decided[key][1]

    def implies(self, condition: Condition, other: Condition, needed: frozenset[str] = frozenset()) -> bool:
        """Whether wherever the one is true the other is true too, and known; False where that can't be decided.

        For each way in which the one is true a single way of the other is looked for. Figures that the other needs (or
        that are `needed` beside it) and the one does not are reason enough to say no: they may be unknown.
        """
        self.budget.question()
        try:
            ways = self._ways(condition)
            others = self._alternatives(other, True)
            return all(needed <= _figures(way) and any(self._leads_to(way, one) for one in others) for way in ways)
        except TooManyError:
            return False

    def _alternatives(self, condition: Condition, wanted: bool) -> list[Alternative]:
        """Those of a condition, written out once; the condition is kept beside them, so that its id stays its own."""
        key = id(condition), wanted
        if key not in self._written_out:
            self._written_out[key] = condition, alternatives(condition, wanted, self.thresholds)
        return self._written_out[key][1]

    def _ways(self, condition: Condition) -> list[Alternative]:
        """The alternatives in which a condition can be true, likewise found once."""
        if id(condition) not in self._ways_of:
            found = [way for way in self._alternatives(condition, True) if self._can_hold(way)]
            self._ways_of[id(condition)] = condition, found
        return self._ways_of[id(condition)][1]

    def _can_hold(self, alternative: Alternative) -> bool:
        """Whether all statements can be true together; True also where there are too many inequalities to tell.

        Raises TooManyError where the budget is used up.
        """
        self.budget.take(len(alternative))
        words = [one for one in alternative if isinstance(one, Word)]
        relations = [one for one in alternative if isinstance(one, Relation)]
        return not self._clash(words, relations) and self._has_room(relations)

    def _leads_to(self, way: Alternative, other: Alternative) -> bool:
        self.budget.take(len(way) * len(other))
        figures = _figures(way)
        spoken_of = figures.union(one.name for one in way if isinstance(one, Word))
        return all(
            one in way
            or (
                (one.facts <= figures if isinstance(one, Relation) else one.name in spoken_of)
                and not self._can_hold((*_touching(way, one), contrary(one)))
            )
            for one in other
        )

    # ---- words

    def _clash(self, words: Sequence[Word], relations: Sequence[Relation]) -> bool:
        held = [one for one in words if one.holds]
        denied = {(one.name, one.word) for one in words if not one.holds}
        facts = frozenset[str]().union(*(one.facts for one in relations))
        return (
            any((one.name, one.word) in denied for one in held)
            or any(
                one.name == other.name and self.known.exclude_each_other(one.name, one.word, other.word)
                for one, other in combinations(held, 2)
            )
            or any(
                (all_words := self.known.one_of(name)) and all((name, word) in denied for word in all_words)
                for name, _ in denied
            )
            or any(self.known.absent(one.name, one.word, fact) for one in held for fact in facts)
        )

    # ---- figures

    def _has_room(self, relations: Sequence[Relation]) -> bool:
        """Whether any figures keep all relations.

        What keeps those without `!=` is convex: if it lies in none of the planes that they cut out, something is left.
        """
        bounds = [bound for one in relations for bound in _bounds(one)]
        names = dict.fromkeys(name for one in relations for name in one.form.times)
        wholes = dict.fromkeys(name for one in relations for name in one.wholes if self.known.not_negative(name))
        bounds += [Bound(limit, strict=False) for name in names for limit in self.known.limits(name)]
        bounds += [Bound(Linear({name: Fraction(-1)}), strict=False) for name in wholes]
        if not self._is_open(bounds):
            return False
        unequal = [one.form for one in relations if one.op == "!="]
        return all(
            self._is_open([*bounds, Bound(form, strict=True)]) or self._is_open([*bounds, Bound(-form, strict=True)])
            for form in unequal
        )

    def _is_open(self, bounds: Iterable[Bound]) -> bool:
        """Whether any figures keep all bounds; True where there are too many of them to tell."""
        left = {self._tightened(bound) for bound in map(_scaled, bounds)}
        while True:
            self.budget.take(len(left))
            if any(not bound.form.times and _is_wrong(bound) for bound in left):
                return False
            left = {bound for bound in left if bound.form.times}
            if all(len(bound.form.times) == 1 for bound in left):
                return not _shut_out(left)
            names = sorted({name for bound in left for name in bound.form.times})
            name = min(names, key=lambda one: _products(left, one))
            above = [bound for bound in left if bound.form.times.get(name, NOTHING) > 0]
            below = [bound for bound in left if bound.form.times.get(name, NOTHING) < 0]
            rest = {bound for bound in left if name not in bound.form.times}
            if len(rest) + len(above) * len(below) > _MOST_BOUNDS:
                return True
            left = rest | {self._tightened(_scaled(_joined(name, one, other))) for one in above for other in below}

    def _tightened(self, bound: Bound) -> Bound:
        """A bound of one figure without decimals, at a whole number: more than 1 is at least 2."""
        if len(bound.form.times) != 1:
            return bound
        ((name, count),) = bound.form.times.items()
        if not self.known.is_whole(name):
            return bound
        limit = -bound.form.constant / count
        if count > 0:
            limit = Fraction(math.ceil(limit) - 1 if bound.strict else math.floor(limit))
        else:
            limit = Fraction(math.floor(limit) + 1 if bound.strict else math.ceil(limit))
        return _scaled(Bound(Linear({name: count}, -count * limit), strict=False))


def _touching(way: Alternative, statement: Statement) -> Alternative:
    """The statements of a way that share names with one, or with others that do; the rest can't be at odds with it."""
    names, rest = set(_names(statement)), list(way)
    near: list[Statement] = []
    while touched := [one for one in rest if not names.isdisjoint(_names(one))]:
        near += touched
        names.update(*map(_names, touched))
        rest = [one for one in rest if one not in touched]
    return tuple(near)


def _names(statement: Statement) -> frozenset[str]:
    """The bases of all names in a statement: what is known of one figure of a measure may bear on its others."""
    names = statement.facts | statement.wholes if isinstance(statement, Relation) else (statement.name,)
    return frozenset(name.partition(".")[0] for name in names)


def _figures(way: Alternative) -> frozenset[str]:
    """The figures that are known where a way holds."""
    return frozenset[str]().union(*(one.facts for one in way if isinstance(one, Relation)))


def _bounds(relation: Relation) -> Iterator[Bound]:
    if relation.op == "=":
        yield Bound(relation.form, strict=False)
        yield Bound(-relation.form, strict=False)
    elif relation.op != "!=":
        yield Bound(relation.form, strict=relation.op == "<")


def _scaled(bound: Bound) -> Bound:
    """The same bound with its first figure counted once, so that two that say the same are one."""
    form = bound.form
    if not form.times:
        return bound
    first = min(form.times)
    times = dict(sorted(form.times.items()))
    return Bound(Linear(times, form.constant).scaled(1 / abs(form.times[first])), bound.strict)


def _shut_out(bounds: Iterable[Bound]) -> bool:
    """Whether one figure is bounded from both sides with nothing between; each bound is of one figure, counted once."""
    least: dict[str, tuple[Fraction, bool]] = {}
    most: dict[str, tuple[Fraction, bool]] = {}
    for bound in bounds:
        ((name, count),) = bound.form.times.items()
        limit = -bound.form.constant / count
        if count > 0:
            most[name] = min(most.get(name, (limit, not bound.strict)), (limit, not bound.strict))
        else:
            least[name] = max(least.get(name, (limit, bound.strict)), (limit, bound.strict))
    return any(
        low > most[name][0] or (low == most[name][0] and (above or not most[name][1]))
        for name, (low, above) in least.items()
        if name in most
    )


def _is_wrong(bound: Bound) -> bool:
    return bound.form.constant > 0 or (bound.strict and not bound.form.constant)


def _products(bounds: Iterable[Bound], name: str) -> int:
    signs = [bound.form.times[name] > 0 for bound in bounds if name in bound.form.times]
    return sum(signs) * (len(signs) - sum(signs))


def _joined(name: str, above: Bound, below: Bound) -> Bound:
    """What two bounds say together of all figures but one, which both limit, from either side."""
    form = above.form.scaled(1 / above.form.times[name]) + below.form.scaled(-1 / below.form.times[name])
    return Bound(form, above.strict or below.strict)
