"""Rules with `clears`: once fired they stand until that is true, so that a figure about its limit does not ring often.

The state of such a rule is one bit, whether it stands, and each period settles it or leaves it as it was:

    its condition       what clears it        after the period
    true                (whatever)            it stands: it fired
    false               true                  it does not
    false               false or unknown      as before
    unknown             (whatever)            as before

Before the first period it does not stand. So what stands now follows from the last period that settled it.
"""

from collections.abc import Callable
from dataclasses import replace

from engine.model.verdicts import FIRES, QUIET
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope

Outcome = str | None  # "fires", "quiet", or None where it can't be known


def clearing(rule: Rule) -> Rule | None:
    """What clears a rule, as a rule of its own: it fires where the other is cleared. None where nothing does."""
    return None if rule.clears is None else replace(rule, when=rule.clears, clears=None, tests=())


def settled(said: Outcome, cleared: Outcome) -> bool | None:
    """Whether a rule stands after a period in which it and what clears it said this; None where it is as before."""
    if said == FIRES:
        return True
    return False if said == QUIET and cleared == FIRES else None


def outcome_through(rule: Rule, scope: Scope, outcome: Callable[[Rule, Scope], Outcome]) -> Outcome:
    """What a rule says in a scope with all the scope's earlier periods behind it; `outcome` judges one period alone."""
    said, clears = outcome(rule, scope), clearing(rule)
    if clears is None or said != QUIET:
        return said
    at: Scope | None = scope
    while at is not None:
        stands = settled(outcome(rule, at), outcome(clears, at))
        if stands is not None:
            return FIRES if stands else QUIET
        at = at.earlier(1, ())
    return QUIET
