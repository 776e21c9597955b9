"""The scenario files of a workspace, `rules/scenarios/`: found, read, and everything wrong with them."""

import os
from collections.abc import Iterator
from pathlib import Path

from engine.model.problems import Fault, Severity
from engine.model.workspace import Workspace
from engine.office import outside
from engine.rulebook.loading import load_rulebook
from engine.rulebook.rules import Rulebook
from engine.scenarios.reading import read_scenario
from engine.scenarios.scenario import Scenario
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.yamlfile import YamlFile, read_yaml

RULES = "rules"
SCENARIOS = "rules/scenarios"


def read_scenarios(
    root: Path, workspace: Workspace, rulebooks: dict[str, Rulebook | None] | None = None
) -> tuple[list[Scenario], list[Fault]]:
    """Every scenario of a workspace by file, and every fault and warning of what lies in `rules/` beside rule files.

    `rulebooks` are those that are read already, by portfolio; the others are read where a scenario is of them.
    """
    books = dict(rulebooks or {})
    scenarios: list[Scenario] = []
    faults = list(_stray(root))
    for shown in _files(root):
        file = _read(root, shown)
        named = file.value(("portfolio",))
        if isinstance(named, str) and named in workspace.portfolios and named not in books:
            books[named] = _rulebook(root, workspace, named)
        scenario, found = read_scenario(file, workspace, books)
        faults += found
        scenarios += [scenario] if scenario is not None else []
    return scenarios, faults


def _rulebook(root: Path, workspace: Workspace, name: str) -> Rulebook | None:
    try:
        path = resolve_inside(root, f"{RULES}/{name}.yaml")
    except OutsideError:
        return None  # told with the rules
    return load_rulebook(path, f"{RULES}/{name}.yaml", workspace, workspace.portfolios[name])[0]


def _read(root: Path, shown: str) -> YamlFile:
    try:
        return read_yaml(resolve_inside(root, shown), shown)
    except OutsideError as error:
        return YamlFile(shown, None, (outside(shown, error),), {})


def _files(root: Path) -> Iterator[str]:
    """The scenario files, also in folders below, in order; no link to a folder is followed."""
    for folder, below, names in os.walk(root / SCENARIOS):
        below[:] = sorted(name for name in below if name[0] not in ".~")
        for name in sorted(names):
            if name.endswith(".yaml") and name[0] not in ".~":
                yield (Path(folder) / name).relative_to(root).as_posix()


def _stray(root: Path) -> Iterator[Fault]:
    """What lies in a folder below `rules/`, looks as if it were read, and is not."""
    for folder, below, names in os.walk(root / RULES):
        here = Path(folder).relative_to(root).as_posix()
        below[:] = sorted(name for name in below if name[0] not in ".~")
        read = here == SCENARIOS or here.startswith(f"{SCENARIOS}/")
        for name in sorted(names) if here != RULES else ():
            if name[0] in ".~" or not name.lower().endswith((".yaml", ".yml")) or (read and name.endswith(".yaml")):
                continue
            cure = "let its name end in .yaml" if read else f"rules lie in {RULES}/ itself, scenarios in {SCENARIOS}/"
            yield Fault(
                file=f"{here}/{name}", line=1, column=1, code="stray-file", what="nothing reads this file", cure=cure,
                severity=Severity.WARNING,
            )  # fmt: skip
