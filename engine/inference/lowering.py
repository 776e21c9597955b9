"""Lowering: a rule as the engine of record can hold it, alternatives of plain comparisons between numbers.

`for N periods` becomes a conjunction over the periods, `not` is pushed down to the comparisons and `or` is split, so
that each condition is two lists of branches: it holds where every literal of some branch in `holds` is true, it fails
where every literal of some branch in `fails` is, and is unknown where neither. In Kleene's logic that loses nothing:
distribution and De Morgan hold there too, and no branch is dropped for being contradictory.

A ladder is its bands' conditions in their order: the first that does not fail decides. Lowered so, it grows with its
bands; written out as "not the first, not the second, but the third" it would double with each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.inference.errors import LoweringError
from engine.inference.remembered import per_rule
from engine.model.values import to_millionths
from engine.model.verdicts import FIRES, QUIET
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Figures, Scope
from engine.rulebook.syntax import (
    CONTRARY,
    MIRRORED,
    NOWHERE,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Negative,
    Not,
    Number,
    Operator,
    Or,
    Share,
    ThresholdRef,
    facts_in,
    walk,
)
from engine.rulebook.values import value_of

MOST_BRANCHES = 48  # of one rule, all its conditions and their negations together: a chunk of the engine holds no more
MOST_OPERANDS = 100  # of one rule: each is two fields of the engine's fact


@dataclass(frozen=True, slots=True)
class Step:
    """So many periods back, of those in which what a bracket is about was due."""

    back: int
    about: tuple[Fact, ...]


Way = tuple[Step, ...]  # back from the period judged: a step for each bracket, those about the same taken together


@dataclass(frozen=True, slots=True)
class Operand:
    """One number that a rule needs: an expression, or a word that holds (1) or doesn't (0), some way back."""

    of: Expression | Is
    way: Way


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """One comparison: the operand at index `left` against another operand, or against a constant in millionths."""

    left: int
    op: Operator
    right: int
    constant: bool


Branch = tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class LoweredCondition:
    holds: tuple[Branch, ...]
    fails: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class LoweredRule:
    """`outcomes`: what the rule says where each condition is the first to hold, and last, where none does."""

    operands: tuple[Operand, ...]
    conditions: tuple[LoweredCondition, ...]
    outcomes: tuple[str, ...]


def _lower(rule: Rule) -> LoweredRule:
    conditions, outcomes = ladder(rule)
    lowering = _Lowering(rule.id)
    lowered = tuple(LoweredCondition(lowering.branches(c, True), lowering.branches(c, False)) for c in conditions)
    branches = sum(len(one.holds) + len(one.fails) for one in lowered)
    if branches > MOST_BRANCHES:
        raise LoweringError(rule.id, f"has {branches} alternatives, more than {MOST_BRANCHES}")
    if len(lowering.operands) > MOST_OPERANDS:
        raise LoweringError(rule.id, f"compares {len(lowering.operands)} figures, more than {MOST_OPERANDS}")
    return LoweredRule(tuple(lowering.operands), lowered, outcomes)


lower_rule = per_rule(_lower)  # raises LoweringError where a rule has too many alternatives or figures


def ladder(rule: Rule) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    """A rule's conditions in order, and what it says where each is the first to hold; the last is for none.

    Where `otherwise` stands, the ladder ends.
    """
    if rule.when is not None:
        return (rule.when,), (FIRES, QUIET)
    conditions: list[Condition] = []
    outcomes: list[str] = []
    for band in rule.bands:
        outcomes.append(band.status)
        if band.when is None:
            return tuple(conditions), tuple(outcomes)
        conditions.append(band.when)
    return tuple(conditions), (*outcomes, QUIET)


def operands(lowered: LoweredRule, scope: Scope) -> tuple[int | None, ...]:
    """What each operand comes to in a place, in millionths; None where it is unknown or out of range."""
    scopes: dict[Way, Scope | None] = {(): scope}
    return tuple(_in_millionths(operand.of, _at(operand.way, scopes)) for operand in lowered.operands)


def _at(way: Way, scopes: dict[Way, Scope | None]) -> Scope | None:
    """The scope that a way leads to; `scopes` are those already gone to."""
    if way not in scopes:
        before, step = _at(way[:-1], scopes), way[-1]
        scopes[way] = None if before is None else before.earlier(step.back, step.about)
    return scopes[way]


def too_large(rule: Rule, scope: Scope) -> tuple[str, ...]:
    """The names in whatever the rule compares that is known but too large to be compared exactly; sorted."""
    names: set[str] = set()
    scopes: dict[Way, Scope | None] = {(): scope}
    for operand in lower_rule(rule).operands:
        at = _at(operand.way, scopes)
        if at is None or isinstance(operand.of, Is):
            continue
        value = value_of(operand.of, at)
        if value is not None and to_millionths(value.value) is None:
            names.update(fact.name for fact in facts_in(operand.of))
    return tuple(sorted(names))


def _in_millionths(of: Expression | Is, scope: Scope | None) -> int | None:
    if scope is None:
        return None
    if isinstance(of, Is):
        held = scope.holds(of.fact, of.word)
        return None if held is None else int(held)
    value = value_of(of, scope)
    return None if value is None else to_millionths(value.value)


class _Lowering:
    """One rule's lowering: collects its operands, the same one once however often it is named."""

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._index: dict[Operand, int] = {}

    @property
    def operands(self) -> tuple[Operand, ...]:
        return tuple(self._index)

    def branches(self, condition: Condition, wanted: bool) -> tuple[Branch, ...]:
        """The branches in which the condition is true, or false where that is wanted."""
        return tuple(tuple(sorted(branch)) for branch in self._alternatives(condition, wanted, ()))

    def _alternatives(self, condition: Condition, wanted: bool, way: Way) -> list[frozenset[Literal]]:
        match condition:
            case Comparison():
                return [frozenset([self._comparison(condition, wanted, way)])]
            case Is(fact=fact, word=word):
                operand = self._operand(Is(_bare_fact(fact), word), way)
                return [frozenset([Literal(operand, "=" if wanted else "!=", 1, constant=True)])]
            case Not(item=item):
                return self._alternatives(item, not wanted, way)
            case ForPeriods(condition=below, periods=periods):
                about = tuple(sorted(map(_bare_fact, facts_in(below)), key=lambda fact: (fact.name, fact.alone)))
                each = [self._alternatives(below, wanted, _further(way, Step(n, about))) for n in range(periods)]
                return self._all(each) if wanted else self._any(each)
            case And(items=items) | Or(items=items):
                each = [self._alternatives(item, wanted, way) for item in items]
                return self._all(each) if isinstance(condition, And) == wanted else self._any(each)

    def _comparison(self, comparison: Comparison, wanted: bool, way: Way) -> Literal:
        op = comparison.op if wanted else CONTRARY[comparison.op]
        left, right = comparison.left, comparison.right
        if _constant(left) is not None and _constant(right) is None:
            left, right, op = right, left, MIRRORED[op]
        value = _constant(right)
        if value is not None:
            return Literal(self._operand(_bare(left), way), op, value, constant=True)
        return Literal(self._operand(_bare(left), way), op, self._operand(_bare(right), way), constant=False)

    def _operand(self, of: Expression | Is, way: Way) -> int:
        return self._index.setdefault(Operand(of, way), len(self._index))

    def _any(self, each: Iterable[list[frozenset[Literal]]]) -> list[frozenset[Literal]]:
        return self._needed([branch for branches in each for branch in branches])

    def _all(self, each: Iterable[list[frozenset[Literal]]]) -> list[frozenset[Literal]]:
        product: list[frozenset[Literal]] = [frozenset()]
        for branches in each:
            product = self._needed([one | other for one in product for other in branches])
        return product

    def _needed(self, branches: list[frozenset[Literal]]) -> list[frozenset[Literal]]:
        """Without the branches that ask for more than another does: they add nothing, in three-valued logic either."""
        needed: list[frozenset[Literal]] = []
        for branch in sorted(branches, key=len):
            if not any(other <= branch for other in needed):
                needed.append(branch)
            if len(needed) > MOST_BRANCHES:  # asked at once: a product may have many times as many
                raise LoweringError(self._rule, f"has more than {MOST_BRANCHES} alternatives")
        return needed


def _further(way: Way, step: Step) -> Way:
    """The way with a step more, as one where it goes on about the same: Scope.earlier promises that they add up."""
    if not step.back:
        return way
    if way and way[-1].about == step.about:
        return (*way[:-1], Step(way[-1].back + step.back, step.about))
    return (*way, step)


def _constant(expression: Expression) -> int | None:
    """What an expression without names comes to, in millionths; None where it has names, no value or is too large."""
    if any(isinstance(node, Fact | ThresholdRef) for node in walk(expression)):
        return None
    return _in_millionths(expression, Figures({}))


def _bare(expression: Expression) -> Expression:
    """The expression without its places in the file, so that the same one written twice is one operand."""
    match expression:
        case Share(share=share, whole=whole):
            return Share(_bare(share), _bare(whole))
        case Arithmetic(op=op, left=left, right=right):
            return Arithmetic(op, _bare(left), _bare(right))
        case Negative(operand=operand):
            return Negative(_bare(operand))
        case Fact():
            return _bare_fact(expression)
        case Number() | ThresholdRef():
            return replace(expression, at=NOWHERE)


def _bare_fact(fact: Fact) -> Fact:
    return Fact(fact.name, fact.alone)
