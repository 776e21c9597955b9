"""Rule files: what they give, and every fault at once where they are wrong."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.values import Quantity, Unit
from engine.model.workspace import Level
from engine.rulebook.describe import describe
from engine.rulebook.loading import load_rulebook
from engine.rulebook.rules import LeftOut
from engine.rulebook.syntax import At
from engine.workspace.faultbook import fault_kinds
from tests.rulebook.office import PORTFOLIO, WORKSPACE, rulebook, rules_of
from tests.rulebook.scopes import quantity

GOOD = """
thresholds:
  tolerance:
    title: How far below target
    values:
      - {from: 2019-04, value: 30%, why: agreed anew, approved_by: PMO}
      - {from: 2018-04, value: 40%}
      - {from: 2020-04, value: not set}
rules:
  - id: below
    title: Recruitment is below target
    for: projects
    only: direct
    when: recruitment < (100% - tolerance) of target
    status: obstacles
    because: "{title}: {recruitment} against {recruitment.target}, {tolerance} allowed"
    action: Agree a plan
    required: no
    from: 2018-04
    until: 2020-03
    tests:
      - {given: {recruitment: 15.1%, recruitment.target: 50%}, expect: fires, on: 2019-03-31}
  - id: ladder
    title: Recruitment
    measure: recruitment
    bands:
      on_target: at least 95% of target
      obstacles: within 10% of target
      at_risk: otherwise
  - id: late
    title: Something is late
    for: [programmes, portfolio]
    when: milestones.overdue > 0
    as: remark
"""
LADDER = {"for": "-", "when": "-", "status": "-", "measure": "recruitment"}


def faults_of(text: str) -> list[str]:
    found, faults = rules_of(text)
    assert found is None
    assert {fault.code for fault in faults} <= fault_kinds().keys()
    return [f"{fault.line}:{fault.column}: {fault.what}; {fault.cure}" for fault in faults]


def rule(**keys: str) -> str:
    """A rule file of one rule, good but for what is given ("-" takes a key out)."""
    base = {"id": "one", "title": "One", "for": "projects", "when": "delays > 5", "status": "at_risk"}
    lines = [f"{key}: {value}" for key, value in (base | keys).items() if value != "-"]
    return "rules:\n  - " + "\n    ".join(lines) + "\n"


def test_a_rule_is_read_with_all_it_says() -> None:
    below = rulebook(GOOD).rules[0]
    assert below.when is not None
    assert describe(below.when) == "recruitment < (100% - tolerance) of recruitment.target"
    assert (below.levels, below.of_measures, below.only) == (frozenset({Level.PROJECT}), False, frozenset({"direct"}))
    assert (below.yields, below.status, below.required) == ("status", "obstacles", False)
    assert (below.from_, below.until) == (date(2018, 4, 1), date(2020, 3, 31))
    assert (below.file, below.at) == ("rules/lives.yaml", At(11, 5))
    (test,) = below.tests
    assert test.given == {"recruitment": quantity("15.1%"), "recruitment.target": quantity("50%")}
    assert (test.expect, test.on) == ("fires", date(2019, 3, 31))


def test_a_ladder_for_one_measure_needs_no_for() -> None:
    ladder = rulebook(GOOD).rules[1]
    assert (ladder.of_measures, ladder.measure, ladder.levels) == (True, "recruitment", frozenset(Level))
    assert [(band.status, band.when and describe(band.when)) for band in ladder.bands] == [
        ("on_target", "actual >= 95% of target"),
        ("obstacles", "actual >= target - 10% of target and actual <= target + 10% of target"),
        ("at_risk", None),
    ]


def test_a_remark_gives_no_status() -> None:
    late = rulebook(GOOD).rules[2]
    assert (late.yields, late.status, late.levels) == ("remark", None, frozenset({Level.PROGRAMME, Level.PORTFOLIO}))


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2018, 3, 31), None), (date(2018, 4, 1), "40%"), (date(2019, 12, 31), "30%"), (date(2020, 4, 1), None)],
)
def test_a_threshold_holds_from_its_day(day: date, held: str | None) -> None:
    effective = rulebook(GOOD).on(day)
    assert effective.thresholds.get("tolerance") == (quantity(held) if held else None)


def test_a_threshold_that_is_no_longer_set_has_no_latest_value() -> None:
    assert rulebook(GOOD).latest.thresholds == {}
    assert rulebook("thresholds: {pass: {title: T, unit: percent, values: []}}\n").latest.thresholds == {}


@pytest.mark.parametrize(
    ("written", "of_measures"),
    [
        ({"measure": "income", "when": "acual > 5"}, True),
        ({"for": "measures"}, True),
        ({"for": ["projects", "measures"]}, True),
        ({"for": "projects"}, False),
        ("no rule", False),
    ],
)
def test_whether_a_rule_that_is_left_out_is_for_measures_is_read_off_what_is_written(
    written: object, of_measures: bool
) -> None:
    assert LeftOut(written, At(1, 1)).of_measures is of_measures


def test_a_rule_holds_between_its_days() -> None:
    book = rulebook(GOOD)
    assert [len(book.on(day).rules) for day in (date(2018, 3, 31), date(2018, 4, 1), date(2020, 4, 1))] == [2, 3, 2]


def test_a_rule_may_hold_for_one_day() -> None:
    book = rulebook(rule(**{"from": "2019-04-01", "until": "2019-04-01"}))
    assert [len(book.on(date(2019, month, day)).rules) for month, day in ((3, 31), (4, 1), (4, 2))] == [0, 1, 0]


def test_a_threshold_without_a_value_may_say_its_unit() -> None:
    text = "thresholds:\n  pass: {title: Pass mark, unit: percent, values: [{from: 2018-04, value: not set}]}\n"
    assert rulebook(text).thresholds["pass"].unit is Unit.PERCENT
    assert rulebook(text.replace("not set", "£0").replace("percent", "money")).latest.thresholds == {
        "pass": Quantity(quantity("£0").value, Unit.MONEY)
    }


def test_rules_for_measures_of_some_levels_only() -> None:
    (one,) = rulebook(rule(**{"for": "[measures, projects]", "when": "shortfall > 40%"})).rules
    assert (one.of_measures, one.levels) == (True, frozenset({Level.PROJECT}))


def test_a_block_of_text_may_hold_a_condition() -> None:
    (one,) = rulebook(rule(when=">\n      delays > 5\n      and income is missing")).rules
    assert one.when is not None
    assert describe(one.when) == "delays > 5 and income is missing"


def slips(kind: str) -> list[tuple[str, str]]:
    """The cases of one kind in one_slip.txt: what is given, and the fault."""
    text = Path(__file__).with_name("one_slip.txt").read_text("utf-8")
    section = text.split(f"## {kind}\n")[1].split("\n## ")[0]
    return [(given, said) for given, _, said in (case.partition("\n=> ") for case in section.strip().split("\n\n"))]


def keys_of(text: str) -> dict[str, str]:
    """`key: value` lines as a dict; what is indented belongs to the value above."""
    parts = re.split(r"^(\w+): ", text, flags=re.MULTILINE)[1:]
    return {key: value.rstrip("\n") for key, value in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize(("given", "said"), slips("rule"))
def test_one_slip_in_a_rule_is_one_fault(given: str, said: str) -> None:
    assert faults_of(rule(**keys_of(given))) == [said]


@pytest.mark.parametrize(("bands", "said"), slips("ladder"))
def test_one_slip_in_a_ladder_is_one_fault(bands: str, said: str) -> None:
    assert faults_of(rule(**LADDER, bands=bands)) == [said]


@pytest.mark.parametrize(
    ("key", "value"), [("when", "actual > 5%"), ("clears", "actual > 5%"), ("status", "at_risk"), ("as", "remark")]
)
def test_a_ladder_says_by_its_bands_alone_what_follows_and_when(key: str, value: str) -> None:
    (fault,) = faults_of(rule(**LADDER | {key: value}, bands="{on_target: at least 95%, at_risk: otherwise}"))
    place, _, said = fault.partition(": ")
    assert said == f"a rule with bands has no `{key}`; take it out, or the bands"
    assert place.endswith(f":{len(key) + 7}")


def test_the_status_of_a_measure_may_be_the_measures_alone() -> None:
    (one,) = rulebook(rule(**{"for": "measures", "when": "shortfall > 40%", "supporting": "yes"})).rules
    assert (one.supporting, one.of_measures, one.status) == (True, True, "at_risk")


@pytest.mark.parametrize(("given", "said"), slips("test"))
def test_one_slip_in_a_test_is_one_fault(given: str, said: str) -> None:
    assert faults_of(rule(tests=f"\n      - {given}")) == [said]


@pytest.mark.parametrize(("threshold", "said"), slips("threshold"))
def test_one_slip_in_a_threshold_is_one_fault(threshold: str, said: str) -> None:
    assert faults_of(f"thresholds:\n  {threshold}\n") == [said]


def test_a_test_for_measures_takes_the_units_of_its_measures() -> None:
    measures = {"for": "measures", "when": "shortfall > 40%"}
    (one,) = rulebook(rule(**measures, tests="[{given: {actual: £6k, target: £28k}, expect: fires}]")).rules
    assert one.tests[0].given == {"actual": quantity("£6k"), "target": quantity("£28k")}


def test_a_rule_that_names_a_faulty_threshold_is_not_blamed_for_it() -> None:
    text = "thresholds:\n  limit: {title: T, values: [{from: 2018-04, value: lots}]}\n" + rule(when="delays > limit")
    assert len(faults_of(text)) == 1


def test_every_fault_of_a_file_is_reported_at_once_and_in_order() -> None:
    text = Path(__file__).with_name("faulty_rules.yaml").read_text("utf-8")
    expected = Path(__file__).with_name("faulty_rules.txt").read_text("utf-8")
    _, faults = rules_of(text)
    assert "\n".join(map(str, faults)) == expected.strip()


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "rules: yes\n", "rules: {a: b}\n", "thresholds: []\n", "rules: [5]\n"]
)
def test_a_file_of_another_shape_is_a_fault(text: str) -> None:
    found, faults = rules_of("portfolio: lives\n" + text if text.startswith(("r", "t")) else text or "# nothing\n")
    assert found is None or not text
    assert bool(faults) == (found is None)


def test_a_wrong_value_hides_no_missing_key() -> None:
    text = rule(when="-", required="perhaps")
    assert [fault.partition(": ")[2].partition(";")[0] for fault in faults_of(text)] == [
        "the rule has no condition",
        "`required` can't be `perhaps`",
    ]


HEADLESS = """\
rules:
  - id: one
    title: One
    {head}
    {what}
    because: "{{title}} is {{actual}} against {{target}}"
    tests:
      - {{given: {{actual: 5%, target: 12%}}, expect: fires}}
"""
WHEN = "when: shortfall > 40%\n    status: at_risk"
BANDS = "bands: {on_target: at least target, at_risk: otherwise}"


@pytest.mark.parametrize("what", [WHEN, BANDS])
@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("for: mesures", "5:10: `for` can't be `mesures`; did you mean `measures`? write "),
        ("for: [projects, Measures]", "5:21: `for` can't be `Measures`; did you mean `measures`? write "),
        ("for: mesures\n    only: [recruitment]", "5:10: `for` can't be `mesures`; did you mean `measures`? write "),
        ("fro: measures", "5:5: unknown key `fro`; did you mean `from`?"),
        ("only: [recruitment]", "3:5: the rule does not say whom it is for; write `for: projects`"),
        ("measure: recuitment", "5:14: there is no measure `recuitment`; did you mean `recruitment`?"),
        ("mesure: recruitment", "5:5: unknown key `mesure`; did you mean `measure`?"),
        ("for: measures\n    only: [recuitment]", "6:12: there is no `recuitment` in the portfolio; did you mean "),
        ("for: projects\n    only: [recruitment]", "6:12: `recruitment` is a measure, and the rule is for subjects; "),
    ],
)
def test_a_rule_is_not_judged_before_it_is_known_whom_it_is_for(head: str, what: str, said: str) -> None:
    (fault,) = faults_of(HEADLESS.format(head=head, what=what))
    assert fault.startswith(said)


def test_what_does_not_hang_on_whom_a_rule_is_for_is_told_all_the_same() -> None:
    text = rule(**LADDER | {"measure": "recuitment"}, id="o n e", until="2019-13", bands="{on_trget: at least 5%}")
    assert [fault.partition(": ")[2].partition(";")[0] for fault in faults_of(text)] == [
        "`o n e` can't be used as a name here",
        "there is no measure `recuitment`",
        "'2019-13' is not a date",
        "the bands leave a gap",
        "there is no status `on_trget`",
    ]
    misspelt = rule(only="[drect]", when="delas > 5")
    assert [fault.partition("; ")[2] for fault in faults_of(misspelt)] == [
        "did you mean `delays`?",
        "did you mean `direct`?",
    ]


def test_a_misspelt_key_is_not_also_missing() -> None:
    (fault,) = faults_of(rule(when="-", whn="delays > 5"))
    assert fault == "7:5: unknown key `whn`; did you mean `when`?"


def test_a_file_for_another_portfolio_is_refused() -> None:
    (fault,) = faults_of("portfolio: better_care\n")
    assert fault == "1:12: this file says it is for `better_care`; write `portfolio: lives`"


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    found, (fault,) = load_rulebook(tmp_path / "none.yaml", "rules/none.yaml", WORKSPACE, PORTFOLIO)
    assert found is None
    assert (fault.file, fault.code) == ("rules/none.yaml", "unreadable-file")


_keys = st.sampled_from(["id", "title", "for", "only", "measure", "when", "status", "as", "bands", "because", "tests"])
_values = st.recursive(
    st.sampled_from(
        ["delays > 5", "projects", "measures", "at_risk", "{delays}", "otherwise", "5%", "~", "x", "fires"]
    ),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["given", "expect", "on", "a"]), below),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(_keys, _values, max_size=8) | _values, max_size=3))
def test_whatever_stands_in_a_rule_file_never_raises(rules: list[object]) -> None:
    import json  # JSON is YAML

    found, faults = rules_of(f"portfolio: lives\nrules: {json.dumps(rules)}\n")
    assert (found is None) == bool(faults)
