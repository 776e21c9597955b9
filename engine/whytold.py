"""`mail why`: of one subject, audience by audience and person by person, what was decided, told, and would be next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from engine.alerts.asking import Asking, Background
from engine.alerts.audiences import concerns
from engine.alerts.nextmail import next_mail
from engine.model.acts import OfficeAct
from engine.model.alerts import Decision, OutboxState
from engine.model.workspace import Audience, Level
from engine.office import Office, UsageError
from engine.store.records import MadeDecision, StoredRun, ToldBy
from engine.store.store import Store
from engine.telling import published_until


@dataclass(frozen=True, slots=True)
class WhyPerson:
    """One reader of an audience: what was decided last, since when, what was told, and what is next."""

    person: str
    name: str
    address: str  # "" where there is none
    decided: MadeDecision | None  # the last decision, as it was kept; None where nobody asked yet
    since: MadeDecision | None  # the first of those that say the same, up to the last
    told: ToldBy | None  # the last message that went out
    untold: tuple[ToldBy, ...]  # those queued since that did not, newest first: nobody has read them
    now: Decision | None  # what would be decided now; None where the run doesn't have the subject
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyAudience:
    """One audience; without people `nobody` says why."""

    audience: str
    by_calendar: bool  # of its own; else it is told after each run
    people: tuple[WhyPerson, ...]
    nobody: str = ""

    @property
    def when(self) -> str:
        return "on a calendar of its own" if self.by_calendar else "after each run"


@dataclass(frozen=True, slots=True)
class Why:
    """All audiences of a workspace, asked about one subject."""

    portfolio: str
    subject: str
    run: StoredRun
    acts: tuple[OfficeAct, ...]  # silences and acknowledgements in force on it, for whatever audience
    audiences: tuple[WhyAudience, ...]


def why(office: Office, store: Store, name: str, ref: str) -> Why:
    """Raises UsageError where nothing is published of the portfolio; StoreError."""
    run = store.latest_run(name)
    if run is None:
        raise UsageError(f"nothing is published of {name} yet; run it: telltale run {name}")
    before = published_until(store, run)
    background = Background(
        before.told, before.silenced, tuple(store.open_cases(name)), before.history, before.periods, before.acts
    )
    asking = Asking(office.workspace, office.portfolio(name), run.out, background, office.now)
    decisions = store.decisions_about(name, ref)
    messages = store.told_about(name, ref)
    audiences = [
        _of_audience(office, asking, audience, ref, decisions, messages)
        for audience, settings in office.workspace.audiences.items()
        if settings.tell == "statuses"
    ]
    acts = {act.number: act for audience in office.workspace.audiences for act in asking.acts_on(ref, audience)}
    return Why(name, ref, run, tuple(acts[number] for number in sorted(acts)), tuple(audiences))


def _of_audience(
    office: Office,
    asking: Asking,
    name: str,
    ref: str,
    decisions: list[MadeDecision],
    messages: Sequence[ToldBy],
) -> WhyAudience:
    audience = office.workspace.audiences[name]
    by_calendar = audience.when != "after run"
    if not concerns(audience, asking.portfolio):
        return WhyAudience(name, by_calendar, (), f"It is told of {audience.about.portfolio} alone.")
    reached = asking.reached(name)
    people = [person for person, refs in (*reached.reachable.items(), *reached.unreachable.items()) if ref in refs]
    if not people:
        return WhyAudience(name, by_calendar, (), _not_about(audience, asking.portfolio.subjects[ref].level))
    every = (_of_person(office, asking, name, person, ref, decisions, messages) for person in people)
    return WhyAudience(name, by_calendar, tuple(every))


def _not_about(audience: Audience, level: Level) -> str:
    about = audience.about
    if about.level is not None and about.level.removesuffix("s") != level:
        return f"It is told of {about.level}, and this is a {level.value}."
    return "It is told of other subjects."


def _of_person(
    office: Office,
    asking: Asking,
    name: str,
    person: str,
    ref: str,
    decisions: list[MadeDecision],
    messages: Sequence[ToldBy],
) -> WhyPerson:
    who = office.workspace.people.get(person)
    own = [one for one in decisions if (one.decision.audience, one.decision.recipient) == (name, person)]
    theirs = [one for one in messages if (one.told.audience, one.told.recipient) == (name, person)]
    now = next((one.decision for one in asking.decided(name, person, (ref,))), None)
    subject, period = asking.by_ref.get(ref), asking.run.period
    upcoming: tuple[str, ...] = ()
    if subject is not None and office.has_period(asking.portfolio.portfolio, period):
        cadence = office.cadence(asking.portfolio.portfolio)
        upcoming = tuple(next_mail(asking.situation(name, person, subject), cadence.period(period), cadence))
    return WhyPerson(
        person=person, name=who.name if who else person or "nobody", address=who.email.strip() if who else "",
        decided=own[0] if own else None, since=_since(own),
        told=next((one for one in theirs if one.sent is not None), None),
        untold=tuple(one for one in takewhile(lambda one: one.sent is None, theirs) if _is_said(one)),
        now=now, next=upcoming,
    )  # fmt: skip


def _is_said(one: ToldBy) -> bool:
    """What a newer revision took the place of is in its message."""
    return one.state is not OutboxState.WITHDRAWN


def _since(own: list[MadeDecision]) -> MadeDecision | None:
    """The first of the decisions (newest first) that say the same as the last, without another between."""
    alike: Iterator[MadeDecision] = (one for one in own)
    first = next(alike, None)
    last = first
    for one in alike:
        if first is None or one.decision.reason is not first.decision.reason:
            break
        last = one
    return last
