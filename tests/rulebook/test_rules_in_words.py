"""Why a finding was made, and what would clear it, in sentences for owners."""

from pathlib import Path

import pytest
from hypothesis import given

from engine.model.values import plain
from engine.rulebook.nouns import Terms
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import NOWHERE, Condition
from engine.rulebook.words import ToClear, because, sentence, to_clear
from tests.rulebook.office import PORTFOLIO, SCHEME, rulebook
from tests.rulebook.scopes import Sheet
from tests.rulebook.trees import conditions

PROJECT = Terms("Direct Payments", PORTFOLIO.measures, SCHEME)


def measure(name: str, title: str | None = None) -> Terms:
    return Terms(title or PORTFOLIO.measures[name].title, PORTFOLIO.measures, SCHEME, measure=name)


def rule(**keys: str) -> Rule:
    thresholds = (
        "thresholds:\n  tolerance: {title: T, values: [{from: 2018-04, value: 40%}]}\n"
        "  limit: {title: L, values: [{from: 2018-04, value: £5k}]}\n"
    )
    lines = "\n    ".join(f"{key}: {value}" for key, value in ({"id": "r", "title": "A title"} | keys).items())
    return rulebook(f"{thresholds}rules:\n  - {lines}\n").rules[0]


def clearing(when: str, sheet: Sheet) -> ToClear | None:
    return to_clear(rule(**{"for": "projects", "when": when, "status": "at_risk"}), "fires", sheet, PROJECT)


def fired(when: str, sheet: Sheet) -> str | None:
    return words_of(clearing(when, sheet))


def fired_on(name: str, when: str, sheet: Sheet) -> str | None:
    one = rule(**{"for": "measures", "when": when, "status": "at_risk", "only": name})
    return words_of(to_clear(one, "fires", sheet, measure(name)))


def words_of(asked: ToClear | None) -> str | None:
    return asked.text if asked is not None else None


# ---- because


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{recruitment} against {recruitment.target}", "15.1% against 50.0%"),
        ("{recruitment.shortfall} short", "69.8% short"),
        ("{delays} delays", "4 delays"),
        ("{savings.net_at_risk in previous years} left", "£211k left"),
        ("{ savings.net_at_risk  in previous years } left", "£211k left"),
        ("{title} may lose {limit}", "Direct Payments may lose £5k"),
        ("{income} of {income.target}", "not known of £28k"),
        ("nothing to fill in", "nothing to fill in"),
    ],
)
def test_names_in_braces_are_filled_in_as_people_read_them(template: str, said: str) -> None:
    figures = {
        "recruitment": "15.1%", "recruitment.target": "50%", "recruitment.shortfall": "69.8%", "delays": "4",
        "savings.net_at_risk in previous years": "£211k", "income.target": "£28k",
    }  # fmt: skip
    assert sentence(template, Sheet(figures, limits={"limit": "£5k"}), PROJECT) == said


def test_in_a_rule_for_measures_attributes_and_title_are_the_measures() -> None:
    sheet = Sheet({"actual": "34%", "target": "95%", "shortfall": "64.21%", "savings.at_risk": "£3k"})
    template = "{title}: {actual} against {recruitment.target}, {shortfall} short, {savings.at_risk} at risk"
    said = "Posts filled (South): 34.0% against 95.0%, 64.21% short, £3k at risk"
    assert sentence(template, sheet, measure("recruitment", "Posts filled (South)")) == said


def test_a_figure_in_a_title_is_not_filled_in_again() -> None:
    assert sentence("{title}", Sheet({"delays": "4"}), Terms("{delays}", PORTFOLIO.measures, SCHEME)) == "{delays}"


def test_a_rule_without_a_because_says_its_title() -> None:
    one = rule(measure="recruitment", bands="{on_target: at least 95% of target, at_risk: otherwise}")
    assert because(one, Sheet(), measure("recruitment")) == "A title"


# ---- what would clear a finding


def what_clears() -> list[tuple[str, dict[str, str], str]]:
    """The cases of what_clears.txt: a condition, figures by name, and the sentence."""
    cases: list[tuple[str, dict[str, str], str]] = []
    for case in Path(__file__).with_name("what_clears.txt").read_text("utf-8").strip().split("\n\n")[1:]:
        when, figures, said = case.split("\n")
        given = dict(figure.split(": ") for figure in figures.strip().split("; "))
        cases.append((when, given, said.removeprefix("=> ")))
    return cases


@pytest.mark.parametrize(("when", "figures", "said"), what_clears())
def test_an_owner_reads_how_far_it_is(when: str, figures: dict[str, str], said: str) -> None:
    assert fired(when, Sheet(figures, limits={"tolerance": "40%"})) == said


def test_how_far_it_is_from_an_unknown_bound_is_not_said() -> None:
    assert fired("income < income.forecast", Sheet({"income": "£6k"})) is None


@pytest.mark.parametrize(
    ("when", "words", "said"),
    [
        ("income is missing", {"income": ["missing"]}, "a figure for Income"),
        ("income is not explained", {"income": []}, "an explanation of Income"),
        ("income is off target", {"income": ["off target"]}, "Income on target"),
        ("income is not off target", {"income": []}, "Income off target"),
        (
            "income is missing or delays is provisional",
            {"income": ["missing"], "delays": []},
            "a figure for Income",
        ),
        ("lifecycle is developing", {"lifecycle": ["developing"]}, "once the lifecycle is no longer developing"),
        ("status.previous is at_risk", {"status.previous": ["at_risk"]}, "once the last status is no longer At Risk"),
        (
            "income is off target and income is not explained",
            {"income": ["off target"]},
            "Income on target, or an explanation of Income",
        ),
    ],
)
def test_what_is_no_number_is_said_in_words(when: str, words: dict[str, list[str]], said: str) -> None:
    assert fired(when, Sheet(words=words)) == said


def test_the_bound_of_a_measure_is_said_in_its_own_terms() -> None:
    sheet = Sheet({"actual": "£6k", "target": "£28k", "shortfall": "78.57%"})
    assert fired_on("income", "shortfall > 40%", sheet) == "Income of at least £16.8k (now £6k, £10.8k short)"


def test_what_is_quiet_has_nothing_to_clear() -> None:
    quiet = rule(**{"for": "projects", "when": "delays > 5", "status": "at_risk"})
    assert to_clear(quiet, "quiet", Sheet({"delays": "3"}), PROJECT) is None


BEST_FIRST = "{on_target: at least 95% of target, obstacles: at least 60%, at_risk: otherwise}"
WORST_FIRST = "{at_risk: below 60%, obstacles: below 95%, on_target: otherwise}"


@pytest.mark.parametrize(
    ("bands", "outcome", "actual", "said"),
    [
        (BEST_FIRST, "obstacles", "70%", "Posts filled of at least 76.0% (now 70.0%, 6.0 points short) for On Target"),
        (BEST_FIRST, "at_risk", "50%", "Posts filled of at least 60.0% (now 50.0%, 10.0 points short) for Obstacles"),
        (BEST_FIRST, "on_target", "90%", None),
        (WORST_FIRST, "at_risk", "50%", "Posts filled of at least 60.0% (now 50.0%, 10.0 points short) for Obstacles"),
        (WORST_FIRST, "on_target", "99%", None),
    ],
)
def test_a_ladder_says_what_the_next_better_band_asks_for(
    bands: str, outcome: str, actual: str, said: str | None
) -> None:
    one = rule(measure="recruitment", bands=bands)
    sheet = Sheet({"actual": actual, "target": "80%"})
    asked = to_clear(one, outcome, sheet, measure("recruitment"))
    assert words_of(asked) == said
    assert (asked.status if asked else None) == {"obstacles": "on_target", "at_risk": "obstacles"}.get(outcome)


@pytest.mark.parametrize(
    ("when", "gap"),
    [
        ("savings.at_risk > £50k", ("£10k", "over", "10000", "money")),
        ("recruitment < 60% of target", ("14.9 points", "short", "14.9", "percent")),
        ("delays > 3", ("1", "over", "1", "number")),
        ("delays > 3 and savings.at_risk > £50k", None),  # either will do
        ("delays > 3 or savings.at_risk > £50k", None),  # both have to
        ("delays > 3 or savings.at_risk > £90k", ("1", "over", "1", "number")),  # the other does not hold
        ("delays > 3 or milestones.unmitigated > 0", None),
        ("(delays > 3) for 3 periods", ("1", "over", "1", "number")),
        ("delays != 3", None),  # there is no way to it
        ("milestones.unmitigated > 0", None),  # none of them, which is said as such
    ],
)
def test_the_gap_is_known_where_one_figure_clears_it(when: str, gap: tuple[str, str, str, str] | None) -> None:
    figures = {"savings.at_risk": "£60k", "delays": "4", "recruitment": "15.1%", "recruitment.target": "50%"}
    asked = clearing(when, Sheet({**figures, "milestones.unmitigated": "2"}))
    assert asked is not None
    found = asked.gap
    assert (found and (found.shown, found.way, plain(found.size.value), found.size.unit)) == gap


@given(conditions)
def test_any_condition_can_be_put_into_words(condition: Condition) -> None:
    one = rule(**{"for": "projects", "when": "delays > 5", "status": "at_risk"})
    whole = Rule(one.id, one.title, one.levels, of_measures=False, yields="status", when=condition, at=NOWHERE)
    figures = {"income": "£3k", "delays": "2", "recruitment": "60%", "milestones.unmitigated": "1"}
    for sheet in (Sheet(), Sheet(figures, {"income": ["missing"], "lifecycle": ["live"]}, {"limit": "£5k"})):
        asked = to_clear(whole, "fires", sheet, PROJECT)
        assert asked is None or asked.text


# ---- where a rule says what clears it

FEW = "Delayed transfers of at most 5 (now 9, 4 over)"
FEWER = "Delayed transfers below 5 (now 9, 4 over)"
LITTLE = "savings at risk of at most £10k (now £60k, £50k over)"


@pytest.mark.parametrize(
    ("when", "clears", "said"),
    [
        # What clears it keeps the rule quiet: it is told alone.
        ("delays > 5", "delays <= 3", "Delayed transfers of at most 3 (now 9, 6 over)"),
        ("delays > 5", "delays <= 5", FEW),
        ("delays > 5", "delays < 5", FEWER),
        ("delays >= 5", "delays <= 4", "Delayed transfers of at most 4 (now 9, 5 over)"),
        ("recruitment < 40%", "recruitment > 40%", "Posts filled above 40.0% (now 15.1%, 24.9 points short)"),
        ("recruitment <= 40%", "recruitment >= 41%", "Posts filled of at least 41.0% (now 15.1%, 25.9 points short)"),
        ("delays > 5 or delays > 7", "delays <= 3", "Delayed transfers of at most 3 (now 9, 6 over)"),
        ("delays > 5 and savings.at_risk > £50k", "delays <= 5", FEW),
        ("delays > 5", "delays <= 5 and savings.at_risk <= £10k", f"{FEW} and {LITTLE}"),
        ("delays > 5", "(delays <= 5) for 2 periods", f"{FEW} for 2 periods"),
        # It does not: both are told.
        ("delays > 5", "savings.at_risk <= £10k", f"{LITTLE} and {FEW}"),
        ("delays > 5", "delays != 9", f"Delayed transfers other than 9 (now 9) and {FEW}"),
        (
            "delays > 5 or savings.at_risk > £10k",
            "delays < 5",
            f"{FEWER} and {FEW} and {LITTLE}",
        ),
    ],
)
def test_what_clears_a_rule_is_told_with_its_condition_only_where_that_asks_for_more(
    when: str, clears: str, said: str
) -> None:
    sheet = Sheet({"delays": "9", "savings.at_risk": "£60k", "recruitment": "15.1%"})
    one = rule(**{"for": "projects", "when": when, "clears": clears, "status": "at_risk"})
    assert words_of(to_clear(one, "fires", sheet, PROJECT)) == said
