"""A month in which cells can't be read, after one that was published: what was found then stands."""

from pathlib import Path

import pytest

from engine import app
from engine.model.run import RunOut, SubjectOut
from tests.test_docs import workspace

MEASURES = """subject,measure,actual,target
brokerage,brokerage_income,£6k,£6k
"""
SAVINGS = """subject,year,target,at_risk
long_term_care,previous years,500,£211k approx
minimum_income,2019/20,2800,
carers,2018/19,100,
carers,previous yrs,,50
minimum_income,all,2800,200
"""
MILESTONES = """subject,milestone,planned,forecast
best_practice,Rollout to the teams,31/12/2018,end of June
"""


@pytest.fixture(scope="module")
def february(tmp_path_factory: pytest.TempPathFactory) -> RunOut:
    folder: Path = workspace(tmp_path_factory.mktemp("unread"))
    app.run(app.open_office(folder, "2019-02-08T07:00"), "improving_lives", "2019-01", publish=True)
    owners = folder / "examples/returns/improving_lives/2019-02/owners"
    owners.mkdir(parents=True)
    for name, table in (("measures", MEASURES), ("savings", SAVINGS), ("milestones", MILESTONES)):
        (owners / f"{name}.csv").write_text(table, encoding="utf-8")
    return app.run(app.open_office(folder, "2019-03-08T07:00"), "improving_lives", "2019-02", publish=False)


def subject(run: RunOut, ref: str) -> SubjectOut:
    (found,) = [one for one in run.subjects if one.ref == ref]
    return found


@pytest.mark.parametrize(
    ("ref", "status"), [("long_term_care", "at_risk"), ("best_practice", "experiencing_obstacles")]
)
def test_what_was_found_is_held_while_the_cell_that_could_show_it_is_over_cannot_be_read(
    february: RunOut, ref: str, status: str
) -> None:
    one = subject(february, ref)
    assert (one.derived, one.trend, one.remediated, one.as_at) == (status, "Same", False, "2019-01")


def test_a_row_that_could_not_be_used_leaves_the_others_of_its_table_no_good_news(february: RunOut) -> None:
    carers = subject(february, "carers")
    assert carers.savings == {}
    assert "savings_at_risk" in {rule for group in carers.not_assessed for rule in group.rules}
    assert any("previous yrs" in problem.what for problem in february.problems if problem.subject == "carers")


def test_a_control_total_that_denies_a_blank_keeps_the_saving_at_risk(february: RunOut) -> None:
    assert subject(february, "minimum_income").derived == "experiencing_obstacles"


def test_an_owner_cannot_lower_the_agreed_target(february: RunOut) -> None:
    assert subject(february, "brokerage").derived == "experiencing_obstacles"
    (problem,) = [one for one in february.problems if one.subject == "brokerage"]
    assert "the return's target is £6,000, but £28,000 is agreed and holds" in problem.what


def test_every_cell_that_could_not_be_read_is_told_to_the_pmo(february: RunOut) -> None:
    assert {one.subject for one in february.problems} == {
        "long_term_care", "minimum_income", "best_practice", "brokerage", "carers"
    }  # fmt: skip
