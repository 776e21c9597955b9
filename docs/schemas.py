"""JSON Schemas of the files that people write, from the same models that read them.

docs/generate.py writes them into engine/workspace/schemas. They say what YAML 1.2 makes of a file, which is what an
editor sees: `40` is a number there and `yes` a text, while the loader takes both as they are written. Draft 7, the one
that every version of the YAML extension of VS Code reads; `markdownDescription` and `patternErrorMessage` are its own.
"""

import re
import types
from collections import ChainMap
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engine.calendars import EVERY, ON_SCHEMA
from engine.model.calendars import Job
from engine.model.settings import Settings
from engine.model.workspace import Audience, Calendar, Person, Portfolio, Scheme
from engine.periods import MONTHS
from engine.rulebook.file import RuleFile
from engine.rulebook.parser import BAND_OPERATORS, OTHERWISE, WITHIN
from engine.scenarios.file import ScenarioFile
from engine.workspace.portfoliochecks import MOST_DECIMALS
from engine.workspace.settingschecks import LONGEST_JUDGEMENT

Schema = dict[str, Any]
Texts = dict[str, dict[str, Any]]  # by model, then by key

ROOTS: dict[str, tuple[type[BaseModel], str]] = {
    "portfolio": (Portfolio, "a portfolio"),
    "scheme": (Scheme, "a scheme of statuses"),
    "people": (Person, "who is who"),
    "audiences": (Audience, "who is told of what"),
    "calendar": (Calendar, "the calendar"),
    "schedule": (Job, "what is done by itself, and when"),
    "settings": (Settings, "settings"),
    "rules": (RuleFile, "the rules of a portfolio"),
    "scenario": (ScenarioFile, "a scenario"),
}
TITLES = {"RuleEntry": "Rule", "ThresholdEntry": "Threshold", "TestEntry": "Test"}  # what an editor heads its help with
BY_NAME = ("people", "audiences", "schedule")  # files of entries by name, not of one thing


# ---- forms: what a text has to look like, where a pattern can say so. None is stricter than `telltale check`.


def _form(pattern: str, write: str) -> Schema:
    return {"pattern": f"^(?:{pattern})$", "patternErrorMessage": f"write {write}"}


def _any_case(words: str) -> str:
    return "".join(f"[{one.upper()}{one.lower()}]" if one.isalpha() else r"\s+" for one in words)


_NAME = _form("[A-Za-z0-9_][A-Za-z0-9_-]*", "a name of letters a to z, digits, _ and - alone")
_WORD = _form("[A-Za-z_][A-Za-z0-9_]*", "a name of letters a to z, digits and _ alone, a letter first")
_MOMENT = {**_form(r"\d{4}-(?:\d\d(?:-\d\d)?|Q[1-4])", "a month such as 2019-04, or a day such as 2019-04-01"),
           "type": "string"}  # fmt: skip
_PERIOD = {**_MOMENT, "patternErrorMessage": "write a period such as 2019-04, 2019-Q2, or its last day 2019-04-30"}
_DAY = {**_form(r"\d{4}-\d\d-\d\d", "a day such as 2019-01-31"), "type": "string"}
_TARGET = _form(r".*\d.*|to be set|not set|up|down", "a figure such as 50%, £28k or 12, or `to be set`, `up`, `down`")
_ADDRESS = _form(r"[^@\s]+@[^@\s]+\.[^@\s]+", "one address alone, such as pmo@council.example")
_PERIODS = _form(r"(?:[1-9]\d{0,2} periods?)?", "a number of periods, such as 3 periods")
_BAND_WORDS = "|".join(map(_any_case, (*BAND_OPERATORS, WITHIN)))
_NO = {"enum": [False, "no", "No", "false", "off"]}
_YES_OR_NO = ("yes", "no", "true", "false", "on", "off", "y", "n", "t", "f")  # as pydantic reads them, in any case
_OF_LISTS = ("minItems", "propertyNames")  # these hold for a list or mapping itself, all else for what stands in it

FORMS: dict[str, Schema] = {
    "Portfolio.portfolio": _NAME,
    "Portfolio.starts": _PERIOD,
    "Portfolio.year_starts": {"enum": list(MONTHS)},
    "Portfolio.returns_due": _form(r"[1-9]\d?(?:st|nd|rd|th)(?:(?: working)? day)?", "it as 5th working day, 10th day"),
    "Portfolio.measures": {"propertyNames": _WORD},
    "EveryWeeks.every": _form(r"(?:[1-9]|[1-4]\d|5[0-2]) weeks?", "it as 2 weeks"),
    "FixedDates.dates": {"minItems": 1},
    "Measure.decimals": {"minimum": 0, "maximum": MOST_DECIMALS},
    "Measure.starts": _MOMENT,
    "Measure.group": _NAME,
    "SeriesBreak.from": _MOMENT,
    "SeriesBreak.settles_after": _PERIODS,
    "Programme.ref": _NAME,
    "Project.ref": _NAME,
    "MeasureHere.target": _TARGET,
    "MeasureHere.year_target": _TARGET,
    "LifetimeTarget.value": _TARGET,
    "LifetimeTarget.from": _MOMENT,
    "LifetimeTarget.until": _MOMENT,
    "DatedNumber.from": _MOMENT,
    "DatedNumber.value": _TARGET,
    "LifecycleSpan.from": _MOMENT,
    "Scheme.scheme": _NAME,
    "Scheme.statuses": {"minItems": 1},
    "Status.id": _WORD,
    "Status.colour": _form("#[0-9A-Fa-f]{6}", 'it as "#00703c", in quotes'),
    "Person.email": _form(f"(?:{_ADDRESS['pattern'][4:-2]})?", "one address alone, such as pmo@council.example"),
    "OwnCalendar.every": _form(EVERY, "it as day, working day, week, 2 weeks, month, 2 months or quarter"),
    "OwnCalendar.on": _form(ON_SCHEMA, "it as 6th working day, last Friday, 20th or Monday"),
    "OwnCalendar.at": _form(r"(?:[01]\d|2[0-3]):[0-5]\d", 'a time of day, as "09:00"'),
    "OwnCalendar.from": _DAY,
    "Audience.remind_every": _PERIODS,
    "MailSettings.from": _ADDRESS,
    "MailSettings.reply_to": _ADDRESS,
    "MailSettings.most_messages": {"minimum": 1},
    "MailSettings.most_changed": _form(r"\s*\d+(?:\.\d+)?\s*%\s*", "a share, such as 50%"),
    "SmtpSettings.port": {"minimum": 1, "maximum": 65535},
    "ArchiveSettings.port": {"minimum": 1, "maximum": 65535},
    "ArchiveSettings.address": _ADDRESS,
    "Settings.database": _form("sqlite:///.+|postgresql://.+", "it as sqlite:///var/telltale.db"),
    "ServiceSettings.job_time_limit": {"exclusiveMinimum": 0, "maximum": LONGEST_JUDGEMENT},
    "ServiceSettings.catch_up": {"minimum": 0},
    "Settings.judge_time_limit": {"exclusiveMinimum": 0, "maximum": LONGEST_JUDGEMENT},
    "RuleEntry.id": _NAME,
    "RuleEntry.bands": _form(
        rf"\s*(?:(?:{_BAND_WORDS})\b[\s\S]*|{_any_case(OTHERWISE)}\s*)",
        "at least …, at most …, above …, below …, within 5% of target, or otherwise",
    ),
    "RuleEntry.from": _MOMENT,
    "RuleEntry.until": _MOMENT,
    "TestEntry.on": _MOMENT,
    "ScenarioFile.from": _PERIOD,
}

# What the keys of one thing say together.
TOGETHER: dict[str, Schema] = {
    "MailSettings": {
        "if": {"required": ["notifier"], "properties": {"notifier": {"const": "smtp"}}},
        "then": {"required": ["smtp"]},
    },
    "RuleEntry": {
        "allOf": [
            {"anyOf": [{"required": ["for"]}, {"required": ["measure"]}]},
            {
                "if": {"required": ["bands"], "properties": {"bands": {"minProperties": 1}}},
                "then": {"properties": dict.fromkeys(("when", "clears", "status", "as"), False)},
                "else": {"required": ["when"], "anyOf": [{"required": ["status"]}, {"required": ["as"]}]},
            },
            {"if": {"required": ["as"]}, "then": {"properties": {"status": False, "supporting": _NO}}},
        ]
    },
}


# ---- models to schemas


def schema(kind: str, meanings: Texts, examples: Texts) -> Schema:
    """The schema of the files of one kind (of ROOTS), with meanings and examples as hover text."""
    root, title = ROOTS[kind]
    definitions: dict[str, Schema] = {}
    made = _Making(meanings, examples, definitions)
    whole = made.model(root)
    if kind in BY_NAME:
        definitions[root.__name__] = whole
        ref = {"$ref": f"#/definitions/{root.__name__}"}
        whole = {"type": "object", "additionalProperties": ref, "propertyNames": _NAME}
    top = {"$schema": "http://json-schema.org/draft-07/schema#", **whole, "title": f"Telltale: {title}"}
    return top | ({"definitions": dict(sorted(definitions.items()))} if definitions else {})


class _Making:
    """Makes the schemas of models; those that others name are put among the definitions."""

    def __init__(self, meanings: Texts, examples: Texts, definitions: dict[str, Schema]) -> None:
        self._meanings = meanings
        self._examples = examples
        self._definitions = definitions

    def model(self, model: type[BaseModel]) -> Schema:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        required = [key for key, field in fields.items() if field.is_required()]
        return {
            "title": TITLES.get(model.__name__, _words(model.__name__)),
            "type": "object",
            "additionalProperties": False,
            **({"required": required} if required else {}),
            "properties": {key: self._property(model.__name__, key, field) for key, field in fields.items()},
            **TOGETHER.get(model.__name__, {}),
        }

    def _property(self, model: str, key: str, field: FieldInfo) -> Schema:
        form = FORMS.get(f"{model}.{key}", {})
        examples = self._examples.get(model, {}).get(key)
        return {
            **_described(self._meanings.get(model, {}).get(key, "")),
            **self._one_of(field.annotation, form),
            **({"examples": examples} if examples else {}),
        }

    def _one_of(self, annotation: Any, form: Schema) -> Schema:
        """What may stand where a field has this type. A key with nothing after it is as good as none, if it may be."""
        kinds = list(_apart(annotation))
        made = [self._kind(kind, form) for kind in kinds if kind is not types.NoneType]
        if types.NoneType in kinds:
            made = _or_blank(made)
        if len(made) > 1 and all("type" in one for one in made):  # what is said of texts leaves lists alone
            return {**dict(ChainMap(*made)), "type": [kind for one in made for kind in _types(one)]}
        return made[0] if len(made) == 1 else {"anyOf": made}

    def _kind(self, kind: Any, form: Schema) -> Schema:
        inside = {key: value for key, value in form.items() if key not in _OF_LISTS}
        outside = {key: value for key, value in form.items() if key in _OF_LISTS}
        origin = get_origin(kind)
        if origin is Literal:
            return {"enum": list(get_args(kind))}
        if origin is tuple:
            return {"type": "array", "items": self._one_of(get_args(kind)[0], inside), **outside}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._one_of(get_args(kind)[1], inside), **outside}
        if issubclass(kind, Enum):
            return {"enum": [one.value for one in kind]}
        if issubclass(kind, BaseModel):
            if kind.__name__ not in self._definitions:
                self._definitions[kind.__name__] = {}  # what it names may name it again
                self._definitions[kind.__name__] = self.model(kind)
            return {"$ref": f"#/definitions/{kind.__name__}"}
        return {**_SCALARS[kind], **inside}


_SCALARS: dict[type, Schema] = {
    str: {"type": ["string", "number"]},
    bool: {
        "anyOf": [
            {"enum": ["yes", "no"]},
            {"type": ["boolean", "string"], "pattern": f"^(?:{'|'.join(map(_any_case, _YES_OR_NO))})$"},
        ]
    },
    int: {"type": ["integer", "string"], "pattern": "^[0-9]+$"},
    Decimal: {"type": ["number", "string"], "pattern": r"^[0-9]+(?:\.[0-9]+)?$"},
    date: _DAY,
}


def _words(name: str) -> str:
    """The name of a model as people write it: "DatedNumber" is "Dated number"."""
    first, *others = re.findall("[A-Z][a-z]*", name)
    return " ".join([first, *(one.lower() for one in others)])


def _apart(annotation: Any) -> Iterator[Any]:
    """The types of a union, one by one."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _apart(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _apart(one)
    else:
        yield annotation


def _or_blank(made: list[Schema]) -> list[Schema]:
    first, *others = made
    if "enum" in first:
        return [{**first, "enum": [*first["enum"], None]}, *others]
    if "type" in first:
        return [{**first, "type": [*_types(first), "null"]}, *others]
    return [*made, {"type": "null"}]


def _types(made: Schema) -> list[str]:
    return made["type"] if isinstance(made["type"], list) else [made["type"]]


def _described(text: str) -> Schema:
    """Hover text: plain for editors that show it as it is, and with its `marks` for those that know Markdown."""
    if "`" not in text:
        return {"description": text} if text else {}
    return {"description": text.replace("`", ""), "markdownDescription": text}
