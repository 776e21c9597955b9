"""What `check` finds in rules that can be used but hardly say what was meant."""

import pytest

from engine.model.problems import Severity
from engine.model.workspace import Portfolio, Project
from engine.rulebook.asked import never_asked, unjudged
from engine.rulebook.checks import check_rulebook
from engine.rulebook.known import known_of
from engine.rulebook.pointless import pointless_slips
from engine.rulebook.solver import Budget
from tests.rulebook.office import PORTFOLIO, SCHEME, rulebook

TEST = "tests: [{given: {}, expect: unknown}]"
ENDED = "give it one, or end the rule with `until:`"


def found(text: str) -> list[str]:
    return [
        f"{fault.severity.value} {fault.line}: {fault.what}; {fault.cure}"
        for fault in check_rulebook(rulebook(text), PORTFOLIO, SCHEME)
    ]


def rules(*lines: str) -> str:
    """Rules of one line each, without `id`, `title` and tests."""
    return "rules:\n" + "".join(f"  - {{id: r{i}, title: R, {line}, {TEST}}}\n" for i, line in enumerate(lines, 1))


def ladder(bands: str) -> str:
    return rules(f"measure: recruitment, bands: {{{bands}}}")


def test_a_rulebook_without_fault_is_left_alone() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: £5k}]}}\n"
    assert found(text + rules("for: projects, when: savings.at_risk > limit, status: at_risk")) == []


def test_a_rule_without_a_test_is_pointed_out() -> None:
    assert found("rules:\n  - {id: r1, title: R, for: projects, when: delays > 5, status: at_risk}\n") == [
        (
            "warning 3: the rule `r1` has no test; "
            "add `tests:` with a case on each side, such as {given: {…}, expect: fires}"
        )
    ]


def test_a_threshold_that_nothing_uses_is_pointed_out() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    assert found(text) == ["warning 2: no rule uses the threshold `limit`; use it, or take it out"]
    because = 'for: projects, when: delays > 5, status: at_risk, because: "more than {limit}"'
    assert found(text + rules(because)) == []


@pytest.mark.parametrize(
    ("values", "gap", "cure"),
    [
        ("{from: 2019-02, value: 5}", "from January 2019 until February 2019", "give it one from then"),
        ("{from: 2019-01-15, value: 5}", None, ""),
        ("{from: 2018-04, value: 5}, {from: 2019-01, value: not set}", "from January 2019 on", ENDED),
        ("{from: 2018-04, value: 5}, {from: 2019-06-30, value: not set}", "from June 2019 on", ENDED),
        (
            "{from: 2018-04, value: 5}, {from: 2019-06, value: not set}, {from: 2019-08, value: 6}",
            "from June 2019 until August 2019",
            ENDED,
        ),
        # before the portfolio starts, and between two days of one month, nothing is judged
        ("{from: 2018-04, value: not set}, {from: 2019-01, value: 5}", None, ""),
        ("{from: 2018-04, value: 5}, {from: 2019-06-03, value: not set}, {from: 2019-06-20, value: 6}", None, ""),
    ],
)
def test_a_threshold_without_a_value_while_a_rule_needs_it_is_pointed_out(
    values: str, gap: str | None, cure: str
) -> None:
    text = f"thresholds: {{limit: {{title: T, unit: number, values: [{values}]}}}}\n"
    said = f"warning 2: the threshold `limit` has no value {gap}, and the rule `r1` needs it; {cure}"
    assert found(text + rules("for: projects, when: delays > limit, status: at_risk")) == ([said] if gap else [])


def test_a_threshold_that_never_had_a_value_and_says_why_is_left_alone() -> None:
    text = (
        "thresholds: {limit: {title: T, unit: number, values: [{from: 2018-04, value: not set, why: nobody agreed}]}}\n"
    )
    rule = rules("for: projects, when: delays > limit, status: at_risk")
    assert found(text + rule) == []
    assert len(found(text.replace(", why: nobody agreed", "") + rule)) == 1


def test_a_threshold_needs_no_value_while_its_rule_does_not_hold() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2019-03, value: 5}, {from: 2019-07, value: not set}]}}\n"
    held = "for: projects, when: delays > limit, status: at_risk, from: 2019-03, until: 2019-06"
    assert found(text + rules(held)) == []
    assert len(found(text + rules(held.replace("2019-06", "2019-07")))) == 1


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("5 > 3", "`5 > 3` always holds"),
        ("50% > 60%", "`50% > 60%` never holds"),
        ("delays > 1 and 2 * 3 = 7", "`2 * 3 = 7` never holds"),
        ("delays <= delays", "`delays <= delays` always holds"),
        ("income.target > income.target", "`income.target > income.target` never holds"),
    ],
)
def test_a_comparison_that_no_figure_decides_is_an_error(when: str, said: str) -> None:
    (fault,) = check_rulebook(rulebook(rules(f"for: projects, when: {when}, status: at_risk")), PORTFOLIO, SCHEME)
    assert (fault.severity, fault.what) == (Severity.ERROR, f"{said}, whatever is returned")


def test_thresholds_may_be_compared_with_numbers_for_they_move() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    assert found(text + rules("for: projects, when: delays > limit and limit > 3, status: at_risk")) == []


@pytest.mark.parametrize(
    ("bands", "never"),
    [
        ("on_target: at least 80%, obstacles: at least 90%, at_risk: otherwise", ("obstacles", "on_target")),
        (
            "on_target: at least 95% of target, obstacles: above 95% of target, at_risk: otherwise",
            ("obstacles", "on_target"),
        ),
        (
            "on_target: at least 80%, obstacles: above 90%, at_risk: at least 85%, compromised: otherwise",
            ("obstacles", "on_target"),
        ),
        ("compromised: below 60%, at_risk: at most 50%, on_target: otherwise", ("at_risk", "compromised")),
    ],
)
def test_a_band_that_an_earlier_one_takes_whole_is_never_reached(bands: str, never: tuple[str, str]) -> None:
    band, taker = never
    assert (
        f"warning 3: the band `{band}` is never reached: `{taker}` before it takes all of it" in found(ladder(bands))[0]
    )


@pytest.mark.parametrize(
    "bands",
    [
        "on_target: at least 95% of target, obstacles: at least 60%, at_risk: otherwise",
        "on_target: at least 95%, obstacles: at least 60%, at_risk: otherwise",
        "on_target: within 5% of target, obstacles: within 10% of target, at_risk: otherwise",
        "compromised: below 50%, at_risk: below 60%, on_target: otherwise",
        "on_target: above 60%, obstacles: at least 60%, at_risk: otherwise",
    ],
)
def test_bands_that_can_be_reached_are_left_alone(bands: str) -> None:
    assert found(ladder(bands)) == []


def test_bands_out_of_the_order_of_the_scheme_are_pointed_out() -> None:
    assert found(ladder("on_target: at least 90%, at_risk: at least 50%, obstacles: otherwise")) == [
        (
            "warning 3: the bands of `r1` go neither from best to worst nor from worst to best; "
            "put them in the order of the scheme"
        )
    ]


@pytest.mark.parametrize(
    ("one", "other", "pointless"),
    [
        ("for: projects, when: delays > 5, status: at_risk", "for: projects, when: delays > 7, status: at_risk", "r2"),
        (
            "for: projects, when: delays > 7, status: obstacles",
            "for: projects, when: delays >= 7, status: at_risk",
            "r1",
        ),
        ("for: projects, when: 5 < delays, status: at_risk", "for: projects, when: delays > 5, status: at_risk", "r2"),
        (
            "for: projects, when: delays > 7, status: at_risk",
            "for: projects, when: delays > 5, status: obstacles",
            None,
        ),
        (
            "for: projects, when: delays > 7, status: at_risk",
            "for: programmes, when: delays > 5, status: at_risk",
            None,
        ),
        ("for: projects, when: delays < 7, status: at_risk", "for: projects, when: delays > 5, status: at_risk", None),
        ("for: projects, when: delays > 5, as: remark", "for: projects, when: delays > 7, status: at_risk", None),
        (
            "for: projects, when: delays > 5, status: at_risk, until: 2019-03",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        (
            "for: projects, when: income < 90% of target, status: at_risk",
            "for: projects, when: income < 80% of target, status: at_risk",
            "r2",
        ),
        (
            "for: projects, when: income < £90, status: at_risk",
            "for: projects, when: income < 80% of target, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5 or income < £3, status: at_risk",
            "for: projects, when: delays > 7 and income < £9, status: at_risk",
            "r2",
        ),
        # the other asks for a figure that may be unknown, or for savings that may not be expected
        (
            "for: projects, when: delays > 5 and income < £3, status: at_risk",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5 or savings.at_risk > £0, status: at_risk",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        # a ladder says it too, and a rule for every measure what one for one measure does
        (
            "measure: recruitment, bands: {on_target: at least 90%, obstacles: at least 60%, at_risk: otherwise}",
            "measure: recruitment, when: actual < 70%, status: obstacles",
            "r2",
        ),
        (
            "measure: recruitment, bands: {on_target: at least 90%, obstacles: at least 60%, at_risk: otherwise}",
            "measure: recruitment, when: actual < 70%, status: at_risk",
            None,
        ),
        (
            "measure: recruitment, bands: {at_risk: below 60%, obstacles: below 90%, on_target: otherwise}",
            "measure: recruitment, when: actual < 50%, status: at_risk",
            "r2",
        ),
        # without a target the ladder says nothing
        (
            "measure: recruitment, bands: {on_target: at least 90%, obstacles: at least target, at_risk: otherwise}",
            "measure: recruitment, when: actual < 70%, status: obstacles",
            None,
        ),
        (
            "for: measures, when: shortfall > 10%, status: at_risk",
            "measure: recruitment, when: shortfall > 30%, status: at_risk",
            "r2",
        ),
        (
            "measure: recruitment, when: shortfall > 10%, status: at_risk",
            "for: measures, when: shortfall > 30%, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, only: [direct, stay]",
            "for: projects, when: delays > 7, status: at_risk, only: direct",
            "r2",
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, required: no",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        # and is asked wherever and whenever it is
        (
            "for: projects, when: delays > 5, status: at_risk, only: [direct]",
            "for: projects, when: delays > 7, status: at_risk, only: [direct]",
            "r2",
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, only: [direct, stay]",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, from: 2019-03",
            "for: projects, when: delays > 7, status: at_risk, from: 2019-03",
            "r2",
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, from: 2019-05",
            "for: projects, when: delays > 7, status: at_risk, from: 2019-03",
            None,
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, from: 2019-03",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5, status: at_risk, until: 2019-06",
            "for: projects, when: delays > 7, status: at_risk, until: 2019-06",
            "r2",
        ),
        (
            "for: measures, only: [recruitment], when: shortfall > 10%, status: at_risk",
            "measure: recruitment, when: shortfall > 30%, status: at_risk",
            "r2",
        ),
        (
            "for: measures, only: [income], when: shortfall > 10%, status: at_risk",
            "measure: recruitment, when: shortfall > 30%, status: at_risk",
            None,
        ),
        # what clears it may hold it where the other is quiet
        (
            "for: projects, when: delays > 5, status: at_risk",
            "for: projects, when: delays > 7, clears: delays < 3, status: at_risk",
            None,
        ),
        (
            "for: projects, when: delays > 5, clears: delays < 3, status: at_risk",
            "for: projects, when: delays > 7, status: at_risk",
            "r2",
        ),
    ],
)
def test_a_rule_that_another_makes_pointless_is_pointed_out(one: str, other: str, pointless: str | None) -> None:
    said = [line for line in found(rules(one, other)) if "is asked of nothing" not in line]
    assert [line.split("`")[1] for line in said] == ([pointless] if pointless else [])
    assert all("says nothing that" in line for line in said)


def test_a_rule_is_pointless_only_if_it_is_so_at_all_times() -> None:
    wider, narrower = (
        "for: projects, when: delays > limit, status: at_risk",
        "for: projects, when: delays > 7, status: at_risk",
    )
    for later, says in (("6", ["r2"]), ("9", [])):
        values = f"{{from: 2018-04, value: 5}}, {{from: 2019-06, value: {later}}}"
        text = f"thresholds: {{limit: {{title: T, values: [{values}]}}}}\n"
        assert [line.split("`")[1] for line in found(text + rules(wider, narrower))] == says
        of_income = (f"for: projects, when: income > £{n}, status: at_risk" for n in (9, 7))  # at no time another
        said = [line.split("`")[1] for line in found(text + rules(*of_income, wider, narrower))]
        assert said == ["r1", *(["r4"] if says else [])]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("for: programmes, when: delays > 5", "no programme that it is for carries `delays`"),
        ("for: projects, only: [stay], when: delays > 5", "no project that it is for carries `delays`"),
        ("for: projects, when: projects.count > 5", "no project has projects below it"),
        (
            "measure: delays, only: [stay], when: shortfall > 5%",
            "no portfolio, programme or project that it is for carries `delays`",
        ),
        (
            "for: [measures, programmes], when: shortfall > 5%",
            "no programme that it is for carries a measure with `better`",
        ),
        (
            "for: projects, only: [stay], when: delays > 5 and recruitment < 5%",
            "no project that it is for carries `recruitment` and `delays` together",
        ),
        ("for: projects, only: [stay], when: measures.missing > 0", "no project that it is for carries a measure"),
        ("for: projects, when: delays > 5, until: 2018-12", None),
    ],
)
def test_a_rule_that_is_asked_of_nothing_is_pointed_out(rule: str, why: str | None) -> None:
    (said,) = found(rules(f"{rule}, status: at_risk"))
    expected = f"is asked of nothing: {why}" if why else "holds in no period since the portfolio starts (2019-01)"
    assert said.startswith(f"warning 3: the rule `r1` {expected}; ")


@pytest.mark.parametrize(
    "rule",
    [
        "for: [programmes, projects], when: delays > 5, status: at_risk",
        "for: portfolio, when: projects.count > 5 and programmes.count > 1, status: at_risk",
        "for: programmes, when: projects.count > 5 and savings.at_risk > £0, status: at_risk",
        "for: projects, when: measures.missing > 0, as: problem",
        "measure: delays, only: [direct], when: shortfall > 5%, status: at_risk",
        "for: projects, when: delays > 5, status: at_risk, from: 2018-01, until: 2019-01",
    ],
)
def test_a_rule_that_is_asked_of_something_is_left_alone(rule: str) -> None:
    assert found(rules(rule)) == []


def test_what_nobody_has_or_has_no_direction_is_asked_of_nothing() -> None:
    def why(rule: str, portfolio: Portfolio) -> list[str]:
        return [slip.what.partition(": ")[2] for slip in never_asked(rulebook(rules(rule)).rules[0], portfolio)]

    stay = (Project(ref="stay", title="Stay at home"),)
    flat = Portfolio(portfolio="flat", title="Flat", scheme="ladder", starts="2019-01", projects=stay)
    assert why("for: programmes, when: savings.at_risk > £0, as: remark", flat) == ["there is no programme"]
    only_shown = PORTFOLIO.measures["delays"].model_copy(update={"better": None})
    shown = PORTFOLIO.model_copy(update={"measures": {**PORTFOLIO.measures, "delays": only_shown}})
    colours = "`delays` has no `better`, so that it is never coloured"
    assert why("measure: delays, when: actual > 5, status: at_risk", shown) == [colours]
    assert why("measure: delays, when: actual > 5, as: remark", shown) == []


@pytest.mark.parametrize(
    ("rule", "judged"),
    [
        ("for: projects, when: delays > 5, as: remark", False),
        ("for: projects, when: recruitment < 5%, as: remark", True),
        ('for: projects, when: delays > 5, as: remark, because: "{recruitment.target} was agreed"', True),
        ("for: projects, when: measures.missing > 0, as: remark", True),  # counts ask about all
        ("for: measures, when: shortfall > 5%, as: remark", True),
        ("for: measures, only: [income], when: shortfall > 5%, as: remark", False),
        ("measure: recruitment, when: actual < 5%, as: remark", True),
    ],
)
def test_a_measure_with_a_target_that_no_rule_asks_about_is_found(rule: str, judged: bool) -> None:
    assert unjudged(rulebook(rules(rule)), PORTFOLIO) == ([] if judged else ["recruitment"])


def test_a_measure_without_direction_or_that_another_is_made_of_need_not_be_judged() -> None:
    of_delays = rulebook(rules("for: projects, when: delays > 5, as: remark"))
    recruitment = PORTFOLIO.measures["recruitment"]
    made_of = recruitment.model_copy(update={"equals": "100% - recruitment"})
    for one in ({"recruitment": recruitment.model_copy(update={"better": None})}, {"vacancies": made_of}):
        other = PORTFOLIO.model_copy(update={"measures": {**PORTFOLIO.measures, **one}})
        assert unjudged(of_delays, other) == []


def test_faults_come_in_the_order_of_the_file() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    lines = found(text + "rules:\n  - {id: a, title: A, for: projects, when: 5 > 3, as: remark}\n")
    assert [line.partition(":")[0] for line in lines] == ["warning 2", "warning 4", "error 4"]


def test_a_band_that_can_never_hold_is_no_matter_of_those_before_it() -> None:
    assert found(ladder("on_target: above actual + 5%, at_risk: otherwise")) == [
        (
            "warning 3: the band `on_target` is never reached: it can never hold; "
            "change their bounds, or their order"
        )
    ]  # fmt: skip


def test_the_last_band_before_one_that_is_left_nothing_takes_the_rest() -> None:
    bands = "on_target: at least 90%, obstacles: below 95%, at_risk: below 50%, compromised: otherwise"
    assert found(ladder(bands))[1] == (
        "warning 3: the band `compromised` is never reached: the bands before it take all of it; "
        "write `at_risk: otherwise`, and leave this one out"
    )


MANY = " or ".join(f"delays < {n}" for n in range(10, 26))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("milestones.count < 0", "the rule `r1` can never fire"),
        ("milestones.count < 0 and delays > 5", "the rule `r1` can never fire: `milestones.count < 0` never holds"),
        (
            "delays > high and delays < low",
            (
                "the rule `r1` can never fire: `delays > high` and `delays < low` can't both be true, "
                "with `high` at 5, `low` at 3"
            ),
        ),
        (
            f"delays > 99 and ({MANY})",
            f"the rule `r1` can never fire: `delays > 99` and `{MANY[:199]}…` can't both be true",
        ),
        ("income > £1 and (delays > 5 or (delays < 3 and delays > 4))", "`delays < 3 and delays > 4` never holds"),
        ("income > £1 and (delays > 3 or delays < 5)", "`delays > 3 or delays < 5` holds wherever it is known"),
        ("delays > 9, clears: delays < 3 or milestones.count < 0", "`milestones.count < 0` never holds"),
    ],
)  # fmt: skip
def test_what_no_figure_changes_is_named_as_far_as_it_is_simple(rule: str, said: str) -> None:
    text = "thresholds:\n" + "".join(
        f"  {name}: {{title: T, values: [{{from: 2018-04, value: {value}}}]}}\n"
        for name, value in (("high", 5), ("low", 3))
    )
    lines = [
        one for one in found(text + rules(f"for: projects, when: {rule}, status: at_risk")) if "no rule" not in one
    ]
    assert [line.partition(": ")[2].rpartition("; ")[0] for line in lines] == [said]


@pytest.mark.parametrize("switch", ["1", "0"])
def test_a_rule_that_a_threshold_switches_off_is_left_alone(switch: str) -> None:
    text = f"thresholds: {{switch: {{title: T, values: [{{from: 2018-04, value: {switch}}}]}}}}\n"
    assert len(found(text + rules("for: projects, when: switch = 1 and delays > 5, status: at_risk"))) == 0
    nonsense = "for: projects, when: switch = 1 and delays > 5 and delays < 3, status: at_risk"
    assert len(found(text + rules(nonsense))) == (switch == "1")


@pytest.mark.parametrize(
    ("action", "pointless"), [("", True), (", action: Say why", True), (", action: Ring us", False)]
)
def test_a_rule_that_asks_something_of_its_own_is_not_pointless(action: str, pointless: bool) -> None:
    wider = "for: projects, when: delays > 5, status: at_risk, action: Say why"
    narrower = f"for: projects, when: delays > 9, status: at_risk{action}"
    what = "the rule `r2` says nothing that `r1` does not say already"
    assert any(what in one for one in found(rules(wider, narrower))) is pointless


@pytest.mark.parametrize(
    ("when", "clears", "says"),
    [
        ("delays > 5", "delays < 3", None),
        ("delays > 5", "(delays <= 5) for 2 periods", None),
        ("delays > 5", "income > £3k", None),
        ("delays > 5 and income < £3k", "delays < 7", None),  # it fires on 6, and is cleared on 6 with enough income
        ("delays > 5", "delays > 3", "is true already wherever the rule `r1` fires"),
        ("delays > 5", "delays > 5 or income > £3k", "is true already wherever the rule `r1` fires"),
        ("delays > 5 and income < £3k", "delays > 4", "is true already wherever the rule `r1` fires"),
        ("delays > 5", "delays > 9", "is true only where `when` is, so that the rule `r1` stands for ever"),
        ("delays > 5", "delays > 7 and delays < 3", "can never be true, so that the rule `r1` stands for ever"),
        ("delays > 5", "delays < 9", "asks for nothing more than that `when` is no longer true"),
    ],
)
def test_what_clears_a_rule_the_wrong_way_round_is_pointed_out(when: str, clears: str, says: str | None) -> None:
    lines = found(rules(f"for: projects, when: {when}, clears: {clears}, status: at_risk"))
    assert [f"`clears` {says}" in line for line in lines] == ([True] if says else [])


def test_clears_that_came_to_be_wrong_with_a_threshold_says_from_when_on() -> None:
    values = "{from: 2018-04, value: 3}, {from: 2019-06, value: 9}"
    text = f"thresholds: {{limit: {{title: T, values: [{values}]}}}}\n"
    (said,) = found(text + rules("for: projects, when: delays > 5, clears: delays > limit, status: at_risk"))
    assert "is true only where `when` is from June 2019 on" in said


def test_where_there_are_too_many_rules_to_compare_it_is_said_from_which_one_on() -> None:
    many = [f"for: projects, when: delays > {n} and income < £{n}k, status: at_risk" for n in range(20)]
    book = rulebook(rules(*many, "for: projects, when: delays > 1 and income < £1k, status: at_risk"))
    known = known_of(PORTFOLIO, SCHEME)
    enough = list(pointless_slips(book, PORTFOLIO, SCHEME, known, Budget()))
    assert [slip.code for slip in enough] == ["pointless-rule"]
    (slip,) = pointless_slips(book, PORTFOLIO, SCHEME, known, Budget(in_all=500))
    assert slip.code == "not-compared"
    assert slip.what.startswith("`r3` and the rules after it were not compared with all others")
    assert slip.at == book.rules[2].at
    assert slip.cure == "look yourself whether they say anything new"
