"""Reminders, chasers and the office's mail as January 2019 would have had them."""

from datetime import date
from typing import Any

from engine.model.notices import Ending, Failed, Item, OfficeNotice, Owed, Owing, ReturnNotice, Stuck, Workbook, key_of
from engine.model.problems import Problem
from engine.model.settings import MailSettings
from tests.notifiers.samples import NOW

DUE = date(2019, 2, 7)
REVIEWS = Owed(
    ref="targeted_reviews", title="Targeted Reviews", part_of="Cross-cutting interventions",
    missing=("Packages reviewed", "Reviews done", "savings"), nothing_yet=True,
)  # fmt: skip
TECHNOLOGY = Owed(
    ref="assistive_technology", title="Assistive Technology", part_of="Cross-cutting interventions",
    missing=("People with assistive technology", "milestones"), nothing_yet=True,
)  # fmt: skip
WORKBOOK = Workbook(name="cross_cutting_lead.xlsx", data=b"PK a workbook")

CELL = Problem(
    file="improving_lives/2019-01/direct_payments_lead.xlsx", where="sheet measures, cell D7",
    what="'15,1' can't be read as a percentage", cure="write it as 15.1 or 15.1%", subject="direct_payments",
)  # fmt: skip
SUM = Problem(
    file="improving_lives/2019-01/direct_payments_lead.xlsx", where="sheet savings, row 4",
    what="Direct Payments: at risk over all years is -£512,000, and its years add up to -£611,787",
    cure="correct the years or the control total, whichever is wrong", subject="direct_payments",
)  # fmt: skip
TRAP = Problem(
    file="improving_lives/2019-01/commissioning_lead/measures.csv", where="line 9, column actual",
    what="Income from short breaks is 0, and was 41 in each of the last six months",
    cure="leave the cell blank if it is not known", subject="short_breaks",
)  # fmt: skip
NO_OWNER = Problem(
    file="", where="equipment", what="Equipment service has news, but no owner to tell",
    cure="name its owner in the portfolio's file", subject="equipment",
)  # fmt: skip
DEAD = Stuck(
    id="6f2a90b1c4d7e813", state="dead", to="brokerage@council.example", period="2019-01",
    about="Improving Lives Portfolio: status of what you own", why="550 5.1.1 no such mailbox",
)  # fmt: skip
HELD = Stuck(
    id="b8a1744e0c93d255", state="held", to="clt.office@council.example", period="2019-01",
    about="Improving Lives Portfolio: exceptions", why="this audience's messages are released by hand",
)  # fmt: skip
LATE = Owing(
    person="cross_cutting_lead", name="Cross-cutting Lead", address="cross.cutting@council.example",
    titles=("Targeted Reviews", "Assistive Technology"),
)  # fmt: skip
NOBODY = Owing(person="", name="", address="", titles=("Equipment service",))
FLOOR = Ending(
    ref="housing_with_care", title="Housing with Care", kind="floor", status="Experiencing Obstacles",
    reason="At least 31 homes stand empty, more than expected", until="2019-01",
)  # fmt: skip
SILENCE = Ending(
    ref="direct_payments", title="Direct Payments", kind="silence", reason="the system is being replaced",
    until="2019-02-28", number=3, about="about all news of direct_payments, for every audience",
)  # fmt: skip
GIVEN_UP = Failed(
    job="derive improving_lives", slot="2019-02", portfolio="improving_lives", due=date(2019, 2, 8), tries=4,
    why="There is no room left for var/telltale.db; nothing was kept; free some room and try again",
    command="telltale run improving_lives --period 2019-01",
)  # fmt: skip
ITEMS: tuple[Item, ...] = (CELL, SUM, TRAP, NO_OWNER, DEAD, HELD, LATE, NOBODY, FLOOR, SILENCE, GIVEN_UP)


def return_notice(kind: str = "reminder", **changes: Any) -> ReturnNotice:
    fields: dict[str, Any] = {
        "audience": "returns", "kind": kind, "recipient": "cross_cutting_lead", "name": "Cross-cutting Lead",
        "address": "cross.cutting@council.example", "portfolio": "improving_lives",
        "portfolio_title": "Improving Lives Portfolio", "mail": MailSettings(allowed_domains=("council.example",)),
        "now": NOW, "period": "2019-01", "today": date(2019, 2, 4) if kind == "reminder" else date(2019, 2, 12),
        "due": DUE, "owed": (REVIEWS, TECHNOLOGY), "complete": ("Direct Payments",), "workbooks": (WORKBOOK,),
    }  # fmt: skip
    return ReturnNotice(**{**fields, **changes})


def office_notice(*new: Item, **changes: Any) -> OfficeNotice:
    """A notice of everything; `new` are those not told before, all but the wrong sum where none are given."""
    fields: dict[str, Any] = {
        "audience": "office", "recipient": "pmo", "name": "Programme Office", "address": "pmo@council.example",
        "portfolio": "improving_lives", "portfolio_title": "Improving Lives Portfolio",
        "mail": MailSettings(allowed_domains=("council.example",)), "now": NOW, "period": "2019-01",
        "today": date(2019, 2, 8), "due": DUE, "problems": (SUM, CELL, TRAP, NO_OWNER), "owing": (LATE, NOBODY),
        "stuck": (HELD, DEAD), "ending": (FLOOR, SILENCE), "failed": (GIVEN_UP,),
        "new": frozenset(key_of(one, "2019-01") for one in new or ITEMS if new or one is not SUM),
    }  # fmt: skip
    return OfficeNotice(**{**fields, **changes})
