"""Runs of several months: corrections, changed rules, late and failed runs; real SQLite, real mails."""

import json
import subprocess
import sys
from datetime import datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from engine import app
from engine.cli import main
from engine.inference import process
from engine.model.run import RunOut, SubjectOut
from engine.office import FaultsError, Office, UsageError

PORTFOLIO = """\
portfolio: office
title: The office
scheme: lights
owner: lead
starts: 2019-01
measures:
  visits: {title: Visits, unit: number, better: higher}
programmes:
  - ref: programme
    title: Programme
    owner: lead
    projects:
      - {ref: north, title: North, owner: north_lead, measures: {visits: {target: 100}}}
      - {ref: south, title: South, owner: south_lead, measures: {visits: {target: 100}}}
"""
SCHEME = """\
scheme: lights
title: Lights
statuses:
  - {id: green, name: Green, code: G, colour: "#00703c"}
  - {id: amber, name: Amber, code: A, colour: "#f47738", exception: true}
  - {id: red, name: Red, code: R, colour: "#942514", exception: true}
"""
RULES = """\
portfolio: office
thresholds:
  tolerance: {title: Tolerance, values: [{from: 2018-01, value: 10%, why: agreed, approved_by: PMO}]}
rules:
  - id: short
    title: Short of target
    for: measures
    when: shortfall > tolerance
    status: amber
    because: "{actual} of {target}"
    tests: [{given: {actual: 80, target: 100}, expect: fires}]
  - id: far_short
    title: Far short of target
    for: measures
    when: shortfall > 50%
    status: red
    because: "{actual} of {target}"
    tests: [{given: {actual: 40, target: 100}, expect: fires}]
  - id: most
    title: Most projects are off target
    for: [programmes, portfolio]
    when: projects.off_target_share > 50%
    status: amber
    because: "{projects.off_target} of {projects.rated}"
    tests: [{given: {projects.off_target_share: 60%}, expect: fires}]
"""
PEOPLE = """\
lead: {name: Lead, email: lead@council.example}
north_lead: {name: North Lead, email: north@council.example}
south_lead: {name: South Lead, email: south@council.example}
"""
MONTHS = {"2019-01": "2019-02-08", "2019-02": "2019-03-08", "2019-03": "2019-04-08"}


class Months:
    """A workspace whose owners return figures month by month."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("config/portfolios/office.yaml", PORTFOLIO)
        self.write("config/schemes/lights.yaml", SCHEME)
        self.write("config/people.yaml", PEOPLE)
        self.write("config/audiences.yaml", "owners: {who: owners, about: {level: projects}}\n")
        self.write("config/settings.yaml", "mail: {allowed_domains: [council.example]}\n")
        self.write("rules/office.yaml", RULES)

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def returns(self, period: str, north: str, south: str) -> None:
        """The two projects' visits; "_" for none."""
        rows = [f"{ref},visits,{'' if n == '_' else n}" for ref, n in (("north", north), ("south", south))]
        self.write(f"returns/office/{period}/owners/measures.csv", "\n".join(["subject,measure,actual", *rows, ""]))

    def office(self, now: str) -> Office:
        return app.open_office(self.root, f"{now}T07:00")

    def run(self, period: str, now: str | None = None) -> RunOut:
        return app.run(self.office(now or MONTHS[period]), "office", period)

    def month(self, period: str, north: str, south: str) -> RunOut:
        self.returns(period, north, south)
        return self.run(period)

    def codes(self) -> dict[str, str]:
        """North's and South's published status in each period, by the last revision: "ag" and the like."""
        office = self.office("2019-12-01")
        with app.open_the_store(office) as store:
            runs = [store.latest_run("office", period) for period in store.published_periods("office")]
        return {
            run.period: "".join((of(run.out, ref).status or "_")[0] for ref in ("north", "south"))
            for run in runs
            if run
        }

    def mails(self) -> list[str]:
        return sorted(path.stem for path in (self.root / "var/outbox").glob("*.eml"))


def of(run: RunOut, ref: str) -> SubjectOut:
    return next(subject for subject in run.subjects if subject.ref == ref)


@pytest.fixture
def months(tmp_path: Path) -> Months:
    return Months(tmp_path)


def test_a_corrected_month_is_derived_again_with_all_later_ones_and_only_the_latest_tells(months: Months) -> None:
    months.month("2019-01", "100", "100")
    months.month("2019-02", "100", "100")
    months.month("2019-03", "100", "100")
    assert months.mails() == []
    months.returns("2019-01", "100", "30")
    run = months.run("2019-03")
    assert months.codes() == {"2019-01": "gr", "2019-02": "gg", "2019-03": "gg"}
    assert (run.revision, run.published) == (2, "new")
    first, second = run.also  # the PMO is told what else moved
    assert (first.period, first.moved["south"]) == ("2019-01", ("green", "red"))
    assert (second.period, second.moved) == ("2019-02", {})
    assert months.mails() == []  # January is not the latest period


def test_a_correction_of_the_latest_month_is_told_as_restated(months: Months) -> None:
    assert [m.reasons for m in months.month("2019-01", "100", "30").messages] == [{"south": "first"}]
    months.returns("2019-01", "100", "80")
    assert [m.reasons for m in months.run("2019-01").messages] == [{"south": "restated"}]
    assert months.codes() == {"2019-01": "ga"}


def test_a_correction_of_the_month_last_told_of_is_told_as_restated_and_not_as_good_news(months: Months) -> None:
    months.month("2019-01", "100", "30")
    months.returns("2019-01", "100", "100")
    run = months.month("2019-02", "100", "100")
    assert [message.reasons for message in run.messages] == [{"south": "restated"}]


def test_running_an_older_month_that_was_corrected_derives_the_later_ones_too(months: Months) -> None:
    months.month("2019-01", "100", "100")
    months.month("2019-02", "100", "30")
    months.returns("2019-01", "80", "100")
    run = months.run("2019-01", now="2019-03-09")
    assert (run.period, run.revision, run.messages) == ("2019-01", 2, ())
    assert months.codes() == {"2019-01": "ag", "2019-02": "gr"}
    with app.open_the_store(months.office("2019-03-09")) as store:
        later = store.latest_run("office", "2019-02")
    assert later is not None
    assert (later.revision, of(later.out, "north").previous, of(later.out, "north").trend) == (2, "amber", "Better")


def test_a_month_that_was_left_out_can_be_run_late(months: Months) -> None:
    months.month("2019-01", "100", "100")
    months.returns("2019-02", "80", "100")
    months.month("2019-03", "100", "100")
    late = months.run("2019-02", now="2019-04-09")
    assert (late.published, late.messages) == ("new", ())
    assert months.codes() == {"2019-01": "gg", "2019-02": "ag", "2019-03": "gg"}


def test_a_run_of_an_older_month_says_which_later_one_it_told_of(months: Months) -> None:
    months.month("2019-01", "100", "100")
    months.month("2019-02", "100", "100")
    months.returns("2019-02", "30", "100")
    (months.root / "returns/office/2019-01/owners/measures.csv").write_text(
        "subject,measure,actual\nnorth,visits,99\nsouth,visits,100\n", encoding="utf-8"
    )
    (later,) = months.run("2019-01", now="2019-03-09").also
    assert (later.period, later.moved["north"]) == ("2019-02", ("green", "red"))
    assert [message.reasons for message in later.messages] == [{"north": "first"}]


def test_a_month_that_has_not_ended_is_not_run_before_anybody_returned_something(months: Months) -> None:
    months.month("2019-01", "100", "100")
    with pytest.raises(UsageError, match="2019-02 has not ended, and nobody has returned anything for it yet"):
        months.run("2019-02", now="2019-02-20")
    months.returns("2019-02", "100", "100")
    assert months.run("2019-02", now="2019-02-20").published == "new"


def test_a_folder_of_returns_that_belongs_to_no_portfolio_is_a_problem(months: Months) -> None:
    months.write("returns/ofice/2019-01/owners/measures.csv", "subject,measure,actual\nnorth,visits,30\n")
    run = months.month("2019-01", "100", "100")
    assert [str(problem) for problem in run.problems] == [
        "ofice: this belongs to no portfolio, so nothing in it was read; did you mean `office`?"
    ]


def test_an_edited_threshold_changes_no_month_already_published_and_is_no_decline(months: Months) -> None:
    months.month("2019-01", "85", "100")
    assert months.codes() == {"2019-01": "ag"}
    months.write("rules/office.yaml", RULES.replace("value: 10%", "value: 20%"))
    run = months.month("2019-02", "85", "100")
    north = of(run, "north")
    assert (north.previous, north.status, north.trend, north.moved_by) == ("amber", "green", "Same", ("rules",))
    assert months.codes() == {"2019-01": "ag", "2019-02": "gg"}


def test_an_edited_threshold_is_no_decline_when_the_very_first_month_is_published_again(months: Months) -> None:
    judged = ["subject,kind,status,reason,by,from,until", "north,override,green,as published,,,", ""]
    months.write("returns/office/2018-12/pmo/judgements.csv", "\n".join(judged))
    first = of(months.month("2019-01", "95", "95"), "north")
    assert (first.status, first.trend) == ("green", "Same")
    months.write("rules/office.yaml", RULES.replace("value: 10%", "value: 3%"))
    run = months.run("2019-01", now="2019-02-20")
    north, south = of(run, "north"), of(run, "south")
    assert (north.status, north.trend, north.moved_by) == ("amber", "Same", ("rules",))
    assert (south.status, south.trend, south.moved_by) == ("amber", "New", ("rules",))
    assert [message.reasons for message in run.messages] == [{"north": "first"}, {"south": "first"}]
    mails = list((months.root / "var/outbox").glob("*.eml"))
    assert len(mails) == 2
    for mail in mails:
        message = BytesParser(policy=policy.default).parsebytes(mail.read_bytes()).get_body(("plain",))
        text = "" if message is None else str(message.get_content()).replace("\r\n", "\n")
        assert "RESTATED\nThe rules have changed" in text
        assert "January 2019 was published as Green; the rules have changed since, so this is not a decline." in text
        assert "NEW" not in text
        assert "Worse" not in text


def test_a_third_revision_does_not_forget_that_a_rule_moved_the_status(months: Months) -> None:
    months.month("2019-01", "95", "100")
    months.write("rules/office.yaml", RULES.replace("value: 10%", "value: 3%"))
    months.run("2019-01")
    months.write("config/people.yaml", PEOPLE.replace("name: South Lead,", "name: Lead of South,"))
    run = months.run("2019-01")
    assert (run.revision, of(run, "north").moved_by, run.messages) == (3, ("rules",), ())
    months.returns("2019-01", "94", "100")
    revised = of(months.run("2019-01"), "north").revised
    assert revised is None  # the same status by other figures


def test_a_threshold_dated_from_this_month_is_told_as_restated_and_not_as_better(months: Months) -> None:
    later = "value: 10%, why: agreed, approved_by: PMO}, {from: 2019-02, value: 20%, why: eased, approved_by: PMO}"
    months.write("rules/office.yaml", RULES.replace("value: 10%, why: agreed, approved_by: PMO}", later))
    months.month("2019-01", "85", "100")
    run = months.month("2019-02", "85", "100")
    north = of(run, "north")
    assert (north.previous, north.status, north.trend, north.moved_by) == ("amber", "green", "Same", ("rules",))
    assert [message.reasons for message in run.messages] == [{"north": "restated"}]


def test_a_threshold_for_a_month_to_come_changes_nothing_now(months: Months) -> None:
    first = months.month("2019-01", "85", "100")
    later = "approved_by: PMO}, {from: 2019-02, value: 20%, why: eased, approved_by: PMO}"
    months.write("rules/office.yaml", RULES.replace("approved_by: PMO}", later))
    again = months.run("2019-01")
    assert (again.published, again.run) == ("unchanged", first.run)


def test_a_cadence_that_was_changed_leaves_what_was_published_readable(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    months.month("2019-01", "100", "30")
    quarterly = PORTFOLIO.replace("starts: 2019-01", "starts: 2019-Q1\nreports: quarterly")
    months.write("config/portfolios/office.yaml", quarterly)
    months.returns("2019-Q1", "100", "80")
    arguments = ["-C", str(months.root), "--now", "2019-04-08T07:00"]
    assert main([*arguments, "status", "office"]) == 0
    assert main([*arguments, "run", "office"]) == 0
    assert "2019-01 is no period of the portfolio any more" in capsys.readouterr().out
    assert main([*arguments, "returns", "list"]) == 0
    assert main([*arguments, "facts", "south"]) == 0
    assert main([*arguments, "explain", "south"]) == 0


def test_missing_figures_are_never_a_recovery(months: Months) -> None:
    months.month("2019-01", "30", "100")
    run = months.month("2019-02", "_", "100")
    assert (of(run, "north").status, of(run, "north").as_at) == ("red", "2019-01")
    assert run.messages == ()


def test_a_message_that_could_not_be_written_is_replaced_by_a_correction_and_arrives_once(months: Months) -> None:
    months.write("var/outbox", "a file stands where the folder should be")
    run = months.month("2019-01", "100", "30")
    assert [message.state for message in run.messages] == ["retry"]
    months.returns("2019-01", "100", "80")
    (months.root / "var/outbox").unlink()
    assert [m.reasons for m in months.run("2019-01").messages] == [{"south": "first"}]
    assert months.mails() == ["2019-01_office_owners_south_lead_r2"]


def test_a_message_that_could_not_be_written_is_written_by_a_later_run(months: Months) -> None:
    months.write("var/outbox", "a file stands where the folder should be")
    months.month("2019-01", "100", "30")
    (months.root / "var/outbox").unlink()
    assert months.run("2019-01", now="2019-02-09").published == "unchanged"
    assert months.mails() == ["2019-01_office_owners_south_lead_r1"]


def test_a_run_whose_messages_could_not_be_written_says_so_and_fails(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    months.returns("2019-01", "100", "30")
    months.write("var/outbox", "a file stands where the folder should be")
    arguments = ["-C", str(months.root), "run", "office", "--period", "2019-01", "--now", "2019-02-08T07:00"]
    assert main(arguments) == 3
    assert "NOT DELIVERED: 1 problem" in capsys.readouterr().out
    (months.root / "var/outbox").unlink()
    assert main(arguments) == 0  # at the very same time: nothing waits for a next try
    assert months.mails() == ["2019-01_office_owners_south_lead_r1"]


def test_a_database_that_was_lost_does_not_send_the_month_again(months: Months) -> None:
    months.month("2019-01", "100", "30")
    mails = months.mails()
    for path in (months.root / "var").glob("telltale.db*"):
        path.unlink()
    run = months.run("2019-01", now="2019-02-20")
    assert ([message.state for message in run.messages], run.undelivered) == (["sent"], ())
    assert months.mails() == mails


def test_rules_and_templates_that_lie_outside_the_workspace_are_refused(
    months: Months, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (months.root / "rules").rename(outside / "rules")
    (months.root / "rules").symlink_to(outside / "rules")
    assert main(["-C", str(months.root), "check"]) == 1
    assert "leads out of the workspace" in capsys.readouterr().out
    (months.root / "rules").unlink()
    (outside / "rules").rename(months.root / "rules")
    (outside / "templates").mkdir()
    (months.root / "config/templates").symlink_to(outside / "templates")
    with pytest.raises(FaultsError, match="leads out of the workspace"):
        months.month("2019-01", "100", "30")


def test_faults_are_json_too_where_json_is_asked_for(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    months.write("rules/office.yaml", RULES.replace("status: amber", "status: ambre", 1))
    arguments = ["-C", str(months.root), "run", "office", "--now", "2019-02-08T07:00", "--format", "json"]
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert [fault["line"] for fault in json.loads(said.out)["faults"]] == [9]
    assert len(said.err.splitlines()) == 1


def test_a_preview_publishes_and_sends_nothing(months: Months) -> None:
    months.returns("2019-01", "100", "30")
    office = months.office("2019-02-08")
    assert [message.recipient for message in app.preview(office, "office", "2019-01")[0]] == ["south_lead"]
    assert months.codes() == {}
    assert months.mails() == []


def test_a_return_that_is_gone_from_the_folder_is_said_and_its_figures_are_kept(months: Months) -> None:
    months.month("2019-01", "100", "30")
    (months.root / "returns/office/2019-01/owners/measures.csv").unlink()
    (months.root / "returns/office/2019-01/owners").rmdir()
    run = months.run("2019-01", now="2019-02-09")
    assert months.codes() == {"2019-01": "gr"}
    assert any("no longer in the folder" in problem.what for problem in run.problems)


def test_an_edited_measure_is_read_again_from_the_same_file(months: Months) -> None:
    months.month("2019-01", "100", "30")
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("better: higher", "better: lower"))
    run = months.run("2019-01")
    assert of(run, "south").status == "green"


# ---- the engine of record


def test_where_durable_rules_is_missing_the_plain_evaluator_publishes_and_the_run_says_so(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    run = months.month("2019-01", "100", "30")
    assert run.judged_by == "plain"
    assert months.codes() == {"2019-01": "gr"}


def refused(months: Months, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says of a run that fails; nothing is published then, and nothing sent."""
    code = main(["-C", str(months.root), "run", "office", "--period", "2019-01", "--now", "2019-02-08T07:00"])
    assert code == 3
    assert months.codes() == {}
    assert months.mails() == []
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_child_process_that_dies_publishes_nothing_and_names_the_rule_and_the_subject(
    months: Months, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    months.returns("2019-01", "100", "30")
    dying = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    monkeypatch.setattr(app, "DurableProcess", lambda limit: process.DurableProcess(limit, dying))
    assert "nothing is published" in refused(months, capsys)


def test_evaluators_that_disagree_publish_nothing_and_name_the_rule_and_the_subject(
    months: Months, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    months.returns("2019-01", "100", "30")
    honest = process.DurableProcess.begin

    def tampered(self: process.DurableProcess, questions: list[object]) -> object:
        answers = honest(self, questions)()  # type: ignore[arg-type]  # only handed on
        return lambda: ["quiet" if answer == "fires" else answer for answer in answers]

    monkeypatch.setattr(process.DurableProcess, "begin", tampered)
    line = refused(months, capsys)
    assert "short" in line
    assert "south" in line
    assert "differently" in line


def test_the_time_is_an_argument_and_says_its_zone(months: Months) -> None:
    assert months.office("2019-07-08").now == datetime.fromisoformat("2019-07-08T07:00:00+01:00")


# ---- measures by formula


FORMULA = PORTFOLIO.replace(
    "  visits: {",
    "  spend: {title: Spend, unit: money}\n  over: {title: Over, unit: money, equals: spend - £50k}\n  visits: {",
).replace("measures: {visits: {target: 100}}}", "measures: {visits: {target: 100}, spend: {}, over: {}}}")


def test_a_measure_is_worked_out_by_its_formula(months: Months) -> None:
    months.write("config/portfolios/office.yaml", FORMULA)
    rows = ["subject,measure,actual", "north,visits,100", "north,spend,£60k", "south,visits,100", ""]
    months.write("returns/office/2019-01/owners/measures.csv", "\n".join(rows))
    run = months.run("2019-01")
    worked_out = {measure.measure: measure.shown for measure in of(run, "north").measures}
    assert worked_out["over"] == "£10k"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("spnd - £50k", "did you mean `spend`"),
        ("spend - 50", "write"),
        ("visits * 2", "`over` is"),
    ],
)
def test_a_fault_in_a_formula_is_found_at_its_place(
    months: Months, formula: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/portfolios/office.yaml", FORMULA.replace("spend - £50k", formula))
    assert main(["-C", str(months.root), "check"]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("config/portfolios/office.yaml:8:")
    assert words in first


# ---- what a run follows from, and what it must say


def test_a_deputy_whose_days_are_over_makes_the_owner_told(months: Months) -> None:
    deputy = "{who: lead, from: 2019-02-01, until: 2019-02-10}"
    months.write(
        "config/people.yaml", PEOPLE.replace("south@council.example}", f"south@council.example, deputy: {deputy}}}")
    )
    told = [message.to for message in months.month("2019-01", "100", "30").messages]
    assert told == [("lead@council.example",)]
    assert [m.to for m in months.run("2019-01", now="2019-02-11").messages] == [("south@council.example",)]


def test_a_return_saved_again_without_a_change_changes_no_run(months: Months) -> None:
    first = months.month("2019-01", "100", "30")
    path = months.root / "returns/office/2019-01/owners/measures.csv"
    path.write_text("\n" + path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    again = months.run("2019-01")
    assert (again.published, again.run) == ("unchanged", first.run)


def test_somebody_whom_nothing_concerns_changes_no_run(months: Months) -> None:
    first = months.month("2019-01", "100", "30")
    months.write("config/people.yaml", PEOPLE + "newcomer: {name: Newcomer, email: new@council.example}\n")
    months.write("config/settings.yaml", "mail: {allowed_domains: [council.example], most_messages: 7}\n")
    again = months.run("2019-01")
    assert (again.published, again.run) == ("unchanged", first.run)


def test_a_message_to_a_domain_no_longer_allowed_is_not_delivered_and_said_by_every_run(months: Months) -> None:
    months.write("var/outbox", "a file stands where the folder should be")
    months.month("2019-01", "100", "30")
    (months.root / "var/outbox").unlink()
    months.write("config/settings.yaml", "mail: {allowed_domains: [other.example]}\n")
    months.returns("2019-02", "100", "30")
    for _ in range(2):
        problems = [str(problem) for problem in months.run("2019-02").undelivered]
        assert any("message of 2019-01 to south_lead" in problem for problem in problems)
    assert months.mails() == []


def test_a_preview_says_which_messages_could_not_be_made(months: Months) -> None:
    months.write("config/settings.yaml", "mail: {allowed_domains: [other.example]}\n")
    months.returns("2019-01", "100", "30")
    messages, problems = app.preview(months.office("2019-02-08"), "office", "2019-01")
    assert messages == []
    assert "other.example" in str(problems[0]) or "council.example" in str(problems[0])


def test_a_name_that_the_terminal_cannot_show_stops_no_command(months: Months) -> None:
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("title: South", "title: Łódź"))
    months.returns("2019-01", "100", "30")
    for answer in ("text", "json"):
        done = subprocess.run(
            [sys.executable, "-m", "engine", "run", "office", "--now", "2019-02-08T07:00", "--format", answer],
            cwd=months.root, env={"PYTHONIOENCODING": "cp1252", "PATH": ""}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "South" not in done.stdout.decode("utf-8" if answer == "json" else "cp1252")
        assert answer == "text" or "Łódź" in done.stdout.decode("utf-8")
