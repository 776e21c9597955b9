"""Messages that are not about statuses: a return that is due or overdue, and what the office has to put right."""

from datetime import date
from typing import Literal

from engine.model.addressed import Addressed
from engine.model.base import Frozen
from engine.model.problems import Problem


class Owed(Frozen):
    """What is still to be returned of one subject for a period."""

    ref: str
    title: str
    part_of: str = ""  # its programme's title
    missing: tuple[str, ...]  # "Packages reviewed", "savings", "milestones"
    nothing_yet: bool  # whether nothing at all came of it


class Workbook(Frozen):
    """A workbook to fill in, as it goes with a message."""

    name: str  # of the file; whose return it is follows from it
    data: bytes


class ReturnNotice(Addressed):
    """That a person's return is due on a day still to come (reminder), or is overdue (chaser)."""

    kind: Literal["reminder", "chaser"]
    today: date
    due: date  # the last day on which it is not late
    owed: tuple[Owed, ...]
    complete: tuple[str, ...] = ()  # titles of what the person owns and has returned whole
    workbooks: tuple[Workbook, ...] = ()  # where nothing was returned yet: a new return replaces an earlier one whole


class Owing(Frozen):
    """Somebody who owes a return, as the office is told of it."""

    person: str  # their id; "" where a subject has no owner
    name: str
    address: str  # "" where there is none
    titles: tuple[str, ...]  # of the subjects


class Stuck(Frozen):
    """A message that is not on its way: held for release, dead, or perhaps sent."""

    id: str
    state: Literal["held", "dead", "uncertain"]
    to: str
    about: str  # its subject line
    period: str
    why: str


class Ending(Frozen):
    """What somebody decided and what ends soon: a judgement, a silence or an acknowledgement."""

    ref: str
    title: str
    kind: Literal["floor", "override", "silence", "acknowledgement"]
    status: str = ""  # its name, that a judgement gives
    reason: str
    until: str  # "2019-02", "2019-03-05", as the run has it
    number: int | None = None  # of a silence or acknowledgement, as `decide list` shows it
    about: str = ""  # of these: what it keeps back, "about all news of meals, for every audience"


class Failed(Frozen):
    """A job of the service that was given up when it last came round."""

    job: str  # its name
    slot: str  # which occurrence of it
    portfolio: str = ""  # "" where it is not of one: a backup, a telling
    due: date
    tries: int
    why: str
    command: str  # what does it by hand


Item = Problem | Owing | Stuck | Ending | Failed


class OfficeNotice(Addressed):
    """What the office has to look at: new since it was last told, and what still stands."""

    kind: Literal["office"] = "office"
    today: date
    due: date | None = None  # when the period's returns are due; None where that is not known
    problems: tuple[Problem, ...] = ()
    owing: tuple[Owing, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    ending: tuple[Ending, ...] = ()
    failed: tuple[Failed, ...] = ()
    new: frozenset[str]  # keys of what was not told before

    def is_new(self, one: Item) -> bool:
        return key_of(one, self.period) in self.new


def key_of(one: Item, period: str) -> str:
    """What an office is told of once: the same thing has the same key."""
    match one:
        case Problem():
            return f"problem|{period}|{one}"
        case Owing():
            return f"owes|{period}|{one.person}"
        case Stuck():
            return f"message|{one.id}|{one.state}"
        case Ending():
            number = "" if one.number is None else f"|{one.number}"
            return f"ends|{one.ref}|{one.kind}|{one.until}{number}"
        case Failed():
            return f"job|{one.job}|{one.slot}"
