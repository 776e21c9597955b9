"""The plain evaluator: true, false or unknown, and what is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.inference import plain
from engine.inference.questions import Settled, Standing
from engine.model.values import Quantity, Unit
from engine.rulebook.syntax import And, Arithmetic, Condition, Fact, ForPeriods, Is, Not, Or, Share, ThresholdRef
from tests.inference.sheets import Sheet, ask, compare, ladder, number, rule, sheet

x, y = compare("x", "<", 1), compare("y", "<", 1)
below_tolerance = compare("x", "<", Share(ThresholdRef("tolerance"), Fact("x.target")))


@pytest.mark.parametrize(
    ("condition", "figures", "said", "missing"),
    [
        (x, {"x": 0}, "fires", ()),
        (x, {"x": 1}, "quiet", ()),
        (x, {}, None, ("x",)),
        (Not(x), {}, None, ("x",)),
        (And((x, y)), {"x": 0}, None, ("y",)),
        (And((x, y)), {"x": 1}, "quiet", ()),
        (And((x, y)), {}, None, ("x", "y")),
        (Or((x, y)), {"x": 0}, "fires", ()),
        (Or((x, y)), {"x": 1}, None, ("y",)),
        (Or((And((x, y)), compare("z", "<", 1))), {"y": 1}, None, ("z",)),
        (below_tolerance, {"x": 1}, None, ("tolerance", "x.target")),
        (compare("x", "<", Arithmetic("/", Fact("y"), Fact("z"))), {"x": 1, "y": 1}, None, ("z",)),
        (compare("x", "<", Arithmetic("/", Fact("y"), Fact("z"))), {"x": 1, "y": 1, "z": 0}, None, ("x", "y", "z")),
        (x, {"x": "9007199254.740993"}, None, ("x",)),
    ],
)
def test_what_is_absent_makes_unknown_only_where_it_matters(
    condition: Condition, figures: dict[str, str | int], said: str | None, missing: tuple[str, ...]
) -> None:
    verdict = plain.judge(ask(rule(condition), sheet(figures)))
    assert (verdict.outcome, verdict.missing) == (said, missing)


def test_a_blank_is_not_zero() -> None:
    assert plain.outcome(rule(compare("x", "<=", 0)), sheet({})) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [("0.9999994", "fires"), ("0.9999995", "quiet"), ("1.0000005", "quiet"), ("0.9999985", "fires")],
)
def test_both_sides_are_rounded_once_to_millionths(value: str, said: str) -> None:
    assert plain.outcome(rule(x), sheet({"x": value})) == said


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ([{"x": 0}, {"x": 0}, {"x": 0}], "fires"),
        ([{"x": 0}, {"x": 1}, {"x": 0}], "quiet"),
        ([{"x": 0}, {}, {"x": 0}], None),
        ([{"x": 0}, {"x": 0}], None),
        ([{"x": 1}], "quiet"),
    ],
)
def test_for_three_periods_needs_all_three(figures: list[dict[str, str | int]], said: str | None) -> None:
    assert plain.outcome(rule(ForPeriods(x, 3)), sheet(*figures)) == said


def test_before_the_first_return_not_even_what_is_always_so_is_known() -> None:
    always = compare(number(1), "<", 2)
    assert plain.outcome(rule(ForPeriods(always, 2)), sheet({}, {})) == "fires"
    assert plain.outcome(rule(ForPeriods(always, 2)), sheet({})) is None


def test_periods_that_were_never_returned_lack_all_that_is_named() -> None:
    verdict = plain.judge(ask(rule(ForPeriods(And((x, y)), 2)), sheet({"x": 0, "y": 0})))
    assert verdict.missing == ("x", "y")


def test_of_an_earlier_period_only_what_it_lacks_is_missing() -> None:
    verdict = plain.judge(ask(rule(ForPeriods(And((x, y)), 2)), sheet({"x": 0, "y": 0}, {"x": 0})))
    assert verdict.missing == ("y",)


def test_a_threshold_that_has_a_value_is_not_missing() -> None:
    verdict = plain.judge(ask(rule(below_tolerance), sheet({"x.target": 1}, tolerance="40")))
    assert verdict.missing == ("x",)


def test_a_word_that_cannot_be_told_is_missing_under_its_name() -> None:
    rising = rule(Is(Fact("x"), "rising"))
    told = [Sheet(words=({("x", "rising"): known},)) for known in (True, False)]
    assert [plain.outcome(rising, one) for one in told] == ["fires", "quiet"]
    assert plain.judge(ask(rising, Sheet())).missing == ("x",)


steps = ladder(("green", compare("x", ">=", 95)), ("amber", compare("x", ">=", Fact("floor"))), ("red", None))


@pytest.mark.parametrize(
    ("figures", "said", "missing"),
    [
        ({"x": 95, "floor": 60}, "green", ()),
        ({"x": 95}, "green", ()),
        ({"x": 94, "floor": 60}, "amber", ()),
        ({"x": 59, "floor": 60}, "red", ()),
        ({"x": 59}, None, ("floor",)),
        ({"floor": 60}, None, ("x",)),
    ],
)
def test_the_first_band_that_holds_is_the_one(
    figures: dict[str, str | int], said: str | None, missing: tuple[str, ...]
) -> None:
    verdict = plain.judge(ask(steps, sheet(figures)))
    assert (verdict.outcome, verdict.missing) == (said, missing)


def test_a_ladder_without_otherwise_may_say_nothing() -> None:
    assert plain.outcome(ladder(("green", compare("x", ">=", 95))), sheet({"x": 1})) == "quiet"


def test_a_verdict_shows_the_figures_that_were_named_and_known_in_this_period() -> None:
    condition = And((ForPeriods(x, 2), Or((y, below_tolerance))))
    verdict = plain.judge(ask(rule(condition), sheet({"x": 0, "y": 3, "other": 4}, {"x": 7})))
    assert verdict.evidence is not None
    assert list(verdict.evidence.items()) == [
        ("x", Quantity(Decimal(0), Unit.NUMBER)),
        ("y", Quantity(Decimal(3), Unit.NUMBER)),
    ]


def test_a_ladders_verdict_shows_the_figures_of_all_its_bands() -> None:
    verdict = plain.judge(ask(steps, sheet({"x": 95, "floor": 60}), "a_project", "a_measure"))
    assert verdict.evidence is not None
    assert set(verdict.evidence) == {"x", "floor"}
    assert (verdict.rule, verdict.place.subject, verdict.place.measure) == ("a_ladder", "a_project", "a_measure")


def test_many_made_up_rules_are_judged_without_being_mixed_up() -> None:
    for bound in range(5000):  # more than are remembered at once
        assert plain.outcome(rule(compare("x", "<", bound)), sheet({"x": bound - 1})) == "fires"


ON_TRACK = Standing(
    "a_project", outside=False, override=None, worst=None, judged=True, required_unknown=False,
    before=0, comparable=True, new=False, first_exception=2,
)  # fmt: skip


def test_a_project_without_findings_earns_the_best_status() -> None:
    assert plain.settle(ON_TRACK) == Settled(0, 0, True, "Same", False, False)


@pytest.mark.parametrize("worst", [None, 0])
@pytest.mark.parametrize(("judged", "required_unknown"), [(False, False), (True, True), (False, True)])
def test_absence_never_reads_as_good(worst: int | None, judged: bool, required_unknown: bool) -> None:
    unearned = replace(ON_TRACK, worst=worst, judged=judged, required_unknown=required_unknown)
    assert plain.settle(unearned) == Settled(None, None, False, None, False, False)


def test_an_override_leaves_what_the_rules_say_visible_beneath() -> None:
    assert plain.settle(replace(ON_TRACK, override=0, worst=3)) == Settled(0, 3, False, "Same", False, False)


def test_a_closed_project_has_no_status_no_trend_and_is_not_remediated() -> None:
    closed = replace(ON_TRACK, outside=True, override=1, worst=3, before=3)
    assert plain.settle(closed) == Settled(None, None, False, None, False, False)


def test_an_exception_that_is_one_no_more_is_remediated() -> None:
    assert plain.settle(replace(ON_TRACK, before=2, worst=1)) == Settled(1, 1, False, "Better", False, True)
    assert plain.settle(replace(ON_TRACK, before=1, worst=2)) == Settled(2, 2, False, "Worse", True, False)


def test_missing_data_is_no_remediation() -> None:
    assert plain.settle(replace(ON_TRACK, before=3, required_unknown=True)).remediated is False
