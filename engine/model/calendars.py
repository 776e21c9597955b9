"""Calendars as the office writes them, and the jobs that come round by them."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from engine.model.base import Frozen


def _iso_day(value: object) -> object:
    """Refuses the texts that pydantic would take for seconds since 1970 ("2019") or for a time of day."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("day", "not a day")
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]


class OwnCalendar(Frozen):
    """When something comes round; engine.calendars understands it."""

    every: str | None = None
    on: str | None = None
    at: str | None = None
    from_: Day | None = Field(default=None, alias="from")
    on_holiday: Literal["next working day", "previous working day", "skip", "keep"] | None = None
    dates: tuple[Day, ...] = ()


class Job(Frozen):
    """Something that the service does by itself."""

    do: Literal["run", "remind", "chase", "backup"]
    portfolio: str | None = None  # every one without it
    when: OwnCalendar
