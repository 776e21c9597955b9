"""The way of the data, stage by stage: returns, fact sheets, findings, status and trend, cases, alerts, messages.

    facts_of    returns to fact sheets
    judge       fact sheets to findings, status and trend
    alert       statuses to cases, alerts and messages

Every function here is pure: what was stored before and the time of day are handed in, and so is what renders.
`engine/app.py` reads, stores and sends.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine.alerts.asking import Asking, Background
from engine.alerts.cases import CaseChanges, update
from engine.alerts.release import accident, state_when_queued
from engine.alerts.tellings import tellings, told_after_run, told_by
from engine.assessment.assess import Assessed, AssessmentInputs, assess
from engine.assessment.judging import Judging
from engine.assessment.revised import LastRevision
from engine.facts.book import FactBook
from engine.inference.process import DurableProcess
from engine.model.acts import CaseKey, OfficeAct
from engine.model.alerts import (
    Case,
    Decision,
    Envelope,
    HistoryPoint,
    OutboxState,
    Reason,
    Rendered,
    Silenced,
    Telling,
    Told,
)
from engine.model.problems import Problem
from engine.model.returns import Return
from engine.model.run import MessageOut, RunOut
from engine.model.workspace import Portfolio, Scheme, Workspace, cadence_of
from engine.periods import Period, WorkingDays
from engine.returns.decided import with_acts
from engine.returns.merge import PeriodRows, merge
from engine.rulebook.formulas import Formulas
from engine.rulebook.rules import Rulebook
from engine.rulebook.substance import substance
from engine.store.records import Queued

Render = Callable[[Telling], Rendered | str]  # a message's frozen bytes, or a sentence that says why there are none


@dataclass(frozen=True, slots=True)
class Declared:
    """What the PMO declares: all that isn't a figure."""

    workspace: Workspace
    portfolio: Portfolio
    scheme: Scheme
    rulebook: Rulebook
    rules_text: str  # the rule file as it was read
    formulas: Formulas  # of measures that are worked out from others
    working: WorkingDays
    reading_hash: str  # of all that returns are read with
    telling_hash: str  # of all that turns statuses into messages
    hold: str = ""  # why every message is held for release, whatever its audience says


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of a portfolio: for the periods before the one that is judged, and for that one itself."""

    run: str | None  # the last one's id
    previous: Mapping[str, str | None]  # status by subject, in the last published period
    rules_hash: str | None  # of that period's run
    same_period: LastRevision | None = None  # the last revision of the very period that is judged, if there is one
    ever: frozenset[str] = frozenset()  # subjects that ever had a status
    open_cases: tuple[Case, ...] = ()
    closed_cases: frozenset[CaseKey] = frozenset()
    told: tuple[Told, ...] = ()  # what each recipient was last told of each subject
    silenced: tuple[Silenced, ...] = ()  # the last period in which a silence kept each from hearing
    history: Mapping[str, Sequence[HistoryPoint]] = field(default_factory=dict)  # of all periods, oldest first
    periods: tuple[str, ...] = ()  # oldest first
    acts: tuple[OfficeAct, ...] = ()  # what people did, by whom and until when


@dataclass(frozen=True, slots=True)
class FactBase:
    """The figures of all periods, as rows and as fact sheets, with what was wrong with each period's returns."""

    book: FactBook
    rows: Mapping[str, PeriodRows]
    problems: Mapping[str, tuple[Problem, ...]]


def facts_of(declared: Declared, returns: Iterable[Return], today: date, acts: Iterable[OfficeAct] = ()) -> FactBase:
    """Returns to fact sheets, with the judgements among the acts as if returns had them."""
    by_period: dict[str, list[Return]] = defaultdict(list)
    for one in returns:
        by_period[one.period].append(one)
    rows: dict[str, PeriodRows] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for period, group in by_period.items():
        rows[period], clashes = merge(group)
        problems[period] = (*(problem for one in group for problem in one.problems), *clashes)
    rows = with_acts(rows, acts, cadence_of(declared.portfolio))
    book = FactBook(
        declared.portfolio, declared.scheme, rows, today=today, working=declared.working, equals=declared.formulas
    )
    return FactBase(book, rows, problems)


def judge(
    declared: Declared,
    facts: FactBase,
    period: Period,
    before: Published,
    durable: DurableProcess | None,
    earlier: Judging | None = None,
) -> Assessed:
    """Fact sheets to findings, statuses and trends, with the period's problems.

    Without `durable` the plain evaluator judges alone. What `earlier` (of an earlier period of the same replay) has
    worked out is not worked out again. Raises JudgementError where the engine of record fails, and
    DisagreementError where the two evaluators differ.
    """
    assessed = assess(
        AssessmentInputs(
            portfolio=declared.portfolio,
            scheme=declared.scheme,
            rulebook=declared.rulebook,
            book=facts.book,
            rows=facts.rows,
            period=period,
            previous=before.previous,
            ever=before.ever,
            rules_changed=before.rules_hash not in (None, rules_hash(declared, period)),
            same_period=before.same_period,
            earlier=earlier,
        ),
        durable,
    )
    return replace(assessed, problems=(*facts.problems.get(period.id, ()), *assessed.problems))


@dataclass(frozen=True, slots=True)
class Alerted:
    """A run with all that follows from it."""

    run: RunOut  # complete: with its messages, and the problems that telling has found
    cases: CaseChanges
    decisions: tuple[Decision, ...] = ()
    messages: tuple[Queued, ...] = ()
    occurrences: Mapping[str, str] = field(default_factory=dict)  # of the telling, by audience


def alert(
    declared: Declared,
    run: RunOut,
    before: Published,
    now: datetime,
    render: Render | None,
    told_again: Mapping[str, str] | None = None,
) -> Alerted:
    """Statuses to cases, alerts and messages. Without `render` nobody is told: a past period that is judged again.

    `told_again` names audiences with a calendar of their own whose messages this run replaces, with the occurrence.
    """
    cases = update(before.open_cases, before.closed_cases, run, declared.scheme)
    if render is None:
        return Alerted(run, cases)
    after_run = told_after_run(declared.workspace, declared.portfolio, run.period)
    return tell(declared, run, before, cases, {**after_run, **(told_again or {})}, now, render)


def tell(
    declared: Declared,
    run: RunOut,
    before: Published,
    cases: CaseChanges,
    occurrences: Mapping[str, str],
    now: datetime,
    render: Render,
) -> Alerted:
    """A run's alerts and messages to some audiences, each with the occurrence of its telling."""
    background = Background(before.told, before.silenced, cases.open, before.history, before.periods, before.acts)
    told = tellings(Asking(declared.workspace, declared.portfolio, run, background, now), occurrences)
    problems = list(told.problems)
    queued: list[Queued] = []
    not_made: dict[tuple[str, str], str] = {}  # by audience and recipient: why
    held = declared.hold or accident(run, len(told.messages), declared.workspace.settings.mail)
    for telling in told.messages:
        message = render(telling)
        if isinstance(message, str):
            problems.append(Problem(file="", where=f"message to {telling.recipient}", what=message))
            not_made[telling.audience, telling.recipient] = message
            continue
        audience = declared.workspace.audiences[telling.audience]
        state, why = state_when_queued(audience, held)
        queued.append(Queued(message, tuple(told_by(telling, cases.open, message.id)), state, why))
    shown = tuple(message_out(one.rendered, one.state) for one in queued)
    complete = run.model_copy(update={"messages": shown, "problems": (*run.problems, *problems)})
    decisions = (_as_it_came(one, not_made.get((one.audience, one.recipient))) for one in told.decisions)
    return Alerted(complete, cases, tuple(decisions), tuple(queued), occurrences)


def message_out(message: Envelope, state: OutboxState) -> MessageOut:
    """A message as the result of a run or telling shows it."""
    return MessageOut(
        audience=message.audience,
        to=(message.address,),
        subject=message.subject,
        reasons=message.reasons,
        state=state.value,
    )


def _as_it_came(decision: Decision, not_made: str | None) -> Decision:
    """The decision to tell somebody of whose message nothing came tells nobody, and says why."""
    if not_made is None or not decision.tells:
        return decision
    why = f"{not_made[:1].upper()}{not_made[1:].rstrip('.')}."
    return decision.model_copy(update={"reason": Reason.NOT_MADE, "detail": why})


def followed_by(declared: Declared, before: Published, period: Period, result: Alerted) -> Published:
    """What stands before the next period once this one is published, but for what recipients were told."""
    statuses = {subject.ref: subject.status for subject in result.run.subjects}
    history: dict[str, tuple[HistoryPoint, ...]] = {
        ref: (*before.history.get(ref, ()), HistoryPoint(period=period.id, status=status))
        for ref, status in statuses.items()
    }
    return Published(
        run=result.run.run,
        previous=statuses,
        rules_hash=rules_hash(declared, period),
        ever=before.ever | {ref for ref, status in statuses.items() if status is not None},
        open_cases=result.cases.open,
        closed_cases=before.closed_cases | {case.key for case in result.cases.closed},
        history=history,
        periods=(*before.periods, period.id),
        acts=before.acts,
    )


def rules_hash(declared: Declared, period: Period) -> str:
    """Of all that turns a period's figures into statuses: with the rules and thresholds that hold on its last day."""
    return digest([declared.reading_hash, substance(declared.rulebook.on(period.end))])


def digest(value: object) -> str:
    """A SHA-256 of a value made of plain lists, dicts and texts; the order of a dict's keys doesn't count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
