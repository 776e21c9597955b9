"""What every code of a fault means, with an example of it and of its cure: the data behind the page of faults."""

import textwrap
from functools import cache
from importlib.resources import files
from typing import Literal

from engine.model.base import Frozen
from engine.model.problems import Severity
from engine.workspace.validation import validate
from engine.workspace.yamlfile import read_yaml_text

_WIDTH = 100


class FaultKind(Frozen):
    """One code. The examples are of a file in the workspace that `telltale init` makes."""

    severity: Severity
    title: str
    means: str  # sentences, a paragraph a line
    file: str  # of the workspace
    # What the example is: parts of the file, put in the place of those of the same name; the whole file; a file in
    # another encoding; or nothing that could be written down, but a sentence instead.
    shows: Literal["parts", "file", "cp1252", "words"] = "parts"
    bad: str
    line: int = 1  # of the bad example: where the fault is
    good: str


@cache
def fault_kinds() -> dict[str, FaultKind]:
    """Every code with what it means, in the order of the page. Raises ValueError where the file of them is at fault."""
    file = read_yaml_text(files(__package__).joinpath("faults.yaml").read_text("utf-8"), "faults.yaml")
    faults = list(file.faults)
    found: dict[str, FaultKind] = {}
    for code, written in file.data.items() if isinstance(file.data, dict) else ():
        kind, wrong = validate(FaultKind, file, written, (code,))
        faults += wrong
        if kind is not None:
            found[code] = kind
    if faults:
        raise ValueError("\n".join(map(str, faults)))
    return found


def explanation(code: str, kind: FaultKind) -> str:
    """The section of one code, for a terminal."""
    parts = [f"{code}: {kind.title}", f"This is {_stops(kind)}.", *kind.means.strip().splitlines()]
    text = "\n\n".join(textwrap.fill(" ".join(part.split()), _WIDTH) for part in parts)
    if kind.shows == "words":
        return f"{text}\n\nFor example: {kind.bad.strip()}\nInstead: {kind.good.strip()}"
    bad, good = (textwrap.indent(example.rstrip(), "    ") for example in (kind.bad, kind.good))
    return f"{text}\n\nWrong, in {kind.file}:\n\n{bad}\n\nRight:\n\n{good}"


def _stops(kind: FaultKind) -> str:
    if kind.severity is Severity.WARNING:
        return "a warning: `run` goes on"
    if kind.file.startswith("rules/scenarios/"):
        return "an error: `test` can't try the scenario. `run` does not ask for it, and goes on"
    return "an error: `run` stops at it"
