"""A subject's measures as its owner reads them: the figure against its target, the status or why there is none."""

from collections.abc import Iterator

from engine.assessment.beside import explanations_in
from engine.assessment.judged import Judged, Rating
from engine.assessment.judging import Judging
from engine.model.facts import MeasureSheet
from engine.model.returns import FigureState
from engine.model.run import ExplanationOut, MeasureOut
from engine.model.values import plain, show
from engine.model.workspace import Level, Lifecycle, Measure, TargetWord

_NO_FIGURE = (
    FigureState.NOT_DUE, FigureState.NOT_CAPTURED, FigureState.OFF_TARGET, FigureState.UNQUANTIFIED,
    FigureState.UNDER_REVIEW, FigureState.PARTIAL,
)  # fmt: skip
_BESIDE_A_FIGURE = (
    FigureState.PROVISIONAL, FigureState.PARTIAL, FigureState.UNSECURED, FigureState.UNDER_REVIEW,
)  # fmt: skip
_NO_RATING = Rating(None)


def measures_of(judging: Judging, subject: str, judged: Judged) -> Iterator[MeasureOut]:
    """Every measure in the portfolio's order; one that is judged in parts as a whole first, then part by part."""
    level = judging.portfolio.subjects[subject].level
    sheets = judging.sheets.measures(subject, judged.period)
    explained = {one.measure: one for one in explanations_in(judging, subject, judged.period)}
    begun: set[str] = set()
    for (name, part), sheet in sheets.items():
        defined = judging.portfolio.measures[name]
        if part is not None and name not in begun and (name, None) not in sheets:
            parts = sum(measure == name for measure, _ in sheets)
            yield _measure_in_parts(sheet, parts, defined, _rating(judged, name, None, level), explained.get(name))
        begun.add(name)
        explanation = explained.get(name) if part is None else None
        yield _measure(sheet, defined, _rating(judged, name, part, level), explanation)


def _rating(judged: Judged, measure: str, part: str | None, level: Level) -> Rating:
    if judged.lifecycle is not Lifecycle.LIVE:
        return Rating(None, f"Nothing is judged while the {level.value} is {judged.lifecycle.value}.")
    rating = judged.ratings.get((measure, part), _NO_RATING)
    if rating != _NO_RATING:
        return rating
    by_its_subject = any(
        one.asked.rates and one.place.measure is None and measure in one.asked.measures for one in judged.ruled
    )
    return Rating(None, f"It is judged with its {level.value}." if by_its_subject else "No rule rates it.")


def _measure(sheet: MeasureSheet, defined: Measure, rating: Rating, explanation: ExplanationOut | None) -> MeasureOut:
    actual, target = sheet.facts.get("actual"), sheet.facts.get("target")
    word = sheet.target_word.value if sheet.target_word is not None else None
    return MeasureOut(
        measure=sheet.measure,
        part=sheet.part,
        title=sheet.title,
        unit=defined.unit,
        actual=plain(actual.value) if actual is not None else None,
        target=plain(target.value) if target is not None else word,
        shown=_shown(sheet),
        status=rating.status,
        supporting=sheet.supporting,
        not_rated_because=rating.why_not,
        note=sheet.note,
        explanation=explanation,
    )


def _measure_in_parts(
    part: MeasureSheet, parts: int, defined: Measure, rating: Rating, explanation: ExplanationOut | None
) -> MeasureOut:
    return MeasureOut(
        measure=part.measure,
        title=defined.title,
        unit=defined.unit,
        shown=f"in {parts} part{'' if parts == 1 else 's'}",
        status=rating.status,
        supporting=part.supporting,
        not_rated_because=rating.why_not,
        explanation=explanation,
    )


def _shown(sheet: MeasureSheet) -> str:
    """ "15.1% against 50% (provisional, 24 cases)", "not captured against 95%", "12, target to be set" """
    actual, target = sheet.facts.get("actual"), sheet.facts.get("target")
    if actual is None:
        text = next((word.value for word in _NO_FIGURE if word in sheet.states), "no figure")
    else:
        text = show(actual, sheet.decimals)
    if target is not None:
        text += f" against {show(target, sheet.decimals)}"
    elif sheet.target_word is TargetWord.TO_BE_SET:
        text += ", target to be set"
    elif sheet.target_word is not None:
        text += f", to go {sheet.target_word.value}"
    else:
        text += _towards(sheet)
    if sheet.target_text:
        text += f" (“{sheet.target_text}”)"
    said = [_beside(word, sheet) for word in _BESIDE_A_FIGURE if actual is not None and word in sheet.states]
    if (cases := sheet.facts.get("cases")) is not None:
        said.append(f"{show(cases)} case{'' if cases.value == 1 else 's'}")
    return f"{text} ({', '.join(said)})" if said else text


def _towards(sheet: MeasureSheet) -> str:
    """Where the figure has no target of its own: that of the year or lifetime, and where a straight line is by now."""
    linear = sheet.facts.get("linear_target")
    for name, words in (("year_target", "for the year"), ("lifetime_target", "in all")):
        target = sheet.facts.get(name)
        if target is not None:
            line = f" ({show(linear, sheet.decimals)} on a straight line)" if linear is not None else ""
            return f" of {show(target, sheet.decimals)} {words}{line}"
    return ""


def _beside(word: FigureState, sheet: MeasureSheet) -> str:
    """A word said of a figure; of one that is unsecured in part, how much of it is."""
    unsecured = sheet.facts.get("unsecured")
    if word is not FigureState.UNSECURED or unsecured is None or unsecured == sheet.facts.get("actual"):
        return word.value
    return f"{show(unsecured, sheet.decimals)} of it {word.value}"
