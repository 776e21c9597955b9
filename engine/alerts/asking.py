"""Who is asked about what, and with which decision: each audience's recipients on a day, subject by subject."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from engine.alerts.acts import InForce, in_force, lapsed
from engine.alerts.audiences import Recipients, is_about, recipients
from engine.alerts.decisions import Situation, decide
from engine.alerts.escalation import Escalation, escalations
from engine.alerts.threshold import Threshold
from engine.model.acts import OfficeAct
from engine.model.alerts import Case, Decision, HistoryPoint, Silenced, Told
from engine.model.run import RunOut, SubjectOut
from engine.model.workspace import Portfolio, Scheme, Workspace
from engine.workspace.dates import local_day

Key = tuple[str, str, str]  # an audience, a recipient, a subject


@dataclass(frozen=True, slots=True)
class Background:
    """What a telling follows from besides its run: what was told and decided before, and what people did."""

    told: tuple[Told, ...] = ()  # what each recipient was last told, in the order told
    silenced: tuple[Silenced, ...] = ()  # the last period in which a silence kept each from hearing
    cases: tuple[Case, ...] = ()  # open after the run
    history: Mapping[str, Sequence[HistoryPoint]] = field(default_factory=dict)  # by subject; earlier periods in order
    periods: tuple[str, ...] = ()  # published before the run's, oldest first
    acts: tuple[OfficeAct, ...] = ()


class Decided(NamedTuple):
    """A subject with what was decided of it for one recipient."""

    subject: SubjectOut
    decision: Decision
    threshold: Threshold  # what the recipient sees of it


@dataclass(frozen=True)
class Asking:
    """One run, and all that is asked about it at a moment (`now`, with its time zone)."""

    workspace: Workspace
    portfolio: Portfolio
    run: RunOut
    background: Background
    now: datetime

    def reached(self, name: str) -> Recipients:
        """The recipients of an audience, each with what concerns them and with what is passed on to them."""
        audience = self.workspace.audiences[name]
        before = (one.subject for one in self.background.told if one.audience == name and one.through)
        further = {*self.escalated[name], *before}
        return recipients(audience, self.portfolio, self.workspace.people, self.today, further)

    def decided(self, name: str, person: str, refs: Iterable[str]) -> Iterator[Decided]:
        """The decision on each of these subjects that the run has."""
        for ref in refs:
            subject = self.by_ref.get(ref)
            if subject is None:
                continue
            situation = self.situation(name, person, subject)
            if situation.concerned or situation.sees_through is not None:
                yield Decided(subject, decide(name, person, situation), situation.threshold)

    def names_of(self, name: str, subject: str) -> tuple[str, ...]:
        """The names of those in an audience who are told of a subject."""
        reached = self.reached(name).reachable.items()
        return tuple(self.workspace.people[person].name for person, refs in reached if subject in refs)

    def acts_on(self, subject: str, audience: str) -> tuple[OfficeAct, ...]:
        """The silences and acknowledgements in force that a message to an audience says of a subject."""
        standing = (
            act
            for act in self.acts.acknowledged(subject)
            if not lapsed(act, self.by_ref[subject], self.background.history.get(subject, ()), self.scheme)
        )
        return (*self.acts.silences_on(self.portfolio, subject, audience), *standing)

    @cached_property
    def by_ref(self) -> Mapping[str, SubjectOut]:
        return {subject.ref: subject for subject in self.run.subjects}

    @cached_property
    def cases(self) -> Mapping[str, Sequence[Case]]:
        """The open cases by subject."""
        found: dict[str, list[Case]] = defaultdict(list)
        for case in self.background.cases:
            found[case.key.subject].append(case)
        return found

    @cached_property
    def told(self) -> Mapping[Key, Told]:
        return {(one.audience, one.recipient, one.subject): one for one in self.background.told}

    @cached_property
    def _told_to_audience(self) -> Mapping[tuple[str, str], Told]:
        """The latest by audience and subject, whoever it was told to."""
        return {(one.audience, one.subject): one for one in self.background.told}

    @cached_property
    def acts(self) -> InForce:
        return in_force(self.background.acts, self.now, self.today)

    @property
    def scheme(self) -> Scheme:
        return self.workspace.scheme_of(self.portfolio)

    @property
    def today(self) -> date:
        return local_day(self.now, self.workspace.calendar)

    @cached_property
    def escalated(self) -> Mapping[str, Mapping[str, Escalation]]:
        """What is passed on, by the audience that is told, and subject."""
        return {
            name: {
                one.subject: one
                for one in escalations(
                    self.workspace.audiences, name, self.portfolio, self.run.subjects, self.cases,
                    self.background.history, (*self.background.periods, self.run.period), self.scheme, self.acts,
                )
            }
            for name in self.workspace.audiences
        }  # fmt: skip

    @cached_property
    def _silenced(self) -> Mapping[Key, str]:
        return {(one.audience, one.recipient, one.subject): one.period for one in self.background.silenced}

    def situation(self, name: str, person: str, subject: SubjectOut) -> Situation:
        """All that a decision on a subject follows from, for one recipient of an audience."""
        audience, key = self.workspace.audiences[name], (name, person, subject.ref)
        told, escalation = self.told.get(key), self.escalated[name].get(subject.ref)
        through = escalation.through if escalation else told.through if told else None
        known = self.portfolio.subjects.get(subject.ref)
        passing = self.workspace.audiences.get(through or "")
        return Situation(
            audience=audience, scheme=self.scheme, subject=subject, period=self.run.period, told=told,
            audience_told=self._told_to_audience.get((name, subject.ref)),
            cases=self.cases.get(subject.ref, ()), history=self.background.history.get(subject.ref, ()),
            periods=self.background.periods, silenced=self._silenced.get(key),
            silences=self.acts.silences_on(self.portfolio, subject.ref, name),
            acknowledgements=self.acts.acknowledged(subject.ref),
            concerned=known is not None and is_about(audience, known),
            escalation=escalation, sees_through=passing.at if passing is not None else None,
        )  # fmt: skip
