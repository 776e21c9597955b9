"""Conditions read from their text, written again, and refused with words that help."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.names import FactNames
from engine.rulebook.describe import describe, describe_number
from engine.rulebook.names import Vocabulary
from engine.rulebook.parser import read_band, read_condition, read_expression
from engine.rulebook.slips import Slip, Source
from engine.rulebook.syntax import NOWHERE, At, Comparison, Condition, Fact, Number, Share, ThresholdRef, facts_in, walk
from engine.workspace.faultbook import fault_kinds
from tests.rulebook.office import NAMES, PORTFOLIO, SCHEME, THRESHOLDS, words_of_measures, words_of_subjects
from tests.rulebook.trees import conditions, numbers

FIRST = At(7, 11)
MEASURES = Vocabulary(NAMES, THRESHOLDS, of_measures=True)  # of whatever unit
NOTHING_HERE = "there is nothing here; write a condition, such as `savings.net_at_risk > £0`"


def refused(file: str) -> list[tuple[str, int, str]]:
    """The cases of a file: a text, the column and the words of its fault."""
    cases: list[tuple[str, int, str]] = []
    written = ""
    for line in Path(__file__).with_name(file).read_text("utf-8").splitlines():
        if line.startswith("    "):
            column, _, said = line.strip().partition(": ")
            cases.append((written, int(column), said))
        elif not line.startswith("#"):
            written = line
    return cases


def of_subjects(text: str) -> tuple[Condition | None, list[Slip]]:
    return read_condition(Source(text, FIRST), words_of_subjects())


def of_measures(text: str) -> tuple[Condition | None, list[Slip]]:
    return read_condition(Source(text, FIRST), MEASURES)


def canonical(found: tuple[Condition | None, list[Slip]]) -> str:
    condition, slips = found
    assert condition is not None, slips
    return describe(condition)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("recruitment < (100% - tolerance) of target", "recruitment < (100% - tolerance) of recruitment.target"),
        ("recruitment<50%", "recruitment < 50%"),
        ("income.forecast < 90% of target", "income.forecast < 90% of income.target"),
        ("change < -tolerance of recruitment", "recruitment.change < -tolerance of recruitment"),
        ("income < actual", "income < income"),
        ("savings.at_risk > £50k", "savings.at_risk > £50k"),
        ("savings.at_risk > £1.2m", "savings.at_risk > £1.2m"),
        ("savings.at_risk > -£8k", "savings.at_risk > -£8k"),
        ("savings.at_risk > £-8k", "savings.at_risk > -£8k"),
        ("savings.at_risk > £50,000", "savings.at_risk > £50k"),
        ("savings.at_risk > 0", "savings.at_risk > 0"),
        ("0 * income > £5", "0 * income > £5"),
        ("delays > 1,200", "delays > 1200"),
        ("delays > 0.70", "delays > 0.7"),
        ("recruitment > 60 %", "recruitment > 60%"),
        ("delays.weeks_to_recovery < 1 week", "delays.weeks_to_recovery < 1 week"),
        ("income > 90% of savings.target in this year", "income > 90% of savings.target in this year"),
        ("savings.at_risk in 18-19 > £0", "savings.at_risk in 2018/19 > £0"),
        ("savings.at_risk  in  previous   years > £0", "savings.at_risk in previous years > £0"),
        ("delays > 1 and delays < 5 or delays = 9", "delays > 1 and delays < 5 or delays = 9"),
        ("delays > 1 AND (delays < 5 OR delays = 9)", "delays > 1 and (delays < 5 or delays = 9)"),
        ("not delays > 1", "not (delays > 1)"),
        ("delays * 2 + 1 > 3 - (2 - 1)", "delays * 2 + 1 > 3 - (2 - 1)"),
        ("income is missing", "income is missing"),
        ("income is not missing", "income is not missing"),
        ("income is under  review", "income is under review"),
        ("income is not due", "income is not due"),
        ("income is not not due", "income is not not due"),
        ("lifecycle is not started", "lifecycle is not started"),
        ("income.target is missing", "income.target is missing"),
        ("status.previous is at_risk", "status.previous is at_risk"),
        ("(delays > 1) for 3 periods", "(delays > 1) for 3 periods"),
        ("((delays > 1) for 3 periods) and income > £5", "(delays > 1) for 3 periods and income > £5"),
    ],
)  # fmt: skip
def test_a_condition_is_read_as_people_write_it(written: str, read: str) -> None:
    assert canonical(of_subjects(written)) == read


def test_not_due_is_a_state_and_not_the_opposite_of_one() -> None:
    condition, _ = of_subjects("income is not due")
    assert [type(node).__name__ for node in walk(condition)] == ["Is", "Fact"]  # type: ignore[arg-type]


def test_of_binds_tighter_than_plus_and_times() -> None:
    condition, _ = of_subjects("income > £1k + 2 * 10% of savings.target")
    assert describe(condition) == "income > £1k + 2 * 10% of savings.target"  # type: ignore[arg-type]
    (share,) = [node for node in walk(condition) if isinstance(node, Share)]  # type: ignore[arg-type]
    assert (describe(share.share), describe(share.whole)) == ("10%", "savings.target")


def test_status_or_worse_lists_the_statuses_of_the_scheme() -> None:
    found = read_condition(Source("status.previous is at_risk or worse", FIRST), words_of_subjects())
    assert canonical(found) == "status.previous is at_risk or status.previous is compromised"
    found = read_condition(Source("not (status.previous is compromised or worse)", FIRST), words_of_subjects())
    assert canonical(found) == "status.previous is not compromised"


def test_a_name_that_begins_with_worse_is_not_or_worse() -> None:
    _, slips = of_subjects("status.previous is at_risk or worse_things > 3")
    assert [slip.what for slip in slips] == ["there is no figure `worse_things`"]


def test_in_a_rule_for_measures_attributes_stand_alone() -> None:
    condition, slips = of_measures("shortfall > tolerance and actual is not explained")
    assert not slips
    named = [node for node in walk(condition) if isinstance(node, Fact | ThresholdRef)]  # type: ignore[arg-type]
    assert [(node.name, getattr(node, "alone", None)) for node in named] == [
        ("shortfall", True),
        ("tolerance", None),
        ("actual", True),
    ]


def test_a_rule_for_one_measure_may_call_it_by_its_name() -> None:
    vocabulary = words_of_measures(measure="recruitment")
    assert canonical(read_condition(Source("recruitment < recruitment.target", FIRST), vocabulary)) == "actual < target"


def test_a_rule_for_measures_may_name_other_figures_of_the_subject() -> None:
    text = "actual < target and savings.at_risk > £0"
    assert canonical(of_measures(text)) == text


@pytest.mark.parametrize(("written", "column", "said"), [("", 11, NOTHING_HERE), *refused("refused_conditions.txt")])
def test_what_is_wrong_is_said_with_its_place_and_its_cure(written: str, column: int, said: str) -> None:
    condition, slips = of_subjects(written)
    assert condition is None
    assert [(slip.at, f"{slip.what}; {slip.cure}") for slip in slips] == [(At(7, column), said)]
    assert slips[0].code in fault_kinds()


def test_every_unknown_name_of_a_condition_is_reported_at_once() -> None:
    _, slips = of_subjects("recruitmnt > 5% and incme > £5 or delas is missing")
    assert [slip.cure for slip in slips] == [
        "did you mean `recruitment`?",
        "did you mean `income`?",
        "did you mean `delays`?",
    ]


@pytest.mark.parametrize(
    ("style", "text", "place"),
    [
        ("", "delays > foo", At(7, 20)),
        ('"', "delays > foo", At(7, 21)),
        ("'", "delays > foo", At(7, 21)),
        ("|", "delays > 5\nand delays < foo\n", At(9, 1)),
        (">", "delays > 5 and delays < foo\n", At(8, 1)),
    ],
)
def test_the_place_of_a_fault_is_right_however_the_text_is_quoted(style: str, text: str, place: At) -> None:
    _, slips = read_condition(Source(text, FIRST, style), words_of_subjects())
    assert [slip.at for slip in slips] == [place]


def test_where_there_is_one_measure_an_attribute_alone_is_its_own() -> None:
    one = PORTFOLIO.model_copy(update={"measures": {"delays": PORTFOLIO.measures["delays"]}})
    _, slips = read_condition(Source("target < 5", FIRST), Vocabulary(FactNames(one, SCHEME)))
    assert [slip.cure for slip in slips] == ["write it in full, as `delays.target`"]
    _, slips = read_condition(Source("actual < 5", FIRST), words_of_subjects())
    assert [slip.cure for slip in slips] == ["write the name of the measure"]


def test_a_rule_for_measures_must_suit_the_unit_of_each() -> None:
    _, slips = read_condition(Source("actual < £50k", FIRST), words_of_measures())
    assert [slip.what for slip in slips] == [
        "`actual` is a percentage, `£50k` is money, where the measure is a percentage (`recruitment`)"
    ]
    assert slips[0].cure == "name the measures it is meant for with `measure:` or `only:`"
    assert canonical(read_condition(Source("actual < £50k", FIRST), words_of_measures("income"))) == "actual < £50k"
    _, slips = read_condition(Source("actual < 5%", FIRST), words_of_measures("income"))
    assert [slip.cure for slip in slips] == ["write `actual < £5k`, or `5% of target`"]
    share = "actual < 90% of target"
    assert canonical(read_condition(Source(share, FIRST), words_of_measures())) == share


def test_a_rule_for_measures_may_not_count_measures() -> None:
    _, slips = of_measures("measures.missing > 0")
    assert [slip.cure for slip in slips] == ["move the condition to a rule `for: projects`"]


# ---- limits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("delays > 5 " + "or delays > 6 " * 80, "too-complex"),
        ("(" * 31 + "delays > 5" + ")" * 31, None),  # brackets alone nest nothing
        ("not " * 40 + "delays > 5", "too-complex"),
        ("-" * 400 + "delays > 5", "too-complex"),
        ("delays > 1" + " + 1" * 200, "too-complex"),
    ],
)
def test_what_is_too_long_or_too_deep_is_refused(text: str, code: str | None) -> None:
    condition, slips = of_subjects(text)
    assert [slip.code for slip in slips] == ([code] if code else [])
    assert (condition is None) == (code is not None)


@given(st.text(max_size=80))
def test_whatever_is_written_never_raises(text: str) -> None:
    condition, slips = of_subjects(text)
    assert (condition is None) == bool(slips)


_PIECES = (
    "delays", "income", "income.target", "target", "savings.at_risk", "in this year", "in", "for 3 periods", "for",
    "and", "or", "not", "is", "of", "missing", "or worse", "(", ")", "+", "-", "*", "/", "<", ">=", "=", "5", "60%",
    "£50k", "£", "&", "4 weeks", "5 points", "1,2", "status.previous", "tolerance", "at least", "within", "otherwise",
    "\n", "'", "{",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=25))
def test_no_shuffle_of_the_words_of_rules_ever_raises(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for read in (of_subjects(text), of_measures(text)):
        assert (read[0] is None) == bool(read[1])
    band, slips = read_band(Source(text, FIRST), words_of_measures("income"))
    assert band is None or not slips
    expression, slips = read_expression(Source(text, FIRST), words_of_subjects())
    assert (expression is None) == bool(slips)


@given(conditions)
def test_a_condition_written_out_is_read_back_as_the_same_tree(condition: Condition) -> None:
    text = describe(condition)
    found, slips = of_subjects(text)
    if any(slip.code == "too-complex" for slip in slips):
        return
    assert not slips, (text, slips)
    assert _bare(found) == _bare(condition), text


@given(numbers)
def test_a_number_written_out_is_read_back_exactly(number: Number) -> None:
    text = describe_number(number.value, number.unit)
    found, slips = read_expression(Source(text, NOWHERE), words_of_subjects())
    assert not slips
    assert isinstance(found, Number)
    assert (found.value, found.unit) == (number.value, number.unit)


def _bare(node: object) -> str:
    """A tree as text, every node but no place."""
    if not hasattr(node, "__dataclass_fields__"):
        return repr(node) if not isinstance(node, tuple) else f"({', '.join(map(_bare, node))})"
    inside = ", ".join(_bare(getattr(node, name)) for name in node.__dataclass_fields__ if name != "at")
    return f"{type(node).__name__}({inside})"


# ---- bands


@pytest.mark.parametrize(
    ("band", "read"),
    [
        ("at least 95% of target", "actual >= 95% of target"),
        ("At  Least 60%", "actual >= 60%"),
        ("at most (100% - tolerance) of target", "actual <= (100% - tolerance) of target"),
        ("above tolerance", "actual > tolerance"),
        ("below previous", "actual < previous"),
        ("within 5% of target", "actual >= target - 5% of target and actual <= target + 5% of target"),
        ("within 5 points of target", "actual >= target - 5% and actual <= target + 5%"),
    ],
)
def test_a_band_holds_the_figure_against_its_bound(band: str, read: str) -> None:
    found, slips = read_band(Source(band, FIRST), words_of_measures("recruitment"))
    assert canonical((found, slips)) == read
    assert found is not None
    assert found.at == FIRST
    assert [fact.name for fact in facts_in(found) if not fact.alone] == []  # they are of the measure it is asked of


def test_otherwise_asks_for_nothing() -> None:
    assert read_band(Source("otherwise", FIRST), words_of_measures()) == (None, [])


@pytest.mark.parametrize(("band", "column", "said"), refused("refused_bands.txt"))
def test_what_is_wrong_in_a_band_is_said_too(band: str, column: int, said: str) -> None:
    condition, slips = read_band(Source(band, FIRST), words_of_measures("recruitment"))
    assert condition is None
    assert [(slip.at, f"{slip.what}; {slip.cure}") for slip in slips] == [(At(7, column), said)]
    assert slips[0].code in fault_kinds()


def test_an_expression_may_stand_alone_where_a_measure_is_worked_out() -> None:
    expression, slips = read_expression(Source("income.forecast - income", FIRST), words_of_subjects())
    assert not slips
    assert expression is not None
    assert describe(expression) == "income.forecast - income"
    assert not isinstance(expression, Comparison)


def test_an_expression_that_mixes_money_and_numbers_is_refused() -> None:
    _, slips = read_expression(Source("income - delays", FIRST), words_of_subjects())
    assert [slip.code for slip in slips] == ["wrong-unit"]
