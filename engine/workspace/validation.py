"""What pydantic finds in a file, as faults with their places and in plain words."""

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.model.problems import Fault
from engine.workspace.spelling import closest, did_you_mean, listed, quoted
from engine.workspace.yamlfile import Loc, YamlFile

_TRIES = 4  # what is left out may itself have been required by what is above it, and so on up

ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(
    model: type[ModelT], file: YamlFile, data: object = ..., loc_prefix: Loc = ()
) -> tuple[ModelT | None, list[Fault]]:
    """The model that the file gives (or `data`, its part at `loc_prefix`); None, with every fault, if it gives none."""
    found = file.data if data is ... else data
    if not isinstance(found, dict):
        what = "this should be keys with values" if found is not None else "there is nothing here"
        return None, [file.fault(loc_prefix, "wrong-value", what, f"write {_keys_of(model)}")]
    made, details = _tried(model, found)
    told = list(_told(details, found))
    misspelt = {near for loc, detail in told if (near := _meant(model, loc, detail))}
    faults = (_fault(model, file, found, loc_prefix, one) for one in told if one[0] not in misspelt)
    return made, list(dict.fromkeys(faults))


def salvage(
    model: type[ModelT], file: YamlFile, data: object = ..., loc_prefix: Loc = ()
) -> tuple[ModelT | None, list[Fault]]:
    """As `validate`, but a fault costs no more than the key it stands at where the rest can do without it.

    So that one slip does not keep the other faults of a file from being found. Whoever gets a model must still look
    at the faults before using it for anything but checks.
    """
    found = file.data if data is ... else data
    made, faults = validate(model, file, found, loc_prefix)
    if made is not None or not isinstance(found, dict):
        return made, faults
    rest: object = found
    for _ in range(_TRIES):
        made, details = _tried(model, rest)
        if made is not None:
            break
        rest = _without(rest, {_in_data(detail["loc"], rest) for detail in details})
    return made, faults


def _tried(model: type[ModelT], data: object) -> tuple[ModelT | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)


# ---- which errors are told: one branch of a union, not all of them


def _told(details: Sequence[ErrorDetails], data: object) -> Iterator[tuple[Loc, ErrorDetails]]:
    """Each error with its loc in the data. Of a union's branches, the one that the data comes nearest to speaks."""
    unions: dict[Loc, dict[str, list[tuple[Loc, ErrorDetails]]]] = {}
    for detail in details:
        loc, union, tag = _split(detail, data)
        if union is None:
            yield loc, detail
        else:
            unions.setdefault(union, {}).setdefault(tag, []).append((loc, detail))
    for union, branches in unions.items():
        inside = [errors for errors in branches.values() if all(len(loc) > len(union) for loc, _ in errors)]
        yield from min(inside or list(branches.values())[:1], key=len)


def _split(detail: ErrorDetails, data: object) -> tuple[Loc, Loc | None, str]:
    """The error's loc in the data, and the outermost union it is in with the tag of the branch."""
    known: list[str | int] = []
    union: Loc | None = None
    tag = ""
    steps = detail["loc"]
    for number, step in enumerate(steps):
        missing = detail["type"] == "missing" and number == len(steps) - 1
        below = _step(data, step)
        if below is _ABSENT and not missing:
            if union is None and step != "[key]":
                union, tag = tuple(known), str(step)
            continue
        known.append(step)
        data = below
    return tuple(known), union, tag


_ABSENT = object()


def _step(data: object, step: str | int) -> object:
    if isinstance(data, dict) and step in data:
        return data[step]
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        return data[step]
    return _ABSENT


def _in_data(loc: Sequence[str | int], data: object) -> Loc:
    known: list[str | int] = []
    for step in loc:
        below = _step(data, step)
        if below is not _ABSENT:
            known.append(step)
            data = below
    return tuple(known)


def _without(data: object, bad: set[Loc], here: Loc = ()) -> object:
    """The data without the keys at `bad`; what stands in a list at `bad` leaves the whole list out."""
    if isinstance(data, dict):
        return {
            key: _without(value, bad, (*here, key))
            for key, value in data.items()
            if (*here, key) not in bad and not (isinstance(value, list) and _an_item_of(bad, (*here, key)))
        }
    if isinstance(data, list):
        return [_without(value, bad, (*here, number)) for number, value in enumerate(data)]
    return data


def _an_item_of(bad: set[Loc], here: Loc) -> bool:
    return any(len(loc) == len(here) + 1 and loc[:-1] == here for loc in bad)


# ---- one error in words


def _meant(model: type[BaseModel], loc: Loc, detail: ErrorDetails) -> Loc | None:
    """Where the error is a misspelt key, the loc of the key that was meant: that one is not missing as well."""
    if detail["type"] != "extra_forbidden":
        return None
    near = closest(str(loc[-1]), _known_keys(model, loc))
    return (*loc[:-1], near) if near else None


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that may stand beside the one at `loc`."""
    return [key for kind in _kinds(model, loc[:-1]) for key in _keys(kind)]


def _fault(model: type[BaseModel], file: YamlFile, data: object, prefix: Loc, told: tuple[Loc, ErrorDetails]) -> Fault:
    loc, detail = told
    place = (*prefix, *loc)
    match detail["type"]:
        case "missing":
            name = str(loc[-1])
            cure = f"write `{name}: …` here" if loc[:-1] else f"write `{name}: …` in the file"
            return file.fault(place[:-1], "missing-key", f"`{name}` is missing", cure)
        case "extra_forbidden":
            name = str(loc[-1])
            cure = did_you_mean(name, _known_keys(model, loc)) or "take it out"
            return file.fault(place, "unknown-key", f"unknown key {quoted(name)}", cure, key=True)
        case "value_error":
            return file.fault(place, "wrong-value", f"{_name(place)} {detail['ctx']['error']}")
    value: Any = data
    for step in loc:
        value = _step(value, step)
    return file.fault(place, "wrong-value", *_wrong(_name(place), value, _kinds(model, loc)))


def _name(loc: Loc) -> str:
    names = [step for step in loc if isinstance(step, str)]
    return f"`{names[-1]}`" if names else "this"


def _wrong(name: str, value: object, kinds: list[Any]) -> tuple[str, str]:
    """What is wrong with a value that should be one of `kinds`, and what to write."""
    words = [word for kind in kinds for word in _words(kind)]
    forms = list(dict.fromkeys(form for kind in kinds if (form := _form(kind))))
    expected = " or ".join([*([listed(words)] if words else []), *forms])
    if value is None:
        return f"{name} is empty", f"write {expected}"
    if isinstance(value, dict | list):
        return f"{name} can't be {'a list' if isinstance(value, list) else 'keys with values'}", f"write {expected}"
    near = closest(str(value), words)
    return f"{name} can't be {quoted(str(value))}", (f"did you mean `{near}`? " if near else "") + f"write {expected}"


# ---- what a model allows


def _kinds(annotation: Any, loc: Sequence[str | int]) -> list[Any]:
    """The types that may stand at `loc` in what `annotation` describes; unions are taken apart."""
    kinds = list(_apart(annotation))
    for step in loc:
        kinds = [below for kind in kinds for one in _below(kind, step) for below in _apart(one)]
    return kinds


def _apart(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _apart(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _apart(one)
    elif annotation is not type(None):
        yield annotation


def _below(kind: Any, step: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if step in (fields := _keys(kind)):
            yield fields[str(step)]
    elif get_origin(kind) is dict:
        yield get_args(kind)[1]
    elif get_origin(kind) in (tuple, list, frozenset):
        yield get_args(kind)[0]


def _keys(kind: Any) -> Mapping[str, Any]:
    """The keys that a model takes, with the type of each."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}


def _keys_of(model: type[BaseModel]) -> str:
    return ", ".join(f"`{key}: …`" for key in list(_keys(model))[:3])


def _words(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(one.value) for one in kind)


def _form(kind: Any) -> str:
    """What a value of that kind looks like; "" for one of a few words."""
    origin = get_origin(kind) or kind
    if origin is Literal or (isinstance(origin, type) and issubclass(origin, Enum)):
        return ""
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return f"{{{', '.join(f'{key}: …' for key, field in _required(origin).items() if field) or 'key: value'}}}"
    return _FORMS.get(origin, "a value of another kind")


def _required(kind: type[BaseModel]) -> dict[str, bool]:
    return {field.alias or name: field.is_required() for name, field in kind.model_fields.items()}


_FORMS: dict[Any, str] = {
    str: "text",
    bool: "yes or no",
    int: "a whole number",
    Decimal: "a number",
    date: "a day such as 2019-01-31",
    tuple: "a list such as [one, two]",
    list: "a list such as [one, two]",
    dict: "keys with values",
}
