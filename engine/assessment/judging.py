"""Judging subjects in any period by the rules of today: what each rule says, what is held, what follows from both."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property

from engine.assessment.applies import Asked, Needs, applies, applies_to_measure, asked_of, base
from engine.assessment.decisions import NOTHING, Decided, InForce, in_force
from engine.assessment.held import Held, Here
from engine.assessment.judged import (
    Judged,
    MeasureKey,
    Rating,
    Ruled,
    lacks_required,
    rank_given,
    rate,
    was_judged,
    worst,
)
from engine.assessment.lookback import Returned
from engine.assessment.past import Past, without
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.assessment.sheets import KnownSheets, Statuses
from engine.facts.book import FactBook
from engine.facts.words import NOT_DUE
from engine.inference import plain
from engine.inference.questions import Question, Standing
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.values import Quantity
from engine.model.verdicts import FIRES, Place, Verdict
from engine.model.workspace import Lifecycle, Portfolio, Scheme
from engine.periods import Period
from engine.returns.merge import PeriodRows
from engine.rulebook.formulas import Formulas
from engine.rulebook.rules import EffectiveRules, Rule
from engine.rulebook.syntax import Is, facts_in

_Kept = dict[tuple[str, int, Place], Verdict]  # by period, the rule's place in the rulebook and where it is asked


class Judging:
    """One portfolio under one set of rules, which judge every period alike. Each thing is worked out once, when asked.

    Earlier periods are judged by the plain evaluator. The run's own (`now`) is settled from outside: `ask` its
    questions and `keep` what comes of them, the deepest level first. `published` is each subject's last published
    status: what `status.previous` means in the run's own period.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        scheme: Scheme,
        rules: EffectiveRules,
        book: FactBook,
        rows: Mapping[str, PeriodRows],
        now: Period,
        published: Callable[[str], str | None],
    ) -> None:
        self.portfolio, self.scheme, self.now = portfolio, scheme, now
        self._rules, self._book = rules, book
        self.past = Past(portfolio)
        self.sheets = KnownSheets(portfolio, book, rules.thresholds, self)
        self.rows, self._published = rows, published
        self._held = Held(portfolio, scheme, self.past, self.sheets, Returned(portfolio, rows), self)
        asked = asked_of(rules, portfolio)
        self._of_measures = [one for one in asked if one.rule.of_measures]
        self._of_subjects = [one for one in asked if not one.rule.of_measures]
        self._asks_what_was_before = any(one.needs & Needs.BEFORE for one in asked)
        self._first_exception = next(
            (rank for rank, status in enumerate(scheme.statuses) if status.exception), len(scheme.statuses)
        )
        self._here: dict[tuple[str, str, bool], tuple[Here, ...]] = {}
        self._verdicts: _Kept = {}
        self._cleared: _Kept = {}
        self._ruled: dict[tuple[str, str, bool], tuple[Ruled, ...]] = {}
        self._ratings: dict[tuple[str, str], Mapping[MeasureKey, Rating]] = {}
        self._decided: dict[str, Mapping[str, InForce]] = {}
        self._judged: dict[tuple[str, str], Judged] = {}  # by itself, compared with nothing
        self._settled: dict[str, Judged] = {}  # in the run's own period

    def handed_on(
        self, rules: EffectiveRules, book: FactBook, now: Period, published: Callable[[str], str | None]
    ) -> "Judging | None":
        """This one for the run of a later period, with all that has been worked out; None by other rules or figures.

        What a rule says of a period is the same, whichever period is the run's own. Only where one speaks of the
        status before is it not: this run's own was compared with what was published, which other rules may have given.
        """
        if book is not self._book or rules != self._rules:
            return None
        one = copy(self)
        one.now, one._published, one._settled = now, published, {}
        anew = self.now if self._asks_what_was_before else None
        one.sheets = self.sheets.handed_to(one, anew)
        one._held = self._held.handed_to(one.sheets, one, anew)
        if anew is not None:
            one._here, one._ruled = without(self._here, anew), without(self._ruled, anew)
            one._verdicts, one._cleared = without(self._verdicts, anew), without(self._cleared, anew)
            one._ratings, one._judged = without(self._ratings, anew), without(self._judged, anew)
        return one

    def under(self, thresholds: Mapping[str, Quantity], statuses: Statuses) -> "Judging":
        """The same rules under other thresholds, with the statuses that rules speak of handed in.

        What follows from no threshold is shared and worked out once: figures, decisions, of whom a rule is asked. Not
        for rules that speak of the status before: of whom these are asked is no such thing.
        """
        one = copy(self)
        one.sheets = self.sheets.under(thresholds, statuses)
        one._held = self._held.over(one.sheets, one)
        one._verdicts, one._cleared, one._ruled, one._ratings, one._judged = {}, {}, {}, {}, {}
        return one

    @cached_property
    def formulas(self) -> Formulas:
        """The formulas of measures, read."""
        return Formulas(self.portfolio, self.scheme)

    # ---- the run's own period

    def ask(
        self, subjects: Iterable[str], judge: Callable[[Sequence[Question]], Sequence[Verdict]], *, of_measures: bool
    ) -> None:
        """Judge what is asked of these subjects in the run's own period, or of their measures.

        The measures have to come first, and what lies below the subjects has to be settled.
        """
        here = [one for ref in subjects for one in self.questions(ref, self.now, of_measures)]
        rules = [(self._verdicts, one, one.asked.rule) for one in here]
        rules += [(self._cleared, one, clears) for one in here if (clears := one.asked.clearing) is not None]
        verdicts = judge([self._question(rule, one, self.now) for _, one, rule in rules])
        for (said, one, _), verdict in zip(rules, verdicts, strict=True):
            said[self.now.id, one.asked.order, one.place] = verdict

    def keep(self, subject: str, judged: Judged) -> None:
        """What a subject was settled at in the run's own period."""
        self._settled[subject] = judged

    # ---- any period

    def judged(self, subject: str, period: Period) -> Judged:
        """A subject in an earlier period, judged again; or in the run's own, as it was settled."""
        if period == self.now and subject in self._settled:
            return self._settled[subject]
        if (subject, period.id) not in self._judged:
            waiting = [period]
            if self._asks_what_was_before:
                # The earliest first: each builds on the one before, and a long past is no long chain of calls.
                waiting += (one for one in self.past.judged_before(period) if (subject, one.id) not in self._judged)
            for one in reversed(waiting):
                self._judged[subject, one.id] = self.unsettled(subject, one)
        return self._judged[subject, period.id]

    def status(self, subject: str, period: Period) -> str | None:
        return self.judged(subject, period).status

    def status_before(self, subject: str, period: Period) -> tuple[str | None, int | None]:
        earlier = self.past.before(period)
        if period == self.now:
            status = self._published(subject)
        else:
            status = self.status(subject, earlier) if earlier is not None else None
        if status is None or earlier is None:
            return status, None
        held_for, at = 1, self.past.before(earlier)
        while at is not None and self.status(subject, at) == status:
            held_for, at = held_for + 1, self.past.before(at)
        return status, held_for

    def ratings(self, subject: str, period: Period) -> Mapping[MeasureKey, Rating]:
        key = (subject, period.id)
        if key not in self._ratings:
            sheets = self.sheets.measures(subject, period).values()
            self._ratings[key] = rate(sheets, self._rulings(subject, period, True), self.scheme)
        return self._ratings[key]

    def decided(self, period: Period) -> Mapping[str, InForce]:
        """What people decided and is in force in a period, by subject."""
        if period.id not in self._decided:
            self._decided[period.id] = in_force(self.rows, self.portfolio, period)
        return self._decided[period.id]

    def unsettled(self, subject: str, period: Period) -> Judged:
        """What a subject's rules and decisions say in a period, without comparing it to any other."""
        if self.past.is_history(period):
            return self.judged_by(subject, period, (), {})
        ruled = (*self._rulings(subject, period, True), *self._rulings(subject, period, False))
        return self.judged_by(subject, period, ruled, self.ratings(subject, period))

    def judged_by(
        self, subject: str, period: Period, ruled: tuple[Ruled, ...], ratings: Mapping[MeasureKey, Rating]
    ) -> Judged:
        """What follows from what a subject's rules say in a period, and from what people decided."""
        decided = self.decided(period).get(subject, NOTHING)
        lifecycle = self.sheets.lifecycle(subject, period)
        if self.past.is_history(period):
            status = decided.override.row.status if decided.override is not None else None
            return Judged(period, lifecycle, status, decided=decided)
        moving = [one for one in ruled if one.moves]
        found, floor = worst(one.rank for one in moving), self._rank(decided.floor)
        standing = Standing(
            subject=subject,
            outside=lifecycle is not Lifecycle.LIVE,
            override=self._rank(decided.override),
            worst=worst((found, floor)),
            judged=was_judged(moving),
            required_unknown=lacks_required(moving),
            before=None,
            comparable=False,
            new=False,
            first_exception=self._first_exception,
        )
        settled = plain.settle(standing)
        return Judged(
            period, lifecycle, self.status_of(lifecycle, settled.status), found, floor, decided, standing, settled,
            ruled, ratings,
        )  # fmt: skip

    def status_of(self, lifecycle: Lifecycle, rank: int | None) -> str | None:
        """The status of a lifecycle outside the scheme's order, else of a rank; None for none."""
        if lifecycle is not Lifecycle.LIVE:
            status = self.scheme.of_lifecycle(lifecycle)
            return status.id if status is not None else None
        return None if rank is None else self.scheme.statuses[rank].id

    def scope(self, asked: Asked, place: Place, period: Period) -> MeasureScope | SubjectScope:
        """Where a rule looks its names up."""
        return self.scope_of(Here(asked, place, self.sheets.measure(place, period)), period)

    def scope_of(self, here: Here, period: Period) -> MeasureScope | SubjectScope:
        if here.sheet is None:
            return SubjectScope(self.sheets, here.asked, here.place.subject, period)
        return MeasureScope(self.sheets, here.asked, here.place, period, here.sheet)

    def was_judged_before(self, asked: Asked, place: Place, period: Period) -> bool:
        """Whether a rule was judged in that place in any period before."""
        return self._held.was_judged_before(Here(asked, place, self.sheets.measure(place, period)), period)

    # ---- rules

    def questions(self, subject: str, period: Period, of_measures: bool) -> tuple[Here, ...]:
        """The rules asked of a subject in a period, or of its measures; none of one that isn't live."""
        key = (subject, period.id, of_measures)
        if key not in self._here:
            live = self.sheets.lifecycle(subject, period) is Lifecycle.LIVE and not self.past.is_history(period)
            self._here[key] = self._asked_of_live(subject, period, of_measures) if live else ()
        return self._here[key]

    def _asked_of_live(self, subject: str, period: Period, of_measures: bool) -> tuple[Here, ...]:
        # Whether there is a status before is on the sheet only where some rule asks for it.
        sheet = self.sheets.sheet(subject, period, Needs.BEFORE if self._asks_what_was_before else Needs.FIGURES)
        if not of_measures:
            place = Place(subject)
            return tuple(Here(asked, place, None) for asked in self._of_subjects if applies(asked, sheet))
        places = [(Place(subject, one.measure, one.part), one) for one in _to_judge(sheet)]
        return tuple(
            Here(asked, place, one)
            for place, one in places
            for asked in self._of_measures
            if applies_to_measure(asked, sheet, one)
        )

    def verdict(self, here: Here, period: Period) -> Verdict:
        """What a rule's condition says of a period by itself."""
        return self._judged_alone(self._verdicts, here.asked.rule, here, period)

    def cleared(self, here: Here, period: Period) -> Verdict | None:
        """What clears a rule says, likewise: it fires where the rule is cleared. None for a rule without `clears`."""
        clearing = here.asked.clearing
        return None if clearing is None else self._judged_alone(self._cleared, clearing, here, period)

    def _judged_alone(self, known: _Kept, rule: Rule, here: Here, period: Period) -> Verdict:
        key = (period.id, here.asked.order, here.place)
        if key not in known:
            if period == self.now:
                raise LookupError(f"{rule.id} was not asked of {here.place} in the run's own period")
            known[key] = plain.judge(self._question(rule, here, period))
        return known[key]

    def _question(self, rule: Rule, here: Here, period: Period) -> Question:
        return Question(rule, here.place, self.scope_of(here, period))

    def same(self, here: Here, period: Period) -> Here | None:
        """The same question in another period; None where it wasn't asked there."""
        same = self.questions(here.place.subject, period, here.sheet is not None)
        return next((one for one in same if one.asked is here.asked and one.place == here.place), None)

    def _rulings(self, subject: str, period: Period, of_measures: bool) -> tuple[Ruled, ...]:
        key = (subject, period.id, of_measures)
        if key not in self._ruled:
            self._ruled[key] = tuple(self.ruling(one, period) for one in self.questions(subject, period, of_measures))
        return self._ruled[key]

    def ruling(self, here: Here, period: Period) -> Ruled:
        """What a rule says in a place on the period's figures, and what stands there."""
        now = self._held.said(here, period)
        stands = now if now.outcome is not None else self._held.held(here, period)
        rank = rank_given(here.asked, stands.outcome, self.scheme) if stands is not None else None
        supporting = here.sheet is not None and (here.sheet.supporting or here.asked.rule.supporting)
        if now.outcome is not None:
            on_figures = self.on_figures(here, now.outcome, period)
            return Ruled(here.asked, here.place, supporting, now, stands, rank, False, False, on_figures)
        not_due = self._lacks_only(here, now, period, lambda sheet: NOT_DUE in sheet.states)
        withholds = stands is None and here.asked.rule.required
        if withholds and not_due:  # nobody could have returned it; of what was only said not to be due somebody could
            withholds = not self._lacks_only(here, now, period, lambda sheet: not sheet.owed)
        if withholds and here.sheet is None:
            withholds = not self._lacks_only(here, now, period, lambda sheet: sheet.supporting)
        return Ruled(here.asked, here.place, supporting, now, stands, rank, not_due, withholds)

    def on_figures(self, here: Here, outcome: str, period: Period) -> bool:
        """Whether anything that a rule asks of figures could be told; of one that asks nothing, whether there are any.

        That nothing was said against a measure makes it no better: one that asks nothing of its figure never counts.
        Not looked for where nothing hangs on it: where the rule gives no status, or has found something.
        """
        asked = here.asked
        if not asked.rates or outcome == FIRES or asked.needs & Needs.BELOW or asked.of_figures_alone:
            return True
        if not asked.grounds:
            sheets = self.sheets.measures(here.place.subject, period).values()
            return here.sheet is None and any("actual" in one.facts for one in sheets)
        scope = self.scope_of(here, period)
        return any(
            scope.holds(ground.fact, ground.word) is not None
            if isinstance(ground, Is)
            else all(scope.fact(fact) is not None for fact in facts_in(ground))
            for ground in asked.grounds
        )

    def _lacks_only(self, here: Here, now: Verdict, period: Period, such: Callable[[MeasureSheet], bool]) -> bool:
        """Whether all that a rule lacks are the figures of such measures."""
        if here.sheet is not None:
            return such(here.sheet)
        sheets = self.sheets.measures(here.place.subject, period).values()
        lacking = [[one for one in sheets if one.measure == base(name)] for name in now.missing]
        return bool(lacking) and all(of and all(map(such, of)) for of in lacking)

    def _rank(self, decided: Decided | None) -> int | None:
        return None if decided is None else self.scheme.rank(decided.row.status)


def _to_judge(sheet: FactSheet) -> Iterator[MeasureSheet]:
    """A subject's measures, those in parts of a percentage by their parts."""
    in_parts = {one.measure for one in sheet.measures if one.part is not None}
    return (one for one in sheet.measures if one.part is not None or one.measure not in in_parts)
