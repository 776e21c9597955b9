"""Rules in sentences: why a finding was made, and what would clear it."""

from typing import NamedTuple

from engine.model.values import show
from engine.model.verdicts import FIRES
from engine.rulebook.describe import describe
from engine.rulebook.needed import MET, Gap, Needed, all_of, needed, sides
from engine.rulebook.nouns import Terms
from engine.rulebook.rules import Band, Rule
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import (
    And,
    Comparison,
    Condition,
    ForPeriods,
    Or,
)
from engine.rulebook.templates import TITLE, fill
from engine.rulebook.values import value_of


def because(rule: Rule, scope: Scope, terms: Terms) -> str:
    """Why the rule says what it says: its own sentence with the figures, else its title."""
    return sentence(rule.because, scope, terms) if rule.because else rule.title


def sentence(template: str, scope: Scope, terms: Terms) -> str:
    """A template with its names replaced by what is known: "{pa_recruitment} recruited" -> "15.1% recruited"."""

    def shown(name: str) -> str:
        if name == TITLE:
            return terms.title
        threshold = scope.threshold(name)
        if threshold is not None:
            return show(threshold)
        fact = terms.fact(name)
        return terms.shown(fact, scope.fact(fact))

    return fill(template, shown)


class ToClear(NamedTuple):
    """What would clear a finding."""

    text: str
    gap: Gap | None  # where that is one figure
    status: str | None = None  # of a ladder: what its next better band gives


def to_clear(rule: Rule, outcome: str, scope: Scope, terms: Terms) -> ToClear | None:
    """How far a finding is from being cleared: "Reviews of at least 80% (now 72.3%, 7.7 points short)".

    For a ladder's band: what the next better band asks for; for a rule with `clears`: what that asks for. None where
    nothing better can be told, or figures lack.
    """
    if rule.when is not None:
        asked = _needed_to_be_quiet(rule, rule.when, scope, terms) if outcome == FIRES else None
        return ToClear(*asked) if asked is not None and asked != MET else None
    return _to_better_band(rule.bands, outcome, scope, terms)


def _needed_to_be_quiet(rule: Rule, when: Condition, scope: Scope, terms: Terms) -> Needed | None:
    quiet = needed(when, False, scope, terms)
    if rule.clears is None:
        return quiet
    cleared = needed(rule.clears, True, scope, terms)
    if cleared != MET and _asks_more(rule.clears, when, scope, terms):
        return cleared
    return all_of([cleared, quiet])


def _asks_more(clears: Condition, when: Condition, scope: Scope, terms: Terms) -> bool:
    """Whether what clears a rule keeps its condition from being true: then that needs not be told beside it."""
    match clears, when:
        case _, Or(items=items):
            return all(_asks_more(clears, item, scope, terms) for item in items)
        case And(items=items), _:
            return any(_asks_more(item, when, scope, terms) for item in items)
        case ForPeriods(condition=below), _:
            return _asks_more(below, when, scope, terms)
        case _, And(items=items):
            return any(_asks_more(clears, item, scope, terms) for item in items)
        case Comparison(), Comparison():
            left, op, right = sides(clears, True, terms)
            other, contrary, limit = sides(when, False, terms)
            bound, least = value_of(right, scope), value_of(limit, scope)
            if bound is None or least is None or describe(left) != describe(other):
                return False
            up, down = {op, contrary} <= {">", ">="}, {op, contrary} <= {"<", "<="}
            if bound.value == least.value:
                return op == contrary or ((up or down) and op in (">", "<"))
            return (up and bound.value > least.value) or (down and bound.value < least.value)
    return False


def _to_better_band(bands: tuple[Band, ...], outcome: str, scope: Scope, terms: Terms) -> ToClear | None:
    ranks = [terms.scheme.rank(band.status) for band in bands]
    at = next((i for i, band in enumerate(bands) if band.status == outcome), None)
    here = None if at is None else ranks[at]
    better = [(rank, i) for i, rank in enumerate(ranks) if rank is not None and here is not None and rank < here]
    if at is None or not better:
        return None
    _, next_up = max(better)
    band = bands[next_up]
    if next_up < at and band.when is not None:  # it was asked first, and did not hold
        asked = needed(band.when, True, scope, terms)
    elif (own := bands[at].when) is not None:
        asked = needed(own, False, scope, terms)
    else:
        return None
    if asked is None or asked == MET:
        return None
    return ToClear(f"{asked.text} for {terms.scheme.name(band.status)}", asked.gap, band.status)
