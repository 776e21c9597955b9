"""A figure that hovers about its limit, month by month through the whole program: one case, told once, eased once."""

from datetime import date
from pathlib import Path

import pytest

from engine import app
from engine.cli import main
from tests.test_runs_over_months import PORTFOLIO, Months, of

RULES = """\
portfolio: office
thresholds:
  floor: {title: The fewest visits, values: [{from: 2018-01, value: 60, why: agreed, approved_by: PMO}]}
  well: {title: Visits that will do, values: [{from: 2018-01, value: 65, why: agreed, approved_by: PMO}]}
rules:
  - id: few
    title: Few visits
    for: projects
    when: visits < floor
    clears: visits >= well
    status: amber
    because: "{visits} visits against a floor of {floor}"
    tests:
      - {given: {visits: [59, 62]}, expect: fires}
      - {given: {visits: [59, 62, 66, 62]}, expect: quiet}
"""
EACH_MONTH = ("2019-01", "2019-02", "2019-03", "2019-04", "2019-05")
HOVERING = "59 61 59 62 66"


@pytest.fixture
def months(tmp_path: Path) -> Months:
    made = Months(tmp_path)
    made.write("config/portfolios/office.yaml", PORTFOLIO)
    made.write("rules/office.yaml", RULES)
    return made


def told(months: Months, figures: str) -> list[str]:
    """What North's owner is told in each month; "." for nothing."""
    reasons = []
    for period, figure, after in zip(EACH_MONTH, figures.split(), (*EACH_MONTH[1:], "2019-06"), strict=False):
        months.returns(period, figure, "100")
        run = months.run(period, now=f"{after}-08")
        reasons.append(" ".join(reason for message in run.messages for reason in message.reasons.values()) or ".")
    return reasons


def test_it_is_told_once_and_eased_once(months: Months) -> None:
    assert told(months, HOVERING) == ["first", ".", ".", ".", "remediated"]
    assert months.codes() == dict(zip(EACH_MONTH, ("ag", "ag", "ag", "ag", "gg"), strict=True))


def test_without_clears_it_is_told_every_other_month(months: Months) -> None:
    months.write("rules/office.yaml", RULES.replace("    clears: visits >= well\n", ""))
    assert told(months, HOVERING) == ["first", "remediated", "worsened", "remediated", "."]


def test_one_case_stays_open_from_the_first_month_until_it_clears(months: Months) -> None:
    for figures, cases in (("59 61 . 62", [("few", "2019-01")]), ("59 61 59 62 66", [])):
        told(months, figures.replace(".", "_"))
        with app.open_the_store(months.office("2019-12-01")) as store:
            open_ = store.open_cases("office", before=date(2019, 12, 31))
        assert [(case.key.rule, case.opened) for case in open_] == cases


def test_a_correction_of_the_month_it_fired_in_ends_what_stood_since(months: Months) -> None:
    told(months, "59 61 62")
    months.returns("2019-01", "66", "100")
    run = months.run("2019-03", now="2019-04-09")
    assert months.codes() == {"2019-01": "gg", "2019-02": "gg", "2019-03": "gg"}
    assert [message.reasons for message in run.messages] == [{"north": "restated"}]


def test_a_clears_added_to_the_rule_is_told_as_a_change_of_rules(months: Months) -> None:
    months.write("rules/office.yaml", RULES.replace("    clears: visits >= well\n", ""))
    told(months, "59 62")
    months.write("rules/office.yaml", RULES)
    run = months.run("2019-02", now="2019-03-09")
    assert (of(run, "north").status, of(run, "north").trend) == ("amber", "Same")
    assert of(run, "north").rules_moved


def test_people_read_why_it_still_counts(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    told(months, "59 62")
    arguments = ["-C", str(months.root), "--now", "2019-03-09T07:00"]
    assert main([*arguments, "explain", "north"]) == 0
    explained = " ".join(capsys.readouterr().out.split())
    why = "62 visits against a floor of 60 (the rule last fired in January 2019, and stands until it is cleared)"
    assert f"{why} To clear it: Visits of at least 65 (now 62, 3 short)" in explained
    assert "As at" not in explained
    months.write("rules/office.yaml", RULES.replace("status: amber", "status: red"))
    run = months.run("2019-02", now="2019-03-10")
    assert [message.reasons for message in run.messages] == [{"north": "restated"}]
    (mail,) = [
        text for path in sorted((months.root / "var/outbox").glob("*r2*.eml")) if (text := path.read_text("utf-8"))
    ]
    assert "until it is cleared" in " ".join(mail.replace("=\n", "").split())


def test_the_tests_beside_the_rule_pass(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(months.root), "check"]) == 0
    assert main(["-C", str(months.root), "test"]) == 0
    assert "2 passed, 0 failed" in capsys.readouterr().out
