"""The words that hold of a measure's figure: what its submitter said of it, and what follows from its absence."""

from collections.abc import Collection, Sequence

from engine.facts.attributes import MOVEMENTS, OFF_TARGET
from engine.facts.signals import SIGNAL
from engine.model.returns import FigureState

MISSING, OVERDUE, EXPLAINED = "missing", "overdue", "explained"
PARTIAL, NOT_DUE = FigureState.PARTIAL.value, FigureState.NOT_DUE.value

MEASURE_WORDS = frozenset((MISSING, OVERDUE, EXPLAINED, OFF_TARGET, SIGNAL, *MOVEMENTS, *FigureState))

# Each says why there is no figure: where one of them stands, its submitter has answered and nothing is missing.
_ANSWERS = frozenset(
    (
        FigureState.NOT_DUE,
        FigureState.NOT_CAPTURED,
        FigureState.UNQUANTIFIED,
        FigureState.UNDER_REVIEW,
        FigureState.OFF_TARGET,
    )
)
# Of a whole these hold only where they hold of every part.
_SAID_OF_ALL = frozenset((FigureState.NOT_DUE, FigureState.NOT_CAPTURED))


def says_why_not(said: Collection[FigureState]) -> bool:
    """Whether what was said of a figure answers for one that isn't there."""
    return bool(_ANSWERS & set(said))


def said_of_whole(said: Sequence[FigureState | None]) -> frozenset[FigureState]:
    """What holds of a measure whose rows say these things (None: nothing): most of it if said of any row."""
    words = {state for state in said if state is not None}
    return frozenset(state for state in words if state not in _SAID_OF_ALL or all(other is state for other in said))


def figure_words(
    said: Collection[FigureState], *, reported: bool, due: bool, late: bool, explained: bool
) -> frozenset[str]:
    """The words of a figure: those said of it, and what follows where there is none.

    `due` is whether a figure is owed, for this period or still for an earlier one; `late` whether its day has passed.
    A figure that isn't owed and hasn't come is `not due`.
    """
    words = {state.value for state in said}
    if FigureState.OFF_TARGET in said:
        words.add(FigureState.UNQUANTIFIED.value)  # it is said in place of a figure
    if explained:
        words.add(EXPLAINED)
    if not reported:
        if not due:
            words.add(NOT_DUE)
        elif not says_why_not(said):
            words.add(MISSING)
            if late:
                words.add(OVERDUE)
    return frozenset(words)


def words_of_parts(
    parts: Sequence[tuple[frozenset[str], frozenset[str]]], *, reported: bool
) -> tuple[frozenset[str], frozenset[str]]:
    """The words that hold of a whole, and those that can't be told, from those of its parts.

    It stands at the worst: off target as soon as one part is. Where any part was `reported` it is not missing, but
    partial if another part has no figure.
    """
    holds = frozenset[str]().union(*(states for states, _ in parts))
    everywhere = holds.intersection(*(states for states, _ in parts))
    unknown = frozenset[str]().union(*(words for _, words in parts)) - holds
    whole = holds - ((_SAID_OF_ALL | MOVEMENTS) - everywhere)
    if holds & MOVEMENTS and not everywhere & MOVEMENTS:
        unknown |= MOVEMENTS  # the parts go different ways, or some can't be told
    if reported:
        if holds & {MISSING, FigureState.NOT_CAPTURED}:
            whole |= {PARTIAL}
        whole -= {MISSING, OVERDUE}
    return whole, unknown
