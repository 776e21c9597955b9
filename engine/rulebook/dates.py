"""The last day of what a rule file dates: the counterpart of engine.workspace.dates.first_day."""

import re
from datetime import date

from engine.periods import Cadence, Months, PeriodError
from engine.workspace.dates import first_day


def last_day(text: str, cadence: Cadence) -> date:
    """The last day on which something holds, as `until:` writes it: a day, a month, or a period's name.

    Raises PeriodError for anything else.
    """
    first = first_day(text, cadence)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return first
    if re.fullmatch(r"\d{4}-\d\d", text):
        return Months().containing(first).end
    period = cadence.containing(first)
    if period is None:
        raise PeriodError(f"{text!r} is not a period; write a day such as 2019-04-30")
    return period.end
