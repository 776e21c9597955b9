"""What a person reads of tests: expected and got side by side, the sheet that they rest on, and what is not covered."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.cli import show
from engine.model.facts import FactSheet
from engine.model.values import show as shown
from engine.periods import period_in_words
from engine.rulebook.coverage import Coverage
from engine.rulebook.ruletests import TestResult
from engine.rulebook.worked import Worked
from engine.scenarios.running import Compared, Ruling, ScenarioResult
from engine.scenarios.scenario import UNCHECKED, Kind

AROUND = 2  # periods shown before and after one that differs

_LONGEST_GOT = 50  # characters of problems, which are sentences

_HOLDS = {True: "holds", False: "does not hold", None: "can't be told"}
_OF_STATUS = frozenset((Kind.STATUS, Kind.TREND, Kind.REASON, Kind.PROBLEM))


def failed_test(result: TestResult, place: str, comparisons: Sequence[Worked]) -> Iterator[str]:
    """A test beside a rule that fails: what it expected and got, the rule's comparisons, and what was known."""
    yield f"{place}: test {result.index} of {result.rule} expected {result.expected} and got {result.got}"
    yield from _comparisons(comparisons)
    if result.sheet:
        yield ""
        yield show.table(("Known", ""), result.sheet)
    yield ""


def failed_scenario(result: ScenarioResult) -> Iterator[str]:
    """A scenario that fails: each series that differs, period by period, and the sheets of the first that do."""
    scenario = result.scenario
    yield f"{scenario.file}:{scenario.at.line}: this scenario does not come out as expected"
    yield textwrap.fill(scenario.title, show.WIDTH, initial_indent="  ", subsequent_indent="  ")
    for one in result.failed:
        yield f"{scenario.file}:{one.expected.at.line}: {one.expected.of}"
        yield show.table(("", "Period", "Expected", "Got"), list(_periods(one, result)))
    yield ""
    for ref, index in result.first_difference().items():
        seen, period = result.seen(ref, index), scenario.periods[index]
        rules = {
            one.expected.rule
            for one in result.failed
            if one.expected.subject == ref and one.expected.kind is Kind.FINDING
        }
        by_all = any(one.expected.kind in _OF_STATUS for one in result.failed if one.expected.subject == ref)
        rulings = [one for one in seen.rulings if by_all or one.rule in rules]
        yield f"  What the rules saw of {ref} in {period_in_words(period)}:"
        for ruling in rulings:
            yield from _ruling(ruling)
        rows = list(_sheet(seen.sheet, rulings))
        if rows:
            yield ""
            yield show.table(("Known", "Figure", "Is"), rows)
        yield ""


def _periods(one: Compared, result: ScenarioResult) -> Iterator[tuple[str, str, str, str]]:
    """A row a period; where several are far from any that differs, one row of dots."""
    count = len(one.got)
    differing = [index for index, differs in enumerate(one.differs) if differs]
    for far, group in groupby(range(count), lambda index: all(abs(index - other) > AROUND for other in differing)):
        indexes = list(group)
        if far and len(indexes) > 1:
            yield "", "...", "", ""
            continue
        for index in indexes:
            word = one.expected.words[index]
            yield (
                ">" if one.differs[index] else "",
                result.scenario.periods[index].id,
                UNCHECKED if word is None else word,
                textwrap.shorten(one.got[index], _LONGEST_GOT, placeholder=" ..."),
            )


def _ruling(ruling: Ruling) -> Iterator[str]:
    place = " ".join(one for one in (ruling.measure, ruling.part) if one)
    yield f"  - {ruling.rule}{f' of {place}' if place else ''}: {ruling.said} ({ruling.source})"
    if ruling.last_fired is not None:
        yield f"    last fired in {period_in_words(ruling.last_fired)}, and stands until it is cleared"
    yield from _comparisons(ruling.comparisons)


def _comparisons(comparisons: Sequence[Worked]) -> Iterator[str]:
    for one in comparisons:
        ago = f"{show.count(one.back, 'period')} before, " if one.back else ""
        condition, verdict = f"    {ago}{one.text}:", f"{one.figures} {_HOLDS[one.holds]}".strip()
        if len(condition) + 1 + len(verdict) <= show.WIDTH:
            yield f"{condition} {verdict}"
        else:
            yield textwrap.fill(condition, show.WIDTH, subsequent_indent="      ")
            yield f"      {verdict}"


def _sheet(sheet: FactSheet, rulings: Sequence[Ruling]) -> Iterator[tuple[str, str, str]]:
    """The names that the rules ask for, and each measure with its target; what is not known says so."""
    names = {name for ruling in rulings for name in ruling.names}
    for one in sheet.measures:
        names |= {
            name for name in (one.measure, f"{one.measure}.target") if name in sheet.facts or name in sheet.states
        }
    for name in sorted(names):
        figure, words = sheet.facts.get(name), sorted(sheet.states.get(name, ()))
        yield (
            name,
            "not known" if figure is None and not words else "" if figure is None else shown(figure),
            ", ".join(words),
        )


def coverage(portfolio: str, rules: Sequence[Coverage]) -> Iterator[str]:
    """What is not tested, rule by rule, with tests to copy; what is only good to have is marked a hint."""
    for one in rules:
        if not one.gaps:
            continue
        yield f"{one.file}:{one.at.line}: {one.rule}{' is covered' if one.covered else ''}"
        yield from show.bullets(f"hint: {gap.what}" if gap.hint else gap.what for gap in one.gaps)
        if one.add:
            yield "  add, where the rule says what you mean:"
            yield from (f"      - {test}" for test in one.add)
        yield ""
    covered = sum(one.covered for one in rules)
    whole = "each" if covered == len(rules) else str(covered)
    yield f"{portfolio}: {whole} of {show.count(len(rules), 'rule')} covered."
