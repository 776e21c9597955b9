"""What the commands that publish nothing find out: faults, tests, fact sheets, returns, messages, health."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import mailing
from engine.app import declared, open_office, open_the_store, with_states
from engine.intake import NO_FOLDER, take_in
from engine.model.alerts import OutboxState
from engine.model.facts import FactSheet
from engine.model.run import RunOut
from engine.office import FaultsError, Office, UsageError
from engine.periods import Period


def published(office: Office, name: str, period: str | None) -> RunOut:
    """The last run of a period, or of the latest published. Raises UsageError where there is none."""
    first = office.period(name, office.portfolio(name).starts)
    if period is not None and office.period(name, period).end < first.end:
        raise UsageError(f"{period} is history, of which nothing is published; {name} starts with {first.id}")
    with open_the_store(office) as store:
        stored = store.latest_run(name, period)
        out = with_states(stored.out, store, name) if stored is not None else None
    if out is None:
        what = f"{period} of {name}" if period else name
        command = f"telltale run {name}" + (f" --period {period}" if period else "")
        raise UsageError(f"nothing is published of {what} yet; run it: {command}")
    return out


def fact_sheet(office: Office, name: str, ref: str, period: str | None) -> FactSheet:
    """What the rules see of a subject: the figures as now known, the statuses as published.

    Without a period: the latest published, or else the latest with a return.
    """
    from engine.facts.book import SheetStanding
    from engine.pipeline import facts_of

    about = declared(office, name)
    with open_the_store(office) as store:
        returns = take_in(office, about, store, keep=False).returns
        stored = store.latest_run(name, period)
    out = stored.out if stored is not None else None
    book = facts_of(about, returns, office.today).book
    at = office.period(
        name, period or (out.period if out and office.has_period(name, out.period) else _latest(book.periods, name).id)
    )
    standing = SheetStanding()
    if out is not None:
        status = {subject.ref: subject.status for subject in out.subjects}
        here = next((subject for subject in out.subjects if subject.ref == ref), None)
        standing = SheetStanding(
            measure_statuses={(m.measure, m.part): m.status for m in here.measures} if here else {},
            descendants={below.ref: status.get(below.ref) for below in about.portfolio.descendants(ref)},
            previous=here.previous if here else None,
        )
    return replace(book.sheet(ref, at, standing), problems=book.problems_of(ref, at))


def _latest(periods: Sequence[Period], name: str) -> Period:
    if not periods:
        raise UsageError(f"{name} has no return yet")
    return periods[-1]


def _check_period(office: Office, name: str, period: str | None) -> None:
    if period is not None:
        office.period(name, period)


@dataclass(frozen=True, slots=True)
class ListedReturn:
    portfolio: str
    period: str
    submitter: str
    state: str  # "taken in", "new", "changed", "gone from the folder", or why it is not taken in
    rows: int  # that count
    problems: int  # of what lies there
    source: str


def list_returns(office: Office, name: str, period: str | None) -> list[ListedReturn]:
    """The returns that were taken in or lie in the folder, by period and submitter."""
    _check_period(office, name, period)
    about = declared(office, name)
    with open_the_store(office) as store:
        known = {(one.period, one.submitter): one.sha256 for one in store.returns(name)}
        taken = take_in(office, about, store, keep=False)
    counting = {(one.period, one.submitter): one for one in taken.returns}

    def state(key: tuple[str, str]) -> str:
        if key in taken.gone:
            return "gone from the folder"
        return "new" if key not in known else "taken in" if known[key] == counting[key].sha256 else "changed"

    def listed(key: tuple[str, str]) -> ListedReturn:
        one, refused = counting.get(key), taken.refused.get(key)
        rows = one.rows if one is not None else 0
        if refused is not None:
            return ListedReturn(name, *key, refused.why, rows, len(refused.problems), refused.found.source)
        return ListedReturn(name, *key, state(key), rows, len(counting[key].problems), counting[key].source)

    keys = sorted(counting.keys() | taken.refused.keys(), key=lambda key: (office.period(name, key[0]).end, key[1]))
    return [listed(key) for key in keys if period in (None, key[0])]


# ---- doctor


@dataclass(frozen=True, slots=True)
class Checked:
    what: str
    ok: bool
    found: str


def doctor(root: Path, now: str | None) -> list[Checked]:
    """Everything that a run needs, each looked at; what depends on something broken is left out."""
    from engine.cli.checking import template_faults
    from engine.store.database import shown_address
    from engine.store.errors import StoreError

    checks = [Checked("Python", sys.version_info >= (3, 11), sys.version.split()[0]), _durable()]
    try:
        office = open_office(root, now)
    except (UsageError, FaultsError) as error:
        return [*checks, Checked("config", False, str(error))]
    checks.append(Checked("config", True, ", ".join(office.workspace.portfolios)))
    checks += _rules(office)
    checks += [Checked("templates", False, str(fault)) for fault in template_faults(root, office.workspace)]
    try:
        with open_the_store(office) as store:
            waiting = [one.state for one in store.outbox(states=mailing.UNFINISHED)]
        checks.append(Checked("database", True, shown_address(office.database)))
        checks.append(_outbox(office, waiting))
    except StoreError as error:
        checks.append(Checked("database", False, str(error)))
    checks += [Checked(what, not fault, fault or found) for what, found, fault in mailing.tried_out(office)]
    returns = office.workspace.settings.returns
    there = office.returns_folder.is_dir()
    checks.append(Checked("returns", there, returns if there else f"there is no folder {returns}; {NO_FOLDER}"))
    return checks


def _outbox(office: Office, waiting: Sequence[OutboxState]) -> Checked:
    """Held messages are in order, and so are those that wait for a mail server's next sending."""
    stuck = [state for state in waiting if state in mailing.late_states(office)]
    counted = [f"{waiting.count(state)} {state}" for state in OutboxState if state in waiting]
    return Checked("outbox", not stuck, f"messages: {', '.join(counted)}" if counted else "nothing waits")


def _durable() -> Checked:
    from engine.inference.errors import JudgementError
    from engine.inference.process import DurableProcess, available

    what = "engine of record"
    if not available():
        return Checked(what, True, "durable-rules is not installed; the plain evaluator judges alone")
    try:
        with DurableProcess(10) as durable:
            ready = durable.ready()
    except JudgementError as error:
        return Checked(what, False, str(error))
    return Checked(what, ready, "durable-rules works" if ready else "durable-rules is installed but can't be loaded")


def _rules(office: Office) -> Iterator[Checked]:
    for name in office.workspace.portfolios:
        try:
            rules = len(declared(office, name).rulebook.rules)
        except FaultsError as error:
            yield Checked("rules", False, str(error))
        else:
            yield Checked("rules", True, f"{name}: {rules} rules")
