"""Each entry of two published reports, a case a row: the status, the trend, who decided it, and in which words.

IL is Improving Lives, January 2019; BCF the Better Care Fund, January 2018; the rest of a case's name is the report's.
`why` is a sentence of the finding or judgement that decides, the reason of a lifecycle, or `quiet:` and the rules that
were judged and found nothing. `also` has other findings and remarks, parted by a stroke.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import app
from engine.cli.show import decided_by
from engine.model.run import MeasureOut, RunOut, SubjectOut
from engine.office import Office
from tests.test_docs import workspace

NOW = {"improving_lives": "2019-02-08T07:00", "better_care_fund": "2018-02-06T07:00"}  # when each report was made


class Case(NamedTuple):
    case: str
    portfolio: str
    ref: str
    status: str
    trend: str
    decided_by: str
    why: str
    also: str


with Path(__file__).with_name("adult_care_cases.csv").open(encoding="utf-8", newline="") as file:
    CASES = [Case(**row) for row in csv.DictReader(file)]

Runs = dict[str, tuple[Office, RunOut]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = workspace(tmp_path_factory.mktemp("cases"))
    offices = {name: app.open_office(folder, now) for name, now in NOW.items()}
    return {name: (office, app.run(office, name, None, publish=False)) for name, office in offices.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_the_case_comes_out_as_published(runs: Runs, case: Case) -> None:
    office, run = runs[case.portfolio]
    subject = next(one for one in run.subjects if one.ref == case.ref)
    name = office.workspace.schemes[run.scheme].name(subject.status)
    assert (name, subject.trend or "", decided_by(subject)) == (case.status, case.trend, case.decided_by)
    if case.why.startswith("quiet: "):
        assert set(case.why.removeprefix("quiet: ").split(", ")) <= set(subject.judged)
        assert subject.earned
    else:
        assert case.why in deciding(office, run.portfolio, subject)
    said = {finding.because for finding in subject.findings} | set(subject.remarks)
    assert set(filter(None, case.also.split(" / "))) <= said


def deciding(office: Office, portfolio: str, subject: SubjectOut) -> list[str]:
    """The sentences that say why the status is what it is."""
    if subject.lifecycle != "live":
        return [span.why for span in office.portfolio(portfolio).subjects[subject.ref].lifecycle]
    if subject.override is not None:
        return [subject.override.reason]
    return [finding.because for finding in subject.findings if finding.status == subject.status]


def test_every_entry_of_both_reports_is_a_case(runs: Runs) -> None:
    """29 entries of the fund, which gives no colour to its three conditions or itself; all 28 of Improving Lives."""
    for name, entries in (("improving_lives", 28), ("better_care_fund", 29)):
        office, run = runs[name]
        parents = {one.ref for one in run.subjects if one.level != "project"} if name == "better_care_fund" else set()
        refs = [case.ref for case in CASES if case.portfolio == name]
        assert len(refs) == entries
        assert set(refs) == set(office.portfolio(name).subjects) - parents


def test_who_decided(runs: Runs) -> None:
    deciders = [case.decided_by for case in CASES if case.portfolio == "better_care_fund"]
    assert [deciders.count(who) for who in ("rule", "judgement", "lifecycle")] == [9, 1, 19]


# ---- colours of single measures inside a project

COLOURED = """
    capacity            266  G    mf_mental_health     96  G
    wellbeing_gained     46  A    mf_substances        76  A
    mf_income            90  G    mf_technology       100  G
    mf_debt              85  G    mf_accommodation     93  G
    mf_paid_work         71  A    mf_statutory        100  G
    mf_training          27  A    mf_self_harm         86  G
    mf_work_like         38  A    mf_harm_to_others   100  G
    mf_community         95  G    mf_harm_from_others  94  G
    mf_physical_health   96  G    mf_confidence        96  G
"""


def test_the_18_colours_of_moving_forward_come_out(runs: Runs) -> None:
    words = COLOURED.split()
    printed = dict(zip(words[::3], zip(words[1::3], words[2::3], strict=True), strict=True))
    assert len(printed) == 18
    colour = {"green": "G", "amber": "A"}
    rated = [one for one in measures(runs, "moving_forward") if one.status is not None]
    assert {one.measure: (one.actual, colour[one.status or ""]) for one in rated} == printed


def test_brighter_futures_is_green_with_five_of_fourteen_own_targets_met(runs: Runs) -> None:
    outcomes = [one for one in measures(runs, "brighter_futures") if one.target is not None and one.actual is not None]
    met = [float(one.actual) >= float(one.target) for one in outcomes if one.actual and one.target]
    assert (len(met), sum(met)) == (14, 5)
    assert [one.status for one in outcomes].count("green") == 8


def test_each_provider_of_connect_has_its_own_colour(runs: Runs) -> None:
    shown = {one.part: (one.shown, one.status) for one in measures(runs, "connect") if one.measure == "utilisation"}
    assert shown == {
        None: ("in 3 parts", "amber"),
        "South": ("34% against 95%", "amber"),
        "Mid": ("unquantified against 95%", None),
        "North": ("57% against 95%", "amber"),
    }


@pytest.mark.parametrize(
    ("ref", "measure", "shown"),
    [
        ("scams", "scam_visits", "223 against 223 (“all residents on the list”)"),
        ("falls", "web_hits", "4,300 against 4,000 (“more than 4,000 in 2017”)"),
        ("scams", "scam_friends", "348, to go up"),
        ("auto_scheduling", "slots_scheduled", "not captured, target to be set (“χ number”)"),
        ("auto_scheduling", "assessed_in_28_days", "83% against 85% (“a target for all services by March 2018”)"),
        ("falls", "leaflets", "25,000 against 25,000 (“25,000 leaflets and 10,000 guides”)"),
        ("crisis_workers", "crisis_helped", "209 of 275 for the year (138 on a straight line)"),
        ("younger_team", "discharges", "12 of 80 in all (33 on a straight line) (“approximately 80”)"),
        ("crisis_workers", "wellbeing_points", "22 against 4 (“4 points on average”) (partial, 24 cases)"),
        ("hospital_social_workers", "social_care_delays", "0.5 against 0.7 (“at or below 0.7”)"),
        ("reablement_expansion", "posts_filled", "60%"),
    ],
)
def test_a_target_is_shown_as_it_was_agreed(runs: Runs, ref: str, measure: str, shown: str) -> None:
    assert [one.shown for one in measures(runs, ref) if one.measure == measure] == [shown]


def measures(runs: Runs, ref: str) -> tuple[MeasureOut, ...]:
    _, run = runs["better_care_fund"]
    return next(one for one in run.subjects if one.ref == ref).measures
