"""What could not be judged, and for want of what: by the facts' names, and as people say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.assessment.beside import asked_for_signals
from engine.assessment.findings import oldest, spoken_of
from engine.assessment.judged import Judged, Ruled
from engine.assessment.judging import Judging
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.facts.signals import LIMITS, SIGNAL
from engine.model.run import NotAssessed
from engine.model.values import Quantity
from engine.rulebook.nouns import Terms
from engine.rulebook.syntax import Fact

# What is said of a table of which something came back.
_TABLES = {"savings": "a figure for {}", "milestones": "the dates and states of its milestones"}
_OF_FIGURE_AND_TARGET = ("shortfall", "variance")
_FIGURES = "enough figures"


def not_assessed_in(judging: Judging, judged: Judged) -> tuple[NotAssessed, ...]:
    """The rules that could not be judged on the period's figures, grouped by what is missing.

    A rule that lacks only figures that are not owed is left out, as nobody could put that right, unless a status hangs
    on it.
    """
    groups: dict[tuple[str, ...], list[Ruled]] = {}
    for one in judged.ruled:
        hangs_on_it = one.asked.rates and (one.withholds or one.stands is not None)
        if one.now.outcome is None and (hangs_on_it or not one.not_due):
            missing = tuple(sorted({_in_full(one, name) for name in one.now.missing}))
            groups.setdefault(missing, []).append(one)
    return tuple(_group(judging, judged, missing, ruled) for missing, ruled in groups.items())


def _group(judging: Judging, judged: Judged, missing: tuple[str, ...], ruled: list[Ruled]) -> NotAssessed:
    words = dict.fromkeys(word for one in ruled for word in _words(judging, judged, one))
    asked = dict.fromkeys(one.asked.rule.id for one in ruled)
    judged_once = {one.asked.rule.id for one in ruled if _was_ever_judged(judging, judged, one)}
    return NotAssessed(
        missing=missing,
        rules=tuple(asked),
        words=tuple(words) or (_FIGURES,),
        never_judged=tuple(rule for rule in asked if rule not in judged_once),
        quiet_as_at=oldest(judging, (one.stands.as_at for one in ruled if one.stands is not None and not one.fired)),
    )


def _was_ever_judged(judging: Judging, judged: Judged, ruled: Ruled) -> bool:
    """Whether a rule was judged in any earlier period; taken for granted of one that is required."""
    return (
        ruled.asked.rule.required
        or ruled.stands is not None
        or judging.was_judged_before(ruled.asked, ruled.place, judged.period)
    )


def _in_full(ruled: Ruled, name: str) -> str:
    """A missing name with the measure that it belongs to, where it stands alone in the rule."""
    if ruled.place.measure is None or name not in ruled.asked.alone:
        return name
    return ruled.place.measure if name == "actual" else f"{ruled.place.measure}.{name}"


def _words(judging: Judging, judged: Judged, ruled: Ruled) -> Iterator[str]:
    """What a rule lacks, in the people's words: the figure that was not returned rather than what follows from it."""
    scope, terms = spoken_of(judging, judged, ruled, ruled.now)
    known = judging.sheets.figures(ruled.place.subject, judged.period).facts
    lacking = _Lacking(judging, ruled, scope, terms, known)
    for name in sorted(ruled.now.missing):
        yield from lacking.words(Fact(name, alone=name in ruled.asked.alone))


@dataclass(frozen=True, slots=True)
class _Lacking:
    """What is known where a rule was asked and could not be judged."""

    judging: Judging
    ruled: Ruled
    scope: MeasureScope | SubjectScope
    terms: Terms
    known: Mapping[str, Quantity]  # the figures of its subject

    def words(self, fact: Fact) -> Iterator[str]:
        if fact.name in self.ruled.asked.rule.thresholds:
            yield f"a value of the threshold `{fact.name}`"
            return
        measure, attribute = self.terms.measure_of(fact)
        if measure is None:
            yield self._of_subject(fact)
        else:
            yield from self._of_measure(fact, measure, attribute)

    def _of_subject(self, fact: Fact) -> str:
        table = fact.name.partition(".")[0]
        if table not in _TABLES:
            return self.terms.noun(fact)
        there = any(name.startswith(f"{table}.") for name in self.known)
        return _TABLES[table].format(self.terms.noun(fact)) if there else table

    def _of_measure(self, fact: Fact, measure: str, attribute: str) -> Iterator[str]:
        scope, terms = self.scope, self.terms
        actual = Fact("actual", alone=True) if fact.alone else Fact(measure)
        target = Fact("target", alone=True) if fact.alone else Fact(f"{measure}.target")
        lacks_target = attribute in ("target", *_OF_FIGURE_AND_TARGET) and scope.fact(target) is None
        lacks_figure = attribute != "target" and scope.fact(actual) is None
        lacks = self._lacks_of_signal(fact, attribute)
        if lacks_figure:
            yield from tuple(self._of_formula(measure)) or (f"a figure for {terms.noun(actual)}",)
        if lacks_target:
            yield terms.noun(target)
        if not lacks_figure and not lacks_target and lacks:
            yield f"enough figures for {terms.noun(actual)} ({lacks})"
        elif not lacks_figure and not lacks_target:
            # What is known now lacks in an earlier period that the rule asks for, or can not be worked with.
            yield terms.noun(fact) if scope.fact(fact) is None else f"enough figures for {terms.noun(actual)}"

    def _of_formula(self, measure: str, above: frozenset[str] = frozenset()) -> Iterator[str]:
        """What a measure's formula lacks, down to what is returned; nothing where it has none, or lacks nothing."""
        formula = self.judging.portfolio.measures[measure].equals
        for fact in self.judging.formulas.facts(formula) if formula is not None else ():
            below, _ = self.terms.measure_of(fact)
            if self.scope.fact(fact) is not None or below in above:
                continue
            deeper = () if below is None else tuple(self._of_formula(below, above | {measure}))
            if below is None:
                yield self._of_subject(fact)
            else:
                yield from deeper or (f"a figure for {self.terms.noun(fact)}",)

    def _lacks_of_signal(self, fact: Fact, attribute: str) -> str:
        """What a measure's history lacks ("needs 13 figures, has 9") where its limits or signals are asked for."""
        if attribute not in LIMITS and fact not in asked_for_signals(self.ruled.asked.rule):
            return ""
        lacks = (sheet.signal for sheet in self.scope.measures(fact) if SIGNAL in sheet.unknown_states)
        return next((one for one in lacks if one), "")
