"""The sheets of the workbook that a portfolio is set up from: their columns, words and settings, each with its note."""

from enum import StrEnum
from typing import NamedTuple

from engine.model.values import Unit
from engine.model.workspace import Better
from engine.returns.raw import Columns, column_name
from engine.returns.words import Names

PROJECTS, PORTFOLIO = "projects", "portfolio"
SHEETS = Names((name, name) for name in (PROJECTS, PORTFOLIO))
EXAMPLE = "example:"  # how the rows begin that only show how it is done


class Described(NamedTuple):
    """A column or setting: how its header writes it, the note on it, other names for it, and how wide it is."""

    title: str
    note: str
    also: tuple[str, ...] = ()
    width: int = 16


# In the order of the template. The names of a column are compared without case, and with `_` for spaces and hyphens.
OF_PROJECTS = {
    "programme": Described(
        "Programme",
        "The programme that the project belongs to. Blank means: as in the row above. Write `none` for a project "
        "that stands alone. A programme's own owner goes into a row without a project, above its projects.",
        ("program", "programme_name"),
        24,
    ),
    "project": Described(
        "Project",
        "The project. Blank means: as in the row above. A project with several measures has a row for each.",
        ("project_name", "project_title", "name_of_project"),
        28,
    ),
    "ref": Described(
        "Ref",
        "A short name for the project in files and commands: letters, digits, _ and -. Blank: made from its title.",
        ("reference", "project_ref", "code", "project_code"),
        14,
    ),
    "owner": Described(
        "Project owner",
        "Who returns the figures and is told: the role, such as Home visits lead. Once a project is enough.",
        ("owner", "project_lead", "lead"),
        24,
    ),
    "email": Described(
        "Owner's email",
        "The owner's address. Once an owner is enough.",
        ("email", "e_mail", "email_address", "owner_email", "project_owners_email"),
        32,
    ),
    "measure": Described(
        "Measure",
        "What is counted. The same title on several projects is one measure, with a target for each.",
        ("kpi", "measure_name", "indicator"),
        30,
    ),
    "unit": Described(
        "Unit",
        "number, percent, money or weeks. Blank: as the target shows. With £000 or £m a bare target is in thousands or "
        "millions.",
        ("units",),
        11,
    ),
    "better": Described(
        "Better",
        "higher or lower: which way is good. Blank: neither, and no rule judges the measure.",
        ("direction", "polarity", "better_when", "good_is"),
        11,
    ),
    "target": Described(
        "Target",
        "What is to be reached: 50%, £1,320k, 120, 4 weeks; or `to be set`, `up`, `down`. Blank: there is none.",
        (),
        14,
    ),
    "note": Described("Note", "For people; nothing reads it.", ("notes", "comment", "comments"), 36),
}
LIST = Columns(
    Names(
        zip(OF_PROJECTS, OF_PROJECTS, strict=True),
        ((also, name) for name, one in OF_PROJECTS.items() for also in (column_name(one.title), *one.also)),
    ),
    ("project",),
)


class Setting(StrEnum):
    """A row of the sheet about the portfolio itself."""

    TITLE = "title"
    NAME = "name"
    OWNER = "owner"
    EMAIL = "email"
    REPORTS = "reports"
    STARTS = "starts"
    YEAR_STARTS = "year_starts"
    RETURNS_DUE = "returns_due"
    MAIL_FROM = "mail_from"


OF_PORTFOLIO = {
    Setting.TITLE: Described("Title", "The portfolio's title, as people read it."),
    Setting.NAME: Described("Name", "Its name in files and commands. Blank: made from the title."),
    Setting.OWNER: Described("Owner", "Who answers for it: the role, such as Portfolio director."),
    Setting.EMAIL: Described("Owner's email", "The owner's address: it gets the digest of exceptions.", ("email",)),
    Setting.REPORTS: Described("Reports", "monthly or quarterly. Blank: monthly."),
    Setting.STARTS: Described(
        "First period", "The first that is judged, such as 2025-04. Blank: the first of this year.", ("starts",)
    ),
    Setting.YEAR_STARTS: Described("Year starts", "The month in which the financial year begins. Blank: April."),
    Setting.RETURNS_DUE: Described(
        "Returns due", "5th working day, or 10th day: after the period's end. Blank: 5th working day."
    ),
    Setting.MAIL_FROM: Described(
        "Mail from", "The address that mails come from: the PMO's.", ("pmos_email", "pmo_email")
    ),
}
SETTINGS = Names(
    ((setting.value, setting) for setting in Setting),
    ((also, setting) for setting, one in OF_PORTFOLIO.items() for also in (column_name(one.title), *one.also)),
)


class WrittenUnit(NamedTuple):
    """A unit as the list has it, and by how many decimal places it moves money where nothing else is written."""

    unit: Unit
    places: int = 0


_UNITS: dict[Unit, tuple[str, ...]] = {
    Unit.NUMBER: ("count", "no", "no.", "#", "numbers"),
    Unit.PERCENT: ("%", "percentage", "per cent"),
    Unit.MONEY: ("£", "gbp", "pounds"),
    Unit.WEEKS: ("week", "wks"),
}
_SCALES = {
    3: ("£000", "£000s", "£k", "£'000", "£’000", "£ thousands"),
    6: ("£m", "£mn", "£million", "£millions", "£ million", "£ millions"),
}
UNITS = Names(
    ((unit.value, WrittenUnit(unit)) for unit in Unit),
    (
        *((also, WrittenUnit(unit)) for unit, others in _UNITS.items() for also in others),
        *((also, WrittenUnit(Unit.MONEY, places)) for places, words in _SCALES.items() for also in words),
    ),
)
_BETTER: dict[Better, tuple[str, ...]] = {
    Better.HIGHER: ("high", "up", "more", "increase", "higher is better"),
    Better.LOWER: ("low", "down", "less", "fewer", "decrease", "reduce", "lower is better"),
}
BETTER = Names(
    ((better.value, better) for better in Better),
    ((also, better) for better, others in _BETTER.items() for also in others),
)
NO_PROGRAMME = Names((word, word) for word in ("none", "no programme", "-", "–", "n/a"))
