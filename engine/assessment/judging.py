"""Judging subjects in any period by the rules of today: what each rule says, what is held, what follows from both."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.assessment.applies import Asked, Needs, applies, applies_to_measure, asked_of, base
from engine.assessment.decisions import NOTHING, Decided, InForce, in_force
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
from engine.assessment.past import Past
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.assessment.sheets import KnownSheets
from engine.facts.book import FactBook
from engine.facts.words import NOT_DUE
from engine.inference import plain
from engine.inference.questions import Question, Standing
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.verdicts import FIRES, Place, Verdict
from engine.model.workspace import Lifecycle, Portfolio, Scheme
from engine.periods import Period
from engine.returns.merge import PeriodRows
from engine.rulebook.rules import EffectiveRules

QUIET_HOLDS_FOR = 2  # periods: then a rule that was quiet has to be judged again


@dataclass(frozen=True, slots=True)
class _Here:
    """A rule asked of a subject, or of one of its measures."""

    asked: Asked
    place: Place
    sheet: MeasureSheet | None


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
        self.past = Past(portfolio)
        self.sheets = KnownSheets(portfolio, book, rules.thresholds, self)
        self.rows, self._published = rows, published
        self._returned = Returned(portfolio, rows)
        asked = asked_of(rules, portfolio)
        self._of_measures = [one for one in asked if one.rule.of_measures]
        self._of_subjects = [one for one in asked if not one.rule.of_measures]
        self._asks_what_was_before = any(one.needs & Needs.BEFORE for one in asked)
        self._first_exception = next(
            (rank for rank, status in enumerate(scheme.statuses) if status.exception), len(scheme.statuses)
        )
        self._here: dict[tuple[str, str, bool], tuple[_Here, ...]] = {}
        self._verdicts: dict[tuple[str, int, Place], Verdict] = {}
        self._ruled: dict[tuple[str, str, bool], tuple[Ruled, ...]] = {}
        self._ratings: dict[tuple[str, str], Mapping[MeasureKey, Rating]] = {}
        self._decided: dict[str, Mapping[str, InForce]] = {}
        self._judged: dict[tuple[str, str], Judged] = {}

    # ---- the run's own period

    def ask(
        self, subjects: Iterable[str], judge: Callable[[Sequence[Question]], Sequence[Verdict]], *, of_measures: bool
    ) -> None:
        """Judge what is asked of these subjects in the run's own period, or of their measures.

        The measures have to come first, and what lies below the subjects has to be settled.
        """
        here = [one for ref in subjects for one in self._asked_of(ref, self.now, of_measures)]
        verdicts = judge([self._question(one, self.now) for one in here])
        for one, verdict in zip(here, verdicts, strict=True):
            self._verdicts[self.now.id, one.asked.order, one.place] = verdict

    def keep(self, subject: str, judged: Judged) -> None:
        """What a subject was settled at in the run's own period."""
        self._judged[subject, self.now.id] = judged

    # ---- any period

    def judged(self, subject: str, period: Period) -> Judged:
        """A subject in an earlier period, judged again; or in the run's own, as it was settled."""
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
        decided = self.decided(period).get(subject, NOTHING)
        lifecycle = self.sheets.lifecycle(subject, period)
        if self.past.is_history(period):
            status = decided.override.row.status if decided.override is not None else None
            return Judged(period, lifecycle, status, decided=decided)
        ruled = (*self._rulings(subject, period, True), *self._rulings(subject, period, False))
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
            ruled, self.ratings(subject, period),
        )  # fmt: skip

    def status_of(self, lifecycle: Lifecycle, rank: int | None) -> str | None:
        """The status of a lifecycle outside the scheme's order, else of a rank; None for none."""
        if lifecycle is not Lifecycle.LIVE:
            status = self.scheme.of_lifecycle(lifecycle)
            return status.id if status is not None else None
        return None if rank is None else self.scheme.statuses[rank].id

    def scope(self, asked: Asked, place: Place, period: Period) -> MeasureScope | SubjectScope:
        """Where a rule looks its names up."""
        return self._scope(_Here(asked, place, self.sheets.measure(place, period)), period)

    def _scope(self, here: _Here, period: Period) -> MeasureScope | SubjectScope:
        if here.sheet is None:
            return SubjectScope(self.sheets, here.asked, here.place.subject, period)
        return MeasureScope(self.sheets, here.asked, here.place, period, here.sheet)

    def was_judged_before(self, asked: Asked, place: Place, period: Period) -> bool:
        """Whether a rule was judged in that place in any period before."""
        if not self._returned.may_ever_tell(asked.rule, place, period):
            return False
        here = _Here(asked, place, self.sheets.measure(place, period))
        return any(
            (there := self._same(here, earlier)) is not None and self._verdict(there, earlier).outcome is not None
            for earlier in self.past.judged_before(period)
            if self._returned.may_tell(asked.rule, place, earlier)
        )

    # ---- rules

    def _asked_of(self, subject: str, period: Period, of_measures: bool) -> tuple[_Here, ...]:
        """The rules asked of a subject in a period, or of its measures; none of one that isn't live."""
        key = (subject, period.id, of_measures)
        if key not in self._here:
            live = self.sheets.lifecycle(subject, period) is Lifecycle.LIVE and not self.past.is_history(period)
            self._here[key] = self._asked_of_live(subject, period, of_measures) if live else ()
        return self._here[key]

    def _asked_of_live(self, subject: str, period: Period, of_measures: bool) -> tuple[_Here, ...]:
        # Whether there is a status before is on the sheet only where some rule asks for it.
        sheet = self.sheets.sheet(subject, period, Needs.BEFORE if self._asks_what_was_before else Needs.FIGURES)
        if not of_measures:
            place = Place(subject)
            return tuple(_Here(asked, place, None) for asked in self._of_subjects if applies(asked, sheet))
        places = [(Place(subject, one.measure, one.part), one) for one in _to_judge(sheet)]
        return tuple(
            _Here(asked, place, one)
            for place, one in places
            for asked in self._of_measures
            if applies_to_measure(asked, sheet, one)
        )

    def _question(self, here: _Here, period: Period) -> Question:
        return Question(here.asked.rule, here.place, self._scope(here, period))

    def _verdict(self, here: _Here, period: Period) -> Verdict:
        key = (period.id, here.asked.order, here.place)
        if key not in self._verdicts:
            if period == self.now:
                raise LookupError(f"{here.asked.rule.id} was not asked of {here.place} in the run's own period")
            self._verdicts[key] = plain.judge(self._question(here, period))
        return self._verdicts[key]

    def _rulings(self, subject: str, period: Period, of_measures: bool) -> tuple[Ruled, ...]:
        key = (subject, period.id, of_measures)
        if key not in self._ruled:
            self._ruled[key] = tuple(self._ruling(one, period) for one in self._asked_of(subject, period, of_measures))
        return self._ruled[key]

    def _ruling(self, here: _Here, period: Period) -> Ruled:
        now = self._verdict(here, period)
        stands = now if now.outcome is not None else self._held(here, period)
        rank = rank_given(here.asked, stands.outcome, self.scheme) if stands is not None else None
        supporting = here.sheet is not None and here.sheet.supporting
        if now.outcome is not None:
            return Ruled(here.asked, here.place, supporting, now, stands, rank, not_due=False, withholds=False)
        not_due = self._lacks_only(here, now, period, lambda sheet: NOT_DUE in sheet.states)
        withholds = stands is None and here.asked.rule.required
        if withholds and here.sheet is None:
            withholds = not self._lacks_only(here, now, period, lambda sheet: sheet.supporting)
        return Ruled(here.asked, here.place, supporting, now, stands, rank, not_due, withholds)

    def _held(self, here: _Here, period: Period) -> Verdict | None:
        """What the rule last said: that something is wrong stands until judged quiet, quiet for two periods."""
        if not self._returned.may_ever_tell(here.asked.rule, here.place, period):
            return None
        for ago, earlier in enumerate(self._comparable_before(here, period), start=1):
            if not self._returned.may_tell(here.asked.rule, here.place, earlier):
                continue
            there = self._same(here, earlier)
            if there is None:
                return None
            then = self._verdict(there, earlier)
            if then.outcome is not None:
                wrong = then.outcome == FIRES or rank_given(here.asked, then.outcome, self.scheme) is not None
                return replace(then, as_at=earlier.id) if wrong or ago <= QUIET_HOLDS_FOR else None
        return None

    def _comparable_before(self, here: _Here, period: Period) -> Iterator[Period]:
        """The judged periods before one, latest first, as far as the subject was live and no series is broken."""
        measures = here.asked.measures if here.place.measure is None else (here.place.measure, *here.asked.measures)
        begins = [self.past.series_start(self.portfolio.measures[name], period) for name in measures]
        for earlier in self.past.judged_before(period):
            if self.sheets.lifecycle(here.place.subject, earlier) is not Lifecycle.LIVE:
                return
            if any(day is not None and earlier.end < day for day in begins):
                return
            yield earlier

    def _same(self, here: _Here, period: Period) -> _Here | None:
        """The same question in another period; None where it wasn't asked there."""
        same = self._asked_of(here.place.subject, period, here.sheet is not None)
        return next((one for one in same if one.asked is here.asked and one.place == here.place), None)

    def _lacks_only(self, here: _Here, now: Verdict, period: Period, such: Callable[[MeasureSheet], bool]) -> bool:
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
