"""What people did about a subject, as a message says it: silences and acknowledgements, with who, why and until."""

from collections.abc import Mapping

from engine.model.acts import ActKind, OfficeAct
from engine.model.workspace import Scheme
from engine.periods import day_in_words
from notifiers.words import name_of, one_line, sentence


def act_words(act: OfficeAct, scheme: Scheme, rules: Mapping[str, str]) -> str:
    """An act that is in force: "Acknowledged at Amber by Cross-cutting Lead on 5 February 2019: Posts are filled."."""
    until = f" until {day_in_words(act.until)}" if act.until is not None else ""
    of = f" for “{one_line(rules.get(act.rule, act.rule))}”" if act.rule is not None else ""
    on = day_in_words(act.made.date())
    if act.kind is ActKind.SILENCE:
        said = f"Silenced{of}{until} by {one_line(act.by)} on {on}"
    else:
        at = f" at {name_of(scheme, act.status)}" if act.status is not None else ""
        said = f"Acknowledged{at}{of} by {one_line(act.by)} on {on}{f', which holds{until}' if until else ''}"
    return f"{said}: {sentence(act.why)}" if act.why.strip() else f"{said}."
