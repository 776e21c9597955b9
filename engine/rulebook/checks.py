"""What a rulebook says that nobody can have meant: found where it can be decided, never guessed."""

from collections.abc import Iterator, Sequence

from engine.model.problems import Fault, Severity
from engine.model.workspace import Portfolio, Scheme
from engine.periods import period_in_words
from engine.rulebook.asked import never_asked
from engine.rulebook.describe import describe
from engine.rulebook.known import known_of
from engine.rulebook.pointless import pointless_slips
from engine.rulebook.rules import LeftOut, Rule, Rulebook
from engine.rulebook.slips import Slip
from engine.rulebook.solver import Budget, Solver
from engine.rulebook.stretches import without_value
from engine.rulebook.syntax import Comparison, Fact, ThresholdRef, walk
from engine.rulebook.templates import names_in
from engine.rulebook.unreachable import band_slips, settled_slips, stretches
from engine.workspace.spelling import quoted


def check_rulebook(
    rulebook: Rulebook, portfolio: Portfolio, scheme: Scheme, left_out: Sequence[LeftOut] = ()
) -> list[Fault]:
    """Errors and warnings of a rulebook that can be used, or of what can be of one that can't; ordered by place.

    The portfolio and scheme are those it was loaded with. `left_out` are the rules of the file that can't be used.
    """
    file = next((rule.file for rule in rulebook.rules), f"rules/{rulebook.portfolio}.yaml")
    warnings = [
        *_untested(rulebook, left_out),
        *_unused(rulebook, left_out),
        *_without_value(rulebook, portfolio),
        *_out_of_order(rulebook, scheme),
        *_undecided_by_figures(rulebook, portfolio, scheme),
    ]
    faults = rulebook_errors(rulebook) + [slip.as_fault(file, Severity.WARNING) for slip in warnings]
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def rulebook_errors(rulebook: Rulebook) -> list[Fault]:
    """What keeps a rulebook from being used though it can be read: comparisons that no figure decides.

    Thresholds move, so one that names any is left alone.
    """
    return [slip.as_fault(rule.file) for rule in rulebook.rules for slip in _constant(rule)]


def _constant(rule: Rule) -> Iterator[Slip]:
    for condition in rule.conditions:
        for node in walk(condition):
            if not isinstance(node, Comparison):
                continue
            alike = describe(node.left) == describe(node.right)
            if alike or not any(isinstance(below, Fact | ThresholdRef) for below in walk(node)):
                holds = Solver().can_be(node) if not alike else node.op in ("<=", ">=", "=")
                what = f"`{describe(node)}` {'always' if holds else 'never'} holds, whatever is returned"
                yield Slip(node.at, "constant", what, "name the figure that is meant")


def _untested(rulebook: Rulebook, left_out: Sequence[LeftOut]) -> Iterator[Slip]:
    cure = "add `tests:` with a case on each side, such as {given: {…}, expect: fires}"
    for rule in rulebook.rules:
        if not rule.tests:
            yield Slip(rule.at, "untested", f"the rule `{rule.id}` has no test", cure)
    for one in left_out:
        if isinstance(one.written, dict) and "tests" not in one.written and one.written.get("id"):
            yield Slip(one.at, "untested", f"the rule {quoted(str(one.written['id']))} has no test", cure)


def _unused(rulebook: Rulebook, left_out: Sequence[LeftOut]) -> Iterator[Slip]:
    used = {name for rule in rulebook.rules for name in (*rule.thresholds, *names_in(rule.because))}
    for name, threshold in rulebook.thresholds.items():
        if name not in used and not any(one.mentions(name) for one in left_out):
            yield Slip(
                threshold.at, "unused-threshold", f"no rule uses the threshold `{name}`", "use it, or take it out"
            )


def _without_value(rulebook: Rulebook, portfolio: Portfolio) -> Iterator[Slip]:
    """Thresholds that lack a value while a rule that names them holds; each gap once, for the first rule it strikes.

    One that never had a value, and says why, lacks it on purpose: each run says what it could not check.
    """
    for name, threshold in rulebook.thresholds.items():
        if all(value.value is None and value.why for value in threshold.values):
            continue
        told: set[object] = set()
        for rule in rulebook.rules:
            if name not in rule.thresholds:
                continue
            for first, until in without_value(threshold, rule, portfolio):
                if (first, until) in told:
                    continue
                told.add((first, until))
                ending = "on" if until is None else f"until {period_in_words(until)}"
                when = f"from {period_in_words(first)} {ending}"
                what = f"the threshold `{name}` has no value {when}, and the rule `{rule.id}` needs it"
                ended = next((value for value in reversed(threshold.values) if value.from_ <= first.end), None)
                cure = "give it one, or end the rule with `until:`" if ended else "give it one from then"
                yield Slip(ended.at if ended else threshold.at, "no-value", what, cure)


def _out_of_order(rulebook: Rulebook, scheme: Scheme) -> Iterator[Slip]:
    for rule in rulebook.rules:
        ranks = [rank for band in rule.bands if (rank := scheme.rank(band.status)) is not None]
        if ranks not in (sorted(ranks), sorted(ranks, reverse=True)):
            what = f"the bands of `{rule.id}` go neither from best to worst nor from worst to best"
            yield Slip(rule.bands[0].at, "band-order", what, "put them in the order of the scheme")


def _undecided_by_figures(rulebook: Rulebook, portfolio: Portfolio, scheme: Scheme) -> Iterator[Slip]:
    """What no figure can make true or false, or no subject be asked."""
    known, budget = known_of(portfolio, scheme), Budget()
    sound = tuple(rule for rule in rulebook.rules if not any(_constant(rule)))
    for rule in sound:
        slips = list(never_asked(rule, portfolio))
        if not slips:
            during = stretches(rulebook, rule, portfolio, known, budget)
            slips = [*settled_slips(rule, during), *band_slips(rule, during)]
        yield from slips
    compared = pointless_slips(
        Rulebook(rulebook.portfolio, sound, rulebook.thresholds), portfolio, scheme, known, budget
    )
    yield from compared
