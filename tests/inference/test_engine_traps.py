"""durable-rules has traps, each found by experiment. These tests show that our adapter never steps into one."""

import ast
import inspect
import sys
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inference.asking import ask as packed
from engine.inference.process import DurableProcess
from engine.inference.program import MOST_COMPILED
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import And, Arithmetic, Fact, Is, Or, Share
from tests.inference import made_up
from tests.inference.sheets import Sheet, ask, compare, ladder, number, rule, sheet

pytest.importorskip("durable_rules_engine", reason="durable-rules can't be loaded", exc_type=ImportError)

from engine.inference import durable as adapter

MOST_FIELDS_OF_THE_ENGINE = 252
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


def said(durable: DurableProcess, rules: list[Rule], scope: Sheet) -> list[str | None]:
    return durable.judge([ask(one, scope) for one in rules])


def ruleset(rules: list[Rule], scope: Sheet | None = None) -> Iterator[dict[str, Any]]:
    """The definitions that the engine is handed."""
    for chunk in packed([ask(one, scope or Sheet()) for one in rules]).chunks:
        yield adapter._definition(chunk.compiled, [])


def clauses(definition: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    for each in definition.values():
        (only,) = each["all"]
        yield only["m"]["$and"]


# ---- what kills the process


def test_three_hundred_rules_that_share_one_condition_all_fire(durable: DurableProcess) -> None:
    same = [rule(compare("x", "<", 1), f"rule_{n}") for n in range(300)]
    assert said(durable, same, sheet({"x": 0})) == ["fires"] * 300


def test_nothing_to_judge_and_nobody_to_judge(durable: DurableProcess) -> None:
    assert durable.judge([]) == []
    assert durable.settle([]) == []
    assert adapter.run_chunk([], [], lambda fact: None) == []
    assert adapter.run_chunk([], [[]], lambda fact: None) == [[]]


def test_division_is_never_the_engines_and_by_zero_it_is_unknown(durable: DurableProcess) -> None:
    share = rule(compare(Arithmetic("/", Fact("x"), Fact("y")), "<", 2))
    assert said(durable, [share], sheet({"x": 1, "y": 0})) == [None]
    assert said(durable, [share], sheet({"x": 1, "y": 1})) == ["fires"]


def test_only_calls_found_sound_are_made_and_never_a_batch() -> None:
    tree = ast.parse(Path(adapter.__file__).read_text(encoding="utf-8"))
    made = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    made -= {name for kind in (list, set, dict) for name in dir(kind)}
    assert made == {"get_ruleset", "assert_fact", "retract_fact", "delete_state", "delete_ruleset"}


def test_rules_speak_of_one_fact_only_in_comparisons_and_with_at_least_one_clause() -> None:
    asked = [
        ladder(("good", None), name="always"),
        rule(Or((And((compare("x", "<", 1), Is(Fact("y"), "missing"))), compare("x", "!=", Fact("z"))))),
    ]
    allowed = {"$lt", "$lte", "$gt", "$gte", "$neq"}
    for definition in ruleset(asked):
        assert all(set(each) == {"all", "run"} and len(each["all"]) == 1 for each in definition.values())
        for clause in clauses(definition):
            assert clause
            assert all(len(one) == 1 for one in clause)
            assert {name for one in clause for name in one if name.startswith("$")} <= allowed


# ---- what is silently wrong


@given(made_up.rules)
def test_every_figure_that_is_read_has_its_presence_tested(rules: list[Rule]) -> None:
    for definition in ruleset(rules):
        for clause in clauses(definition):
            tested = {name for one in clause for name, value in one.items() if name.startswith("p") and value == 1}
            assert {f"p{name[1:]}" for name in fields_read(clause)} == tested


def fields_read(clause: list[dict[str, Any]]) -> set[str]:
    read: set[str] = set()
    for one in clause:
        for name, value in one.items():
            below = value if name.startswith("$") else {name: value}
            read |= set(below) | {other["$m"] for other in below.values() if isinstance(other, dict)}
    return {name for name in read if name.startswith("v")}


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "=", "!="])
def test_a_figure_compared_with_one_that_is_absent_is_unknown(durable: DurableProcess, op: Any) -> None:
    two = rule(compare("x", op, Fact("y")))
    for figures in ({"x": 1}, {"x": -1}, {"x": 0}, {"y": 0}, {"y": 1}, {}):
        assert said(durable, [two], sheet(figures)) == [None]
    assert said(durable, [two], sheet({"x": 1, "y": 2})) == ["fires" if op in ("<", "<=", "!=") else "quiet"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.lists(st.none() | st.integers()))))
def test_a_fact_holds_whole_numbers_alone_under_names_of_ours(applied: list[tuple[int, int, list[int | None]]]) -> None:
    fact = adapter._fact(applied)
    assert fact.pop("id") == "f"
    assert all(type(value) is int for value in fact.values())
    assert all(name == "z" or (name[0] in "apv" and name[1:].isdigit()) for name in fact)


ODD = [Decimal(value) for value in ("1E-05", "Infinity", "-Infinity", "NaN", "1E+30", "60", "-0", "1E-400")]


def test_odd_numbers_do_not_stop_what_comes_after_them(durable: DurableProcess) -> None:
    positive = rule(compare("x", ">", 0))
    asked = [ask(positive, Sheet(({"x": value},)), f"project_{n}") for n, value in enumerate(ODD)]
    assert durable.judge(asked) == ["fires", None, None, None, None, "fires", "quiet", "quiet"]


def test_sixty_is_a_number_and_not_a_text(durable: DurableProcess) -> None:
    assert said(durable, [rule(compare("x", ">", 7))], sheet({"x": "60"})) == ["fires"]
    assert said(durable, [rule(compare("x", "=", "60.0"))], sheet({"x": "60"})) == ["fires"]


def test_a_millionth_more_or_less_is_told_up_to_the_largest_figure(durable: DurableProcess) -> None:
    largest = "9007199254.740992"
    rules = [rule(compare("x", op, largest)) for op in ("<", "=", ">=")]
    assert said(durable, rules, sheet({"x": largest})) == ["quiet", "fires", "fires"]
    assert said(durable, rules, sheet({"x": "9007199254.740991"})) == ["fires", "quiet", "quiet"]
    assert said(durable, rules, sheet({"x": "9007199254.740993"})) == [None, None, None]


def test_where_both_sides_of_an_or_hold_a_rule_fires_once() -> None:
    either = rule(Or((compare("x", ">", 0), compare("y", ">", 0))))
    (chunk,) = packed([ask(either, sheet({"x": 1, "y": 1}))]).chunks
    assert adapter.run_chunk(chunk.compiled, chunk.facts, lambda fact: None) == [[(0, 0)]]


def test_a_subject_of_which_nothing_is_known_is_no_error(durable: DurableProcess) -> None:
    rules = [rule(compare("x", "<", 1)), rule(Or((compare("y", "<", 1), Is(Fact("z"), "missing"))))]
    assert said(durable, rules, Sheet()) == [None, None]


def test_a_ladder_of_otherwise_alone_needs_no_condition(durable: DurableProcess) -> None:
    assert said(durable, [ladder(("good", None))], Sheet()) == ["good"]


def test_names_that_mean_something_to_the_engine_mean_nothing_here(durable: DurableProcess) -> None:
    names = ("$and", "$or", "id", "sid", "$s", "exception", "m", "r$state", "$m", "savings.at_risk in this year")
    rules = [rule(compare(name, "<", 1), name) for name in names]
    assert said(durable, rules, sheet(dict.fromkeys(names, 0))) == ["fires"] * len(names)


def test_an_exception_in_an_action_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing_rule(clauses: list[dict[str, Any]], fires: object, fired: list[object]) -> dict[str, Any]:
        def note(_context: object) -> None:
            fired.append(fires)
            raise SystemExit(0)

        return {"all": [{"m": {"$and": clauses}}], "run": note}

    monkeypatch.setattr(adapter, "_rule", failing_rule)
    with pytest.raises(RuntimeError, match="an action failed: exception caught 0"):
        adapter.run_chunk([], [[]], lambda fact: None)


def test_a_fact_that_the_engine_overlooks_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter._Host, "assert_fact", lambda self, ruleset, fact: None)
    with pytest.raises(RuntimeError, match="a fact was overlooked"):
        adapter.run_chunk([], [[]], lambda fact: None)


def test_an_action_has_one_parameter_and_only_notes_a_number() -> None:
    fired: list[tuple[int, int]] = []
    action = adapter._rule([{"z": 1}], (3, 4), fired)["run"]
    assert len(inspect.signature(action).parameters) == 1
    action(None)
    assert fired == [(3, 4)]


def test_what_is_handed_in_is_left_as_it_is() -> None:
    (chunk,) = packed([ask(rule(compare("x", "<", Fact("y"))), sheet({"x": 1, "y": 2}))]).chunks
    before = deepcopy(chunk.wire())
    results = [adapter.run_chunk(chunk.compiled, chunk.facts, lambda fact: None) for _ in range(2)]
    assert results[0] == results[1] == [[(0, 0)]]
    assert chunk.wire() == before


# ---- limits


def test_no_chunk_has_more_rules_or_fields_than_the_engine_holds() -> None:
    wide = [
        rule(And(tuple(compare(f"x{n}{m}", "<", Fact(f"y{n}{m}")) for m in range(1 + n % 47))), f"rule_{n}")
        for n in range(100)
    ]
    chunks = packed([ask(one, Sheet()) for one in wide]).chunks
    assert len(chunks) > 10
    for chunk in chunks:
        assert 0 < len(chunk.compiled) <= MOST_COMPILED
        assert max(len(adapter._fact(fact)) for fact in chunk.facts) < MOST_FIELDS_OF_THE_ENGINE


def test_the_largest_rules_are_judged_right(durable: DurableProcess) -> None:
    figures = {f"{name}{n}": n for n in range(47) for name in "xy"}
    largest = rule(And(tuple(compare(f"x{n}", "<=", Fact(f"y{n}")) for n in range(47))))
    shares = rule(And(tuple(compare(f"x{n}", "<=", Share(number(100), Fact(f"y{n}"))) for n in range(47))))
    assert said(durable, [largest, shares] * 4, sheet(figures)) == ["fires"] * 8
    assert said(durable, [largest, shares] * 4, sheet({**figures, "x46": 47})) == ["quiet"] * 8
    assert said(durable, [largest, shares] * 4, sheet({**figures, "x0": 1, "y46": 0})) == ["quiet"] * 8


def test_each_fact_goes_only_where_a_rule_applies_to_it() -> None:
    rules = [rule(compare(f"x{n}", "<", 1), f"rule_{n}") for n in range(60)]
    asked = [ask(rules[0], Sheet(), "first"), *(ask(one, Sheet(), "second") for one in rules[1:])]
    first, second, third = packed(asked).chunks
    assert [len(chunk.facts) for chunk in (first, second, third)] == [2, 1, 1]


# ---- threads and memory


def megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (found,) = [line for line in lines if line.startswith("VmRSS:")]
    return int(found.split()[1]) / 1024


@on_linux
def test_the_child_has_one_thread(durable: DurableProcess) -> None:
    assert said(durable, [rule(compare("x", "<", 1))], sheet({"x": 0})) == ["fires"]
    assert len(list(Path(f"/proc/{durable.pid}/task").iterdir())) == 1


@on_linux
def test_twenty_thousand_facts_are_told_apart_and_leave_little_behind(durable: DurableProcess) -> None:
    below = rule(compare("x", "<", 10_000))
    asked = [ask(below, sheet({"x": n * 7919 % 20_000}), f"project_{n}") for n in range(20_000)]
    before = megabytes(durable.pid)
    answers = durable.judge(asked)
    assert answers == ["fires" if n * 7919 % 20_000 < 10_000 else "quiet" for n in range(20_000)]
    assert megabytes(durable.pid) - before < 60  # what was read and answered included


@on_linux
def test_many_batches_leave_little_behind(durable: DurableProcess) -> None:
    asked = [ask(rule(compare("x", "<", n)), sheet({"x": n})) for n in range(24)]
    durable.judge(asked)
    before = megabytes(durable.pid)
    for _ in range(200):
        assert durable.judge(asked) == ["quiet"] * 24
    assert megabytes(durable.pid) - before < 20  # a host that is not deleted keeps more than a megabyte
