"""The messages of a run: for every audience told after it, every recipient, one message or the reasons for none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.alerts.audiences import concerns, recipients
from engine.alerts.decisions import Situation, Threshold, decide
from engine.model.alerts import Case, Decision, HistoryPoint, PartOf, Reason, Telling, Told, last_rated
from engine.model.problems import Problem
from engine.model.run import RunOut, SubjectOut
from engine.model.workspace import Audience, Level, Portfolio, Scheme, Workspace

SHOWN_PERIODS = 12  # in the small picture of a message


class Tellings(NamedTuple):
    """What a run tells, all that was decided on the way, and whom it could not reach."""

    messages: list[Telling]
    decisions: list[Decision]
    problems: list[Problem]


def tellings(
    workspace: Workspace,
    portfolio: Portfolio,
    run: RunOut,
    told: Iterable[Told],
    cases: Sequence[Case],
    history: Mapping[str, Sequence[HistoryPoint]],
    now: datetime,
) -> Tellings:
    """The messages of the latest period's run to the audiences that are told after each run.

    `told` holds what each recipient was last told; `cases` those open after this run; `history` by subject the statuses
    published for earlier periods, oldest first; `now` has a time zone. One message a recipient and audience, and none
    without news. A person's digest shows every exception and remediated exception at the audience's threshold, whoever
    was told what; an owner's message shows the news of the owner's subjects and the exceptions that continue. Both show
    what was an exception and is no longer rated.
    """
    by_subject: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_subject[case.key.subject].append(case)
    stage = _Stage(
        workspace=workspace, portfolio=portfolio, scheme=workspace.scheme_of(portfolio), run=run, now=now,
        by_ref={subject.ref: subject for subject in run.subjects},
        told={(one.audience, one.recipient, one.subject): one for one in told}, cases=by_subject, history=history,
    )  # fmt: skip
    result = Tellings([], [], [])
    day = now.astimezone(ZoneInfo(workspace.calendar.time_zone)).date()
    for name, audience in workspace.audiences.items():
        told_now = audience.tell == "statuses" and audience.when == "after run"
        if told_now and concerns(audience, portfolio):
            reachable, unreachable = recipients(audience, portfolio, workspace.people, day)
            for person, refs in reachable.items():
                stage.tell(name, audience, person, refs, result)
            for person, refs in unreachable.items():
                stage.report(name, audience, person, refs, result)
    return result


def told_by(telling: Telling, cases: Sequence[Case], message: str) -> list[Told]:
    """What a recipient knows once a message is out: of every subject shown, its status and the cases open then.

    That a subject is no longer rated leaves standing what was told of it, unless that itself was the news.
    `message` is the id of its row in the outbox, `cases` are all those open after the run.
    """
    keys = defaultdict(list)
    for case in cases:
        keys[case.key.subject].append(case.key)
    news = {decision.subject for decision in telling.news}
    return [
        Told(
            audience=telling.audience, recipient=telling.recipient, subject=subject.ref, period=telling.period,
            status=subject.status, cases=tuple(keys[subject.ref]), message=message,
        )
        for subject in telling.subjects
        if subject.status is not None or subject.ref in news
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all messages of one run share."""

    workspace: Workspace
    portfolio: Portfolio
    scheme: Scheme
    run: RunOut
    by_ref: Mapping[str, SubjectOut]
    now: datetime
    told: Mapping[tuple[str, str, str], Told]  # by audience, recipient and subject
    cases: Mapping[str, Sequence[Case]]  # by subject
    history: Mapping[str, Sequence[HistoryPoint]]  # by subject

    def tell(self, name: str, audience: Audience, person: str, refs: Iterable[str], result: Tellings) -> None:
        """Decide on every subject for one recipient; with any news, write the message."""
        decided = self._decide(name, audience, person, refs)
        result.decisions.extend(decision for _, decision in decided)
        news = tuple(decision for _, decision in decided if decision.tells)
        if news:
            shown = tuple(subject for subject, decision in decided if self._is_shown(name, audience, subject, decision))
            result.messages.append(self._message(name, audience, person, news, shown))

    def report(self, name: str, audience: Audience, person: str, refs: Iterable[str], result: Tellings) -> None:
        """The same for who has no address: the news that can't be told go to the PMO as problems."""
        untold: list[SubjectOut] = []
        for subject, decision in self._decide(name, audience, person, refs):
            if decision.tells:
                untold.append(subject)
                decision = decision.model_copy(update={"reason": Reason.NO_ADDRESS})
            result.decisions.append(decision)
        if audience.who == "owners":
            result.problems.extend(_no_owner(subject, person, self.workspace) for subject in untold)
        elif untold:
            result.problems.append(_no_member(name, person, len(untold), self.workspace))

    def _decide(
        self, name: str, audience: Audience, person: str, refs: Iterable[str]
    ) -> list[tuple[SubjectOut, Decision]]:
        threshold = Threshold(self.scheme, audience.at)
        decided = []
        for subject in (self.by_ref[ref] for ref in refs if ref in self.by_ref):
            history = {point.period: point.status for point in self.history.get(subject.ref, ())}
            before = (subject.previous, *history.values())
            told = self.told.get((name, person, subject.ref))
            situation = Situation(
                audience=audience, scheme=self.scheme, subject=subject, period=self.run.period,
                told=told, cases=self.cases.get(subject.ref, ()),
                was_seen=any(threshold.sees(status) for status in before),
                corrected=told is not None and history.get(told.period, told.status) != told.status,
            )  # fmt: skip
            decided.append((subject, decide(name, person, situation)))
        return decided

    def _is_shown(self, name: str, audience: Audience, subject: SubjectOut, decision: Decision) -> bool:
        """News always, and what continues; in a digest also what was remediated, whoever was told of it."""
        threshold = Threshold(self.scheme, audience.at)
        if decision.tells or threshold.sees(subject.status):
            return True
        if subject.not_rated:
            told = self.told.get((name, decision.recipient, subject.ref))
            before = last_rated(subject, self.history.get(subject.ref, ()))
            return threshold.sees(before) or (told is not None and threshold.sees(told.status))
        return audience.who != "owners" and subject.remediated and threshold.saw(subject.previous)

    def _message(
        self, name: str, audience: Audience, person: str, news: tuple[Decision, ...], shown: tuple[SubjectOut, ...]
    ) -> Telling:
        who = self.workspace.people[person]
        return Telling(
            audience=name, kind="owner" if audience.who == "owners" else "digest",
            recipient=person, name=who.name, address=who.email.strip(),
            portfolio=self.portfolio.portfolio, portfolio_title=self.portfolio.title, scheme=self.scheme,
            mail=self.workspace.settings.mail, now=self.now,
            period=self.run.period, run=self.run.run, revision=self.run.revision, rules=self.run.rules,
            news=news, subjects=shown,
            history={subject.ref: self._history_to_now(subject) for subject in shown},
            since={
                subject.ref: min(case.opened for case in cases)
                for subject in shown
                if (cases := self.cases.get(subject.ref))
            },
            part_of={subject.ref: self._programmes_above(subject) for subject in shown},
            overview=None if audience.who == "owners" else self.by_ref.get(self.portfolio.portfolio),
        )  # fmt: skip

    def _programmes_above(self, subject: SubjectOut) -> tuple[PartOf, ...]:
        above: list[PartOf] = []
        parent = self.by_ref.get(subject.parent or "")
        while parent is not None and parent.level is Level.PROGRAMME:
            above.append(PartOf(ref=parent.ref, title=parent.title))
            parent = self.by_ref.get(parent.parent or "")
        return tuple(above)

    def _history_to_now(self, subject: SubjectOut) -> tuple[HistoryPoint, ...]:
        now = HistoryPoint(period=self.run.period, status=subject.status)
        return (*self.history.get(subject.ref, ()), now)[-SHOWN_PERIODS:]


def _no_owner(subject: SubjectOut, person: str, workspace: Workspace) -> Problem:
    if not person:
        what, cure = f"{subject.title} has news, but no owner to tell", "name its owner in the portfolio's file"
    else:
        what = f"{subject.title} has news, but its owner {person} has no address"
        cure = _cure(person, workspace)
    return Problem(file="", where=subject.ref, what=what, cure=cure, subject=subject.ref)


def _no_member(audience: str, person: str, count: int, workspace: Workspace) -> Problem:
    subjects = "1 subject" if count == 1 else f"{count} subjects"
    what = f"{person} of the audience {audience} has no address, and was not told of {subjects}"
    return Problem(file="", where=f"audience {audience}", what=what, cure=_cure(person, workspace))


def _cure(person: str, workspace: Workspace) -> str:
    if person in workspace.people:
        return f"give {person} an email in config/people.yaml"
    return f"add {person} to config/people.yaml"
