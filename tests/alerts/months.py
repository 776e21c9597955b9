"""A project's months as a row of letters, and what its owner is told in each.

g green, a amber, r red by the rule "late" (a ladder: one case whose band changes)
A amber by the rule "costly" instead      B amber by both      R red by "late", amber by "costly"
_ nothing can be judged                   c closed    n not monitored
o amber by an override, nothing fires     v amber by an override over a red "late"
O red by an override, nothing fires       w red by an override over an amber "late"
f amber by a floor                        ! after a letter: moved by a change of rules
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from engine.alerts.asking import Asking, Background
from engine.alerts.cases import CaseChanges, update
from engine.alerts.tellings import Tellings, tellings, told_after_run, told_by
from engine.model.acts import ActKind, CaseKey, OfficeAct
from engine.model.alerts import Case, Decision, HistoryPoint, Reason, Silenced, Telling, Told
from engine.model.run import DecisionOut, FindingOut, MeasureOut, NotAssessed, RunOut, SubjectOut
from engine.model.settings import Settings
from engine.model.values import Unit
from engine.model.workspace import (  # fmt: skip
    Audience,
    Calendar,
    Level,
    Lifecycle,
    Person,
    Portfolio,
    Programme,
    Project,
    Scheme,
    Status,
    Workspace,
)

NOW = datetime(2019, 2, 7, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)
JANUARY = "2019-01"
GAR = Scheme(
    scheme="gar", title="Green, Amber, Red",
    statuses=(
        Status(id="green", name="Green", code="G"),
        Status(id="amber", name="Amber", code="A", exception=True),
        Status(id="red", name="Red", code="R", exception=True),
    ),
    outside=(
        Status(id="closed", name="Closed", code="C", lifecycle=Lifecycle.CLOSED),
        Status(id="unwatched", name="Not monitored", code="N", lifecycle=Lifecycle.NOT_MONITORED),
    ),
)  # fmt: skip
STATUS = {"g": "green", "a": "amber", "r": "red", "A": "amber", "B": "amber", "R": "red", "_": None, "c": "closed",
          "n": "unwatched", "o": "amber", "v": "amber", "f": "amber", "O": "red", "w": "red"}  # fmt: skip
LIFECYCLE = {"c": "closed", "n": "not monitored"}
FIRES = {"a": {"late": "amber"}, "r": {"late": "red"}, "A": {"costly": "amber"},
         "R": {"late": "red", "costly": "amber"}, "B": {"late": "amber", "costly": "amber"},
         "v": {"late": "red"}, "w": {"late": "amber"}}  # fmt: skip
OWNERS = Audience(who="owners")
DIGEST = Audience(who=("leaders_office",))


def workspace(
    audiences: Mapping[str, Audience], people: Mapping[str, Person] | None = None, meals_owner: str = "meals_lead"
) -> Workspace:
    """One portfolio, "care": a programme "older" with two projects of two owners, and a project of its own."""
    lead, other = "meals_lead", "visits_lead"
    portfolio = Portfolio(
        portfolio="care", title="Care", scheme="gar", starts="2018-01", owner="leaders_office",
        programmes=(
            Programme(
                ref="older", title="Older people", owner=lead,
                projects=(
                    Project(ref="meals", title="Meals", owner=meals_owner),
                    Project(ref="visits", title="Visits", owner=other),
                ),
            ),
        ),
        projects=(Project(ref="transport", title="Transport", owner=lead),),
    )  # fmt: skip
    known = {
        name: Person(name=name.replace("_", " ").title(), email=f"{name}@council.example")
        for name in (lead, other, "leaders_office")
    }
    return Workspace(
        portfolios={"care": portfolio}, schemes={"gar": GAR}, people={**known, **(people or {})},
        audiences=dict(audiences), calendar=Calendar(), settings=Settings(),
    )  # fmt: skip


def subject(
    letter: str, ref: str = "meals", level: Level = Level.PROJECT, parent: str | None = "older", mark: str = "",
    previous: str | None = None,
) -> SubjectOut:  # fmt: skip
    """One month of one subject; `previous` is a letter too."""
    judgement = DecisionOut(status=STATUS[letter] or "", reason="as the PMO sees it", by="PMO")
    rules = ("late", "costly")
    fires = FIRES.get(letter, {})
    status, before = STATUS[letter], STATUS[previous] if previous else None
    return SubjectOut(
        ref=ref, level=level, title=ref.title(), parent=parent, owner=None, status=status, derived=status,
        lifecycle=LIFECYCLE.get(letter, "live"), previous=before,
        exception=GAR.is_exception(status),
        remediated=before is not None and GAR.is_exception(before) and status == "green",
        moved_by={"!": ("rules",), "": ()}[mark],
        floor=judgement if letter == "f" else None, override=judgement if letter in "ovOw" else None,
        findings=tuple(
            FindingOut(rule=rule, title=rule, status=given, because=rule) for rule, given in fires.items()
        ),
        judged=() if letter in "_cn" else tuple(rule for rule in rules if rule not in fires),
        not_assessed=(NotAssessed(missing=("spend",), rules=rules),) if letter == "_" else (),
    )  # fmt: skip


def run_of(*subjects: SubjectOut, period: str = JANUARY, revision: int = 1) -> RunOut:
    return RunOut(
        portfolio="care", title="Care", scheme="gar", period=period, run=f"{period}-{revision}", revision=revision,
        published="new", judged_by="both", now=NOW.isoformat(), subjects=subjects,
    )  # fmt: skip


@dataclass
class Office:
    """What a store would remember between the months of one workspace."""

    workspace: Workspace
    told: list[Told] = field(default_factory=list)
    open_cases: Sequence[Case] = ()
    closed: frozenset[CaseKey] = frozenset()
    history: dict[str, list[HistoryPoint]] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)
    silenced: Sequence[Silenced] = ()
    acts: list[OfficeAct] = field(default_factory=list)

    def month(self, run: RunOut, now: datetime = NOW, *, sent: bool = True) -> Tellings:
        """Publish a month and tell whom it concerns; unless `sent`, the messages never arrive."""
        changes = self.revise(run, now)
        self.open_cases = changes[0].open
        self.closed |= {case.key for case in changes[0].closed}
        for one in run.subjects:
            self.history.setdefault(one.ref, []).append(HistoryPoint(period=run.period, status=one.status))
        self.periods.append(run.period)
        self.silenced = silenced_after(self.silenced, changes[1].decisions, run.period)
        if sent:
            self.remember(changes[1].messages)
        return changes[1]

    def revise(self, run: RunOut, now: datetime = NOW) -> tuple[CaseChanges, Tellings]:
        """What a run would change and tell, remembering nothing."""
        changes = update(self.open_cases, self.closed, run, GAR)
        portfolio = self.workspace.portfolios["care"]
        background = Background(
            tuple(self.told), tuple(self.silenced), changes.open, self.history, tuple(self.periods), tuple(self.acts)
        )
        asking = Asking(self.workspace, portfolio, run, background, now)
        return changes, tellings(asking, told_after_run(self.workspace, portfolio, run.period))

    def acknowledge(self, ref: str) -> OfficeAct:
        """Somebody acknowledges what is open of a subject, as it was published last."""
        cases = tuple(case.key for case in self.open_cases if case.key.subject == ref)
        return silence(
            ref, kind=ActKind.ACKNOWLEDGEMENT, period=self.periods[-1], cases=cases, by="Meals Lead",
            status=self.history[ref][-1].status, why="a new supplier starts in May",
        )  # fmt: skip

    def remember(self, messages: Sequence[Telling]) -> None:
        for message in messages:
            self.told += told_by(message, self.open_cases, message.dedupe_key)


def silenced_after(before: Iterable[Silenced], decisions: Iterable[Decision], period: str) -> tuple[Silenced, ...]:
    """The last period of silence of each recipient and subject, once a period's decisions are made."""
    last = {(one.audience, one.recipient, one.subject): one for one in before}
    for one in decisions:
        if one.reason is Reason.SILENCED:
            last[one.audience, one.recipient, one.subject] = Silenced(
                audience=one.audience, recipient=one.recipient, subject=one.subject, period=period
            )
    return tuple(last.values())


def giving(letter: str, office: Office) -> set[CaseKey]:
    """The open cases that give a month of this letter its status: beneath an override none but it."""
    override = any(case.key.rule == "override" for case in office.open_cases)
    return {
        case.key
        for case in office.open_cases
        if case.status == STATUS[letter] and (case.key.rule == "override" or not override)
    }


def letters(row: str) -> Iterator[tuple[str, str]]:
    """Each month's letter and its mark."""
    return iter(re.findall(r"([a-zA-Z_])(!?)", row))


def month_name(number: int) -> str:
    """The name of a row's month, counted from nought."""
    return f"{2018 + number // 12}-{number % 12 + 1:02}"


def play(row: str, audience: Audience = OWNERS, acts: str = "") -> list[str]:
    """The reason that the owner of a project is told, or isn't, in each month of a row."""
    return play_all(row, {"owners": audience}, acts)["owners"]


def play_all(row: str, audiences: Mapping[str, Audience], acts: str = "") -> dict[str, list[str]]:
    """By audience the reason that its only reader of a project's is told, or isn't; "" where nobody is asked.

    `acts` has a letter a month for what is in force when the month is told: s a silence on the project, S one on the
    rule "late" alone, k an acknowledgement, made on what the month before was, . nothing.
    """
    office = Office(workspace(audiences))
    reasons: dict[str, list[str]] = {name: [] for name in audiences}
    previous, acknowledged = None, None
    for number, ((letter, mark), act) in enumerate(zip(letters(row), acts.ljust(len(row), "."), strict=False)):
        acknowledged = (acknowledged or office.acknowledge("meals")) if act == "k" else None
        silences = {"s": [silence()], "S": [silence(rule="late")]}.get(act, [])
        office.acts = [acknowledged] if acknowledged is not None else silences
        run = run_of(subject(letter, mark=mark, previous=previous), period=month_name(number))
        told = {decision.audience: decision.reason.value for decision in office.month(run).decisions}
        for name, said in reasons.items():
            said.append(told.get(name, ""))
        previous = letter
    return reasons


def silence(ref: str = "meals", **changes: Any) -> OfficeAct:
    """In force whenever it is asked, by whoever."""
    return OfficeAct(
        **{
            "number": 1, "kind": ActKind.SILENCE, "portfolio": "care", "subject": ref, "by": "PMO",
            "why": "the system is being replaced", "made": LONG_AGO, "period": "", "until": date(2030, 1, 31),
            **changes,
        }
    )  # fmt: skip


def measure(name: str, status: str | None, part: str | None = None) -> MeasureOut:
    return MeasureOut(measure=name, part=part, title=name, unit=Unit.NUMBER, status=status)
