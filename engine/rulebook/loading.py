"""A rule file to a checked rulebook, or every fault of it at once."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from engine.facts.names import FactNames
from engine.model.problems import Fault, Severity
from engine.model.values import Unit
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Cadence
from engine.rulebook.file import RuleEntry, RuleFile, ThresholdEntry
from engine.rulebook.misfits import UnitFaults, misfit_faults, misfits
from engine.rulebook.names import Names
from engine.rulebook.rulereading import Around, read_rule
from engine.rulebook.rules import LeftOut, Rule, Rulebook, Threshold
from engine.rulebook.syntax import At
from engine.rulebook.thresholds import name_faults, read_threshold
from engine.workspace.spelling import quoted
from engine.workspace.validation import salvage, validate
from engine.workspace.yamlfile import Loc, YamlFile, read_yaml


@dataclass(frozen=True, slots=True)
class ReadRules:
    """A rule file as far as it can be used."""

    rulebook: Rulebook  # without the rules and thresholds that have faults
    faults: tuple[Fault, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def whole(self) -> Rulebook | None:
        """The rulebook; None where the file has any error."""
        return None if any(fault.severity is Severity.ERROR for fault in self.faults) else self.rulebook


def load_rulebook(
    path: Path, shown: str, workspace: Workspace, portfolio: Portfolio
) -> tuple[Rulebook | None, list[Fault]]:
    """The rules of a portfolio; None if the file has any error. `shown` is the path that a person sees.

    The workspace is one that was loaded without errors.
    """
    return read_rulebook(read_yaml(path, shown), workspace, portfolio)


def read_rulebook(file: YamlFile, workspace: Workspace, portfolio: Portfolio) -> tuple[Rulebook | None, list[Fault]]:
    """As `load_rulebook`, for a file that is read already."""
    read = read_rules(file, workspace, portfolio)
    return read.whole, list(read.faults)


def read_rules(file: YamlFile, workspace: Workspace, portfolio: Portfolio) -> ReadRules:
    """All that can be used of a rule file, good for finding more faults alone where it has any; and its faults."""
    faults = list(file.faults)
    if not isinstance(file.data, dict):
        if not faults:
            _, faults = validate(RuleFile, file)
        return ReadRules(Rulebook(portfolio.portfolio, ()), tuple(faults), ())
    # Thresholds and rules are read one by one, so that a slip in one does not hide those of the others.
    apart = {key: type(value)() for key, value in file.data.items() if _kept_apart(key, value)}
    whole, found = salvage(RuleFile, file, {**file.data, **apart})
    faults += found
    if whole is not None and whole.portfolio != portfolio.portfolio:
        what = f"this file says it is for {quoted(whole.portfolio)}"
        faults.append(file.fault(("portfolio",), "wrong-portfolio", what, f"write `portfolio: {portfolio.portfolio}`"))
    names, cadence = FactNames(portfolio, workspace.scheme_of(portfolio)), cadence_of(portfolio)
    thresholds, units = _thresholds(file, file.data.get("thresholds"), names, cadence, faults)
    around = Around(portfolio, workspace.scheme_of(portfolio), names, units, cadence)
    rules, left_out, found = _rules(file, file.data.get("rules"), around)
    if any(fault.code == "wrong-unit" for fault in found):
        wrong = misfits(thresholds, _unit_faults(file, file.data.get("rules"), around))
        if wrong:
            faults += [one for name, unit in wrong.items() for one in misfit_faults(thresholds[name], unit, file)]
            around = replace(around, thresholds={**units, **dict.fromkeys(wrong)})  # told, so held against no rule
            rules, left_out, found = _rules(file, file.data.get("rules"), around)
    faults = sorted(dict.fromkeys((*faults, *found)), key=lambda fault: (fault.line, fault.column))
    return ReadRules(Rulebook(portfolio.portfolio, tuple(rules), thresholds), tuple(faults), tuple(left_out))


def _kept_apart(key: str, value: object) -> bool:
    return (key == "rules" and isinstance(value, list)) or (key == "thresholds" and isinstance(value, dict))


def _thresholds(
    file: YamlFile, written: object, names: Names, cadence: Cadence, faults: list[Fault]
) -> tuple[dict[str, Threshold], dict[str, Unit | None]]:
    """The thresholds, and the units of all that the file names, None where a threshold has a fault."""
    thresholds: dict[str, Threshold] = {}
    units: dict[str, Unit | None] = {}
    for name, raw in (written if isinstance(written, dict) else {}).items():
        loc: Loc = ("thresholds", name)
        units[name] = None
        entry, found = validate(ThresholdEntry, file, raw, loc)
        faults += [*name_faults(name, names, file, loc), *found]
        if entry is None:
            continue
        threshold, found = read_threshold(name, entry, cadence, file, loc)
        faults += found
        if threshold is not None:
            thresholds[name], units[name] = threshold, threshold.unit
    return thresholds, units


def _unit_faults(file: YamlFile, written: object, around: Around) -> UnitFaults:
    """What the rules that name a threshold would have against units, were it in another."""
    raws = list(enumerate(written if isinstance(written, list) else []))

    @cache
    def faults_with(name: str, unit: Unit | None) -> frozenset[Fault]:
        tried = replace(around, thresholds={**around.thresholds, name: unit})
        read = (_rule(file, raw, tried, ("rules", i)) for i, raw in raws if name in str(raw))
        return frozenset(fault for _, faults in read for fault in faults if fault.code == "wrong-unit")

    return faults_with


def _rules(file: YamlFile, written: object, around: Around) -> tuple[list[Rule], list[LeftOut], list[Fault]]:
    rules: list[Rule] = []
    left_out: list[LeftOut] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for i, raw in enumerate(written if isinstance(written, list) else []):
        loc: Loc = ("rules", i)
        rule, found = _rule(file, raw, around, loc)
        if rule is not None:
            rules.append(rule)
        else:
            left_out.append(LeftOut(raw, At(*file.at(loc))))
        faults += found
        name = raw.get("id") if isinstance(raw, dict) else None
        if isinstance(name, str) and name in seen:
            what = f"there are two rules {quoted(name)}"
            faults.append(file.fault((*loc, "id"), "duplicate-name", what, "give one of them another id"))
        seen.add(str(name))
    return rules, left_out, faults


def _rule(file: YamlFile, raw: object, around: Around, loc: Loc) -> tuple[Rule | None, list[Fault]]:
    entry, faults = validate(RuleEntry, file, raw, loc)
    if entry is not None:
        return read_rule(entry, around, file, loc)
    if isinstance(raw, dict):
        faults = [*faults, *_of_what_is_left(raw, faults, around, file, loc)]
    return None, faults


def _of_what_is_left(
    raw: dict[str, object], found: list[Fault], around: Around, file: YamlFile, loc: Loc
) -> list[Fault]:
    """The faults of a rule that can't be read whole, in what can; not those that follow from what was left out."""
    # `_` stands in for what has to be there.
    entry, _ = salvage(RuleEntry, file, {"id": "_", "title": "_", **raw}, loc)
    if entry is None:
        return []
    _, faults = read_rule(entry, around, file, loc)
    told = {(fault.line, fault.column) for fault in found}
    left_out = any(fault.code == "unknown-key" for fault in found) or any(
        raw.get(key) is not None and value is None for key, value in entry.model_dump(by_alias=True).items()
    )
    return [
        fault
        for fault in faults
        if (fault.line, fault.column) not in told and not (left_out and fault.code == "missing-key")
    ]
