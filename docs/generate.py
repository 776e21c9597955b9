"""Writes what follows from the program's own models and names: tables of the reference pages, and the JSON Schemas.

    .venv/bin/python docs/generate.py      then read the difference

A table stands between `<!-- table: NAME -->` and `<!-- end -->`. Keys, types and defaults come from the models, names
and units from the fact sheet, the language of rules from its grammar; what they mean is in docs/meanings.yaml, what an
editor offers as an example in docs/examples.yaml. A test fails where a page or a schema is not current, or a meaning
is missing.
"""

import json
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that docs.… is found however this is run

from docs import faults, language, schemas
from engine.facts import names
from engine.facts.words import MEASURE_WORDS
from engine.model import calendars, problems, run, settings, whatif, workspace
from engine.model.values import Unit
from engine.returns.raw import COLUMNS, REQUIRED
from engine.rulebook import file as rulefile
from engine.scenarios import file as scenariofile
from engine.workspace import schemas as written

DOCS = Path(__file__).resolve().parent
MEANINGS: dict[str, dict[str, str]] = YAML(typ="safe").load((DOCS / "meanings.yaml").read_text(encoding="utf-8"))
EXAMPLES: dict[str, dict[str, Any]] = YAML(typ="safe").load((DOCS / "examples.yaml").read_text(encoding="utf-8"))
PAGES = tuple(
    page.relative_to(DOCS).as_posix()
    for page in sorted(DOCS.rglob("*.md"))
    if "<!-- table: " in page.read_text(encoding="utf-8")
)

CONFIG: tuple[type[BaseModel], ...] = (
    workspace.Portfolio, workspace.EveryWeeks, workspace.FixedDates, workspace.Measure, workspace.SeriesBreak,
    workspace.Programme, workspace.Project, workspace.MeasureHere, workspace.LifetimeTarget, workspace.DatedNumber,
    workspace.LifecycleSpan,
    workspace.Scheme, workspace.Status, workspace.Person, workspace.Deputy, workspace.Audience, workspace.About,
    calendars.OwnCalendar, calendars.Job, workspace.Calendar, settings.Settings, settings.ServiceSettings,
    settings.MailSettings, settings.SmtpSettings, settings.ArchiveSettings,
)  # fmt: skip
JSON: tuple[type[BaseModel], ...] = (
    run.RunOut, run.SubjectOut, run.RevisedOut, run.FindingOut, run.GapOut, run.MilestoneOut, run.ExplanationOut,
    run.EvidenceOut, run.MeasureOut, run.NotAssessed, run.DecisionOut, run.MessageOut, run.AlsoRevised,
    problems.Problem, problems.Fault, whatif.WhatIfOut, whatif.ThresholdOut, whatif.StatusChange, whatif.EmailChange,
    whatif.SweepOut, whatif.SweptValue,
)  # fmt: skip

RULES: tuple[type[BaseModel], ...] = (
    rulefile.RuleFile, rulefile.ThresholdEntry, rulefile.RuleEntry, rulefile.TestEntry,
    scenariofile.ScenarioFile, scenariofile.ExpectedEntry,
)  # fmt: skip

# What a page calls a model, where that is not its own name above its own table.
_CALLED = {
    "RuleEntry": "[rule](#keys-of-a-rule)",
    "ThresholdEntry": "[threshold](#thresholds)",
    "TestEntry": "[test](#tests)",
}
_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS = {str: "text", bool: "yes or no", int: "whole number", Decimal: "number", date: "day"}


def refreshed(page: Path) -> str:
    """The page's text with its tables as they have to be."""
    return _MARKED.sub(lambda found: f"{found[1]}{_TABLES[found[2]]()}{found[3]}", page.read_text(encoding="utf-8"))


def schema_text(kind: str) -> str:
    """The schema of a kind of file, as it has to be in engine/workspace/schemas."""
    made = schemas.schema(kind, MEANINGS, EXAMPLES)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def without_meaning() -> list[str]:
    """Everything that a table lists and docs/meanings.yaml does not explain, and what it explains in vain."""
    listed = {table: set(keys()) for table, keys in _KEYS.items()}
    missing = [f"{table}: {key}" for table, keys in listed.items() for key in keys - MEANINGS.get(table, {}).keys()]
    vain = [f"{table}: {key}" for table, known in MEANINGS.items() for key in known.keys() - listed.get(table, set())]
    return sorted([*missing, *vain])


# ---- models


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _settings(model: type[BaseModel]) -> str:
    rows = (
        (f"`{key}`", _kind(field.annotation), _default(field), _meaning(model.__name__, key))
        for key, field in _fields(model).items()
    )
    found = language.table(("key", "takes", "default", "meaning"), rows)
    return found.replace("(#datednumber)", "(config.md#datednumber)") if model in RULES else found


def _contract(model: type[BaseModel]) -> str:
    rows = (
        (f"`{key}`", _kind(field.annotation, json=True), _meaning(model.__name__, key))
        for key, field in _fields(model).items()
    )
    return language.table(("key", "holds", "meaning"), rows)


def _kind(annotation: Any, *, json: bool = False) -> str:
    """What may stand there, in words."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0], json=json)
    if origin in (Union, types.UnionType):
        empty = " or null" if json and type(None) in get_args(annotation) else ""
        kinds = dict.fromkeys(_kind(one, json=json) for one in get_args(annotation) if one is not type(None))
        lists = {f"list of {one}": "a list of them" for one in kinds}
        return " or ".join(lists.get(one, one) for one in kinds) + empty
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in get_args(annotation))
    if origin is tuple:
        return f"list of {_kind(get_args(annotation)[0], json=json)}"
    if origin is dict:
        return f"{'object' if json else 'keys'} with {_kind(get_args(annotation)[1], json=json)}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _CALLED.get(annotation.__name__, f"[{annotation.__name__}](#{annotation.__name__.lower()})")
    if json and annotation is bool:
        return "true or false"
    return _WORDS.get(annotation, str(annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default is True or field.default is False:
        return "yes" if field.default else "no"
    if field.default in (None, "", (), {}) or isinstance(field.default, BaseModel):
        return ""
    return f"`{field.default.value if isinstance(field.default, Enum) else field.default}`"


def _meaning(table: str, key: str) -> str:
    return MEANINGS.get(table, {}).get(key, "")


# ---- what rules and returns may name


def _facts(table: str, units: Callable[[], dict[str, str]]) -> Callable[[], str]:
    def made() -> str:
        rows = ((f"`{name}`", unit, _meaning(table, name)) for name, unit in units().items())
        return language.table(("name", "unit", "meaning"), rows)

    return made


def _columns(table: str) -> Callable[[], str]:
    def made() -> str:
        rows = (
            (f"`{column}`", "yes" if column in REQUIRED[table] else "", meaning)
            for column, meaning in COLUMNS[table].items()
        )
        return language.table(("column", "needed", "what it holds"), rows)

    return made


def _explained(table: str, heads: tuple[str, str], keys: Iterable[str]) -> Callable[[], str]:
    """A table of names and what each means."""
    return lambda: language.table(heads, ((f"`{key}`".replace("|", "\\|"), _meaning(table, key)) for key in keys))


def _limits() -> str:
    rows = ((_meaning("limits", key), most) for key, most in language.LIMITS.items())
    return language.table(("limit", "at most"), rows)


def _measure_attributes() -> dict[str, str]:
    return {name: unit.value if unit else "the measure's" for name, unit in names.MEASURE_ATTRIBUTES.items()}


_FACTS: dict[str, Callable[[], dict[str, str]]] = {
    "measure_attributes": _measure_attributes,
    "savings": lambda: {f"savings.{name}": unit.value for name, unit in names.SAVINGS.items()},
    "milestones": lambda: {f"milestones.{name}": unit.value for name, unit in names.MILESTONES.items()},
    "measure_counts": lambda: {f"measures.{name}": "number" for name in names.MEASURE_COUNTS},
    "child_counts": lambda: {f"projects.{name}": unit.value for name, unit in names.CHILD_COUNTS.items()},
    "of_the_subject": lambda: {
        names.PREVIOUS_STATUS: "a word",
        names.HELD_FOR: "number",
        names.LIFECYCLE: "a word",
    },
}

_LISTED: dict[str, tuple[tuple[str, str], Iterable[str]]] = {
    "words": (("word", "holds where"), sorted(MEASURE_WORDS)),
    "signs": (("sign", "meaning"), language.SIGNS),
    "tokens": (("name", "stands for"), language.TOKENS),
    "bands": (("word", "the figure is"), language.BANDS),
    "units": (("unit", "holds, and is compared with"), [unit.value for unit in Unit]),
}

_TABLES: dict[str, Callable[[], str]] = {
    **{model.__name__: lambda model=model: _settings(model) for model in CONFIG},  # type: ignore[misc]
    **{model.__name__: lambda model=model: _contract(model) for model in JSON},  # type: ignore[misc]
    **{table: _facts(table, units) for table, units in _FACTS.items()},
    **{f"columns_{table}": _columns(table) for table in COLUMNS},
    **{model.__name__: lambda model=model: _settings(model) for model in RULES},  # type: ignore[misc]
    **{table: _explained(table, heads, keys) for table, (heads, keys) in _LISTED.items()},
    "limits": _limits,
    "numbers": language.numbers,
    "grammar": language.grammar,
}


def _keys_of_models() -> Iterator[tuple[str, Callable[[], Any]]]:
    for model in (*CONFIG, *RULES, *JSON):
        yield model.__name__, lambda model=model: _fields(model)  # type: ignore[misc]


_KEYS: dict[str, Callable[[], Any]] = {
    **dict(_keys_of_models()),
    **_FACTS,
    **{table: lambda keys=keys: keys for table, (_, keys) in _LISTED.items()},  # type: ignore[misc]
    "limits": lambda: language.LIMITS,
}


if __name__ == "__main__":
    for name in PAGES:
        page = DOCS / name
        page.write_text(refreshed(page), encoding="utf-8")
    for kind in written.KINDS:
        written.packaged(kind).write_text(schema_text(kind), encoding="utf-8")
    faults.PAGE.write_text(
        faults.page(), encoding="utf-8"
    )  # it tries each example, in a workspace that has the schemas
