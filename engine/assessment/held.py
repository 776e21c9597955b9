"""What stands of earlier periods: a verdict held for want of figures, and a finding that nothing has cleared."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from engine.assessment.applies import Asked
from engine.assessment.judged import rank_given
from engine.assessment.lookback import Returned
from engine.assessment.past import Past, without
from engine.assessment.sheets import KnownSheets
from engine.model.facts import MeasureSheet
from engine.model.verdicts import FIRES, QUIET, Place, Verdict
from engine.model.workspace import Lifecycle, Portfolio, Scheme
from engine.periods import Period
from engine.rulebook.clearing import settled

QUIET_HOLDS_FOR = 2  # periods: then a rule that was quiet has to be judged again


@dataclass(frozen=True, slots=True)
class Here:
    """A rule asked of a subject, or of one of its measures."""

    asked: Asked
    place: Place
    sheet: MeasureSheet | None


class Verdicts(Protocol):
    """What rules say of each period by itself."""

    def same(self, here: Here, period: Period) -> Here | None:
        """The same question in another period; None where it wasn't asked there."""

    def verdict(self, here: Here, period: Period) -> Verdict:
        """What its condition says there."""

    def cleared(self, here: Here, period: Period) -> Verdict | None:
        """What clears it says there: it fires where the rule is cleared. None for a rule without `clears`."""


class Held:
    """Looks back from a period for what still stands there. Each state is worked out once."""

    def __init__(
        self,
        portfolio: Portfolio,
        scheme: Scheme,
        past: Past,
        sheets: KnownSheets,
        returned: Returned,
        verdicts: Verdicts,
    ) -> None:
        self._portfolio, self._scheme, self._past, self._sheets = portfolio, scheme, past, sheets
        self._returned, self._verdicts = returned, verdicts
        self._standing: dict[tuple[int, Place, str], str | None] = {}  # by rule, place and period

    def over(self, sheets: KnownSheets, verdicts: Verdicts) -> "Held":
        """The same past over other verdicts."""
        return Held(self._portfolio, self._scheme, self._past, sheets, self._returned, verdicts)

    def handed_to(self, sheets: KnownSheets, verdicts: Verdicts, anew: Period | None) -> "Held":
        """The same over verdicts from elsewhere, which are the same but for those in the period `anew`."""
        one = self.over(sheets, verdicts)
        one._standing = self._standing if anew is None else without(self._standing, anew)
        return one

    def said(self, here: Here, period: Period) -> Verdict:
        """What a rule says in a period: where its condition is no longer true, it still fires until it is cleared."""
        now, cleared = self._verdicts.verdict(here, period), self._verdicts.cleared(here, period)
        if cleared is None or now.outcome is None:
            return now
        last_fired = self._last_fired(here, period)
        if last_fired is None:
            return now
        evidence = {**(now.evidence or {}), **(cleared.evidence or {})}
        return replace(now, outcome=FIRES, evidence=evidence, last_fired=last_fired if now.outcome == QUIET else None)

    def held(self, here: Here, period: Period) -> Verdict | None:
        """What the rule last said: that something is wrong stands until judged quiet, quiet for two periods."""
        if not self._returned.may_ever_tell(here.asked.rule, here.place, period):
            return None
        for ago, earlier in enumerate(self._comparable_before(here, period), start=1):
            if not self._returned.may_tell(here.asked.rule, here.place, earlier):
                continue
            there = self._verdicts.same(here, earlier)
            if there is None:
                return None
            then = self.said(there, earlier)
            if then.outcome is not None:
                wrong = then.outcome == FIRES or rank_given(here.asked, then.outcome, self._scheme) is not None
                return replace(then, as_at=earlier.id) if wrong or ago <= QUIET_HOLDS_FOR else None
        return None

    def was_judged_before(self, here: Here, period: Period) -> bool:
        """Whether a rule was judged in that place in any period before."""
        asked, place = here.asked, here.place
        if not self._returned.may_ever_tell(asked.rule, place, period):
            return False
        return any(
            (there := self._verdicts.same(here, earlier)) is not None
            and self._verdicts.verdict(there, earlier).outcome is not None
            for earlier in self._past.judged_before(period)
            if self._returned.may_tell(asked.rule, place, earlier)
        )

    def _last_fired(self, here: Here, period: Period) -> str | None:
        """The period in which a rule last fired that stands after this one; None where it does not stand."""
        passed: list[tuple[int, Place, str]] = []
        found: str | None = None
        for at, there in self._asked_until(here, period):
            key = (here.asked.order, here.place, at.id)
            if key in self._standing:
                found = self._standing[key]
                break
            passed.append(key)
            cleared = self._verdicts.cleared(there, at)
            stands = settled(self._verdicts.verdict(there, at).outcome, cleared.outcome if cleared else None)
            if stands is not None:
                found = at.id if stands else None
                break
        # The periods passed over left it as it was.
        self._standing.update(dict.fromkeys(passed, found))
        return found

    def _asked_until(self, here: Here, period: Period) -> Iterator[tuple[Period, Here]]:
        """Where a rule was asked in a period and in comparable ones before it that may tell, latest first."""
        yield period, here
        for earlier in self._comparable_before(here, period):
            if self._returned.may_tell(here.asked.rule, here.place, earlier):
                there = self._verdicts.same(here, earlier)
                if there is None:
                    return
                yield earlier, there

    def _comparable_before(self, here: Here, period: Period) -> Iterator[Period]:
        """The judged periods before one, latest first, as far as the subject was live and no series is broken."""
        measures = here.asked.measures if here.place.measure is None else (here.place.measure, *here.asked.measures)
        begins = [self._past.series_start(self._portfolio.measures[name], period) for name in measures]
        for earlier in self._past.judged_before(period):
            if self._sheets.lifecycle(here.place.subject, earlier) is not Lifecycle.LIVE:
                return
            if any(day is not None and earlier.end < day for day in begins):
                return
            yield earlier
