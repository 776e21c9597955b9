"""The workbook to fill in, from which `telltale init --from` makes a workspace."""

from engine.model.values import Unit
from engine.model.workspace import Better
from engine.periods import MONTHS
from engine.returns.writing import Column, Filled, Page, Sheet, written
from engine.setup.columns import OF_PORTFOLIO, OF_PROJECTS, PORTFOLIO, PROJECTS, Setting

_CHOICES = {
    "unit": (*(unit.value for unit in Unit), "£000"),
    "better": tuple(better.value for better in Better),
}
_EXAMPLES = (
    ("Example: Front door", "Home visits", "", "Home visits lead", "home.visits@council.example",
     "Visits made", "number", "higher", "120", "Rows that begin with Example: are not read"),
    ("Example: Front door", "Home visits", "", "", "", "Average wait", "weeks", "lower", "4 weeks",
     "A second measure of the same project"),
)  # fmt: skip
_GUIDE = (
    ("How to fill this in",),
    ("On the sheet projects, write a row for each project and measure. Rows that begin with Example: are not read.",),
    ("A blank programme or project means: as in the row above. Cells merged downwards count in each row.",),
    ("On the sheet portfolio, give the portfolio its title. What is left blank has a default.",),
    ("Then, in a command window: telltale init FOLDER --from FILE.xlsx. It says what it can't read, cell by cell,",),
    ("and writes nothing until all of it can be read. Other sheets, such as this one, are not read.",),
    ("",),
)
_CHOICES_OF = {Setting.REPORTS: ("monthly", "quarterly"), Setting.YEAR_STARTS: MONTHS}


def template() -> bytes:
    """The bytes of the workbook: projects, portfolio, and guidance."""
    projects = Sheet(
        PROJECTS,
        [Column(one.title, _plain(one.note), one.width, _CHOICES.get(name, ())) for name, one in OF_PROJECTS.items()],
        [tuple(Filled(text or None) for text in row) for row in _EXAMPLES],
        examples=len(_EXAMPLES),
    )
    portfolio = Sheet(
        PORTFOLIO,
        [Column("Setting", "What is set.", 18), Column("Value", "Write here.", 40), Column("What it is", "", 84)],
        [
            (Filled(one.title, given=True), Filled(choices=_CHOICES_OF.get(name, ())), Filled(one.note, given=True))
            for name, one in OF_PORTFOLIO.items()
        ],
        room=0,
    )
    columns = [(one.title, _plain(one.note)) for one in OF_PROJECTS.values()]
    return written([projects, portfolio, Page("guidance", [*_GUIDE, *columns])])


def _plain(note: str) -> str:
    return note.replace("`", "")
