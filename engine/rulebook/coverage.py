"""What the tests of a rulebook leave untested: rules that never fire, bands never reached, limits with one side only.

A *limit* is a comparison in a rule's conditions. It is tested on both sides where one test has it hold, and one has it
not, each near the limit: on it, within a tenth of it, or one away where both figures are whole. A limit of nought has
no tenth: every figure beyond it is near. `=`, `!=` and `x is word` need a test each way and no nearness. A test counts
for a limit only where that limit decides: were it the other way, the rule would say something else.

What rules say counts from their own tests and from scenarios, limits from their own tests alone: only these pin one
rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.model.values import EXACT, show
from engine.model.verdicts import FIRES, QUIET
from engine.model.workspace import Portfolio, Scheme
from engine.rulebook.describe import describe
from engine.rulebook.proposals import Proposals, Tried, Wanted
from engine.rulebook.rules import EffectiveRules, Rule, Rulebook
from engine.rulebook.ruletests import Evaluate, run_tests
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import At, Comparison, Condition, ForPeriods, Is, ThresholdRef, facts_in, walk
from engine.rulebook.testreading import UNKNOWN
from engine.rulebook.worked import Worked, decides, worked

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of a rule that no test shows."""

    what: str
    add: str | None = None  # a test that would show it, where one can be worked out
    hint: bool = False  # good to have, and not counted


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of one rule is not tested."""

    rule: str
    file: str
    at: At
    gaps: tuple[Gap, ...]

    @property
    def covered(self) -> bool:
        return all(gap.hint for gap in self.gaps)

    @property
    def add(self) -> tuple[str, ...]:
        """The tests that would close its gaps, each once."""
        return tuple(dict.fromkeys(gap.add for gap in self.gaps if gap.add is not None))


def coverage(
    rulebook: Rulebook,
    portfolio: Portfolio,
    scheme: Scheme,
    evaluate: Evaluate,
    elsewhere: Mapping[str, AbstractSet[str]] | None = None,
) -> list[Coverage]:
    """Every rule with what is not tested of it, in the order written.

    `elsewhere` holds what each rule said in scenarios: "fires", "quiet", "unknown" or a band's status.
    """
    tests: dict[str, list[Tried]] = {}
    rules = {rule.id: rule for rule in rulebook.rules}
    for one in run_tests(rulebook, portfolio, evaluate):
        rule = rules[one.rule]
        tried = Tried(rule.tests[one.index - 1].given, one.got, one.scope, tuple(worked(rule, one.scope)))
        tests.setdefault(one.rule, []).append(tried)
    found: list[Coverage] = []
    for rule in rulebook.rules:
        own = tests.get(rule.id, [])
        said = {*(one.outcome for one in own), *(elsewhere or {}).get(rule.id, ())}
        proposals = Proposals(rule, portfolio, scheme, rulebook.latest, evaluate)
        reader = _Reader(rule, own, said, proposals, evaluate, rulebook.latest)
        found.append(Coverage(rule.id, rule.file, rule.at, tuple(reader.gaps())))
    return found


@dataclass(frozen=True)
class _Reader:
    rule: Rule
    tests: Sequence[Tried]
    said: AbstractSet[str]
    proposals: Proposals
    evaluate: Evaluate
    effective: EffectiveRules

    def gaps(self) -> Iterator[Gap]:
        yield from self._outcomes()
        for condition in self.rule.conditions:
            in_a_row = [node for node in walk(condition) if isinstance(node, ForPeriods)]
            # What is asked of several periods decides with its brackets: turned round, it would be so in all of them.
            brackets = {below: node for node in reversed(in_a_row) for below in walk(node)}
            for node in walk(condition):
                if isinstance(node, Comparison | Is):
                    yield from self._both_sides(node, brackets.get(node, node))
            for node in in_a_row:
                yield from self._one_period_short(node)
        if UNKNOWN not in self.said:
            what = "no test shows it unknown for want of a figure"
            yield Gap(what, self.proposals.first(lambda tried: tried.outcome == UNKNOWN), hint=True)

    def _outcomes(self) -> Iterator[Gap]:
        words = {FIRES: "nothing makes it fire", QUIET: "nothing leaves it quiet"}
        bands = [band.status for band in self.rule.bands]
        for wanted in bands or words:
            if wanted not in self.said:
                what = words.get(wanted, f"nothing reaches its band `{wanted}`")
                yield Gap(what, self.proposals.first(_says(wanted)))

    def _both_sides(self, node: Comparison | Is, deciding: Condition) -> Iterator[Gap]:
        order = isinstance(node, Comparison) and node.op not in ("=", "!=")
        text = f"`{describe(node)}`{self._thresholds(node)}"
        for side, ends in ((True, ("only just holds", "holds")), (False, ("just does not hold", "does not hold"))):
            shows = self._shows(node, side, deciding)
            if not any(map(shows, self.tests)):
                what = f"no test in which {text} {ends[0] if order else ends[1]}"
                yield Gap(f"{what} and decides" if self._several else what, self.proposals.first(shows))
        lies_on = _lies_on(node)
        if order and not any(map(lies_on, self.tests)) and not self.proposals.has(lies_on):
            add = self.proposals.first(lies_on)
            if add is not None:
                yield Gap(f"no test lies exactly on the limit of {text}", add, hint=True)

    def _shows(self, node: Comparison | Is, side: bool, deciding: Condition) -> Wanted:
        """Whether a test shows one side of a comparison, where it (or what it stands in) decides."""

        def shows(tried: Tried) -> bool:
            if not any(one.node == node and one.holds is side and near(one) for one in tried.worked):
                return False
            return decides(self.rule, deciding, tried.scope, self._said)

        return shows

    def _one_period_short(self, node: ForPeriods) -> Iterator[Gap]:
        fewer = node.condition if node.periods == 2 else replace(node, periods=node.periods - 1)
        asked = [replace(self.rule, when=one, clears=None, bands=()) for one in (fewer, node)]

        def shows(tried: Tried) -> bool:
            return [self._said(one, tried.scope) for one in asked] == [FIRES, QUIET]

        if not any(map(shows, self.tests)):
            count = "1 period is" if node.periods == 2 else f"{node.periods - 1} periods are"
            yield Gap(f"no test shows that {count} not enough for `{describe(node)}`", self.proposals.first(shows))

    def _thresholds(self, node: Comparison | Is) -> str:
        """What the thresholds of a comparison are: " (tolerance is 10%)"."""
        names = dict.fromkeys(below.name for below in walk(node) if isinstance(below, ThresholdRef))
        values = ((name, self.effective.thresholds.get(name)) for name in names)
        told = [f"{name} is {'not set' if value is None else show(value)}" for name, value in values]
        return f" ({', '.join(told)})" if told else ""

    @property
    def _several(self) -> bool:
        nodes = (node for condition in self.rule.conditions for node in walk(condition))
        return sum(isinstance(node, Comparison | Is) for node in nodes) > 1

    def _said(self, rule: Rule, scope: Scope) -> str | None:
        return self.evaluate(rule, scope, self.effective)


def near(one: Worked) -> bool:
    """Whether a comparison's two figures lie so near to each other that they test its limit."""
    if isinstance(one.node, Is) or one.node.op in ("=", "!="):
        return True
    if one.left is None or one.right is None:
        return False
    # The limit is the side without a figure; where both have one, the right.
    limit = one.right.value if facts_in(one.node.left) else one.left.value
    apart = abs(EXACT.subtract(one.left.value, one.right.value))
    if not limit or apart <= EXACT.multiply(abs(limit), _TENTH):
        return True
    return apart <= 1 and _is_whole(one.left.value) and _is_whole(one.right.value)


def _says(outcome: str) -> Wanted:
    return lambda tried: tried.outcome == outcome


def _lies_on(node: Comparison | Is) -> Wanted:
    def lies_on(tried: Tried) -> bool:
        sides = ((one.left, one.right) for one in tried.worked if one.node == node)
        return any(a is not None and b is not None and a.value == b.value for a, b in sides)

    return lies_on


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()
