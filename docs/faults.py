"""Makes the page of faults from engine/workspace/faults.yaml, with what `telltale check` says of each bad example.

`docs/generate.py` calls it; a test holds that the page is current, and that each example is what it says.
"""

import re
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

from engine.cli.checking import check
from engine.model.problems import Fault
from engine.workspace.faultbook import FaultKind, fault_kinds
from engine.workspace.starter import init_workspace

PAGE = Path(__file__).resolve().parent / "reference" / "faults.md"

_HEAD = """\
# Faults

What `telltale check` can find, by the code that stands in brackets at the end of each line. An *error* keeps `run` from
starting (in a scenario it keeps `test` from trying it, and `run` does not ask); with a *warning* the files can be used,
but hardly say what was meant. Codes stay the same from version to version; sentences may change.
`telltale check --explain CODE` prints a section of this page.

The examples are of the workspace that `telltale init` makes: an example of a few keys stands in the place of those in
the file that it names. This page is written by `docs/generate.py` from `engine/workspace/faults.yaml`.

"""
_TOP_LEVEL = re.compile(r"^([^\s#:][^:\n]*):", re.MULTILINE)


def page() -> str:
    """The whole page."""
    kinds = fault_kinds()
    rows = [f"| [{code}](#{code}) | {kind.severity.value} | {kind.title} |" for code, kind in sorted(kinds.items())]
    table = "\n".join(["| code | severity | what |", "|---|---|---|", *rows])
    return _HEAD + table + "\n\n" + "\n".join(_section(code, kind) for code, kind in kinds.items())


def _section(code: str, kind: FaultKind) -> str:
    means = "\n\n".join(kind.means.strip().splitlines())
    top = f"## {code}\n\n*{kind.severity.value.capitalize()}.* {kind.title}.\n\n{means}\n"
    if kind.shows == "words":
        return f"{top}\nWrong: {kind.bad.strip()}.\n\nRight: {kind.good.strip()}.\n"
    found = fault_found(code, kind)
    where = f"`{kind.file}`" + (", saved as ANSI" if kind.shows == "cp1252" else "")
    said = f"{found.what}; {found.cure}" if found.cure else found.what
    wrong = (
        f"\nWrong, in {where}:\n\n{_fenced(kind, kind.bad)}\nLine {found.line}, column {found.column}: {_ended(said)}\n"
    )
    right = f"\nRight:\n\n{_fenced(kind, kind.good)}" if kind.good.strip() else "\nRight: take the file out.\n"
    return top + wrong + right


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _fenced(kind: FaultKind, text: str) -> str:
    language = {".yaml": "yaml", ".json": "json"}.get(Path(kind.file).suffix, "text")
    return f"```{language}\n{text.rstrip()}\n```\n"


def fault_found(code: str, kind: FaultKind) -> Fault:
    """The fault that the bad example is of. Raises LookupError where `check` does not find it in that line."""
    faults = faults_of(kind, kind.bad, bad=True)
    here = (fault for fault in faults if (fault.code, fault.file, fault.line) == (code, kind.file, kind.line))
    found = next(here, None)
    if found is None:
        raise LookupError(f"{code} is not found in line {kind.line} of its bad example, but {[*map(str, faults)]}")
    return found


def faults_of(kind: FaultKind, text: str, *, bad: bool) -> list[Fault]:
    """All that `check` finds in a new workspace with an example in it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "office"
        init_workspace(root)
        shutil.rmtree(root / "rules" / "scenarios")  # they speak of rules that examples put others in the place of
        path = root / kind.file
        if kind.shows != "file":
            text = _in_place_of_parts(text, path.read_text(encoding="utf-8"))
        if text.strip():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="cp1252" if bad and kind.shows == "cp1252" else "utf-8")
        return check(root)


def _in_place_of_parts(text: str, base: str) -> str:
    """The file with the example on top, without the parts that have the names of the example's."""
    named = set(_TOP_LEVEL.findall(text))
    places = [*(found.start() for found in _TOP_LEVEL.finditer(base)), len(base)]
    parts = (base[start:end] for start, end in pairwise(places))
    return text + "".join(part for part in parts if part.partition(":")[0] not in named)
