"""What every command begins and ends with: the workspace it is for, and its answer as text or JSON."""

import argparse
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.office import Office

Options = argparse.Namespace


def open_office(options: Options) -> Office:
    """The workspace that the options name. Raises FaultsError and UsageError."""
    from engine.app import open_office  # slow to import, and `check` and `init` need no office

    return open_office(Path(options.workspace), acting_at(options))


def acting_at(options: Options) -> str | None:
    """The time to act at, as text; None for the clock's."""
    return options.now if options.now is not None else os.environ.get("TELLTALE_NOW") or None


def moment(at: datetime, office: Office) -> str:
    """A moment in the office's time zone: "07:00" of today, else "2019-02-22 07:00"."""
    local = at.astimezone(ZoneInfo(office.workspace.calendar.time_zone))
    return f"{local:%H:%M}" if local.date() == office.today else f"{local:%Y-%m-%d %H:%M}"


def emit(options: Options, value: object, text: Callable[[], str]) -> None:
    """The answer: `value` as JSON, or the text, which is only made when it is wanted."""
    print(json.dumps(value, indent=2, ensure_ascii=False) if options.format == "json" else text())
