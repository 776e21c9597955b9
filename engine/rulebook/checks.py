"""What a rulebook says that nobody can have meant: found where it can be decided, never guessed."""

import operator
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

from engine.model.problems import Fault, Severity
from engine.model.workspace import Portfolio, Scheme
from engine.periods import day_in_words
from engine.rulebook.bounds import Constants, covers
from engine.rulebook.describe import describe
from engine.rulebook.rules import Rule, Rulebook
from engine.rulebook.slips import Slip
from engine.rulebook.syntax import Comparison, Node, Operator, ThresholdRef, walk
from engine.rulebook.templates import names_in
from engine.workspace.dates import starts

_COMPARE: dict[Operator, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


def check_rulebook(rulebook: Rulebook, portfolio: Portfolio, scheme: Scheme) -> list[Fault]:
    """Errors and warnings of a rulebook that can be used, ordered by place.

    The portfolio and scheme are those it was loaded with. Thresholds count with their latest values.
    """
    file = next((rule.file for rule in rulebook.rules), f"rules/{rulebook.portfolio}.yaml")
    constants = Constants(rulebook.latest.thresholds)
    errors = [*_settled_beforehand(rulebook)]
    warnings = [
        *_untested(rulebook),
        *_threshold_slips(rulebook, starts(portfolio).start),
        *_out_of_order(rulebook, scheme),
        *_never_reached(rulebook, constants),
        *_pointless(rulebook, constants, scheme),
    ]
    faults = [slip.as_fault(file) for slip in errors] + [slip.as_fault(file, Severity.WARNING) for slip in warnings]
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def _untested(rulebook: Rulebook) -> Iterator[Slip]:
    for rule in rulebook.rules:
        if not rule.tests:
            cure = "add `tests:` with a case on each side, such as {given: {…}, expect: fires}"
            yield Slip(rule.at, "untested", f"the rule `{rule.id}` has no test", cure)


def _threshold_slips(rulebook: Rulebook, first_day: date) -> Iterator[Slip]:
    used = {node.name for rule in rulebook.rules for node in _nodes(rule) if isinstance(node, ThresholdRef)}
    used |= {name for rule in rulebook.rules for name in names_in(rule.because)}
    for name, threshold in rulebook.thresholds.items():
        if name not in used:
            yield Slip(threshold.at, "unused", f"no rule uses the threshold `{name}`", "use it, or take it out")
        elif threshold.on(first_day) is None:
            what = f"the threshold `{name}` has no value on {day_in_words(first_day)}, when the portfolio starts"
            yield Slip(threshold.at, "no-value", what, "give it one from then, or expect its rules to be unknown")


def _settled_beforehand(rulebook: Rulebook) -> Iterator[Slip]:
    """Comparisons that no figure decides. Thresholds move, so one that names any is left alone."""
    numbers = Constants({})
    for rule in rulebook.rules:
        for node in _nodes(rule):
            if not isinstance(node, Comparison):
                continue
            left, right = numbers.of(node.left), numbers.of(node.right)
            if describe(node.left) == describe(node.right):
                holds = _COMPARE[node.op](0, 0)
            elif left is not None and right is not None:
                holds = _COMPARE[node.op](left, right)
            else:
                continue
            what = f"`{describe(node)}` {'always' if holds else 'never'} holds, whatever is returned"
            yield Slip(node.at, "constant", what, "name the figure that is meant")


def _out_of_order(rulebook: Rulebook, scheme: Scheme) -> Iterator[Slip]:
    for rule in rulebook.rules:
        ranks = [rank for band in rule.bands if (rank := scheme.rank(band.status)) is not None]
        if ranks not in (sorted(ranks), sorted(ranks, reverse=True)):
            what = f"the bands of `{rule.id}` go neither from best to worst nor from worst to best"
            yield Slip(rule.bands[0].at, "band-order", what, "put them in the order of the scheme")


def _never_reached(rulebook: Rulebook, constants: Constants) -> Iterator[Slip]:
    """Bands where an earlier one takes all that a later one asks for."""
    for rule in rulebook.rules:
        bounds = [(band, bound) for band in rule.bands if (bound := constants.bound(band.when)) is not None]
        for i, (band, bound) in enumerate(bounds):
            taken = next((earlier.status for earlier, wider in bounds[:i] if covers(wider, bound)), None)
            if taken is not None:
                what = f"the band `{band.status}` is never reached: `{taken}` before it takes all of it"
                yield Slip(band.at, "unreachable", what, "change their bounds, or their order")


def _pointless(rulebook: Rulebook, constants: Constants, scheme: Scheme) -> Iterator[Slip]:
    """Rules of one bound each, where another gives the same status or a worse one to all that this one catches."""
    simple = [(rule, bound) for rule in rulebook.rules if rule.status and (bound := constants.bound(rule.when))]
    for (one, first), (other, second) in combinations(simple, 2):
        # Of two that say the same, the later is the one to take out.
        for rule, bound, wider, cover in ((other, second, one, first), (one, first, other, second)):
            if _asked_alike(rule, wider) and _no_better(wider, rule, scheme) and covers(cover, bound):
                what = f"the rule `{rule.id}` says nothing that `{wider.id}` does not say already"
                yield Slip(rule.at, "pointless", what, "take it out, or change its bound or status")
                break


def _asked_alike(rule: Rule, wider: Rule) -> bool:
    """Whether the wider rule is asked wherever and whenever the other is."""
    terms = [(one.of_measures, one.measure, one.only, one.from_, one.until, one.required) for one in (rule, wider)]
    return terms[0] == terms[1] and rule.levels <= wider.levels


def _no_better(wider: Rule, rule: Rule, scheme: Scheme) -> bool:
    first, second = scheme.rank(wider.status), scheme.rank(rule.status)
    return first is not None and second is not None and first >= second


def _nodes(rule: Rule) -> Iterator[Node]:
    for condition in (rule.when, *(band.when for band in rule.bands)):
        if condition is not None:
            yield from walk(condition)
