"""Rules that say nothing which another does not say already, at the same places and times."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from engine.model.workspace import Portfolio, Scheme
from engine.periods import Period
from engine.rulebook.asked import names_about
from engine.rulebook.known import Known
from engine.rulebook.rules import Band, Rule, Rulebook
from engine.rulebook.slips import Slip
from engine.rulebook.solver import Budget, Solver
from engine.rulebook.stretches import turns
from engine.rulebook.syntax import And, Condition, Not, Or, facts_in


def pointless_slips(
    rulebook: Rulebook, portfolio: Portfolio, scheme: Scheme, known: Known, budget: Budget
) -> Iterator[Slip]:
    """Rules for a status, where another rule or a ladder always gives the same status then, or a worse one.

    Where the budget is used up, that is said at the first rule that was not compared with all others.
    """
    pairs = _Pairs(rulebook, portfolio, scheme, known, budget)
    out: set[str] = set()
    for number, rule in enumerate(rulebook.rules):
        for other, wider in enumerate(rulebook.rules):
            # Of two that say the same the later is the one to take out; of what is out already nothing follows.
            if other == number or wider.id in out or not pairs.says_all(wider, rule):
                continue
            if number < other and pairs.says_all(rule, wider):
                continue
            out.add(rule.id)
            what = f"the rule `{rule.id}` says nothing that `{wider.id}` does not say already"
            yield Slip(rule.at, "pointless-rule", what, "take it out, or change its condition or status")
            break
        if budget.used_up:
            what = f"`{rule.id}` and the rules after it were not compared with all others: that would take too long"
            yield Slip(rule.at, "not-compared", what, "look yourself whether they say anything new")
            return


@dataclass(frozen=True)
class _Pairs:
    rulebook: Rulebook
    portfolio: Portfolio
    scheme: Scheme
    known: Known
    budget: Budget
    solvers: dict[date, Solver] = field(default_factory=dict)  # by the last day of a period
    # What a rule names, and when that changes; by the id of the object.
    figures: dict[int, frozenset[str]] = field(default_factory=dict)
    thresholds: dict[int, frozenset[str]] = field(default_factory=dict)
    turns: dict[tuple[int, frozenset[str]], list[Period]] = field(default_factory=dict)

    def says_all(self, wider: Rule, rule: Rule) -> bool:
        """Whether the one gives the other's status, or a worse one, wherever and whenever the other fires."""
        # What has `clears` may stand where the wider one is quiet again.
        if rule.when is None or rule.clears is not None or rule.yields != "status" or wider.yields != "status":
            return False
        if rule.action not in ("", wider.action):  # it asks something of its own
            return False
        named, needed = self._names(rule), self._names(wider)
        gives = self._gives(wider, rule) if not named.isdisjoint(needed) else None
        if gives is None or not _asked_wherever(wider, rule):
            return False
        names = self._thresholds(rule) | self._thresholds(wider)
        periods = self._turns(rule, names)
        solvers = [self._solver(period.end) for period in periods]
        if not wider.bands:
            needed = frozenset()  # but a ladder says nothing while a band is unknown
        ever = any(solver.can_be(rule.when) for solver in solvers)
        return ever and all(solver.implies(rule.when, gives, needed) for solver in solvers)

    def _thresholds(self, rule: Rule) -> frozenset[str]:
        if id(rule) not in self.thresholds:
            self.thresholds[id(rule)] = rule.thresholds.intersection(self.rulebook.thresholds)
        return self.thresholds[id(rule)]

    def _turns(self, rule: Rule, names: frozenset[str]) -> list[Period]:
        key = id(rule), names
        if key not in self.turns:
            self.turns[key] = turns(rule, [self.rulebook.thresholds[name] for name in names], self.portfolio)
        return self.turns[key]

    def _names(self, rule: Rule) -> frozenset[str]:
        if id(rule) not in self.figures:
            facts = (fact for condition in rule.conditions for fact in facts_in(condition))
            self.figures[id(rule)] = frozenset(fact.name for fact in facts)
        return self.figures[id(rule)]

    def _solver(self, day: date) -> Solver:
        if day not in self.solvers:
            self.solvers[day] = Solver(self.known, self.rulebook.on(day).thresholds, self.budget)
        return self.solvers[day]

    def _gives(self, wider: Rule, rule: Rule) -> Condition | None:
        """Where a rule gives the other's status or a worse one; None where it never does."""
        rank = self.scheme.rank(rule.status)
        if rank is None:
            return None
        if wider.when is not None:
            own = self.scheme.rank(wider.status)
            return wider.when if own is not None and own >= rank else None
        # A ladder gives it where none of the better bands holds; with the worst on top, where one of the others does.
        better = [one.when for one in wider.bands if one.when is not None and self._is_better(one, rank)]
        others = [one for one in wider.bands if not self._is_better(one, rank)]
        if others == list(wider.bands[-len(others) :]):
            return And(tuple(map(Not, better)))
        worse = [one.when for one in others if one.when is not None]
        return Or(tuple(worse)) if others == list(wider.bands[: len(others)]) else None

    def _is_better(self, band: Band, rank: int) -> bool:
        own = self.scheme.rank(band.status)
        return own is not None and own < rank


def _asked_wherever(wider: Rule, rule: Rule) -> bool:
    """Whether one rule is asked wherever and whenever another is, and counts as much."""
    return (
        wider.of_measures == rule.of_measures
        and wider.required == rule.required
        and rule.levels <= wider.levels
        and names_about(wider) <= names_about(rule)
        and wider.measure in (None, rule.measure)
        and (not wider.only or rule.measure in wider.only or (bool(rule.only) and rule.only <= wider.only))
        and (wider.from_ is None or (rule.from_ is not None and wider.from_ <= rule.from_))
        and (wider.until is None or (rule.until is not None and rule.until <= wider.until))
    )
