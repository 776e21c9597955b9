"""The child process, made to fail where a figure is 13: run by tests in place of the real one.

python failing_child.py HOW DESCRIPTOR SECONDS
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.inference import child, durable
from engine.inference.program import Applied, Compiled, Fired

UNLUCKY = 13_000_000
real_fact, real_run_chunk = durable._fact, durable.run_chunk


def send_itself(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def raise_an_exception() -> None:
    raise RuntimeError("that was 13")


def loop_for_ever() -> None:
    while True:
        pass


def only_the_first_time(marker: str) -> None:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGSEGV)


def failing_fact(applied: Sequence[Applied]) -> dict[str, int | str]:
    fact = real_fact(applied)
    if UNLUCKY in fact.values():
        fail()
    return fact


def lying_run_chunk(
    compiled: Sequence[Compiled], facts: Sequence[Sequence[Applied]], reached: Callable[[int], None]
) -> list[list[Fired]]:
    """Keeps back what the rules said of which a figure is 13."""
    results = real_run_chunk(compiled, facts, reached)
    return [
        [(rule, which) for rule, which in fired if not unlucky([one for one in applied if one[0] == rule])]
        for applied, fired in zip(facts, results, strict=True)
    ]


def raving_run_chunk(
    compiled: Sequence[Compiled], facts: Sequence[Sequence[Applied]], reached: Callable[[int], None]
) -> list[list[Fired]]:
    """Says that a condition holds and doesn't."""
    results = real_run_chunk(compiled, facts, reached)
    return [
        [(rule, either) for rule, which in fired for either in (which, which ^ 1)] if unlucky(applied) else fired
        for applied, fired in zip(facts, results, strict=True)
    ]


def unlucky(applied: Sequence[Applied]) -> bool:
    return any(UNLUCKY in values for _, _, values in applied)


def failing_ruleset(compiled: Sequence[Compiled], fired: list[Fired]) -> dict[str, object]:
    os.kill(os.getpid(), signal.SIGABRT)
    return {}


how = sys.argv.pop(1)
fail: Callable[[], object] = {
    "crash": send_itself(signal.SIGSEGV),
    "hang": send_itself(signal.SIGSTOP),
    "raise": raise_an_exception,
    "print": lambda: os.write(1, b"that was 13\n"),
    "loop": loop_for_ever,
}.get(how, lambda: only_the_first_time(how))
if how == "lie":
    durable.run_chunk = lying_run_chunk
elif how == "rave":
    durable.run_chunk = raving_run_chunk
elif how == "unloadable":
    sys.modules["engine.inference.durable"] = None  # type: ignore[assignment]
elif how == "ruleset":
    durable._definition = failing_ruleset
else:
    durable._fact = failing_fact
if __name__ == "__main__":
    child.main()
