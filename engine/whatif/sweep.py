"""Statuses under each of many values of one threshold, without judging everything anew for each.

What a rule says under each value is worked out first, question by question: a rule that does not name the threshold is
asked once, and one that it moves one way (`ways.py`) only at a few values, between which the answer turns. What is held
from earlier periods, or stands until it is cleared, is left to the room that knows how (`engine/assessment/`), once for
all values that no answer up to then tells apart. Rules that speak of statuses are asked once for each different set of
them, and a status is settled once for each different set of findings. Where a rule that no value moves has found the
worst that any could, no other is asked.

Tests hold the outcome to that of a replay of every period under each value.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date

from engine.assessment.applies import Needs, asked_of
from engine.assessment.held import Here
from engine.assessment.judged import MeasureKey, Rating, Ruled, rank_given, rate
from engine.assessment.judging import Judging
from engine.inference import plain
from engine.model.values import Quantity
from engine.model.verdicts import FIRES, Place, Verdict
from engine.periods import Period
from engine.pipeline import Declared, FactBase
from engine.rulebook.rules import EffectiveRules, Rule
from engine.whatif.found import Found
from engine.whatif.spread import ALIKE, Spread, each, joined, numbered, once_each, turning, under
from engine.whatif.ways import Way

Statuses = Spread[str | None]
_NEVER = Period("", date.max, date.max)  # no period is settled from outside


def can_sweep(about: Declared, rules: EffectiveRules) -> bool:
    """Whether the rules judge each period by itself: not where one speaks of the status published before."""
    return not any(one.needs & Needs.BEFORE for one in asked_of(rules, about.portfolio))


class UnderEach:
    """The statuses that one set of rules (`can_sweep`) gives under each value of a threshold, worked out when asked."""

    def __init__(
        self, about: Declared, facts: FactBase, rules: EffectiveRules, threshold: str, values: Sequence[Quantity]
    ) -> None:
        portfolio = about.portfolio
        self._scheme, self._threshold, self._places = about.scheme, threshold, range(len(values))
        self._judging = Judging(portfolio, about.scheme, rules, facts.book, facts.rows, _NEVER, lambda subject: None)
        self._under = [
            self._judging.under({**rules.thresholds, threshold: value}, _Under(self, place))
            for place, value in enumerate(values)
        ]
        self._below = {ref: tuple(one.ref for one in portfolio.descendants(ref)) for ref in portfolio.subjects}
        self._ways: dict[int, Way] = {}
        self._statuses: dict[tuple[str, str], Statuses] = {}
        self._of_measures: dict[tuple[str, str], Found] = {}
        self._ratings: dict[tuple[str, str, Hashable], Mapping[MeasureKey, Rating]] = {}
        self._known: dict[tuple[int, Place, str | None, bool], tuple[Ruled]] = {}
        self._asked_already: dict[int, Spread[Ruled]] = {}  # by identity: the questions themselves are kept by judging
        self._apart: dict[tuple[int, Place, str], Spread[Hashable]] = {}

    def statuses(self, ref: str, period: Period) -> Statuses:
        """A subject's status in a period under each value."""
        key = (ref, period.id)
        if key not in self._statuses:
            self._statuses[key] = self._settled(ref, period)
        return self._statuses[key]

    def _settled(self, ref: str, period: Period) -> Statuses:
        judging = self._judging
        by_people = judging.judged_by(ref, period, (), {})
        if by_people.standing is None or by_people.standing.outside or by_people.standing.override is not None:
            return (by_people.status,)
        decisive = self._decisive(ref, period)
        if decisive is not None:
            return (judging.judged_by(ref, period, (decisive,), {}).status,)
        found = self._on_measures(ref, period) + self._said(ref, period, of_measures=False)
        return once_each(found.keys, lambda place: judging.judged_by(ref, period, found.under(place), {}).status)

    def _decisive(self, ref: str, period: Period) -> Ruled | None:
        """What one rule says that no value moves, where none that is asked could say anything worse."""
        asked = [*self._moving(ref, period, of_measures=True), *self._moving(ref, period, of_measures=False)]
        asked = [here for here in asked if not here.asked.rule.supporting]  # it colours a measure, and decides nothing
        worst = max((self._way(here.asked.rule, here).worst for here in asked), default=0)
        for here in asked:
            way = self._way(here.asked.rule, here)
            if worst and way.worst == worst and not way.named and not way.of_statuses:
                self._asked_already[id(here)] = rulings = self._rulings(here, period)
                if all(one.rank == worst for one in rulings):
                    return rulings[0]
        return None

    def ratings(self, ref: str, period: Period, place: int) -> Mapping[MeasureKey, Rating]:
        """The statuses of a subject's measures under the value in that place."""
        found = self._on_measures(ref, period)
        key = (ref, period.id, under(found.keys, place))
        if key not in self._ratings:
            sheets = self._judging.sheets.measures(ref, period).values()
            alike = self._ratings.get((ref, period.id, ALIKE))
            if alike is None:
                alike = self._ratings[ref, period.id, ALIKE] = rate(sheets, found.under(0), self._scheme)
            # Beside it only the measures of which something else is said have to be rated again.
            moved = {one[0].place.measure for one in found.moved}
            again = rate(
                [one for one in sheets if one.measure in moved],
                [one for one in found.under(place) if one.place.measure in moved],
                self._scheme,
            )
            self._ratings[key] = {**alike, **again}
        return self._ratings[key]

    def _on_measures(self, ref: str, period: Period) -> Found:
        key = (ref, period.id)
        if key not in self._of_measures:
            self._of_measures[key] = self._said(ref, period, of_measures=True)
        return self._of_measures[key]

    def _said(self, ref: str, period: Period, *, of_measures: bool) -> Found:
        """What the rules say on which a subject's status, or that of its measures, depends."""
        return Found.of(
            self._asked_already.get(id(here)) or self._rulings(here, period)
            for here in self._moving(ref, period, of_measures=of_measures)
        )

    def _moving(self, ref: str, period: Period, *, of_measures: bool) -> Iterator[Here]:
        """The questions on which a status depends."""
        for here in self._judging.questions(ref, period, of_measures):
            if here.asked.rates and (here.sheet is None or not here.sheet.supporting):
                yield here

    def _rulings(self, here: Here, period: Period) -> Spread[Ruled]:
        """What a rule says in a place, and what stands there."""
        outcomes = self._outcomes(here.asked.rule, here, period)
        if len(outcomes) == 1 and _is_all(here, outcomes[0]):  # by far the most
            return self._ruled(here, outcomes[0], period)
        cleared = self._cleared(here, period, outcomes)

        def is_all(place: int) -> bool:
            return _is_all(here, under(outcomes, place), under(cleared, place))

        def ruling(place: int) -> Ruled:
            if is_all(place):
                return self._ruled(here, under(outcomes, place), period)[0]
            return self._under[place].ruling(here, period)

        alike = len(outcomes) == len(cleared) == 1
        if all(map(is_all, (0,) if alike else self._places)):
            return once_each(outcomes, ruling)

        lacking = self._lacking(outcomes, here, period)
        return once_each(joined([outcomes, lacking, self._told_apart(here, period)]), ruling)

    def _lacking(self, outcomes: Spread[str | None], here: Here, period: Period) -> Spread[Hashable]:
        """What a rule lacks where it can't be judged: the value may decide what is asked for besides a figure.

        Whether the status is withheld hangs on it, though every value leaves the rule unknown. Of a rule for measures
        nothing does.
        """
        if here.sheet is not None or None not in outcomes or not self._way(here.asked.rule, here).named:
            return ALIKE

        def missing(place: int) -> tuple[str, ...]:
            return () if under(outcomes, place) else self._under[place].verdict(here, period).missing

        return each(self._places, missing)

    def _ruled(self, here: Here, outcome: str | None, period: Period) -> tuple[Ruled]:
        """What stands where an outcome is all that does: the same in whatever period has a figure."""
        on_figures = outcome is None or self._judging.on_figures(here, outcome, period)
        key = (here.asked.order, here.place, outcome, on_figures)
        known = self._known.get(key)
        if known is None:
            verdict = Verdict(here.asked.rule.id, here.place, outcome)
            rank = rank_given(here.asked, outcome, self._scheme)
            supporting = here.asked.rule.supporting  # what is asked of a supporting measure is left out before
            ruled = Ruled(here.asked, here.place, supporting, verdict, verdict, rank, False, False, on_figures)
            known = self._known[key] = (ruled,)
        return known

    # ---- what a rule's condition says by itself

    def _outcomes(self, rule: Rule, here: Here, period: Period) -> Spread[str | None]:
        way = self._way(rule, here)
        if not way.named and not way.of_statuses:
            return (plain.outcome(rule, self._judging.scope_of(here, period)),)

        def outcome(place: int) -> str | None:
            return plain.outcome(rule, self._under[place].scope_of(here, period))

        if not way.named and not way.looks_back:
            return once_each(self._statuses_on_sheet(here, period), outcome)
        return turning(self._places, outcome) if way.one else each(self._places, outcome)

    def _cleared(self, here: Here, period: Period, outcomes: Spread[str | None]) -> Spread[str | None]:
        """What clears a rule, as a rule of its own: it fires where the other is cleared. Not asked where that fires."""
        clearing = here.asked.clearing
        return (None,) if clearing is None or outcomes == (FIRES,) else self._outcomes(clearing, here, period)

    def _statuses_on_sheet(self, here: Here, period: Period) -> Spread[Hashable]:
        """Keys that are equal for two values under which the sheet of a rule's subject has the same statuses."""
        ref, needs = here.place.subject, here.asked.needs
        spreads: list[Spread[Hashable]] = []
        if needs & Needs.BELOW:
            spreads += (self.statuses(one, period) for one in self._below[ref])
        if needs & Needs.MEASURES:
            spreads.append(self._on_measures(ref, period).keys)
        return joined(spreads)

    def _way(self, rule: Rule, here: Here) -> Way:
        if id(rule) not in self._ways:
            self._ways[id(rule)] = Way.of(rule, here.asked.needs, self._threshold, self._scheme)
        return self._ways[id(rule)]

    # ---- what stands of earlier periods

    def _told_apart(self, here: Here, period: Period) -> Spread[Hashable]:
        """Keys that are equal for two values under which a rule said the same there in every period that counts here.

        Of a rule that speaks of statuses this is not looked into: there every value has a key of its own.
        """
        rules = [rule for rule in (here.asked.rule, here.asked.clearing) if rule is not None]
        ways = [self._way(rule, here) for rule in rules]
        if ways[0].of_statuses:
            return tuple(self._places)
        if not any(way.named for way in ways):
            return ALIKE
        apart, waiting = ALIKE, list[tuple[Period, list[Spread[str | None]]]]()
        for at in (period, *self._judging.past.judged_before(period)):
            known = self._apart.get((here.asked.order, here.place, at.id))
            if known is not None:
                apart = known
                break
            there = self._judging.same(here, at)
            said = [self._outcomes(rule, there, at) for rule in rules] if there is not None else []
            waiting.append((at, said))
            if said and all(_is_all(here, *(under(one, place) for one in said)) for place in self._places):
                break  # whatever was said before it, nothing of that stands here
        for at, said in reversed(waiting):
            if said:
                apart = numbered(joined([apart, *said]))
            self._apart[here.asked.order, here.place, at.id] = apart
        return apart


class _Under:
    """The statuses under one of the values (assessment's Statuses)."""

    def __init__(self, each: UnderEach, place: int) -> None:
        self._each, self._place = each, place

    def status(self, subject: str, period: Period) -> str | None:
        return under(self._each.statuses(subject, period), self._place)

    def ratings(self, subject: str, period: Period) -> Mapping[MeasureKey, Rating]:
        return self._each.ratings(subject, period, self._place)

    def status_before(self, subject: str, period: Period) -> tuple[str | None, int | None]:
        raise LookupError("what was before is not known here")


def _is_all(here: Here, outcome: str | None, cleared: str | None = None) -> bool:
    """Whether a rule's outcome in a period is all that stands there of it, whatever came before."""
    return outcome is not None and (here.asked.clearing is None or FIRES in (outcome, cleared))
