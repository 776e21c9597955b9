"""A scenario file as it may be written, key by key."""

from pydantic import Field

from engine.model.base import Frozen

Series = str | tuple[str | None, ...] | None  # one value a period, as engine.model.series reads them
Cells = Series | dict[str, Series]  # of one row: its main column, or several by name


class ExpectedEntry(Frozen):
    """What must come of one subject, period by period."""

    status: Series = None
    trend: Series = None
    findings: dict[str, Series] = {}  # by rule, or rule and measure
    problems: Series = None  # a part of the text of one that marks the subject


class ScenarioFile(Frozen):
    """Returns over several periods, and what must come of them."""

    scenario: str
    portfolio: str
    from_: str = Field(alias="from")  # the first period; the series say how many
    given: dict[str, dict[str, Cells]] = {}  # by subject and row
    expect: dict[str, ExpectedEntry] = {}  # by subject
    messages: dict[str, Cells] = {}  # by audience: the reason for each subject, or how many messages
