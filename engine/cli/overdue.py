"""`returns overdue`: who owes a return whose day has passed."""

from engine.app import overdue
from engine.cli import DONE, show
from engine.cli.common import Options, emit, open_office
from engine.model.notices import Owed
from engine.periods import day_in_words, period_in_words


def list_overdue(options: Options) -> int:
    """List by portfolio what is still owed of the last period that fell due."""
    office = open_office(options)
    found = {name: overdue(office, name) for name in office.names(options.portfolio)}
    answer = {
        "schema": 1,
        "portfolios": [
            {
                "portfolio": name,
                "period": late.period.id,
                "due": late.due.isoformat(),
                "owners": sorted({office.portfolio(name).subjects[ref].owner or "" for ref in late.owed}),
                "subjects": sorted(late.owed),
            }
            for name, late in found.items()
            if late is not None
        ],
    }
    rows = [
        (name, period_in_words(late.period), day_in_words(late.due), one.title, _missing(one))
        for name, late in found.items()
        if late is not None
        for one in late.owed.values()
    ]
    heads = ("Portfolio", "Period", "Was due on", "Subject", "Missing")
    emit(options, answer, lambda: show.table(heads, rows) if rows else "Nothing is overdue.")
    return DONE


def _missing(one: Owed) -> str:
    return "everything" if one.nothing_yet else show.count(len(one.missing), "figure")
