"""Periods replayed in memory say what real runs said, month by month: scenarios and what-if rest on that."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import app
from engine.model.alerts import Case
from engine.model.returns import Return
from engine.model.run import RunOut
from engine.office import Office
from engine.periods import Period
from engine.pipeline import FactBase, facts_of
from engine.replay import Replayed, replay
from engine.returns.folder import find_returns, read_return
from tests.test_runs_over_months import PEOPLE, PORTFOLIO, RULES, Months

AUDIENCES = """\
owners: {who: owners, about: {level: projects}, eased: yes}
board: {who: [lead], about: {portfolio: office}, at: amber}
"""
MORE_RULES = """\
  - id: low_for_long
    title: Low for three months
    for: projects
    when: (visits < 90) for 3 periods
    status: red
    because: "{visits} visits"
    tests: [{given: {visits: [80, 80, 80]}, expect: fires}]
  - id: was_red
    title: It was red last month
    for: programmes
    required: no
    when: status.previous is red or worse
    as: remark
    because: Red last month
    tests: [{given: {status.previous: red}, expect: fires}]
"""
RUN_ON = {
    "2019-01": "2019-02-08", "2019-02": "2019-03-08", "2019-03": "2019-04-08",
    "2019-04": "2019-05-09", "2019-05": "2019-06-10", "2019-06": "2019-07-08",
}  # fmt: skip
STORIES = {
    # North's visits and South's, month by month; _ is not returned. Then what the PMO decided of North.
    "it eases": ("100 40 80 100 100 100", "100 100 100 100 100 100", ""),
    "it falls, falls further and recovers": ("100 80 40 40 80 100", "100 100 80 100 30 100", ""),
    "figures are missing": ("80 _ _ _ 100 _", "_ _ 40 _ _ 100", ""),
    "nobody returns anything in the middle": ("80 80 _ _ 80 95", "100 100 _ _ 100 100", ""),
    "it is low for long": ("85 85 85 85 95 85", "89 _ 89 89 91 89", ""),
    "an override ends": ("100 100 100 40 40 100", "40 40 100 100 100 40", "override red 2 3"),
    "a floor stands": ("100 100 100 100 80 100", "100 80 40 80 100 100", "floor amber 3 4"),
    "a deputy stands in": ("80 80 100 100 100 100", "100 100 100 100 100 100", "deputy"),
    "there is history": ("_ 80 100 40 100 100", "100 100 40 40 100 100", "history"),
}


class Story(Months):
    """A workspace with a rule for most things, and the returns of some months."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.write("rules/office.yaml", RULES + MORE_RULES)
        self.write("config/audiences.yaml", AUDIENCES)

    def tell(self, north: str, south: str, decided: str) -> Iterator[tuple[str, Office]]:
        """Puts one month's returns in their place after the other; the office on the day of each run."""
        if decided == "history":
            self.write("config/portfolios/office.yaml", PORTFOLIO.replace("starts: 2019-01", "starts: 2019-02"))
        if decided == "deputy":
            deputy = "north@council.example, deputy: {who: south_lead, from: 2019-03-01, until: 2019-03-31}"
            self.write("config/people.yaml", PEOPLE.replace("north@council.example", deputy))
        for index, (period, day) in enumerate(RUN_ON.items()):
            figures = [one.split()[index] for one in (north, south)]
            if figures != ["_", "_"]:
                self.returns(period, *figures)
            if decided and decided not in ("history", "deputy"):
                kind, status, *months = decided.split()
                if str(index + 1) in months:
                    row = f"north,{kind},{status},as the PMO sees it\n"
                    self.write(f"returns/office/{period}/pmo/judgements.csv", "subject,kind,status,reason\n" + row)
            if decided != "history" or index:
                yield period, self.office(day)


def said(run: RunOut) -> dict[str, object]:
    """All that a run says but who ran it, and when."""
    return {
        "subjects": [subject.model_dump() for subject in run.subjects],
        "problems": sorted(map(str, run.problems)),
        "messages": sorted((one.audience, one.to, sorted(one.reasons.items())) for one in run.messages),
    }


def keys(cases: tuple[Case, ...] | list[Case]) -> list[tuple[str, str, str, str]]:
    return sorted((one.key.subject, one.key.rule, one.opened, one.status) for one in cases)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_replayed_periods_say_what_real_runs_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: tuple[str, str, str]
) -> None:
    monkeypatch.setattr(app, "available", lambda: False)  # by the plain evaluator too: the runs agree with each other
    told = Story(tmp_path)
    ran: dict[str, RunOut] = {}
    cases: dict[str, list[tuple[str, str, str, str]]] = {}
    for period, office in told.tell(*story):
        ran[period] = app.run(office, "office", period)
        with app.open_the_store(office) as store:
            cases[period] = keys(store.open_cases("office"))

    again = {one.period.id: one for one in replayed(told.office("2019-07-08"), list(ran))}
    assert list(again) == list(ran)
    for name, run in ran.items():
        assert said(again[name].run) == said(run), name
        assert keys(again[name].alerted.cases.open) == cases[name], name


def replayed(office: Office, names: list[str]) -> Iterator[Replayed]:
    """The periods in memory, each by what had been returned when it was run."""
    about, portfolio = app.declared(office, "office"), office.portfolio("office")
    returns: list[Return] = []
    for found in find_returns(office.returns_folder, portfolio)[0]:
        read = read_return(found, portfolio, about.scheme)
        assert isinstance(read, Return)
        returns.append(read)

    def now(period: Period) -> datetime:
        return datetime.fromisoformat(f"{RUN_ON[period.id]}T07:00").replace(tzinfo=ZoneInfo("Europe/London"))

    def facts(period: Period) -> FactBase:
        return facts_of(about, [one for one in returns if one.period <= period.id], now(period).date())

    return replay(about, facts, [office.period("office", name) for name in names], now)


def test_the_stories_hold_all_that_can_be_told(tmp_path: Path) -> None:
    """Else the comparison above would be of nothing."""
    reasons, trends, held = set(), set(), False
    for name, story in STORIES.items():
        told = Story(tmp_path / name.replace(" ", "_"))
        periods = [period for period, _ in told.tell(*story)]
        for one in replayed(told.office("2019-07-08"), periods):
            reasons |= {reason for message in one.run.messages for reason in message.reasons.values()}
            trends |= {subject.trend for subject in one.run.subjects}
            held = held or any(finding.as_at for subject in one.run.subjects for finding in subject.findings)
    assert held
    assert trends == {"Better", "Same", "Worse", "New", None}
    assert reasons >= {"first", "worsened", "remediated", "eased", "another"}
