"""What people decided of a subject, as messages say it: overrides, floors, and an owner's own view that differs."""

from engine.model.run import DecisionOut, SubjectOut
from engine.model.workspace import Scheme
from notifiers.words import name_of, one_line, sentence, until_words

JUDGED = "The PMO's judgement, not a rule:"


def judgement_views(subject: SubjectOut, scheme: Scheme) -> list[dict[str, str]]:
    """What people decided, said as such; the owner's own view only where it differs."""
    return [*override_views(subject, scheme), *floor_views(subject, scheme), *declared_views(subject, scheme)]


def override_views(subject: SubjectOut, scheme: Scheme) -> list[dict[str, str]]:
    if (override := subject.override) is None:
        return []
    beneath = f"The rules alone say {name_of(scheme, subject.derived)}."
    said = f"{JUDGED} {sentence(override.reason)}"
    return [{"because": said, "detail": f"{sentence(_terms(override))} {beneath}"}]


def floor_views(subject: SubjectOut, scheme: Scheme) -> list[dict[str, str]]:
    if (floor := subject.floor) is None:
        return []
    limit = f"No better than {name_of(scheme, floor.status)}, {_terms(floor)}"
    return [{"because": f"{JUDGED} {sentence(floor.reason)}", "detail": limit}]


def declared_views(subject: SubjectOut, scheme: Scheme) -> list[dict[str, str]]:
    declared = subject.declared
    if declared is None or declared.status == subject.status:
        return []
    said = f"The owner's own view is {name_of(scheme, declared.status)}: {sentence(declared.reason)}"
    return [{"because": said, "detail": ""}]


def _terms(decision: DecisionOut) -> str:
    by = "" if decision.by.casefold() == "pmo" else f", entered by {one_line(decision.by)}"
    return f"{until_words(decision.until)}{by}."
