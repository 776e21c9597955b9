"""What comes out of judging a subject in a period: its rules' verdicts, its measures' ratings, its standing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.assessment.applies import Asked
from engine.assessment.decisions import NOTHING, InForce
from engine.inference.questions import Settled, Standing
from engine.model.facts import MeasureSheet
from engine.model.run import NO_DIRECTION
from engine.model.verdicts import FIRES, QUIET, Place, Verdict
from engine.model.workspace import Lifecycle, Scheme
from engine.periods import Period

MeasureKey = tuple[str, str | None]  # measure, part


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule in one place: what it says on this period's figures, and what stands."""

    asked: Asked
    place: Place
    supporting: bool  # asked of a measure that doesn't move its subject
    now: Verdict
    stands: Verdict | None  # `now`, or what is held from an earlier period; None where it is neither judged nor held
    rank: int | None  # of the status that stands against the subject; None for none, or the best
    not_due: bool  # it could not be judged, for want of figures that aren't owed in this period
    withholds: (
        bool  # it is required and neither judged nor held; what only a supporting measure lacks withholds nothing
    )
    on_figures: bool = True  # some figure of this period was there to be judged

    @property
    def moves(self) -> bool:
        """Whether the subject's status depends on it."""
        return self.asked.rates and not self.supporting

    @property
    def fired(self) -> bool:
        """Whether something stands against the subject, or is to be said."""
        return self.rank is not None if self.asked.rates else self.stands is not None and self.stands.outcome == FIRES

    @property
    def counts_as_judged(self) -> bool:
        """Judged on this period's figures; or held, where none were owed.

        That nothing was returned can be judged too ("is partial", a count of what is missing). It is no figure, and
        nothing is earned by it.
        """
        return (self.now.outcome is not None and self.on_figures) or (self.stands is not None and self.not_due)


@dataclass(frozen=True, slots=True)
class Rating:
    """A measure's status, or a sentence that says why it has none; neither where no rule for measures is asked."""

    status: str | None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A subject in a period. In a period before the portfolio's first judged one there is only what was published."""

    period: Period
    lifecycle: Lifecycle
    status: str | None
    found: int | None = None  # the worst finding of a rule, as a rank
    floor: int | None = None
    decided: InForce = NOTHING
    standing: Standing | None = None  # None in history
    settled: Settled | None = None
    ruled: tuple[Ruled, ...] = ()
    ratings: Mapping[MeasureKey, Rating] = field(default_factory=dict)

    @property
    def is_history(self) -> bool:
        return self.standing is None


def rank_given(asked: Asked, outcome: str | None, scheme: Scheme) -> int | None:
    """The rank of the status that an outcome gives; None where it gives none or the best, which holds nobody back."""
    if not asked.rates or outcome is None or outcome == QUIET:
        return None
    return scheme.rank(asked.rule.status if outcome == FIRES else outcome) or None


def worst(ranks: Iterable[int | None]) -> int | None:
    """The worst rank; None where there is none."""
    return max((rank for rank in ranks if rank is not None), default=None)


def was_judged(ruled: Iterable[Ruled]) -> bool:
    """Whether at least one of the rules was judged."""
    return any(one.counts_as_judged for one in ruled)


def lacks_required(ruled: Iterable[Ruled]) -> bool:
    """Whether one of the rules is required and could be neither judged nor held."""
    return any(one.withholds for one in ruled)


# ---- measures


def rate(sheets: Iterable[MeasureSheet], ruled: Iterable[Ruled], scheme: Scheme) -> dict[MeasureKey, Rating]:
    """Each measure's and part's status from the rules asked of it; a measure in parts stands at the worst of them."""
    of: dict[MeasureKey, list[Ruled]] = {}
    for one in ruled:
        if one.asked.rates and one.place.measure is not None:
            of.setdefault((one.place.measure, one.place.part), []).append(one)
    ratings: dict[MeasureKey, Rating] = {}
    parts: dict[str, list[Rating]] = {}
    for sheet in sheets:
        rating = ratings[sheet.measure, sheet.part] = _rating(sheet, of.get((sheet.measure, sheet.part), []), scheme)
        if sheet.part is not None:
            parts.setdefault(sheet.measure, []).append(rating)
    for measure, rated in parts.items():
        ratings[measure, None] = _rating_of_parts(rated, scheme)
    return ratings


def _rating(sheet: MeasureSheet, ruled: list[Ruled], scheme: Scheme) -> Rating:
    if not sheet.rateable:
        return Rating(None, NO_DIRECTION)
    if not ruled:
        return Rating(None)
    found = worst(one.rank for one in ruled)
    if found is not None:
        return Rating(scheme.statuses[found].id)
    if was_judged(ruled) and not lacks_required(ruled):
        return Rating(scheme.best.id)
    return Rating(None, _why_not(sheet, ruled))


def _rating_of_parts(parts: list[Rating], scheme: Scheme) -> Rating:
    found = worst(scheme.rank(part.status) for part in parts)
    if found is None:
        return Rating(None, parts[0].why_not)
    if not found and any(part.status is None for part in parts):
        return Rating(None, "Not every part of it could be rated.")
    return Rating(scheme.statuses[found].id)


_WHY_NO_FIGURE = {
    "not due": "No figure is due in this period.",
    "not captured": "Its figure is not captured.",
    "unquantified": "Its figure is not quantified.",
    "under review": "Its figure is under review.",
}


def _why_not(sheet: MeasureSheet, ruled: Iterable[Ruled]) -> str:
    if "actual" not in sheet.facts:
        return next((why for word, why in _WHY_NO_FIGURE.items() if word in sheet.states), "No figure was returned.")
    if any(one.asked.rule.thresholds.intersection(one.now.missing) for one in ruled):
        return "A threshold by which it is judged has no value."
    if "target" not in sheet.facts:
        return "Its target has no figure." if sheet.target_word else "It has no target."
    return "A rule that rates it could not be judged."
