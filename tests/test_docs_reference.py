"""The reference pages: what docs/generate.py writes is current, and what they show of the language can be read."""

import re
from pathlib import Path
from textwrap import dedent, indent

import pytest

from docs import generate, language
from engine.facts.names import FactNames
from engine.facts.words import MEASURE_WORDS
from engine.model.problems import Severity
from engine.model.values import Unit
from engine.model.workspace import Lifecycle
from engine.rulebook.grammar import _parser
from engine.rulebook.loading import read_rulebook
from engine.rulebook.names import Vocabulary
from engine.rulebook.parser import read_band, read_condition, read_expression
from engine.rulebook.slips import Slip, Source
from engine.rulebook.syntax import At
from engine.rulebook.templates import template_slips
from engine.workspace.loading import load_workspace
from engine.workspace.starter import init_workspace
from engine.workspace.yamlfile import read_yaml_text
from tests.test_docs import ROOT
from tests.test_schemas import VALIDATORS, as_an_editor_sees

RULES = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    """The names of the workspace to start from, with one threshold."""
    return _vocabulary(tmp_path, of_measures=False)


def _vocabulary(folder: Path, *, of_measures: bool) -> Vocabulary:
    init_workspace(folder / "office")
    workspace, _ = load_workspace(folder / "office")
    assert workspace is not None
    portfolio = workspace.portfolios["first_portfolio"]
    scheme = workspace.scheme_of(portfolio)
    statuses = tuple(status.id for status in scheme.statuses)
    own = {Unit.PERCENT: "visits"} if of_measures else {}
    names = FactNames(portfolio, scheme)
    return Vocabulary(names, {"tolerance": Unit.PERCENT}, of_measures=of_measures, own=own, statuses=statuses)


@pytest.mark.parametrize("page", generate.PAGES)
def test_the_tables_of_a_reference_page_are_current(page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == generate.refreshed(path), "run: .venv/bin/python docs/generate.py"


def test_every_key_and_every_fact_has_a_meaning() -> None:
    assert generate.without_meaning() == []


# ---- the language of rules


def read(text: str, vocabulary: Vocabulary) -> list[Slip]:
    return read_condition(Source(text, At(1, 1)), vocabulary)[1]


def test_every_condition_of_the_rules_page_can_be_read(vocabulary: Vocabulary) -> None:
    section = RULES.partition("## Conditions")[2].partition("<!-- table: signs -->")[0]
    conditions = re.findall(r"^    (.+)$", section, re.MULTILINE)
    assert len(conditions) > 5
    assert {text: slips for text in conditions if (slips := read(text, vocabulary))} == {}


def test_every_condition_that_an_editor_offers_can_be_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rule = generate.EXAMPLES["RuleEntry"]
    assert {text: slips for text in (*rule["when"], *rule["clears"]) if (slips := read(text, vocabulary))} == {}
    of_measures = _vocabulary(tmp_path / "measures", of_measures=True)
    bands = {text for ladder in rule["bands"] for text in ladder.values()}
    assert {text: slips for text in bands if (slips := read_band(Source(text, At(1, 1)), of_measures)[1])} == {}
    assert [slip for text in rule["because"] for slip in template_slips(Source(text, At(1, 1)), of_measures)] == []


def test_every_number_of_the_rules_page_can_stand_in_a_condition(vocabulary: Vocabulary) -> None:
    for text in language.NUMBERS:
        expression, slips = read_expression(Source(text, At(1, 1)), vocabulary)
        assert expression is not None, (text, slips)


def test_every_band_of_the_rules_page_can_be_read(tmp_path: Path) -> None:
    of_measures = _vocabulary(tmp_path, of_measures=True)
    table = RULES.partition("<!-- table: bands -->")[2].partition("<!-- end -->")[0]
    bands = [text for text in re.findall(r"`([^`]+)`", table) if " " in text and re.search(r"\d", text)]
    assert len(bands) >= 5
    units = {"10 weeks": Unit.WEEKS}  # the unit of the measure asked; per cent where it isn't said
    for text in bands:
        unit = next((unit for figure, unit in units.items() if figure in text), Unit.PERCENT)
        asked = Vocabulary(of_measures.names, of_measures=True, own={unit: "visits"})
        condition, slips = read_band(Source(text, At(1, 1)), asked)
        assert condition is not None, (text, slips)


def test_every_rule_of_the_rules_page_can_be_read() -> None:
    workspace, _ = load_workspace(ROOT)
    assert workspace is not None
    whole, *parts = re.findall(r"^```yaml\n(.*?)^```$", RULES, re.MULTILINE | re.DOTALL)
    _, faults = read_rulebook(read_yaml_text(whole, "rules"), workspace, workspace.portfolios["improving_lives"])
    assert [str(fault) for fault in faults if fault.severity is Severity.ERROR] == []
    assert parts
    for text in (whole, *map(_as_file, parts)):
        file = read_yaml_text(text, "rules")
        assert file.faults == ()
        assert [error.message for error in VALIDATORS["rules"].iter_errors(as_an_editor_sees(file))] == []


def _as_file(part: str) -> str:
    """A rule as a file of its own; some keys of one as those of a rule that has what every rule needs."""
    if not part.lstrip().startswith("- "):
        needed = "  - id: one\n    title: One\n    for: measures\n    as: remark\n"
        part = needed + indent(dedent(part), "    ")
    return f"portfolio: improving_lives\nrules:\n{part}"


def test_the_rules_page_names_all_that_the_grammar_knows() -> None:
    shown = re.sub(" +", " ", RULES.partition("## The grammar")[2])
    rules = {rule.origin.name for rule in _parser().rules}
    assert {name for name in rules if not name.startswith("_") and f"\n{name}: " not in shown} == set()
    tokens = {one.name for one in _parser().terminals if one.pattern.type == "re" and not one.name.startswith("_")}
    assert {name for name in tokens if f"| `{name}` |" not in shown} == set()
    assert {sign for sign in language.SIGNS if f"| `{sign}` |" not in RULES} == set()


def test_the_rules_page_names_every_word_that_may_follow_is(vocabulary: Vocabulary) -> None:
    section = RULES.partition("### Words after `is`")[2].partition("\n### ")[0]
    for name in ("visits", "lifecycle", "savings.target"):
        assert {word for word in vocabulary.names.words(name) if f"`{word}`" not in section} == set()
    assert {word.value for word in Lifecycle} == vocabulary.names.words("lifecycle")
    assert vocabulary.names.words("visits") == MEASURE_WORDS


def test_what_the_rules_page_says_of_attributes_is_what_a_rule_may_name(vocabulary: Vocabulary) -> None:
    section = RULES.partition("### Attributes of a measure")[2].partition("\n## ")[0]
    assert {name for name in vocabulary.names.measure_attributes if f"| `{name}` |" not in section} == set()
