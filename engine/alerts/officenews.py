"""What the office is told: problems, overdue returns, messages that are stuck, decisions that end. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from engine.alerts.acts import about
from engine.alerts.audiences import concerns, recipients
from engine.alerts.chasing import OWNERS
from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import OutboxMessage, Told
from engine.model.notices import Ending, Failed, Item, OfficeNotice, Owed, Owing, Stuck, key_of
from engine.model.run import DecisionOut, RunOut, SubjectOut
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Cadence, Period, PeriodError

SOON = timedelta(days=14)


def office_notices(
    workspace: Workspace,
    portfolio: Portfolio,
    period: Period,
    run: RunOut | None,
    messages: Iterable[OutboxMessage],
    owed: Mapping[str, Owed],
    due: date,
    told: Iterable[Told],
    now: datetime,
    today: date,
    acts: Iterable[OfficeAct] = (),
    failed: Sequence[Failed] = (),
) -> list[OfficeNotice]:
    """A message to everybody of an audience that is told of problems, where there is anything they don't know yet.

    `run` is the last of the period; `messages` are those held, dead or uncertain (the office's own are left out: each
    would call for another); `owed` is what is missing for the period, which counts as news once it is overdue; `told`
    is what each recipient was last told; `acts` are the silences and acknowledgements about to end. `failed` are the
    jobs that were given up, of all portfolios; one that is of none is told with the first that the audience is about.
    It shows what is new and what still stands.
    """
    problems = tuple(run.problems) if run is not None else ()
    owing = tuple(_owing(workspace, portfolio, owed, today))
    stuck = tuple(_stuck(one) for one in messages if not to_the_office(one, workspace))
    judgements = tuple(_ending(run, workspace, portfolio, period)) if run is not None else ()
    ending = (*judgements, *(_act_ending(act, portfolio) for act in acts))
    told_of: list[Item] = [*problems, *stuck, *ending, *(owing if today > due else ())]
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in told:
        known[one.audience, one.recipient].add(one.subject)
    notices: list[OfficeNotice] = []
    for name, audience in workspace.audiences.items():
        if audience.tell == "problems" and concerns(audience, portfolio):
            first = next(one for one in workspace.portfolios.values() if concerns(audience, one))
            jobs = tuple(one for one in failed if (one.portfolio or first.portfolio) == portfolio.portfolio)
            keys = [key_of(one, period.id) for one in (*told_of, *jobs)]
            for person in recipients(audience, portfolio, workspace.people, today).reachable:
                new = frozenset(key for key in keys if digest_of(key) not in known[name, person])
                if new:
                    notices.append(OfficeNotice(
                        audience=name, recipient=person, name=workspace.people[person].name,
                        address=workspace.people[person].email.strip(), portfolio=portfolio.portfolio,
                        portfolio_title=portfolio.title, mail=workspace.settings.mail, now=now, period=period.id,
                        occurrence=f"{period.id} {digest_of(*sorted(new))}", revision=run.revision if run else 1,
                        today=today, due=due, problems=problems, owing=owing, stuck=stuck, ending=ending, failed=jobs,
                        new=new,
                    ))  # fmt: skip
    return notices


def to_the_office(message: OutboxMessage, workspace: Workspace) -> bool:
    """Whether a message is the office's own mail: what becomes of that is listed, and not told by another."""
    audience = workspace.audiences.get(message.rendered.audience)
    return audience is not None and audience.tell == "problems"


def office_told(notice: OfficeNotice, message: str) -> list[Told]:
    """What the office knows once a message is out; `message` is the id of its row in the outbox."""
    return [
        Told(
            audience=notice.audience, recipient=notice.recipient, subject=digest_of(key), period=notice.period,
            status=None, cases=(), message=message,
        )
        for key in sorted(notice.new)
    ]  # fmt: skip


def digest_of(*keys: str) -> str:
    """Keys as they are kept: short, and no subject's name. A colon is in no ref."""
    return f"office:{hashlib.sha256(chr(0).join(keys).encode()).hexdigest()[:16]}"


def _owing(workspace: Workspace, portfolio: Portfolio, owed: Mapping[str, Owed], today: date) -> Iterable[Owing]:
    reached = recipients(OWNERS, portfolio, workspace.people, today)
    for person, refs in (*reached.reachable.items(), *reached.unreachable.items()):
        titles = tuple(owed[ref].title for ref in refs if ref in owed)
        if titles:
            known = workspace.people.get(person)
            yield Owing(
                person=person, name=known.name if known else person, address=known.email.strip() if known else "",
                titles=titles,
            )  # fmt: skip


def _stuck(one: OutboxMessage) -> Stuck:
    return Stuck(
        id=one.id, state=one.state.value, to=one.rendered.address, about=one.rendered.subject,
        period=one.rendered.period, why=one.detail,
    )  # fmt: skip


def _ending(run: RunOut, workspace: Workspace, portfolio: Portfolio, period: Period) -> Iterator[Ending]:
    """The floors and overrides in force on this period's last day and, by their own end, not on the next one's."""
    scheme, cadence = workspace.scheme_of(portfolio), cadence_of(portfolio)
    after = cadence.after(period)
    for subject in run.subjects:
        for kind, decision in _judgements(subject):
            end = _last_day(decision.until, cadence)
            if end is not None and (after is None or end < after.end):
                yield Ending(
                    ref=subject.ref, title=subject.title, kind=kind, status=scheme.name(decision.status),
                    reason=decision.reason, until=str(decision.until),
                )  # fmt: skip


def about_to_end(acts: Iterable[OfficeAct], today: date, next_due: date | None) -> list[OfficeAct]:
    """Those of some silences and acknowledgements in force that end before the returns after these are due, or soon.

    The office's mail goes after a run: what ends before the next run has to be in this one's.
    """
    soon = today + SOON
    until = soon if next_due is None else max(next_due, soon)
    return [act for act in acts if act.until is not None and act.until <= until]


def _act_ending(act: OfficeAct, portfolio: Portfolio) -> Ending:
    known = portfolio.subjects.get(act.subject)
    return Ending(
        ref=act.subject, title=known.title if known is not None else act.subject,
        kind="silence" if act.kind is ActKind.SILENCE else "acknowledgement", reason=act.why,
        until=act.until.isoformat() if act.until is not None else "", number=act.number, about=about(act),
    )  # fmt: skip


def _judgements(subject: SubjectOut) -> Iterator[tuple[Literal["floor", "override"], DecisionOut]]:
    if subject.floor is not None:
        yield "floor", subject.floor
    if subject.override is not None:
        yield "override", subject.override


def _last_day(until: str | None, cadence: Cadence) -> date | None:
    """The last day of a judgement; None where it has no day: it runs on, or until a milestone is met."""
    try:
        return cadence.period(until or "").end
    except PeriodError:
        pass
    try:
        return date.fromisoformat(until or "")
    except ValueError:
        return None
