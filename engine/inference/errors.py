"""What can go wrong in judging. All are the program's own faults, never the user's: they end a run unpublished.

InferenceError
  LoweringError        a rule with more alternatives than the engine of record can hold
  JudgementError       the child process died, hung or contradicted itself
  DisagreementError    the two evaluators gave different answers
"""

from engine.model.verdicts import Place


class InferenceError(Exception):
    """A fault in judging; the message is one sentence for a person."""


class LoweringError(InferenceError):
    """A rule that is too large to be lowered. The rulebook's checks refuse such a rule before it gets here."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"The rule {rule} {what}; split it into several rules.")


class JudgementError(InferenceError):
    """The engine of record gave no answer that could be trusted.

    `rules` are those it may have been at (one where that could be found out, none in the second pass or before any),
    `subject` and `measure` whom it was judging, `details` what the child process wrote on its standard error.
    """

    def __init__(self, what: str, rules: tuple[str, ...] = (), place: Place | None = None, details: str = "") -> None:
        whom = f"{_where(rules, place)} could not" if rules or place else "Nothing could"
        super().__init__(f"{whom} be judged: {what}; nothing is published.")
        self.rules = rules
        self.subject = place.subject if place else None
        self.measure = place.measure if place else None
        self.details = details

    @property
    def rule(self) -> str | None:
        """The rule that did it, where only one can have."""
        return self.rules[0] if len(self.rules) == 1 else None


class DisagreementError(InferenceError):
    """The two evaluators answered the same question differently. `rule` is None in the second pass."""

    def __init__(self, rule: str | None, place: Place, plain: object, durable: object) -> None:
        rules = (rule,) if rule is not None else ()
        super().__init__(
            f"{_where(rules, place)} was judged differently by the two evaluators "
            f"(plain: {_said(plain)}; durable-rules: {_said(durable)}); nothing is published."
        )
        self.rule, self.subject, self.measure = rule, place.subject, place.measure
        self.plain, self.durable = plain, durable


def _where(rules: tuple[str, ...], place: Place | None) -> str:
    which = f"The rule {rules[0]}" if len(rules) == 1 else f"One of the rules {', '.join(rules)}"
    if place is None:
        return which
    whom = place.subject + (f", measure {place.measure}" if place.measure else "")
    whom += f", part {place.part}" if place.part else ""
    return f"{which} on {whom}" if rules else f"The status of {whom}"


def _said(answer: object) -> str:
    return "unknown" if answer is None else str(answer)
