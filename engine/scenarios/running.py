"""A scenario run: each period judged as on the morning after its returns were due, and held against what is expected.

The workspace's own config, rules and audiences judge it, by the plain evaluator; nothing is stored or sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.assessment.applies import Needs
from engine.assessment.judged import Ruled
from engine.model.facts import FactSheet
from engine.model.run import SubjectOut
from engine.model.verdicts import FIRES, QUIET
from engine.model.workspace import Portfolio, Scheme
from engine.periods import Period
from engine.pipeline import Declared, FactBase, facts_of
from engine.replay import Replayed, replay
from engine.rulebook.syntax import facts_in
from engine.rulebook.testreading import UNKNOWN
from engine.rulebook.worked import Worked, worked
from engine.scenarios.scenario import HELD, NOTHING, Expected, Kind, Scenario
from engine.workspace.dates import due_date, starts

_MORNING = time(7)


@dataclass(frozen=True, slots=True)
class Compared:
    """An expected series beside what came of it."""

    expected: Expected
    got: tuple[str, ...]  # one a period; NOTHING in history
    differs: tuple[bool, ...]

    @property
    def ok(self) -> bool:
        return not any(self.differs)

    @property
    def first(self) -> int | None:
        """The first period that differs, counted from 0."""
        return self.differs.index(True) if any(self.differs) else None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule said of a subject, and on which figures."""

    rule: str
    source: str  # "rules/improving_lives.yaml:18"
    measure: str | None
    part: str | None
    said: str  # "fires", "quiet", "unknown", "held", or the status of a ladder's band
    comparisons: tuple[Worked, ...]
    names: frozenset[str]  # the names on its subject's sheet that it asks for
    last_fired: Period | None = None  # where it only stands until it is cleared: when its condition was last true


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules saw of a subject in a period, and what each of them said."""

    sheet: FactSheet
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True)
class ScenarioResult:
    """What came of a scenario."""

    scenario: Scenario
    compared: tuple[Compared, ...]
    replayed: Mapping[str, Replayed]  # by period, those that are judged

    @property
    def ok(self) -> bool:
        return all(one.ok for one in self.compared)

    @cached_property
    def failed(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.compared if not one.ok)

    def first_difference(self) -> dict[str, int]:
        """By subject: the first period, counted from 0, in which anything of it differs."""
        found: dict[str, int] = {}
        for one in self.failed:
            if one.expected.subject is not None and one.first is not None:
                ref = one.expected.subject
                found[ref] = min(found.get(ref, one.first), one.first)
        return found

    def seen(self, ref: str, index: int) -> Seen:
        """What the rules saw of a subject in a period, counted from 0. Raises KeyError for one of history."""
        period = self.scenario.periods[index]
        judging = self.replayed[period.id].judging
        sheet = judging.sheets.sheet(ref, period, Needs.BELOW | Needs.BEFORE | Needs.MEASURES)
        rulings = (self._ruling(one, period) for one in judging.judged(ref, period).ruled)
        return Seen(sheet, tuple(rulings))

    def outcomes(self) -> Iterator[tuple[str, str]]:
        """Each rule with what it said of a subject in a period of which something is expected, for coverage."""
        expected = {
            (ref, period.id): None
            for one in self.compared
            for period, word in zip(self.scenario.periods, one.expected.words, strict=True)
            if word is not None and (ref := one.expected.subject) and period.id in self.replayed
        }
        for ref, period_id in expected:
            one = self.replayed[period_id]
            for ruled in one.judging.judged(ref, one.period).ruled:
                yield ruled.asked.rule.id, ruled.now.outcome or UNKNOWN

    def _ruling(self, ruled: Ruled, period: Period) -> Ruling:
        rule, place = ruled.asked.rule, ruled.place
        judging = self.replayed[period.id].judging
        scope = judging.scope(ruled.asked, place, period)
        named = [fact for condition in rule.conditions for fact in facts_in(condition)]
        own = place.measure or ""
        return Ruling(
            rule=rule.id,
            source=f"{rule.file}:{rule.at.line}",
            measure=place.measure,
            part=place.part,
            said=_said(ruled),
            comparisons=tuple(worked(rule, scope)),
            names=frozenset(
                fact.name if not fact.alone else own if fact.name == "actual" else f"{own}.{fact.name}"
                for fact in named
            ),
            last_fired=judging.past.period(last) if (last := ruled.now.last_fired) is not None else None,
        )


def run_scenario(about: Declared, scenario: Scenario) -> ScenarioResult:
    """What comes of a scenario under a portfolio's rules; `about` is its own portfolio."""
    first = starts(about.portfolio)
    judged = [period for period in scenario.periods if period.end >= first.end]
    mornings = {period.id: _morning(about, period) for period in judged}

    def facts(period: Period) -> FactBase:
        known = {one.id for one in scenario.periods if one.end <= period.end}
        returned = [one for one in scenario.returns if one.period in known]
        return facts_of(about, returned, mornings[period.id].date())

    replayed = {one.period.id: one for one in replay(about, facts, judged, lambda period: mornings[period.id])}
    compared = (_compared(one, scenario, replayed, about.portfolio, about.scheme) for one in scenario.expected)
    return ScenarioResult(scenario, tuple(compared), replayed)


def _morning(about: Declared, period: Period) -> datetime:
    """Seven o'clock on the day after the period's returns are due: what is still missing then is overdue."""
    day = due_date(about.portfolio, period, about.working) + timedelta(days=1)
    return datetime.combine(day, _MORNING, ZoneInfo(about.workspace.calendar.time_zone))


def _compared(
    expected: Expected, scenario: Scenario, replayed: Mapping[str, Replayed], portfolio: Portfolio, scheme: Scheme
) -> Compared:
    got: list[str] = []
    differs: list[bool] = []
    for period, word in zip(scenario.periods, expected.words, strict=True):
        one = replayed.get(period.id)
        found = NOTHING if one is None else _got(expected, one, scheme)
        got.append(found)
        if expected.kind is Kind.PROBLEM and word not in (None, NOTHING):
            differs.append(str(word).casefold() not in found.casefold())
        else:
            differs.append(word is not None and word != found)
    return Compared(expected, tuple(got), tuple(differs))


def _got(expected: Expected, one: Replayed, scheme: Scheme) -> str:
    """What came of one period, in the words in which it is expected."""
    match expected.kind:
        case Kind.STATUS:
            return _subject(expected, one).status or NOTHING
        case Kind.TREND:
            return _subject(expected, one).trend or NOTHING
        case Kind.FINDING:
            return _found(expected, one, scheme)
        case Kind.PROBLEM:
            marked = [str(problem) for problem in one.run.problems if problem.subject == expected.subject]
            return "; ".join(marked) or NOTHING
        case Kind.REASON:
            reasons = [
                message.reasons.get(str(expected.subject))
                for message in one.run.messages
                if message.audience == expected.audience
            ]
            return " + ".join(dict.fromkeys(reason for reason in reasons if reason)) or NOTHING
        case Kind.MESSAGES:
            count = sum(message.audience == expected.audience for message in one.run.messages)
            return str(count) if count else NOTHING


def _subject(expected: Expected, one: Replayed) -> SubjectOut:
    return next(subject for subject in one.run.subjects if subject.ref == expected.subject)


def _found(expected: Expected, one: Replayed, scheme: Scheme) -> str:
    """What a rule said of a subject, the worst wherever it was asked; NOTHING where it was not asked."""
    judged = one.judging.judged(str(expected.subject), one.period)
    said = [
        _said(ruled)
        for ruled in judged.ruled
        if ruled.asked.rule.id == expected.rule
        and expected.measure in (None, ruled.place.measure)
        and expected.part in (None, ruled.place.part)
    ]
    best, *others = (status.id for status in scheme.statuses)
    order = (QUIET, best, UNKNOWN, HELD, *others, FIRES)
    return max(said, key=order.index, default=NOTHING)


def _said(ruled: Ruled) -> str:
    """What a rule said in one place."""
    if ruled.now.outcome is not None:
        return ruled.now.outcome
    return HELD if ruled.stands is not None and ruled.fired else UNKNOWN
