"""Who is reminded of a return, or chased for one. Pure: all that is known is handed in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from engine.alerts.audiences import Recipients, recipients
from engine.model.notices import Owed, ReturnNotice, Workbook
from engine.model.problems import Problem
from engine.model.workspace import Audience, Portfolio, Workspace
from engine.periods import Period

RETURNS = "returns"  # stands for an audience's name: what is asked of owners makes a thread of its own
OWNERS = Audience(who="owners")


class Asked(NamedTuple):
    """Who is asked for a return, and whom nobody can ask."""

    notices: list[ReturnNotice]
    problems: list[Problem]


def asked(
    workspace: Workspace,
    portfolio: Portfolio,
    kind: Literal["reminder", "chaser"],
    period: Period,
    due: date,
    owed: Mapping[str, Owed],
    workbooks: Mapping[str, Workbook],
    now: datetime,
    today: date,
) -> Asked:
    """One message to each owner of subjects that owe something, or to the deputy of that day.

    `workbooks` are by owner. One goes with the message where its owner has returned nothing at all for the period: a
    new return replaces an earlier one whole.
    """
    reached = recipients(OWNERS, portfolio, workspace.people, today)
    notices = [
        ReturnNotice(
            audience=RETURNS, kind=kind, recipient=person, name=workspace.people[person].name,
            address=workspace.people[person].email.strip(), portfolio=portfolio.portfolio,
            portfolio_title=portfolio.title, mail=workspace.settings.mail, now=now, period=period.id,
            occurrence=f"{period.id} on {today.isoformat()}", today=today, due=due,
            owed=tuple(owed[ref] for ref in refs if ref in owed),
            complete=tuple(
                portfolio.subjects[ref].title for ref in refs if ref not in owed and _returns(portfolio, ref)
            ),
            workbooks=tuple(_to_fill_in(portfolio, refs, owed, workbooks)),
        )
        for person, refs in reached.reachable.items()
        if any(ref in owed for ref in refs)
    ]  # fmt: skip
    return Asked(notices, [_nobody(portfolio, ref, person) for ref, person in _unasked(reached, owed)])


def _returns(portfolio: Portfolio, ref: str) -> bool:
    """Whether anything is returned of the subject itself; a parent may only sum up what is below it."""
    return bool(portfolio.subjects[ref].measures)


def _to_fill_in(
    portfolio: Portfolio, refs: Sequence[str], owed: Mapping[str, Owed], workbooks: Mapping[str, Workbook]
) -> Iterable[Workbook]:
    theirs: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        theirs[portfolio.subjects[ref].owner or ""].append(ref)
    for owner, own in theirs.items():
        nothing = all(owed[ref].nothing_yet if ref in owed else not _returns(portfolio, ref) for ref in own)
        if nothing and owner in workbooks:
            yield workbooks[owner]


def _unasked(reached: Recipients, owed: Mapping[str, Owed]) -> Iterable[tuple[str, str]]:
    return ((ref, person) for person, refs in reached.unreachable.items() for ref in refs if ref in owed)


def _nobody(portfolio: Portfolio, ref: str, person: str) -> Problem:
    title = portfolio.subjects[ref].title
    if not person:
        what, cure = f"{title} owes a return, but has no owner to ask", "name its owner in the portfolio's file"
    else:
        what, cure = (
            f"{title} owes a return, but its owner {person} has no address",
            f"give {person} one in config/people.yaml",
        )
    return Problem(file="", where=ref, what=what, cure=cure, subject=ref)
