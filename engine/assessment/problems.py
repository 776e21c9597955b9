"""What the PMO should look into: found by rules, by comparing what was declared, or because it can't be compared."""

from collections.abc import Iterator

from engine.assessment.findings import said
from engine.assessment.judged import Judged, Ruled
from engine.assessment.judging import Judging
from engine.inference.lowering import too_large
from engine.model.problems import Problem
from engine.rulebook.rules import Rule


def problems_of(judging: Judging, subject: str, judged: Judged) -> Iterator[Problem]:
    """A subject's problems in the run's own period."""
    yield from _found_by_rules(judging, judged)
    yield from _declared_better(judging, subject, judged)
    yield from _out_of_range(judging, judged)


def _found_by_rules(judging: Judging, judged: Judged) -> Iterator[Problem]:
    for one in judged.ruled:
        if one.asked.rule.yields == "problem" and one.fired and one.stands is not None:
            ref, what = one.place.subject, said(judging, judged, one, one.stands)
            yield Problem(file="", where=ref, what=what, cure=one.asked.rule.action, subject=ref)


def _declared_better(judging: Judging, subject: str, judged: Judged) -> Iterator[Problem]:
    """The owner's own view, where it is better than what the rules and floors say."""
    declared, scheme = judged.decided.declared, judging.scheme
    derived = judged.settled.derived if judged.settled is not None else None
    claimed = scheme.rank(declared.row.status) if declared is not None else None
    if declared is None or claimed is None or derived is None or claimed >= derived:
        return
    title = judging.portfolio.subjects[subject].title
    whose = "its rules give" if judged.found == derived else "the PMO's floor is"
    yield Problem(
        file="", where=subject, subject=subject,
        what=f"{title} is declared {scheme.statuses[claimed].name} by {declared.row.by}, "
        f"and {whose} {scheme.statuses[derived].name}",
        cure="agree with its owner which is right; the declared status moves nothing",
    )  # fmt: skip


def _out_of_range(judging: Judging, judged: Judged) -> Iterator[Problem]:
    """Figures too large to be compared exactly: what rests on them is unknown."""
    found: set[tuple[str, ...]] = set()
    for one in judged.ruled:
        rule = _unknown(one)
        if rule is None:
            continue
        names = too_large(rule, judging.scope(one.asked, one.place, judged.period))
        place = one.place
        whom = tuple(part for part in (place.subject, place.measure, place.part) if part)
        if names and (*whom, *names) not in found:
            found.add((*whom, *names))
            yield Problem(
                file="", where=", ".join(whom), subject=place.subject,
                what=f"{', '.join(names)} can't be compared: a figure is larger than 9,007,199,254",
                cure="check the figure and its unit",
            )  # fmt: skip


def _unknown(ruled: Ruled) -> Rule | None:
    """What may not have been judged of a ruling for want of a figure: the rule, or what would clear it as it stands."""
    if ruled.now.outcome is None:
        return ruled.asked.rule
    return ruled.asked.clearing if ruled.now.last_fired is not None else None
