"""What a rulebook says, without where and how it is written: what a run's hash is made of."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

# Where a thing stands in its file and how it is tested changes no status.
_LEFT_OUT = frozenset({"at", "file", "tests"})


def substance(value: object) -> object:
    """A rulebook, rule or condition as plain lists, dicts and texts, for a hash.

    Raises TypeError for anything that no rulebook holds.
    """
    if is_dataclass(value) and not isinstance(value, type):
        said = {f.name: substance(getattr(value, f.name)) for f in fields(value) if f.name not in _LEFT_OUT}
        return [type(value).__name__, said]
    if isinstance(value, dict):
        return {str(key): substance(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [substance(item) for item in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal | date):
        return str(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"{type(value).__name__} in a rulebook")
