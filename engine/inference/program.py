"""What is sent to the engine of record: chunks of compiled rules, each with its facts, all of it plain whole numbers.

A chunk is one ruleset of the engine. Its rules are numbered from 0, and so are its slots: the places of the rules'
operands in a fact. Each condition of a rule is compiled branch by branch, as itself and as its negation.

This module needs nothing but what the child process may import: it is the language both sides speak.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# One comparison: slot, operator, then a slot to compare with, or (the last being 1) a constant.
Test = tuple[int, str, int, int]
# Rule, and which of its conditions (even: that condition 0, 1 … holds; odd: it fails), true where all the tests are.
Compiled = tuple[int, int, Sequence[Test]]
# One rule that applies to the fact: its number, its first slot and its operands from there on, None where unknown.
Applied = tuple[int, int, Sequence[int | None]]
# What a fact made true: (rule, which of its conditions).
Fired = tuple[int, int]

MOST_COMPILED = 48  # compiled rules in a chunk: the engine holds 64 at once for one fact
MOST_FIELDS = 240  # of a fact: the engine holds 252


@dataclass(slots=True)
class Chunk:
    """One ruleset and the facts that go through it, one after another."""

    compiled: list[Compiled] = field(default_factory=list)
    facts: list[list[Applied]] = field(default_factory=list)
    rules: int = 0
    slots: int = 0

    def has_room(self, compiled: int, slots: int) -> bool:
        """Whether a rule still fits: each has a field that says it applies, each operand a value and a flag."""
        fields = self.rules + 1 + 2 * (self.slots + slots)
        return len(self.compiled) + compiled <= MOST_COMPILED and fields <= MOST_FIELDS

    def add(self, conditions: Iterable[Iterable[Sequence[Test]]], slots: int) -> tuple[int, int]:
        """Add a rule, given the branches of each condition and of its negation. Returns its number and first slot."""
        rule, first = self.rules, self.slots
        for which, branches in enumerate(conditions):
            for branch in branches:
                tests = [(at + first, op, to if constant else to + first, constant) for at, op, to, constant in branch]
                self.compiled.append((rule, which, tests))
        self.rules += 1
        self.slots += slots
        return rule, first

    def wire(self) -> tuple[list[Compiled], list[list[Applied]]]:
        """The chunk as it is written to the child process."""
        return self.compiled, self.facts


def decoded(fired: Iterable[int], conditions: int) -> int | None:
    """Which condition of a rule decides, from those that fired: its index, `conditions` where all fail, else None.

    Raises ValueError where a condition and its negation both hold, which no sound engine can say.
    """
    true = set(fired)
    if any({2 * index, 2 * index + 1} <= true for index in range(conditions)):
        raise ValueError("a condition and its negation both hold")
    for index in range(conditions):
        if 2 * index + 1 not in true:
            return index if 2 * index in true else None
    return conditions
