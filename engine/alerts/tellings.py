"""The messages of a telling: for every audience that is told, every recipient, one message or the reasons for none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.alerts.asking import Asking, Decided
from engine.alerts.audiences import concerns
from engine.model.alerts import (
    SHOWN_PERIODS,
    Case,
    Decision,
    HistoryPoint,
    PartOf,
    Reason,
    Telling,
    Told,
    last_rated,
)
from engine.model.problems import Problem
from engine.model.run import SubjectOut
from engine.model.workspace import Audience, Level, Portfolio, Workspace


class Tellings(NamedTuple):
    """What is told, all that was decided on the way, and whom it could not reach."""

    messages: list[Telling]
    decisions: list[Decision]
    problems: list[Problem]


def told_after_run(workspace: Workspace, portfolio: Portfolio, period: str) -> dict[str, str]:
    """The audiences that are told after each run, each with the occurrence that a period's run is."""
    return {
        name: period
        for name, audience in workspace.audiences.items()
        if audience.tell == "statuses" and audience.when == "after run" and concerns(audience, portfolio)
    }


def tellings(asking: Asking, occurrences: Mapping[str, str]) -> Tellings:
    """The messages about a run to some audiences; `occurrences` says by audience which of its tellings this is.

    One message a recipient and audience, and none without news. A person's digest shows every exception and remediated
    exception at the audience's threshold, whoever was told what; an owner's message shows the news of the owner's
    subjects and the exceptions that continue. Both show what was an exception and is no longer rated.
    """
    result = Tellings([], [], [])
    for name, occurrence in occurrences.items():
        if asking.workspace.audiences[name].tell == "problems":
            continue  # engine.alerts.officenews says what they are told
        stage = _Stage(asking, name, occurrence, asking.workspace.audiences[name])
        reachable, unreachable = asking.reached(name)
        for person, refs in reachable.items():
            stage.tell(person, refs, result)
        for person, refs in unreachable.items():
            stage.report(person, refs, result)
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
            through=telling.through.get(subject.ref),
        )
        for subject in telling.subjects
        if subject.status is not None or subject.ref in news
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stage:
    """One telling of one audience."""

    asking: Asking
    name: str
    occurrence: str
    audience: Audience

    def tell(self, person: str, refs: Iterable[str], result: Tellings) -> None:
        """Decide on every subject for one recipient; with any news, write the message."""
        decided = list(self.asking.decided(self.name, person, refs))
        result.decisions.extend(one.decision for one in decided)
        if any(one.decision.tells for one in decided):
            shown = [one for one in decided if self._is_shown(one)]
            result.messages.append(self._message(person, shown))

    def report(self, person: str, refs: Iterable[str], result: Tellings) -> None:
        """The same for who has no address: the news that can't be told go to the PMO as problems."""
        workspace = self.asking.workspace
        untold: list[SubjectOut] = []
        for subject, decision, _ in self.asking.decided(self.name, person, refs):
            if decision.tells:
                untold.append(subject)
                decision = decision.model_copy(update={"reason": Reason.NO_ADDRESS, "detail": ""})
            result.decisions.append(decision)
        if self.audience.who == "owners":
            result.problems.extend(_no_owner(subject, person, workspace) for subject in untold)
        elif untold:
            result.problems.append(_no_member(self.name, person, len(untold), workspace))

    def _is_shown(self, one: Decided) -> bool:
        """News always, and what continues; in a digest also what was remediated, whoever was told of it."""
        subject, decision, threshold = one
        if decision.tells or threshold.sees(subject.status):
            return True
        if subject.not_rated:
            told = self.asking.told.get((self.name, decision.recipient, subject.ref))
            before = last_rated(subject, self.asking.background.history.get(subject.ref, ()))
            return threshold.sees(before) or (told is not None and threshold.sees(told.status))
        return self.audience.who != "owners" and subject.remediated and threshold.saw(subject.previous)

    def _message(self, person: str, shown: Sequence[Decided]) -> Telling:
        asking, run = self.asking, self.asking.run
        who, portfolio = asking.workspace.people[person], asking.portfolio
        subjects = tuple(one.subject for one in shown)
        through = {one.subject.ref: one.decision.through for one in shown if one.decision.through is not None}
        return Telling(
            audience=self.name, kind="owner" if self.audience.who == "owners" else "digest",
            recipient=person, name=who.name, address=who.email.strip(),
            portfolio=portfolio.portfolio, portfolio_title=portfolio.title, scheme=asking.scheme,
            mail=asking.workspace.settings.mail, now=asking.now,
            period=run.period, occurrence=self._occasion, run=run.run, revision=run.revision, rules=run.rules,
            news=tuple(one.decision for one in shown if one.decision.tells), subjects=subjects,
            history={subject.ref: self._history_to_now(subject) for subject in subjects},
            since={
                subject.ref: min(case.opened for case in cases)
                for subject in subjects
                if (cases := asking.cases.get(subject.ref))
            },
            part_of={subject.ref: self._programmes_above(subject) for subject in subjects},
            acts={subject.ref: acts for subject in subjects if (acts := asking.acts_on(subject.ref, self.name))},
            through=through,
            through_whom={ref: asking.names_of(name, ref) for ref, name in through.items()},
            overview=None if self.audience.who == "owners" else asking.by_ref.get(portfolio.portfolio),
        )  # fmt: skip

    @property
    def _occasion(self) -> str:
        """What is told once. A day's message may be made anew of a later period, where it was withdrawn."""
        period = self.asking.run.period
        return period if self.occurrence == period else f"{period} on {self.occurrence}"

    def _programmes_above(self, subject: SubjectOut) -> tuple[PartOf, ...]:
        above: list[PartOf] = []
        parent = self.asking.by_ref.get(subject.parent or "")
        while parent is not None and parent.level is Level.PROGRAMME:
            above.append(PartOf(ref=parent.ref, title=parent.title))
            parent = self.asking.by_ref.get(parent.parent or "")
        return tuple(above)

    def _history_to_now(self, subject: SubjectOut) -> tuple[HistoryPoint, ...]:
        now = HistoryPoint(period=self.asking.run.period, status=subject.status)
        return (*self.asking.background.history.get(subject.ref, ()), now)[-SHOWN_PERIODS:]


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
