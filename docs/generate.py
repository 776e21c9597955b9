"""Writes the tables of the reference pages from the program's own models and names.

    .venv/bin/python docs/generate.py      then read the difference

A table stands between `<!-- table: NAME -->` and `<!-- end -->`. Keys, types and defaults come from the models, names
and units from the fact sheet; what they mean is in docs/meanings.yaml. A test fails where a page is not current or a
meaning is missing.
"""

import re
import types
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from engine.facts import names
from engine.facts.words import MEASURE_WORDS
from engine.model import problems, run, workspace
from engine.returns.raw import COLUMNS, REQUIRED

DOCS = Path(__file__).resolve().parent
MEANINGS: dict[str, dict[str, str]] = YAML(typ="safe").load((DOCS / "meanings.yaml").read_text(encoding="utf-8"))
PAGES = ("reference/config.md", "reference/facts.md", "reference/json.md", "reference/returns.md")

CONFIG: tuple[type[BaseModel], ...] = (
    workspace.Portfolio, workspace.EveryWeeks, workspace.FixedDates, workspace.Measure, workspace.SeriesBreak,
    workspace.Programme, workspace.Project, workspace.MeasureHere, workspace.DatedNumber, workspace.LifecycleSpan,
    workspace.Scheme, workspace.Status, workspace.Person, workspace.Deputy, workspace.Audience, workspace.About,
    workspace.OwnCalendar, workspace.Calendar, workspace.Settings, workspace.MailSettings,
)  # fmt: skip
JSON: tuple[type[BaseModel], ...] = (
    run.RunOut, run.SubjectOut, run.RevisedOut, run.FindingOut, run.MilestoneOut, run.ExplanationOut, run.EvidenceOut,
    run.MeasureOut, run.NotAssessed, run.DecisionOut, run.MessageOut, run.AlsoRevised, problems.Problem, problems.Fault,
)  # fmt: skip

_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS = {str: "text", bool: "yes or no", int: "whole number", Decimal: "number", date: "day"}


def refreshed(page: Path) -> str:
    """The page's text with its tables as they have to be."""
    return _MARKED.sub(lambda found: f"{found[1]}{_TABLES[found[2]]()}{found[3]}", page.read_text(encoding="utf-8"))


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
    rows = [
        f"| `{key}` | {_kind(field.annotation)} | {_default(field)} | {_meaning(model.__name__, key)} |"
        for key, field in _fields(model).items()
    ]
    return "\n".join(["| key | takes | default | meaning |", "|---|---|---|---|", *rows, ""])


def _contract(model: type[BaseModel]) -> str:
    rows = [
        f"| `{key}` | {_kind(field.annotation, json=True)} | {_meaning(model.__name__, key)} |"
        for key, field in _fields(model).items()
    ]
    return "\n".join(["| key | holds | meaning |", "|---|---|---|", *rows, ""])


def _kind(annotation: Any, *, json: bool = False) -> str:
    """What may stand there, in words."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0], json=json)
    if origin in (Union, types.UnionType):
        empty = " or null" if json and type(None) in get_args(annotation) else ""
        kinds = dict.fromkeys(_kind(one, json=json) for one in get_args(annotation) if one is not type(None))
        return " or ".join(kinds) + empty
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in get_args(annotation))
    if origin is tuple:
        return f"list of {_kind(get_args(annotation)[0], json=json)}"
    if origin is dict:
        return f"{'object' if json else 'keys'} with {_kind(get_args(annotation)[1], json=json)}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
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
    def written() -> str:
        rows = [f"| `{name}` | {unit} | {_meaning(table, name)} |" for name, unit in units().items()]
        return "\n".join(["| name | unit | meaning |", "|---|---|---|", *rows, ""])

    return written


def _columns(table: str) -> Callable[[], str]:
    def written() -> str:
        rows = [
            f"| `{column}` | {'yes' if column in REQUIRED[table] else ''} | {_meaning(f'columns_{table}', column)} |"
            for column in COLUMNS[table]
        ]
        return "\n".join(["| column | needed | what it holds |", "|---|---|---|", *rows, ""])

    return written


def _words() -> str:
    rows = [f"| `{word}` | {_meaning('words', word)} |" for word in sorted(MEASURE_WORDS)]
    return "\n".join(["| word | holds where |", "|---|---|", *rows, ""])


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

_TABLES: dict[str, Callable[[], str]] = {
    **{model.__name__: lambda model=model: _settings(model) for model in CONFIG},  # type: ignore[misc]
    **{model.__name__: lambda model=model: _contract(model) for model in JSON},  # type: ignore[misc]
    **{table: _facts(table, units) for table, units in _FACTS.items()},
    **{f"columns_{table}": _columns(table) for table in COLUMNS},
    "words": _words,
}


def _keys_of_models() -> Iterator[tuple[str, Callable[[], Any]]]:
    for model in (*CONFIG, *JSON):
        yield model.__name__, lambda model=model: _fields(model)  # type: ignore[misc]


_KEYS: dict[str, Callable[[], Any]] = {
    **dict(_keys_of_models()),
    **_FACTS,
    **{f"columns_{table}": lambda table=table: COLUMNS[table] for table in COLUMNS},  # type: ignore[misc]
    "words": lambda: MEASURE_WORDS,
}


if __name__ == "__main__":
    for name in PAGES:
        page = DOCS / name
        page.write_text(refreshed(page), encoding="utf-8")
