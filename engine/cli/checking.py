"""`telltale check`: every fault of the files that people write, in one pass; and what the code of a fault means."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from engine.cli import DONE, NO, show
from engine.cli.common import Options, emit
from engine.model.problems import Fault, Severity
from engine.model.workspace import Portfolio, Workspace
from engine.office import UsageError, check_workspace, errors_among, outside
from engine.periods import PeriodError
from engine.rulebook.loading import ReadRules
from engine.rulebook.rules import Rulebook
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.yamlfile import YamlFile, read_yaml

# What a rule may have wrong only because something it names has a fault of its own in config/.
_FOLLOWS = re.compile(r"unknown-.*|wrong-unit|wrong-subject|bad-number|unknown-outcome")
# What is not to be said while parts of the portfolio are left out.
_UNREAD = ("alias", "yaml-feature", "invisible-character")
_OF_THE_WHOLE = ("never-asked", "unjudged-measure")


def perform(options: Options) -> int:
    """The command: prints the faults, or explains a code."""
    if options.explain is not None:
        return _explain(options)
    faults = check(Path(options.workspace))
    errors = len(errors_among(faults))
    answer = {"schema": 1, "ok": not errors, "faults": [fault.model_dump(mode="json") for fault in faults]}
    counts = ((errors, "fault"), (len(faults) - errors, "warning"))
    counted = " and ".join(show.count(number, noun) for number, noun in counts if number)
    emit(options, answer, lambda: "\n".join(filter(None, (show.faults_text(faults), f"{counted or 'No fault'}."))))
    return NO if errors else DONE


def _explain(options: Options) -> int:
    from engine.workspace.faultbook import explanation, fault_kinds
    from engine.workspace.spelling import did_you_mean

    kinds = fault_kinds()
    kind = kinds.get(options.explain)
    if kind is None:
        cure = did_you_mean(options.explain, kinds) or "docs/reference/faults.md lists them"
        raise UsageError(f"there is no fault {options.explain!r}; {cure}")
    answer = {"schema": 1, "code": options.explain, **kind.model_dump(mode="json")}
    emit(options, answer, lambda: explanation(options.explain, kind))
    return DONE


def check(root: Path) -> list[Fault]:
    """Every fault of `config/` and of the rule files, in the order of files and places. Raises UsageError."""
    from engine.scenarios.folder import read_scenarios
    from engine.workspace.loading import read_workspace

    check_workspace(root)
    workspace, faults = read_workspace(root)
    rulebooks: dict[str, Rulebook | None] = {}
    for name, portfolio in workspace.portfolios.items():
        rulebooks[name] = None
        with suppress(PeriodError):  # of its dates that can't be read, which are told already
            rulebooks[name], found = _of_rules(root, workspace, portfolio, faults)
            faults = [*faults, *found]
    faults += [*_other_rule_files(root, workspace), *template_faults(root, workspace)]
    if not any(fault.file.startswith("config/") for fault in errors_among(faults)):
        faults += read_scenarios(root, workspace, rulebooks)[1]  # these speak of what config/ defines
    # What can't be read as YAML is no value either; that it lacks one need not be told as well.
    unread = {_place(fault) for fault in faults if fault.code in _UNREAD}
    told = (fault for fault in faults if fault.code in _UNREAD or _place(fault) not in unread)
    return sorted(dict.fromkeys(told), key=_place)


def _place(fault: Fault) -> tuple[str, int, int]:
    return fault.file, fault.line, fault.column


def template_faults(root: Path, workspace: Workspace) -> list[Fault]:
    """What is wrong with the workspace's own templates for messages."""
    shown = "config/templates"
    if not (root / shown).exists():
        return []
    try:
        resolve_inside(root, shown)
    except OutsideError as error:
        return [outside(shown, error)]
    from engine.app import refused_templates  # slow to import, and seldom needed

    return [_template_fault(sentence) for sentence in refused_templates(root, workspace)]


def _template_fault(sentence: str) -> Fault:
    """A refusal ("config/templates/owner.txt.j2:3: what; what to do") as a fault."""
    found = re.match(r"(config/templates/[^:;\s]+)(?::(\d+))?(:?) (.*)", sentence, re.DOTALL)
    file, line, said = (found[1], found[2], found[4]) if found else ("config/templates", None, sentence)
    if found and not found[3]:
        said = f"this file {said}"
    what, _, cure = said.rpartition("; ")
    return Fault(file=file, line=int(line or 1), column=1, code="bad-template", what=what or said, cure=cure)


# ---- rules


def _of_rules(
    root: Path, workspace: Workspace, portfolio: Portfolio, found: Sequence[Fault]
) -> tuple[Rulebook | None, list[Fault]]:
    """A portfolio's rules, None where they can't be used, and what is wrong with them and with formulas.

    Where its file or its scheme's has faults, of which `found` tells, what only follows from them is not told as well.
    """
    from engine.rulebook.asked import unjudged
    from engine.rulebook.checks import check_rulebook
    from engine.rulebook.formulas import formula_faults
    from engine.rulebook.loading import read_rules

    shown = f"rules/{portfolio.portfolio}.yaml"
    try:
        file = read_yaml(resolve_inside(root, shown), shown)
    except OutsideError as error:
        return None, [outside(shown, error)]
    if portfolio.scheme not in workspace.schemes:
        return None, list(file.faults)
    scheme = workspace.scheme_of(portfolio)
    config = _path_of(root, "portfolios", "portfolio", portfolio.portfolio)
    spoilt = {fault.file for fault in errors_among(found)}
    whole = config not in spoilt and not any(shown.startswith("config/schemes/") for shown in spoilt)
    read = read_rules(file, workspace, portfolio)
    faults = list(_without_what_follows(file, read, () if whole else _left_out(root, config, workspace, portfolio)))
    more = check_rulebook(read.rulebook, portfolio, scheme, read.left_out)
    faults += (fault for fault in more if whole or fault.code not in _OF_THE_WHOLE)
    if any(measure.equals is not None for measure in portfolio.measures.values()):
        faults += formula_faults(read_yaml(root / config, config), portfolio, scheme)
    if whole and read.whole is not None and (lonely := unjudged(read.whole, portfolio)):
        written = read_yaml(root / config, config)
        cure = "let a rule ask it, or take `better` or the target out of what is only to be shown"
        for name in lonely:
            what = f"no rule asks whether `{name}` meets its target"
            faults.append(written.warning(("measures", name), "unjudged-measure", what, cure, key=True))
    return read.whole, faults


def _path_of(root: Path, folder: str, key: str, name: str) -> str:
    """The file of config/ in which something says that it is called so: as a rule, the file of that name."""
    shown = f"config/{folder}/{name}.yaml"
    if (root / shown).exists():
        return shown
    others = (f"config/{folder}/{path.name}" for path in sorted((root / "config" / folder).glob("*.yaml")))
    return next((other for other in others if read_yaml(root / other, other).value((key,)) == name), shown)


def _left_out(root: Path, shown: str, workspace: Workspace, portfolio: Portfolio) -> tuple[str, ...]:
    """The names that config/ gives to what had to be left out for its faults."""
    paths = (shown, _path_of(root, "schemes", "scheme", portfolio.scheme))
    config, scheme = (read_yaml(root / path, path) for path in paths)
    known = {
        *portfolio.measures,
        *portfolio.subjects,
        *(status.id for status in (*workspace.scheme_of(portfolio).statuses, *workspace.scheme_of(portfolio).outside)),
    }
    measures = config.value(("measures",))
    names = [
        *(measures if isinstance(measures, dict) else ()),
        *_called(config.data, "ref"),
        *_called(scheme.data, "id"),
    ]
    return tuple(name for name in names if name not in known)


def _called(data: object, key: str) -> Iterator[str]:
    """The texts under a key, at any depth."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _called(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from _called(value, key)


def _without_what_follows(file: YamlFile, read: ReadRules, left_out: Collection[str]) -> Iterator[Fault]:
    """The faults of rules, without those of rules that name what was left out of config/ for a fault of its own."""
    starts = [
        one.at.line for one in read.left_out if any(map(one.mentions, left_out)) or (left_out and one.of_measures)
    ]
    entries = file.value(("rules",))
    lines = [file.at(("rules", i)).line for i in range(len(entries) if isinstance(entries, list) else 0)]
    for fault in read.faults:
        start = max((line for line in lines if line <= fault.line), default=0)
        if start not in starts or not _FOLLOWS.fullmatch(fault.code):
            yield fault


def _other_rule_files(root: Path, workspace: Workspace) -> Iterator[Fault]:
    """Files in rules/ that belong to no portfolio: unread, or of a portfolio whose own file can't be read."""
    folder = root / "rules"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        shown = f"rules/{path.name}"
        if path.suffix not in (".yaml", ".yml") or path.name[0] == "." or path.is_dir():
            continue
        if path.suffix == ".yaml" and path.stem in workspace.portfolios:
            continue
        if path.suffix == ".yaml" and (root / "config" / "portfolios" / path.name).exists():
            yield from read_yaml(path, shown).faults
            continue
        cure = "give it the name of a portfolio, and the ending .yaml"
        yield Fault(
            file=shown, line=1, column=1, code="stray-file", what="nothing reads this file", cure=cure,
            severity=Severity.WARNING,
        )  # fmt: skip
