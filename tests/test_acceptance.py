"""The main job on the real data: Improving Lives, January 2019, through the real program in a process of its own."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOW = "2019-02-08T07:00"


class Office:
    """A copy of the repository's workspace, and the program run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("config", "rules", "examples"):
            shutil.copytree(ROOT / name, folder / name)

    def telltale(self, *arguments: str, expect: int = 0) -> str:
        """What the program prints; on its standard error where it exits with something else than 0 and 1."""
        done = subprocess.run(
            [sys.executable, "-m", "engine", *arguments],
            cwd=self.folder,
            env={**os.environ, "TELLTALE_NOW": NOW},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == expect, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def json(self, *arguments: str, expect: int = 0) -> Any:
        return json.loads(self.telltale(*arguments, "--format", "json", expect=expect))

    def run(self, period: str = "2019-01") -> Any:
        return self.json("run", "improving_lives", "--period", period)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def slip(self, *arguments: str) -> list[str]:
        """The lines that `check` prints of an analyst's slip, which it must refuse."""
        return self.telltale("check", *arguments, expect=1).splitlines()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Any]:
    """A workspace in which January 2019 has been run, and that run."""
    office = Office(tmp_path_factory.mktemp("published"))
    return office, office.run()


# The 28 published rows: ref, this month's status, the printed trend, and who decided it here.
# O on target, E experiencing obstacles, R at risk, C closed.
ROWS = """
    improving_lives           O  Same    rule
    ASCH1812                  O  Same    rule
    ASCH1802                  O  Same    judgement
    ASCH1803                  O  Same    judgement
    ASCH1804                  O  Same    rule
    ASCH1801                  O  Better  rule
    ASCH1805                  E  Same    rule
    reablement                O  -       judgement
    best_practice             E  -       rule
    housing_with_care         E  -       judgement
    long_term_care            R  -       rule
    residential_costs         E  -       judgement
    preparing_for_adulthood   O  -       judgement
    younger_fourth            O  -       judgement
    direct_payments           E  -       rule
    targeted_reviews          O  -       rule
    continuing_health_care    O  -       rule
    brokerage                 E  -       rule
    assistive_technology      O  -       rule
    minimum_income            O  -       judgement
    three_tier                O  -       rule
    carers                    O  -       rule
    care_and_support_centres  E  -       judgement
    carer_households          E  -       judgement
    short_breaks              E  -       judgement
    equipment                 O  -       judgement
    commissioning_other       O  -       judgement
    crisis_merger             C  -       lifecycle
"""
STATUS = {"O": "on_target", "E": "experiencing_obstacles", "R": "at_risk", "C": "closed"}
PUBLISHED = [tuple(line.split()) for line in ROWS.strip().splitlines()]


def subject(run: Any, ref: str) -> Any:
    (found,) = [one for one in run["subjects"] if one["ref"] == ref]
    return found


def who_decided(one: Any) -> str:
    if one["lifecycle"] != "live":
        return "lifecycle"
    ranks = list(STATUS.values())
    by_rule = max((ranks.index(f["status"]) for f in one["findings"] if f["rule"] != "floor"), default=0)
    if one["override"] or (one["floor"] and ranks.index(one["status"]) > by_rule):
        return "judgement"
    return "rule"


@pytest.mark.parametrize(("ref", "status", "trend", "who"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_every_published_row_has_its_published_status_and_trend(
    published: tuple[Office, Any], ref: str, status: str, trend: str, who: str
) -> None:
    one = subject(published[1], ref)
    assert one["status"] == STATUS[status]
    assert trend in ("-", one["trend"])
    assert who_decided(one) == who


def test_there_are_28_rows_and_7_printed_trends(published: tuple[Office, Any]) -> None:
    assert sorted(one["ref"] for one in published[1]["subjects"]) == sorted(row[0] for row in PUBLISHED)
    assert len(PUBLISHED) == 28
    assert sum(row[2] != "-" for row in PUBLISHED) == 7


def test_a_judgement_is_shown_with_its_reason_and_who_took_it(published: tuple[Office, Any]) -> None:
    for one in published[1]["subjects"]:
        for kind in ("override", "floor"):
            if one[kind]:
                assert one[kind]["reason"]
                assert one[kind]["by"]
    kept = subject(published[1], "minimum_income")
    assert (kept["status"], kept["derived"]) == ("on_target", "experiencing_obstacles")


def test_direct_payments_has_obstacles_by_its_measure_and_its_milestone_although_savings_over_deliver(
    published: tuple[Office, Any],
) -> None:
    one = subject(published[1], "direct_payments")
    assert {finding["rule"] for finding in one["findings"]} == {"recruitment_below_target", "milestone_slipped"}
    assert one["savings"]["net_at_risk"]["value"].startswith("-")
    evidence = next(f["evidence"] for f in one["findings"] if f["rule"] == "recruitment_below_target")
    assert (evidence["pa_recruitment"]["value"], evidence["pa_recruitment"]["unit"]) == ("15.1", "percent")


def test_targeted_reviews_stays_on_target_at_nearly_ten_per_cent_below(published: tuple[Office, Any]) -> None:
    office, run = published
    one = subject(run, "targeted_reviews")
    assert one["status"] == "on_target"
    assert one["earned"]
    facts = office.json("facts", "targeted_reviews", "--period", "2019-01")["facts"]
    assert facts["review_rate.shortfall"]["shown"] == "9.64%"


@pytest.mark.parametrize("ref", ["care_and_support_centres", "best_practice"])
def test_what_moved_to_obstacles_this_month_is_worse_and_its_december_status_is_said_to_be_assumed(
    published: tuple[Office, Any], ref: str
) -> None:
    office, run = published
    one = subject(run, ref)
    assert (one["previous"], one["status"], one["trend"]) == ("on_target", "experiencing_obstacles", "Worse")
    folder = office.folder / "examples/returns/improving_lives/2018-12/pmo"
    with (folder / "judgements.csv").open(encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["subject"] == ref]
    assert "assumed" in row["reason"].lower()


def test_carers_is_a_remediated_exception_and_lifts_its_programme(published: tuple[Office, Any]) -> None:
    assert [one["ref"] for one in published[1]["subjects"] if one["remediated"]] == ["ASCH1801", "carers"]


def test_the_closed_project_is_listed_and_counts_in_no_roll_up(published: tuple[Office, Any]) -> None:
    office, run = published
    closed = subject(run, "crisis_merger")
    assert (closed["status"], closed["trend"], closed["exception"]) == ("closed", None, False)
    facts = office.json("facts", "ASCH1805", "--period", "2019-01")["facts"]
    assert facts["projects.count"]["value"] == "5"


# Net at risk and its columns, in thousands, as published: each parent is the sum of its parts.
SAVINGS = {
    #                   previous  2018/19  2019/20   total  other way   net
    "improving_lives": (-3138, -4499, -342, -7979, 22, -8001),
    "ASCH1812": (-3318, -4319, -606, -8243, 22, -8265),
    "ASCH1801": (None, 0, 0, 0, 0, 0),
    "ASCH1805": (180, -180, 264, 264, 0, 264),
}
TARGETS = {
    "improving_lives": (8569, 12604, 4001, 331, 25505),
    "ASCH1812": (7087, 9990, 2742, 331, 20150),
    "ASCH1801": (507, 394, 416, None, 1317),
    "ASCH1805": (975, 2220, 843, None, 4038),
}


@pytest.mark.parametrize("ref", SAVINGS)
def test_the_savings_columns_add_up_row_by_row(published: tuple[Office, Any], ref: str) -> None:
    facts = published[0].json("facts", ref, "--period", "2019-01")["facts"]

    def thousands(name: str) -> int | None:
        return int(facts[name]["value"]) // 1000 if name in facts else None

    names = ("at_risk in previous years", "at_risk in 2018/19", "at_risk in 2019/20", "at_risk", "alternative")
    assert tuple(thousands(f"savings.{name}") for name in (*names, "net_at_risk")) == SAVINGS[ref]
    years = ("2018/19", "2019/20", "2020/21", "2021/22")
    targets = tuple(thousands(f"savings.target in {year}") for year in years)
    assert (*targets, thousands("savings.target")) == TARGETS[ref]


def test_the_savings_columns_add_up_level_by_level(published: tuple[Office, Any]) -> None:
    programmes = ("ASCH1812", "ASCH1801", "ASCH1805")
    facts = {
        ref: published[0].json("facts", ref, "--period", "2019-01")["facts"] for ref in ("improving_lives", *programmes)
    }

    def column(ref: str, name: str) -> int:
        return int(facts[ref][name]["value"]) if name in facts[ref] else 0

    columns = [
        f"savings.{name} in {year}" for name in ("target", "at_risk") for year in ("2018/19", "2019/20", "2020/21")
    ]
    for name in (*columns, "savings.at_risk in previous years", "savings.net_at_risk", "savings.alternative"):
        assert column("improving_lives", name) == sum(column(ref, name) for ref in programmes), name


def test_figures_that_do_not_add_up_are_a_problem_and_not_a_silence(published: tuple[Office, Any]) -> None:
    (problem,) = [one for one in published[1]["problems"] if one["subject"] == "direct_payments"]
    assert "512" in problem["what"]
    assert "611,787" in problem["what"]


def test_statuses_in_mixed_alphabets_and_on_track_are_understood(office: Office) -> None:
    run = office.run()
    returned = office.folder / "examples/returns/improving_lives/2019-01/pmo/judgements.csv"
    assert "\u041e\u0422" in returned.read_text(encoding="utf-8")  # Cyrillic letters that look like OT
    assert subject(run, "minimum_income")["override"]["status"] == "on_target"
    office.edit("examples/returns/improving_lives/2019-01/pmo/judgements.csv", "\u041e\u0422", "On Track")
    again = office.run()
    assert again["published"] == "unchanged"  # it says the same
    assert subject(again, "minimum_income")["override"]["status"] == "on_target"


def test_explain_shows_the_milestone_the_explanation_and_how_a_measure_is_judged(
    published: tuple[Office, Any],
) -> None:
    office, _ = published
    assert "Milestone: Rollout to the teams" in office.telltale("explain", "best_practice")
    brokerage = " ".join(office.telltale("explain", "brokerage").split())
    assert "Explained (Income from the brokerage charge): Agreements are still to be signed" in brokerage
    assert "(recovery 28 February 2019)" in brokerage
    assert "It is judged with its project." in office.telltale("explain", "direct_payments")


def test_what_could_not_be_checked_is_said_in_peoples_words(office: Office) -> None:
    for table in ("savings", "milestones"):
        (office.folder / f"examples/returns/improving_lives/2019-01/owners/{table}.csv").unlink()
    (office.folder / "examples/returns/improving_lives/2019-01/owners/measures.csv").unlink()
    office.run()
    said = " ".join(office.telltale("explain", "targeted_reviews").split())
    assert (
        "For want of a figure for Long-term packages reviewed within 12 months: “A measure is far below its target”"
    ) in said


# ---- running again


def test_running_again_publishes_nothing_new(office: Office) -> None:
    first = office.run()
    assert (first["published"], first["revision"], first["judged_by"]) == ("new", 1, "both")
    mails = sorted((office.folder / "var/outbox").iterdir())
    again = office.run()
    assert (again["published"], again["run"], again["messages"]) == ("unchanged", first["run"], [])
    assert sorted((office.folder / "var/outbox").iterdir()) == mails
    assert again["subjects"] == first["subjects"]


def test_the_json_of_a_run_has_the_keys_of_the_contract(published: tuple[Office, Any]) -> None:
    run = published[1]
    contract = {"schema", "portfolio", "period", "run", "revision", "published", "judged_by", "now"}
    assert contract | {"subjects", "problems", "messages"} <= run.keys()
    of_subject = {
        "ref", "level", "title", "status", "derived", "declared", "floor", "override", "previous", "trend", "moved_by",
        "exception", "remediated", "as_at", "findings", "measures", "remarks", "not_assessed",
    }  # fmt: skip
    assert all(of_subject <= one.keys() for one in run["subjects"])
    finding = {"rule", "measure", "status", "because", "evidence", "to_clear", "as_at"}
    assert all(finding <= found.keys() for one in run["subjects"] for found in one["findings"])
    measure = {"measure", "part", "actual", "target", "status", "not_rated_because"}
    assert all(measure <= found.keys() for one in run["subjects"] for found in one["measures"])
    assert all({"audience", "to", "subject", "reasons", "state"} == one.keys() for one in run["messages"])
    assert all({"file", "where", "what", "cure"} <= one.keys() for one in run["problems"])


def test_each_owner_of_an_exception_gets_one_mail_and_clt_one_digest(published: tuple[Office, Any]) -> None:
    run = published[1]
    told = [(one["audience"], *one["to"]) for one in run["messages"]]
    assert len(told) == len(set(told))
    owners = {one["owner"] for one in run["subjects"] if one["exception"] and one["level"] == "project"}
    assert sum(audience == "owners" for audience, *_ in told) == len(owners)
    assert sum(audience == "clt" for audience, *_ in told) == 1
    mails = list((published[0].folder / "var/outbox").glob("*.eml"))
    assert len(mails) == len(run["messages"])


# ---- an analyst's Tuesday


def test_a_changed_threshold_is_checked_tested_and_moves_the_status_by_the_rules_alone(office: Office) -> None:
    office.run()
    office.edit(
        "rules/improving_lives.yaml",
        'from: 2018-04, value: 40%, why: "as for',
        'from: 2018-04, value: 80%, why: "as for',
    )
    assert office.telltale("check") == "No fault.\n"
    failed = office.telltale("test", expect=1)
    assert "recruitment_below_target expected fires and got quiet" in failed
    assert "rules/improving_lives.yaml:" in failed
    run = office.run()
    assert (run["published"], run["revision"]) == ("new", 2)
    one = subject(run, "direct_payments")
    assert {finding["rule"] for finding in one["findings"]} == {"milestone_slipped"}
    assert one["trend"] == "Same"
    assert run["messages"] == []  # the status stands by the other finding: nothing to tell anybody


def test_a_misspelt_measure_is_found_with_what_was_probably_meant(office: Office) -> None:
    office.edit("rules/improving_lives.yaml", "when: pa_recruitment <", "when: pa_recruitmnt <")
    (line, *_) = office.slip()
    assert line.startswith("rules/improving_lives.yaml:")
    assert "pa_recruitmnt" in line
    assert "did you mean `pa_recruitment`" in line
    refused = office.telltale("run", "improving_lives", "--period", "2019-01", expect=1)
    assert "did you mean `pa_recruitment`" in refused
    assert len(refused.splitlines()) == 1


def test_a_tab_is_found_where_it_stands(office: Office) -> None:
    office.edit("config/portfolios/improving_lives.yaml", "scheme: six_status", "scheme:\tsix_status")
    (line, *_) = office.slip()
    assert line.startswith("config/portfolios/improving_lives.yaml:")
    assert "tab" in line


def test_a_deleted_target_leaves_the_measure_unrated_and_says_what_is_missing(office: Office) -> None:
    office.edit("config/portfolios/improving_lives.yaml", "review_rate: {target: 80%}", "review_rate: {}")
    for csv_file in (office.folder / "examples").rglob("measures.csv"):
        csv_file.write_text(csv_file.read_text(encoding="utf-8").replace("72.29%,80%", "72.29%,"), encoding="utf-8")
    assert office.telltale("check") == "No fault.\n"
    one = subject(office.run(), "targeted_reviews")
    assert one["status"] is None
    assert [group["missing"] for group in one["not_assessed"]] == [["review_rate.shortfall"]]
    (review,) = [m for m in one["measures"] if m["measure"] == "review_rate"]
    assert review["not_rated_because"] == "It has no target."
    assert "target" in office.telltale("explain", "targeted_reviews")


def test_a_bad_cell_is_named_and_the_rest_of_the_workbook_is_kept(office: Office, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    source = office.folder / "examples/returns/improving_lives/2019-01/direct_payments_lead.xlsx"
    book = load_workbook(source)
    sheet = book["measures"]
    (row,) = [cells for cells in sheet.iter_rows() if any(cell.value == "pa_recruitment" for cell in cells)]
    (bad,) = [cell for cell in row if cell.value == 0.151]
    bad.value = "about 15"
    given = tmp_path / "given" / source.name
    given.parent.mkdir()
    book.save(given)
    submit = ("returns", "submit", str(given), "--portfolio", "improving_lives", "--period", "2019-01")
    answer = office.telltale(*submit)
    assert f"cell {bad.coordinate}" in answer
    assert "about 15" in answer
    run = office.run()
    one = subject(run, "direct_payments")
    assert {finding["rule"] for finding in one["findings"]} == {"milestone_slipped"}  # the rest of the file stands
    assert any(f"cell {bad.coordinate}" in problem["where"] for problem in run["problems"])
    assert "nothing new" in office.telltale(*submit).lower()


def test_a_corrected_return_supersedes_and_tells_what_it_moved(office: Office) -> None:
    office.run()
    office.edit("examples/returns/improving_lives/2019-01/owners/measures.csv", "£6k", "£27k")
    run = office.run()
    assert run["revision"] == 2
    assert subject(run, "brokerage")["findings"] == []
    told = {message["to"][0]: message["reasons"] for message in run["messages"]}
    assert told["cross.cutting@council.example"] == {"brokerage": "restated"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("status", "nowhere"), 2, "there is no portfolio 'nowhere'"),
        (("status", "improving_lives"), 2, "nothing is published of improving_lives yet"),
        (("explain", "direct_payment"), 2, "did you mean `direct_payments`"),
        (("run", "improving_lives", "--period", "2018-12"), 2, "2018-12 is history"),
        (("run", "improving_lives", "--period", "Januar"), 2, "is not a monthly period"),
        (("run", "improving_lives", "--period", "2031-01"), 2, "has not begun"),
        (("run", "improving_lives", "--now", "soon"), 2, "is not a time"),
        (("-C", "rules/../examples", "status"), 2, "is not a workspace"),
        (("-C", "rules/../examples", "check"), 2, "is not a workspace"),
        (("-C", "nowhere", "status"), 2, "no such folder: nowhere"),
        (("-C", "nowhere", "check"), 2, "no such folder: nowhere"),
    ],
)
def test_a_command_used_wrongly_gets_one_sentence(
    office: Office, arguments: tuple[str, ...], code: int, words: str
) -> None:
    said = office.telltale(*arguments, expect=code)
    assert words in said
    assert len(said.splitlines()) == 1
