"""Which periods a run derives, and from what past: the one asked for, and those published that no longer stand.

A period is derived again where anything that its run followed from has changed: same hash, nothing to do. Where the
figures of an earlier published period were corrected, that period and all published after it are derived again in
order, each from what the one before it now says; only the latest period tells anyone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine.alerts.acts import in_force
from engine.assessment.judging import Judging
from engine.assessment.revised import LastRevision
from engine.inference.process import DurableProcess
from engine.model.acts import OfficeAct
from engine.model.alerts import Told
from engine.model.problems import Problem
from engine.model.returns import Return
from engine.model.run import RunOut
from engine.model.workspace import cadence_of
from engine.periods import Period, PeriodError
from engine.pipeline import (
    Alerted,
    Declared,
    Published,
    Render,
    alert,
    digest,
    facts_of,
    followed_by,
    judge,
    rules_hash,
)
from engine.returns.decided import judgements_until
from engine.store.records import Publication, StoredRun
from engine.store.store import Store


@dataclass
class Revision:
    """One run of a portfolio: derives periods in order, and collects what is to be published in one transaction."""

    about: Declared
    returns: Sequence[Return]
    unread: Sequence[Problem]  # files that could not be taken in at all: shown, whatever the period
    store: Store
    durable: DurableProcess | None
    render: Render
    now: datetime
    today: date
    publications: list[Publication] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._name = self.about.portfolio.portfolio
        self._cadence = cadence_of(self.about.portfolio)
        self._acts = self.store.acts(self._name)
        self._facts = facts_of(self.about, self.returns, self.today, self._acts)
        self._judging: Judging | None = None  # of the period derived last
        self._ends = {one.period: self._cadence.period(one.period).end for one in self.returns}
        self._stored = {
            name: run
            for name in self.store.published_periods(self._name)
            if self._known(name) and (run := self.store.latest_run(self._name, name))
        }

    def derive(self, wanted: Period) -> RunOut:
        """The run of the period wanted: derived, or as it was published where nothing is new.

        Raises JudgementError and DisagreementError; then nothing is to be published.
        """
        periods = self._periods(wanted)
        runs: dict[str, RunOut] = {}
        before: Published | None = None
        withdrawn: frozenset[str] = frozenset()
        for position, period in enumerate(periods):
            before = before or self._published_before(period)
            stored = self._stored.get(period.id)
            inputs_hash = self._hash(period, before)
            if stored is not None and stored.hash == inputs_hash:
                runs[period.id] = self._unchanged(stored)
                before = None
                continue
            if not self.publications:  # from here on every period is derived again: its run before has changed
                withdrawn = self.store.unclaimed(self._name, [later.id for later in periods[position:]])
            told = self._told(withdrawn) if period == periods[-1] else None
            again = self._told_again(withdrawn) if told is not None else {}
            result = self._derived(period, before, stored, told, again)
            withdraws = frozenset() if self.publications else withdrawn
            self.publications.append(self._publication(period, before, result, inputs_hash, withdraws))
            runs[period.id] = result.run
            before = followed_by(self.about, before, period, result)
        return runs[wanted.id]

    def _periods(self, wanted: Period) -> list[Period]:
        """The one wanted, the published ones after it, and those from the first whose figures were corrected on."""
        published = [self._cadence.period(name) for name in self._stored]
        corrected = [p for p in published if self._is_corrected(p)]
        first = min(period.end for period in (wanted, *corrected))
        again = {period.id: period for period in (*published, wanted) if period.end >= first}
        return sorted(again.values(), key=lambda period: period.end)

    def _is_corrected(self, period: Period) -> bool:
        """Whether a published period's figures, or the judgements entered for it, are others now."""
        stored = self._stored[period.id]
        return stored.figures_hash != self._figures_hash(period) or stored.acts_hash != self._acts_hash(period)

    def _published_before(self, period: Period) -> Published:
        """What was published before a period, as the store has it."""
        last = self.store.latest_run(self._name, before=period.end)
        return Published(
            run=last.id if last else None,
            previous=self.store.statuses(last.id) if last else {},
            rules_hash=last.rules_hash if last else None,
            ever=self.store.statuses_ever(self._name, before=period.end),
            open_cases=tuple(self.store.open_cases(self._name, before=period.end)),
            closed_cases=self.store.closed_cases(self._name, before=period.end),
            history=self.store.history(self._name, before=period.end),
            periods=tuple(self.store.published_periods(self._name, before=period.end)),
            acts=self._acts,
        )

    def _known(self, name: str) -> Period | None:
        """The period of that name; None where the portfolio has it no longer, its cadence having been changed."""
        try:
            return self._cadence.period(name)
        except PeriodError:
            return None

    def _told(self, withdrawn: frozenset[str]) -> tuple[Told, ...]:
        """What each recipient was told, but for the messages that nobody has begun to send: these are replaced."""
        return tuple(self.store.told(self._name, without=withdrawn))

    def _told_again(self, withdrawn: frozenset[str]) -> dict[str, str]:
        """The audiences with a calendar of their own that lose messages, with the occurrence that these were for.

        They are told again with the run: nobody else would, before the calendar comes round.
        """
        audiences = self.about.workspace.audiences
        lost = self.store.occurrences_of(withdrawn) if withdrawn else {}
        return {name: day for name, day in lost.items() if name in audiences and audiences[name].when != "after run"}

    def _derived(
        self,
        period: Period,
        before: Published,
        stored: StoredRun | None,
        told: tuple[Told, ...] | None,
        again: Mapping[str, str],
    ) -> Alerted:
        """A period judged, and told of where it is the latest: `told` is None in the others.

        `again` names the audiences that are told again, though not after every run.
        """
        revision = stored.revision + 1 if stored else 1
        last = self._last_revision(stored, period)
        before = replace(before, same_period=last)
        assessed = judge(self.about, self._facts, period, before, self.durable, self._judging)
        self._judging = assessed.judging
        run = RunOut(
            portfolio=self._name,
            title=self.about.portfolio.title,
            scheme=self.about.scheme.scheme,
            period=period.id,
            run=f"{self._name}-{period.id}-r{revision}",
            revision=revision,
            changed=None if last is None else last.moved,
            published="new",
            judged_by="plain" if self.durable is None else "both",
            now=self.now.isoformat(),
            rules={rule.id: rule.title for rule in self.about.rulebook.on(period.end).rules},
            subjects=assessed.subjects,
            problems=(*assessed.problems, *self.unread),
        )
        if told is None:
            return alert(self.about, run, before, self.now, None)
        before = replace(before, told=told, silenced=self.store.silenced(self._name))
        return alert(self.about, run, before, self.now, self.render, again)

    def _last_revision(self, stored: StoredRun | None, period: Period) -> LastRevision | None:
        """What was published of the period itself, and what of it is still the same."""
        if stored is None:
            return None
        return LastRevision(
            revision=stored.revision,
            subjects={subject.ref: subject for subject in stored.out.subjects},
            same_figures=stored.figures_hash == self._figures_hash(period),
            same_rules=stored.rules_hash == rules_hash(self.about, period),
            same_acts=stored.acts_hash == self._acts_hash(period),
        )

    def _unchanged(self, stored: StoredRun) -> RunOut:
        problems = (*stored.out.problems, *(problem for problem in self.unread if problem not in stored.out.problems))
        return stored.out.model_copy(update={"published": "unchanged", "messages": (), "problems": problems})

    # ---- hashes: whether anything is new

    def _hash(self, period: Period, before: Published) -> str:
        """Of all that a run follows from, but for the time of day: that only counts by what is overdue."""
        overdue = [list(figure) for figure in self._facts.book.overdue(period)]
        hashes = [self._figures_hash(period), rules_hash(self.about, period), self.about.telling_hash]
        people = [self._acts_hash(period), self._in_force_hash()]
        return digest([*hashes, overdue, before.run, *(people if any(people) else [])])

    def _acts_hash(self, period: Period) -> str:
        """Of the judgements entered by command for a period and those before it; "" where there are none."""
        acts = judgements_until(self._acts, period, self._cadence)
        return digest([_act_substance(act) for act in acts]) if acts else ""

    def _in_force_hash(self) -> str:
        """Of the silences and acknowledgements in force now, by which others are told; "" where there are none."""
        acts = in_force(self._acts, self.now, self.today)
        standing = (*acts.silences, *acts.acknowledgements)
        return digest([_act_substance(act) for act in standing]) if standing else ""

    def _figures_hash(self, period: Period) -> str:
        """Of every return for a period and for those before it."""
        return digest(sorted([one.period, one.submitter, one.content or one.sha256] for one in self._until(period)))

    def _until(self, period: Period) -> list[Return]:
        return [one for one in self.returns if self._ends[one.period] <= period.end]

    def _publication(
        self, period: Period, before: Published, result: Alerted, inputs_hash: str, withdraws: frozenset[str]
    ) -> Publication:
        return Publication(
            out=result.run,
            period=period,
            now=self.now,
            hash=inputs_hash,
            figures_hash=self._figures_hash(period),
            rules_hash=rules_hash(self.about, period),
            acts_hash=self._acts_hash(period),
            inputs=self._inputs(period, before),
            cases=result.cases,
            decisions=result.decisions,
            occurrences=result.occurrences,
            messages=result.messages,
            withdraws=withdraws,
        )

    def _inputs(self, period: Period, before: Published) -> str:
        """The parsed inputs as text: from them alone the statuses can be derived again."""
        about = self.about
        inputs: Mapping[str, object] = {
            "portfolio": about.portfolio.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "scheme": about.scheme.model_dump(mode="json", exclude_defaults=True),
            "calendar": about.workspace.calendar.model_dump(mode="json"),
            "rules": about.rules_text,
            "returns": [_substance(one) for one in self._until(period)],
            "acts": [_act_substance(act) for act in judgements_until(self._acts, period, self._cadence)],
            "today": self.today.isoformat(),
            "previous": dict(before.previous),
            "ever": sorted(before.ever),
        }
        return json.dumps(inputs, ensure_ascii=False, separators=(",", ":"))


def _act_substance(act: OfficeAct) -> dict[str, object]:
    return act.model_dump(mode="json", exclude_defaults=True)


def _substance(return_: Return) -> dict[str, object]:
    return return_.model_dump(mode="json", by_alias=True, exclude_defaults=True)
