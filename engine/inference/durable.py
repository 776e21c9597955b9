"""The engine of record: durable-rules, kept to the subset that was found sound. Nothing else imports it.

What is kept to, and why:
- Rules over one fact only, `$and` of comparisons on its fields, each with at least one test. No joins, no `or`, no
  `not`: those read out of bounds, fire twice or fail to cancel.
- Every operand has a presence flag that each clause tests, and a value even where it is absent: a comparison of two
  fields fires when the other one is missing.
- Whole numbers, which compare exactly up to 2^53, under short names of our own.
- A fact is asserted by itself and retracted before the next: batches drop facts, and facts are told apart by a hash.
- A rule that every fact meets: without it a fact that meets none raises, and a fact that was dropped would look like
  one of which nothing is known.
- A host without its timer threads, deleted with its state; actions with one parameter, which only note a number.

Errors of the engine are raised, and end the child process: it is meant to die loudly.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import durable_rules_engine
from durable.engine import Host

from engine.inference.program import Applied, Compiled, Fired, Test

_OPERATORS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "!=": "$neq"}
_RULESET = "chunk"
_SEEN = (-1, -1)  # fires on every fact


class _Host(Host):  # type: ignore[misc]  # the engine has no types
    def _run(self) -> None:
        """Starts no timer threads: all firing happens while a fact is asserted."""


def run_chunk(
    compiled: Sequence[Compiled], facts: Sequence[Sequence[Applied]], reached: Callable[[int], None]
) -> list[list[Fired]]:
    """Put each fact through the rules; what fired on each, once each, in no order.

    `reached` is told each fact's index before it is asserted. Raises RuntimeError where the engine swallowed an
    exception or overlooked a fact, and whatever the engine itself raises.
    """
    if not facts:
        return []  # a host that has met no fact has no state to delete, and says so as an error
    fired: list[Fired] = []
    host = _Host({_RULESET: _definition(compiled, fired)})
    ruleset = host.get_ruleset(_RULESET)
    results: list[list[Fired]] = []
    for index, applied in enumerate(facts):
        reached(index)
        fact = _fact(applied)
        state = host.assert_fact(_RULESET, fact)
        host.retract_fact(_RULESET, fact)
        if state and "exception" in state:
            raise RuntimeError(f"an action failed: {state['exception']}")
        if fired.count(_SEEN) != 1:
            raise RuntimeError("a fact was overlooked")
        results.append([one for one in set(fired) if one != _SEEN])
        fired.clear()
    ruleset.delete_state(None)
    durable_rules_engine.delete_ruleset(ruleset._handle)
    return results


def _definition(compiled: Sequence[Compiled], fired: list[Fired]) -> dict[str, Any]:
    """The ruleset as the engine reads it; made anew each time, for the engine changes what it is handed."""
    rules = {"seen": _rule([{"z": 1}], _SEEN, fired)}
    for number, (rule, which, tests) in enumerate(compiled):
        rules[f"r{number}"] = _rule(list(_clauses(rule, tests)), (rule, which), fired)
    return rules


def _rule(clauses: list[dict[str, Any]], said: Fired, fired: list[Fired]) -> dict[str, Any]:
    def note(_context: object) -> None:
        fired.append(said)

    return {"all": [{"m": {"$and": clauses}}], "run": note}


def _clauses(rule: int, tests: Sequence[Test]) -> Iterator[dict[str, Any]]:
    yield {f"a{rule}": 1}
    slots = {slot for at, _, to, constant in tests for slot in ((at,) if constant else (at, to))}
    for slot in sorted(slots):
        yield {f"p{slot}": 1}
    for at, op, to, constant in tests:
        right = to if constant else {"$m": f"v{to}"}
        yield {f"v{at}": right} if op == "=" else {_OPERATORS[op]: {f"v{at}": right}}


def _fact(applied: Sequence[Applied]) -> dict[str, int | str]:
    fact: dict[str, int | str] = {"id": "f", "z": 1}
    for rule, first, values in applied:
        fact[f"a{rule}"] = 1
        for slot, value in enumerate(values, first):
            fact[f"p{slot}"] = int(value is not None)
            fact[f"v{slot}"] = value or 0
    return fact
