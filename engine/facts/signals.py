"""Whether a measure's latest figure is a signal: more than a process does by chance from one period to the next.

The chart is the XmR chart as NHS England's "Making Data Count" draws it (its rules as the NHS-R Community's
NHSRplotthedots works them out, on the figures that were reported, in order):

- the mean is that of all figures; the limits are the mean -/+ 2.66 times the mean moving range, which is the mean
  difference between a figure and the one before it. Differences of 3.267 times their mean and more are dropped once
  beforehand: they are no part of the usual variation;
- the latest figure is a signal where it lies beyond the limits; where the last 7 figures all lie on one side of the
  mean; where the last 7 rise, or fall, at each of their 6 steps; where it is one of 2 among the last 3 that lie beyond
  two thirds of the way from the mean to the same limit.

In three places the sources are silent, or speak of the whole chart. A chart is about all its points, a rule about the
latest: so of the 2 in 3 the latest has to be one, else a figure would be a signal after it has come back. A figure
beyond the limit is beyond two thirds of it too. And where nothing but steps of nought is left once large differences
are dropped, none is dropped: a figure that moves once in years would else have limits without any width.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from engine.facts.attributes import Point, Series
from engine.model.values import EXACT, Quantity, to_millionths

SIGNAL = "a signal"
LIMITS = ("mean", "upper_limit", "lower_limit")  # the attributes that hold them
FEWEST = 13  # figures: with fewer the limits are too unsure to judge by

_NOUGHT = Decimal(0)
_WIDTH = Decimal("2.66")  # 3 standard deviations, which are 1/1.128 of the mean moving range of two
_USUAL = Decimal("3.267")  # the upper limit of a moving range, in mean moving ranges
_ON_ONE_SIDE, _STEPS, _NEAR, _OF = 7, 6, 2, 3  # figures or steps that make a signal


class Limits(NamedTuple):
    """A measure's mean and the limits within which it varies by chance, in its own unit."""

    mean: Decimal
    upper: Decimal
    lower: Decimal


class Reading(NamedTuple):
    """What a history says of signals: facts by attribute, the words that hold or can't be told, and why."""

    facts: dict[str, Quantity]
    holds: frozenset[str]
    unknown: frozenset[str]
    why: str  # what makes the latest figure a signal, or what is lacking to tell; "" where it is none


_NONE, _IS = frozenset[str](), frozenset((SIGNAL,))


def read_signal(history: Sequence[Point], series: Series, *, settled: bool = True) -> Reading:
    """The limits of a measure, and whether its figure in the last period of the history is a signal.

    The history is oldest first; nothing before the series begins counts, nor do periods without a figure. It can't be
    told from fewer than 13 figures, while the series has not settled, and where the last period has no figure.
    """
    begins, now = series.begins, history[-1].actual
    figures = [p.actual for p in history if p.actual is not None and (begins is None or p.period.end >= begins)]
    limits = process_limits(figures)
    if limits is None:
        return Reading({}, _NONE, _IS, "" if now is None else f"needs {FEWEST} figures, has {len(figures)}")
    facts = {name: Quantity(value, series.unit) for name, value in zip(LIMITS, limits, strict=True)}
    if now is None:
        return Reading(facts, _NONE, _IS, "")
    if not settled:
        return Reading(facts, _NONE, _IS, "its series has not settled yet")
    found = signals_in(figures, limits)
    return Reading(facts, _IS if found else _NONE, _NONE, "; ".join(found))


def process_limits(figures: Sequence[Decimal]) -> Limits | None:
    """Mean and limits of figures in order, oldest first; None for fewer than 13."""
    if len(figures) < FEWEST:
        return None
    with localcontext(EXACT):
        mean = sum(figures, _NOUGHT) / len(figures)
        steps = list(map(abs, map(sub, figures[1:], figures)))
        usual = sum(steps, _NOUGHT) / len(steps)
        largest = _USUAL * usual
        if usual and max(steps) >= largest:
            kept = [step for step in steps if step < largest]
            usual = sum(kept, _NOUGHT) / len(kept) or usual
        width = _WIDTH * usual
        return Limits(mean, mean + width, mean - width)


def signals_in(figures: Sequence[Decimal], limits: Limits) -> tuple[str, ...]:
    """What makes the last of 13 or more figures a signal; empty where nothing does."""
    mean, upper, lower = limits
    latest, recent, beside = figures[-1], figures[-_ON_ONE_SIDE:], figures[-_OF:]
    with localcontext(EXACT):
        two_thirds = (upper - mean) * 2 / 3
        near_upper, near_lower = mean + two_thirds, mean - two_thirds
    found: list[str] = []
    if _above(latest, upper):
        found.append("above the upper limit")
    elif _above(lower, latest):
        found.append("below the lower limit")
    if _above(min(recent), mean):
        found.append(f"{_ON_ONE_SIDE} figures in a row above the mean")
    elif _above(mean, max(recent)):
        found.append(f"{_ON_ONE_SIDE} figures in a row below the mean")
    if _rise(recent):
        found.append(f"{_STEPS} rises in a row")
    elif _rise(recent[::-1]):
        found.append(f"{_STEPS} falls in a row")
    if _above(latest, near_upper) and sum(_above(figure, near_upper) for figure in beside) >= _NEAR:
        found.append(f"{_NEAR} of the last {_OF} figures near or above the upper limit")
    elif _above(near_lower, latest) and sum(_above(near_lower, figure) for figure in beside) >= _NEAR:
        found.append(f"{_NEAR} of the last {_OF} figures near or below the lower limit")
    return tuple(found)


def _rise(figures: Sequence[Decimal]) -> bool:
    """Whether each of the figures is above the one before."""
    return figures[-1] > figures[0] and all(_above(after, before) for before, after in pairwise(figures))


def _above(one: Decimal, other: Decimal) -> bool:
    """Whether one is above the other once both are rounded to millionths, as the sides of a rule's comparison are."""
    if one <= other:  # rounding never turns two figures about, so that most pairs need none
        return False
    rounded, against = to_millionths(one), to_millionths(other)
    return rounded is None or against is None or rounded > against
