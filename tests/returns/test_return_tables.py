"""The five tables: rows to nouns, and a problem with its place for whatever can't be read."""

from datetime import date
from decimal import Decimal

import pytest

from engine.model.returns import FigureState, JudgementKind, MilestoneState
from engine.model.workspace import TargetWord
from engine.returns.csvfiles import read_csv
from engine.returns.known import Known
from engine.returns.tables import read_tables
from tests.returns.small import PORTFOLIO, SCHEME, portfolio_with, read


def pounds(thousands: int | str) -> Decimal:
    return Decimal(thousands) * 1000


def problems(table: str, *lines: str, submitter: str = "pmo") -> list[str]:
    return [str(problem) for problem in read(table, *lines, submitter=submitter).problems]


# ---- measures


def test_a_measures_row_is_read_in_the_measures_own_unit() -> None:
    found = read(
        "measures",
        "payments,recruited,,15.1%,50,,31/01/2019,provisional, a  note ",
        "payments,recouped,,1734,£1.769m,2081,Jan 2019,,",
        "care,moves,,34,up,,,,",
        "care,waiting,,4 weeks,6,,,,",
    )
    assert found.problems == []
    recruited, recouped, moves, waiting = found.measures
    assert (recruited.actual, recruited.target, recruited.forecast) == (Decimal("15.1"), Decimal(50), None)
    assert (recruited.as_of, recruited.state, recruited.note) == (date(2019, 1, 31), FigureState.PROVISIONAL, "a note")
    assert recruited.where == "line 2"
    assert (recouped.actual, recouped.target, recouped.forecast) == (pounds(1734), pounds(1769), pounds(2081))
    assert recouped.as_of == date(2019, 1, 31)
    assert (moves.actual, moves.target) == (Decimal(34), TargetWord.UP)
    assert (waiting.actual, waiting.target) == (Decimal(4), Decimal(6))


def test_a_blank_is_not_zero_and_zero_is_not_blank() -> None:
    blank, zero = read("measures", "payments,recruited,,,,,,,", "payments,recouped,,0,,,,,").measures
    assert blank.actual is None
    assert zero.actual == 0


def test_a_figure_may_say_how_many_cases_it_rests_on() -> None:
    table, _ = read_csv("measures", "measures.csv", b"subject,measure,actual,cases\npayments,recruited,27%,11\n")
    (row,) = read_tables([table], Known(PORTFOLIO, SCHEME, "pmo")).measures
    assert (row.actual, row.cases) == (Decimal(27), Decimal(11))


def test_off_target_is_said_in_place_of_a_figure_and_not_beside_one() -> None:
    (alone,) = read("measures", "payments,recruited,,,,,,off target,").measures
    assert (alone.actual, alone.state) == (None, FigureState.OFF_TARGET)
    beside = read("measures", "payments,recruited,,15%,50%,,,off target,")
    assert (beside.measures[0].actual, beside.measures[0].state) == (Decimal(15), None)
    (problem,) = beside.problems
    assert str(problem) == (
        "measures.csv, line 2, column state: `off target` is said in place of a figure, and there is one; "
        "leave the state blank: the figure and its target say it"
    )


@pytest.mark.parametrize(
    ("table", "line", "unread"),
    [
        (
            "measures",
            "payments,recruited,,about 15,50%,?,soon,firm,slow month",
            {"actual", "forecast", "as_of", "state"},
        ),
        ("measures", "payments,recruited,,15%,circa 50,,,,", {"target"}),
        ("measures", "payments,recruited,,15%,,,,,", set()),
        ("savings", "payments,previous years,500,,,£211k approx,,,", {"at_risk"}),
        ("savings", "payments,2018/19,500,n/a,tbc,,some,guessed,", {"delivered", "forecast", "alternative", "state"}),
        ("savings", "payments,2018/19,500,,,,,,", set()),
        ("milestones", "payments,Rollout,31/12/2018,end of June,yes,delayed,by hand,", {"forecast", "done", "state"}),
    ],
)
def test_a_row_says_in_which_columns_something_could_not_be_read(table: str, line: str, unread: set[str]) -> None:
    found = read(table, line)
    found_unread = [row.unread for row in found.measures]
    found_unread += [row.unread for row in found.savings]
    found_unread += [row.unread for row in found.milestones]
    assert found_unread == [unread]
    assert len(found.problems) == len(unread)


def test_the_same_unread_columns_are_always_written_alike() -> None:
    [row] = read("milestones", "payments,Rollout,soon,end of June,yes,delayed,by hand,").milestones
    assert row.model_dump(mode="json")["unread"] == ["done", "forecast", "planned", "state"]
    assert type(row).model_validate_json(row.model_dump_json()) == row


def test_an_unreadable_cell_is_blank_and_marks_its_subject_and_the_rest_of_the_row_is_kept() -> None:
    found = read("measures", "payments,recruited,,about 15,50%,,soon,firm,slow month")
    [row] = found.measures
    assert (row.actual, row.target, row.as_of, row.state, row.note) == (None, Decimal(50), None, None, "slow month")
    assert [problem.subject for problem in found.problems] == ["payments"] * 3
    assert [str(problem) for problem in found.problems] == [
        "measures.csv, line 2, column actual: 'about 15' is not exact; write the figure alone and the rest as a note",
        (
            "measures.csv, line 2, column as_of: `soon` is not a date; write a day as 31/10/2019 or 2019-10-31, "
            "a month as October 2019 or 2019-10"
        ),
        (
            "measures.csv, line 2, column state: `firm` is not understood here; write `provisional`, `under review`, "
            "`not due`, `not captured`, `partial`, `unquantified`, `unsecured` or `off target`"
        ),
    ]


@pytest.mark.parametrize("subject", ["payments", "PAYMENTS", " Direct  Payments ", "direct payments", "\u0440ayments"])
def test_a_subject_is_known_by_its_ref_or_title_however_it_is_typed(subject: str) -> None:
    [row] = read("measures", f"{subject},recruited,,1%,,,,,").measures
    assert row.subject == "payments"


def test_a_measure_is_known_by_its_id_or_title() -> None:
    [row] = read("measures", "payments,Assistants  Recruited,,1%,,,,,").measures
    assert row.measure == "recruited"


def test_an_unknown_subject_or_measure_is_a_problem_that_says_what_was_probably_meant() -> None:
    found = read(
        "measures",
        "payment,recruited,,1%,,,,,",
        "payments,recruitd,,1%,,,,,",
        "payments,moves,,1,,,,,",
        "cross,moves,,1,,,,,",
    )
    assert found.measures == []
    assert [(problem.where, problem.what, problem.cure, problem.subject) for problem in found.problems] == [
        ("line 2, column subject", "`payment` is no subject of this portfolio", "did you mean `payments`?", None),
        ("line 3, column measure", "`recruitd` is no measure of payments", "did you mean `recruited`?", "payments"),
        ("line 4, column measure", "`moves` is no measure of payments", "write `recruited` or `recouped`", "payments"),
        (
            "line 5, column measure",
            "`moves` is no measure of cross",
            "it has no measures in the configuration",
            "cross",
        ),
    ]


def test_a_title_that_two_subjects_share_names_neither() -> None:
    project = PORTFOLIO.programmes[0].projects[0]
    twin = project.model_copy(update={"ref": "payments_two"})
    portfolio = portfolio_with(projects=(twin,))
    found = read(
        "measures", "Direct Payments,recruited,,1%,,,,,", "payments_two,recruited,,2%,,,,,", portfolio=portfolio
    )
    assert [row.subject for row in found.measures] == ["payments_two"]
    assert [problem.cure for problem in found.problems] == ["more than one goes by that name: write its id"]


def test_declared_parts_are_the_only_ones() -> None:
    found = read("measures", "care,used,south,95%,,,,,", "care,used,,90%,,,,,", "care,used,East,95%,,,,,")
    assert [(row.part, row.actual) for row in found.measures] == [("South", Decimal(95)), (None, Decimal(90))]
    assert [str(problem) for problem in found.problems] == [
        "measures.csv, line 4, column part: `East` is no part of used; write `South`, `Mid` or `North`"
    ]


def test_numbers_and_money_may_have_parts_of_any_name_but_a_percentage_may_not() -> None:
    found = read(
        "measures", "care,moves, Nursing ,3,,,,,", "payments,recouped,65+,3,,,,,", "payments,recruited,North,3%,,,,,"
    )
    assert [(row.measure, row.part) for row in found.measures] == [("moves", "Nursing"), ("recouped", "65+")]
    assert "recruited has no parts" in str(found.problems[0])


def test_a_row_given_twice_is_used_in_neither_place() -> None:
    found = read(
        "measures",
        "payments,recruited,,15%,,,,,",
        "Direct Payments,Recruited,,16%,,,,,",
        "care,moves,Nursing,1,,,,,",
        "care,moves,nursing,2,,,,,",
        "care,moves,,3,,,,,",
    )
    assert [(row.measure, row.part) for row in found.measures] == [("moves", None)]
    assert [problem.subject for problem in found.problems] == ["payments", "care"]
    assert "(line 2 and line 3), so none of them was used" in found.problems[0].what


def test_a_row_without_a_subject_is_a_problem_and_a_blank_row_is_not() -> None:
    assert problems("measures", ",recruited,,1%,,,,,", ",,,,,,,,", "") == [
        "measures.csv, line 2, column subject: there is no subject, so the row was not used; fill it in"
    ]


# ---- savings


def test_savings_are_in_thousands_of_pounds_by_financial_year() -> None:
    found = read(
        "savings",
        "payments,2018/19,1280,1489.832,1608.787,-328.787,,,",
        "payments,19/20,£1.2m,,,(8),22,unsecured,part way",
        "payments,Previous Years,,,,180,,,",
        "payments,ALL,,,,-512,,,",
    )
    assert found.problems == []
    first, second, previous, control = found.savings
    assert (first.target, first.delivered, first.forecast, first.at_risk) == (
        pounds(1280),
        pounds("1489.832"),
        pounds("1608.787"),
        pounds("-328.787"),
    )
    assert (second.year, second.target, second.at_risk, second.alternative) == (
        "2019/20",
        pounds(1200),
        pounds(-8),
        pounds(22),
    )
    assert (second.state, second.note) == (FigureState.UNSECURED, "part way")
    assert (previous.year, previous.at_risk, previous.target) == ("previous years", pounds(180), None)
    assert (control.year, control.at_risk) == ("all", pounds(-512))


def test_a_target_with_nothing_at_risk_written_stays_blank_here() -> None:
    assert read("savings", "payments,2018/19,507,,,,,,").savings[0].at_risk is None


def test_two_savings_rows_for_one_year_are_both_kept_since_they_add_up() -> None:
    found = read("savings", "payments,2018/19,,1,,,,,", "payments,2018/19,,2,,,,,")
    assert [row.delivered for row in found.savings] == [1_000, 2_000]
    assert found.problems == []


def test_a_year_that_is_none_is_a_problem_and_its_row_is_not_used() -> None:
    found = read("savings", "payments,2018/20,1,,,,,,", "payments,last year,1,,,,,,", "payments,,1,,,,,,")
    assert found.savings == []
    assert [problem.where for problem in found.problems] == [f"line {line}, column year" for line in (2, 3, 4)]
    assert "2018/19" in found.problems[0].cure


def test_years_that_begin_in_january_are_calendar_years() -> None:
    portfolio = portfolio_with(year_starts="January")
    assert read("savings", "payments,2019,1,,,,,,", portfolio=portfolio).savings[0].year == "2019"


# ---- milestones


def test_a_milestone_has_days_a_state_and_what_works_meanwhile() -> None:
    [row] = read("milestones", "payments,Calculator  built,2019-03,31/03/2019,,Slipped,done by hand,").milestones
    assert (row.milestone, row.planned, row.forecast, row.done) == (
        "Calculator built", date(2019, 3, 31), date(2019, 3, 31), None,
    )  # fmt: skip
    assert (row.state, row.workaround) == (MilestoneState.SLIPPED, "done by hand")


def test_a_milestone_given_twice_is_used_in_neither_place() -> None:
    found = read(
        "milestones",
        "payments,Calculator built,,,,,,",
        "payments,calculator  BUILT,,,,slipped,,",
        "care,Calculator built,,,,,,",
    )
    assert [row.subject for row in found.milestones] == ["care"]
    assert len(found.problems) == 1


# ---- judgements


@pytest.mark.parametrize(
    "written", ["On Target", "on target", "OT", "ot", "On Track", "on_target", "\u041e\u0422", "\u039f\u03a4"]
)
def test_a_status_is_known_by_name_code_id_or_alias_in_any_alphabet(written: str) -> None:
    [row] = read("judgements", f"payments,override,{written},Left as it was,,,").judgements
    assert row.status == "on_target"


def test_a_judgement_says_who_and_until_when() -> None:
    first, second, third, fourth = read(
        "judgements",
        "payments,override,OT,Reset next month,PMO analyst,,2019-02",
        "care,floor,EO,A decision is awaited,,2019-01,milestone  Closure schedule  confirmed",
        "cross,declared,AR,It feels worse,,15/01/2019,31/03/2019",
        "lives,declared,OT,All is well,,,",
    ).judgements
    assert (first.kind, first.by, first.from_, first.until) == (
        JudgementKind.OVERRIDE,
        "PMO analyst",
        None,
        date(2019, 2, 28),
    )
    assert (second.by, second.from_, second.until) == ("PMO", date(2019, 1, 1), None)
    assert second.until_milestone == "Closure schedule confirmed"
    assert (third.from_, third.until) == (date(2019, 1, 15), date(2019, 3, 31))
    assert (fourth.until, fourth.until_milestone) == (None, None)


@pytest.mark.parametrize("kind", ["floor", "override", "OVERRIDE"])
def test_only_the_pmo_enters_floors_and_overrides(kind: str) -> None:
    found = read("judgements", f"payments,{kind},OT,I say so,pmo,,", submitter="owners")
    assert found.judgements == []
    [problem] = found.problems
    assert problem.where == "line 2, column kind"
    assert problem.what == f"only the PMO enters {kind.lower()}s, so the row was not used"
    assert problem.cure == "ask the PMO, or write declared"
    assert read("judgements", f"payments,{kind},OT,I say so,,,", submitter="PMO").judgements
    assert read("judgements", "payments,declared,OT,I say so,,,", submitter="owners").judgements[0].by == "owners"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("payments,override,OT,,,,", "column reason: there is no reason, so the row was not used"),
        ("payments,overide,OT,So,,,", "column kind: `overide` is no kind of judgement; did you mean `override`?"),
        ("payments,override,Fine,So,,,", "column status: `Fine` is no status of the scheme"),
        ("payments,override,Closed,So,,,", "column status: Closed follows from the lifecycle, so the row was not used"),
        ("payments,override,OT,So,,soon,", "column from: `soon` is not a date"),
        ("payments,override,OT,So,,2019-03,2019-02", "column until: it ends before it begins, so the row was not used"),
    ],
)  # fmt: skip
def test_a_judgement_in_doubt_is_not_used(line: str, says: str) -> None:
    found = read("judgements", line)
    assert found.judgements == []
    assert [problem.subject for problem in found.problems] == ["payments"]
    assert says in str(found.problems[0])


def test_a_judgement_whose_end_cannot_be_read_holds_for_its_period_only() -> None:
    found = read("judgements", "payments,override,OT,So,,,end of February")
    assert [(row.until, row.until_milestone) for row in found.judgements] == [(None, None)]
    assert [problem.where for problem in found.problems] == ["line 2, column until"]


# ---- explanations


def test_an_explanation_has_a_reason_and_perhaps_a_day_of_recovery() -> None:
    found = read(
        "explanations", "payments,recruited,Hard to find people,2019-02", "care,moves,,2019-02", "care,used,Ward shut,"
    )
    assert [(row.measure, row.recovery_by) for row in found.explanations] == [
        ("recruited", date(2019, 2, 28)),
        ("used", None),
    ]
    assert [problem.where for problem in found.problems] == ["line 3, column reason"]
