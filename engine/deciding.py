"""People's acts, entered by command: checked against what there is, and kept for good."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from engine.alerts.acts import covers, in_force, in_words, lapsed, says_all_of
from engine.assessment.decisions import awaited, holds, returned_until
from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import Case
from engine.model.run import RunOut
from engine.model.workspace import Lifecycle
from engine.office import Office, UsageError, rules_of
from engine.periods import Period, day_in_words
from engine.returns.cells import Cell, CellError, days
from engine.returns.decided import as_row
from engine.returns.known import Known
from engine.returns.merge import PeriodRows, merge
from engine.returns.words import tidy
from engine.store.store import Store
from engine.workspace.dates import lifecycle_on, starts

LONG = timedelta(days=366)  # an act that holds for longer is pointed out
State = Literal["in force", "over", "ended", "lapsed", "not yet"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as it is asked for, in the words of whoever enters it."""

    kind: ActKind
    subject: str
    by: str
    why: str
    until: str | None = None
    status: str | None = None
    period: str | None = None
    rule: str | None = None
    audience: str | None = None
    below: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """An act that was kept, and what whoever entered it should know besides."""

    act: OfficeAct
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedAct:
    """An act with where it stands, and the act that ended it."""

    act: OfficeAct
    state: State
    ended: OfficeAct | None = None


def enter(office: Office, store: Store, entry: Entry) -> Entered:
    """Check an act and keep it. Raises UsageError where it can't be meant, with nothing kept; StoreError."""
    name, ref = office.find_subject(entry.subject)
    if entry.kind.is_judgement:
        act, notes = _judgement(office, store, name, ref, entry), []
    else:
        act = _gate(office, store, name, ref, entry)
        notes = _beside_others(office, store, act)
    kept = store.add_act(act)
    if kept.until is not None and kept.until > office.today + LONG:
        notes.append(
            f"That is more than a year: until {day_in_words(kept.until)} nobody has to look at it again. "
            f"telltale decide end {kept.number} ends it before."
        )
    return Entered(kept, tuple(notes))


def _beside_others(office: Office, store: Store, act: OfficeAct) -> list[str]:
    """What is in force already of what a silence or acknowledgement says, where it ends before.

    Raises UsageError where it lasts as long: the act would do nothing, and its reason would never be read.
    """
    others = [
        one.act
        for one in list_acts(office, store, act.portfolio)
        if one.state == "in force" and one.act.kind is act.kind and _says_all_of(one.act, act, office, store)
    ]
    for other in others:
        if other.until is None or act.until is None or other.until >= act.until:
            raise UsageError(
                f"act {other.number} says so already. {in_words(other)} To replace it, end it first: "
                f"telltale decide end {other.number}"
            )
    return [
        f"Act {one.number} says so until {day_in_words(one.until)}; this one lasts longer."
        for one in others
        if one.until is not None
    ]


def _says_all_of(act: OfficeAct, other: OfficeAct, office: Office, store: Store) -> bool:
    if act.kind is ActKind.SILENCE:
        return says_all_of(act, other, office.portfolio(act.portfolio))
    known = {case.key: case for case in store.open_cases(act.portfolio)}
    return act.subject == other.subject and all(covers(act, known[key]) for key in other.cases if key in known)


def end(office: Office, store: Store, number: int, by: str, why: str, period: str | None) -> OfficeAct:
    """End an act before its time: a judgement from a period on, the others at once. Raises UsageError, StoreError."""
    every = [one for name in office.workspace.portfolios for one in list_acts(office, store, name)]
    found = next((one for one in every if one.act.number == number and one.act.kind is not ActKind.END), None)
    if found is None:
        raise UsageError(f"there is no act {number}; telltale decide list --all has every one")
    if found.state in ("ended", "over"):
        raise UsageError(f"act {number} is {found.state} already")
    act = found.act
    at = _period(office, store, act.portfolio, period) if act.kind.is_judgement else None
    latest = store.latest_run(act.portfolio)
    if act.until is not None and at is not None and act.until < at.start:
        raise UsageError(f"act {number} ends before {at.id} by itself, on {day_in_words(act.until)}")
    return store.add_act(
        OfficeAct(
            kind=ActKind.END, portfolio=act.portfolio, subject=act.subject, by=_said(by, "--by"),
            why=_said(why, "--why"), made=office.now, ends=number,
            period=at.id if at is not None else latest.period if latest is not None else "",
        )
    )  # fmt: skip


def list_acts(office: Office, store: Store, name: str) -> list[ListedAct]:
    """Every act on a portfolio but the ends, newest first."""
    acts = store.acts(name)
    ends = {act.ends: act for act in acts if act.kind is ActKind.END}
    latest = store.latest_run(name)
    standing = _standing(office, store, name, acts, latest.out if latest is not None else None)
    standing |= _judgements_standing(office, store, name, acts, latest.period_end if latest is not None else None)
    listed = [ListedAct(act, standing[act.number]) for act in acts if act.kind is not ActKind.END]
    return [
        ListedAct(one.act, "ended", ends[one.act.number]) if one.act.number in ends else one for one in reversed(listed)
    ]


def _standing(
    office: Office, store: Store, name: str, acts: tuple[OfficeAct, ...], run: RunOut | None
) -> dict[int, State]:
    """Where silences and acknowledgements stand now."""
    now = in_force(acts, office.now, office.today)
    found: dict[int, State] = {act.number: "not yet" if act.made > office.now else "over" for act in acts}
    found |= {act.number: "in force" for act in (*now.silences, *now.acknowledgements)}
    if run is None:
        return found
    end = office.period(name, run.period).end if office.has_period(name, run.period) else None
    history = store.history(name, before=end)
    subjects = {subject.ref: subject for subject in run.subjects}
    scheme = office.workspace.scheme_of(office.portfolio(name))
    for act in now.acknowledgements:
        subject = subjects.get(act.subject)
        if subject is not None and lapsed(act, subject, history.get(act.subject, ()), scheme):
            found[act.number] = "lapsed"
    return found


def _judgements_standing(
    office: Office, store: Store, name: str, acts: tuple[OfficeAct, ...], end: date | None
) -> dict[int, State]:
    """Where judgements stand on the last day of the latest published period; None before the first."""
    judgements = [act for act in acts if act.kind.is_judgement]
    latest = office.cadence(name).containing(end) if end is not None else None
    returned: list[tuple[Period, PeriodRows]] = []
    if latest is not None and any(act.until_milestone is not None for act in judgements):
        returned = _returned(office, store, name, latest)
    return {act.number: _state_of_judgement(office, act, latest, returned) for act in judgements}


def _returned(office: Office, store: Store, name: str, period: Period) -> list[tuple[Period, PeriodRows]]:
    """What was returned up to a period and taken in, oldest first."""
    known = [one for one in store.returns(name, period.end) if office.has_period(name, one.period)]
    rows = {at: merge(group)[0] for at, group in groupby(known, lambda one: one.period)}
    return returned_until(rows, office.portfolio(name), period)


def _state_of_judgement(
    office: Office, act: OfficeAct, latest: Period | None, returned: list[tuple[Period, PeriodRows]]
) -> State:
    if not office.has_period(act.portfolio, act.period):
        return "over"
    entered = office.period(act.portfolio, act.period)
    if latest is None or entered.end > latest.end:
        return "not yet"
    row = as_row(act, entered)
    return "in force" if row is not None and holds(row, entered, returned, latest) else "over"


# ---- what is checked


def _judgement(office: Office, store: Store, name: str, ref: str, entry: Entry) -> OfficeAct:
    portfolio = office.portfolio(name)
    scheme = office.workspace.scheme_of(portfolio)
    known = Known(portfolio, scheme, "pmo")
    status = known.statuses.find(entry.status or "")
    if status is None:
        raise UsageError(
            f"there is no status {entry.status!r}; {known.statuses.cure(entry.status or '', 'write its name or id')}"
        )
    period = _period(office, store, name, entry.period)
    if entry.kind is not ActKind.DECLARED:
        if scheme.rank(status.id) is None:
            raise UsageError(f"{status.name} stands outside the order of statuses; say it by the subject's lifecycle")
        lifecycle = lifecycle_on(portfolio.subjects[ref], period.end, known.cadence)
        if lifecycle is not Lifecycle.LIVE:
            raise UsageError(f"{ref} is {lifecycle.value} in {period.id}: a judgement would count for nothing")
    until, milestone = None, None
    if entry.until is not None and entry.until.casefold().startswith("milestone "):
        milestone = tidy(entry.until)[len("milestone ") :]
    elif entry.until is not None:
        until = _last_day(office, name, entry.until)
        if until < period.end:
            raise UsageError(
                f"that would never be in force: it ends on {day_in_words(until)}, before the last day of {period.id}"
            )
    act = OfficeAct(
        kind=entry.kind, portfolio=name, subject=ref, by=_said(entry.by, "--by"), why=_said(entry.why, "--why"),
        made=office.now, period=period.id, status=status.id, until=until, until_milestone=milestone,
    )  # fmt: skip
    if milestone is not None:
        _check_milestone(office, store, act, milestone, period)
    return act


def _check_milestone(office: Office, store: Store, act: OfficeAct, milestone: str, period: Period) -> None:
    """Raises UsageError for one that no return of the subject names, or that was done before the judgement counts."""
    from engine.workspace.spelling import did_you_mean

    returns = store.returns(act.portfolio)
    named = dict.fromkeys(one.milestone for sent in returns for one in sent.milestones if one.subject == act.subject)
    if milestone.casefold() not in (name.strip().casefold() for name in named):
        cure = did_you_mean(milestone, named) or "name a day or a period, or return the milestone first and run"
        raise UsageError(f"no return of {act.subject} names a milestone {milestone!r}; {cure}")
    row = as_row(act, period)
    found = awaited(row, _returned(office, store, act.portfolio, period)) if row is not None else None
    if found is not None and found.done is not None and found.done <= period.end:
        raise UsageError(
            f"that would never be in force: {found.milestone} was done on {day_in_words(found.done)}, by the end of "
            f"{period.id}"
        )


def _gate(office: Office, store: Store, name: str, ref: str, entry: Entry) -> OfficeAct:
    """A silence or an acknowledgement."""
    if entry.until is None:
        raise UsageError("say until when it holds: --until with a day or a period")
    until = _last_day(office, name, entry.until)
    if until < office.today:
        raise UsageError(f"{day_in_words(until)} is past; name a day to come")
    rule = _rule(office, name, entry.rule)
    if entry.audience is not None:
        office.check_audience(entry.audience)
    latest = store.latest_run(name)
    act = OfficeAct(
        kind=entry.kind, portfolio=name, subject=ref, by=_said(entry.by, "--by"), why=_said(entry.why, "--why"),
        made=office.now, period=latest.period if latest is not None else "", until=until, rule=rule,
        audience=entry.audience, below=entry.below,
    )  # fmt: skip
    if entry.kind is ActKind.SILENCE:
        return act
    cases = [case for case in store.open_cases(name) if case.key.subject == ref and rule in (None, case.key.rule)]
    if latest is None or not cases:
        what = f"{ref} has no open case" + (f" of the rule {rule}" if rule else "")
        raise UsageError(f"{what}: there is nothing to acknowledge")
    status = next((subject.status for subject in latest.out.subjects if subject.ref == ref), None)
    return act.model_copy(
        update={"cases": tuple(case.key for case in cases), "status": status or _worst(office, name, cases)}
    )


def _worst(office: Office, name: str, cases: list[Case]) -> str:
    """What a subject that is not rated now was acknowledged at: the worst of its cases."""
    scheme = office.workspace.scheme_of(office.portfolio(name))
    return max((case.status for case in cases), key=lambda status: scheme.rank(status) or 0)


def _rule(office: Office, name: str, rule: str | None) -> str | None:
    from engine.workspace.spelling import did_you_mean

    if rule is None:
        return None
    rulebook, _ = rules_of(office.root, office.workspace, office.portfolio(name))
    known = [one.id for one in rulebook.rules] if rulebook is not None else []
    if rule not in known:
        cure = did_you_mean(rule, known) or "write its id"
        raise UsageError(f"there is no rule {rule!r} in rules/{name}.yaml; {cure}")
    return rule


def _period(office: Office, store: Store, name: str, period: str | None) -> Period:
    """The period named, or the latest published. Raises UsageError for one that is not judged, or not begun."""
    if period is None:
        latest = store.latest_run(name)
        if latest is None:
            raise UsageError(f"nothing is published of {name} yet; name the first period it counts for with --period")
        period = latest.period
    found, first = office.period(name, period), starts(office.portfolio(name))
    if found.end < first.end:
        raise UsageError(f"{period} is history: {name} starts with {first.id}; enter it in that period's return")
    if found.start > office.today:
        raise UsageError(f"{period} has not begun: today is {office.today.isoformat()}")
    return found


def _last_day(office: Office, name: str, until: str) -> date:
    try:
        return days(Cell(until), office.cadence(name)).last
    except CellError as error:
        raise UsageError(str(error)) from None


def _said(text: str, option: str) -> str:
    said = tidy(text)
    if not said:
        raise UsageError(f"{option} is empty; say it in a few words")
    return said
