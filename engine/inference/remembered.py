"""What is worked out of a rule is worked out once."""

from collections.abc import Callable
from typing import TypeVar

from engine.rulebook.rules import Rule

Made = TypeVar("Made")
_MOST = 4096  # rules; more than any workspace has, so that only a tool that makes up rules ever begins anew


def per_rule(make: Callable[[Rule], Made]) -> Callable[[Rule], Made]:
    """`make`, remembered for each rule object. By identity: a rule holds mappings (its tests), so it has no hash."""
    kept: dict[int, tuple[Rule, Made]] = {}

    def get(rule: Rule) -> Made:
        found = kept.get(id(rule))
        if found is None:
            if len(kept) >= _MOST:
                kept.clear()
            # The rule is kept beside: while it is, no other object can have its identity.
            found = kept[id(rule)] = (rule, make(rule))
        return found[1]

    return get
