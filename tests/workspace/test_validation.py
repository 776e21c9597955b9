"""What a person reads of a value that doesn't fit: where it stands, what is wrong with it, and what to write."""

from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from engine.model.base import Frozen
from engine.model.calendars import Day
from engine.model.workspace import DatedNumber, Lifecycle
from engine.workspace.validation import salvage, validate
from engine.workspace.yamlfile import read_yaml_text


class Leaf(Frozen):
    from_: Day = Field(alias="from")
    is_: Lifecycle | None = Field(default=None, alias="is")


class Steps(Frozen):
    every: str
    at: str


class Tree(Frozen):
    name: str
    many: int = 1
    exact: Decimal = Decimal(0)
    loud: bool = False
    words: tuple[str, ...] = ()
    leaf: Leaf | None = None
    leaves: dict[str, Leaf] = {}
    reports: Literal["monthly", "quarterly"] | Steps = "monthly"
    target: str | tuple[DatedNumber, ...] | None = None

    @field_validator("words")
    @classmethod
    def short(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > 2:
            raise ValueError("holds more than two words")
        return value


def said(text: str, model: type[BaseModel] = Tree) -> list[str]:
    made, faults = validate(model, read_yaml_text(text, "f"))
    assert (made is None) == bool(faults)
    return [str(fault).removeprefix("f:") for fault in faults]


def test_what_fits_is_made_without_a_fault() -> None:
    text = "name: 007\nmany: 3\nexact: 0.10\nloud: yes\nleaf: {from: 2019-01-01}\ntarget: [{from: 2019, value: 5}]"
    made, faults = validate(Tree, read_yaml_text(text, "f"))
    assert faults == []
    assert made is not None
    assert (made.name, made.many, made.exact, made.loud) == ("007", 3, Decimal("0.10"), True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nlouf: yes", "2:1: unknown key `louf`; did you mean `loud`?"),
        ("name: a\nqqqq: yes", "2:1: unknown key `qqqq`; take it out"),
        ("nam: a", "1:1: unknown key `nam`; did you mean `name`?"),  # and not also that `name` is missing
        ("loud: yes", "1:1: `name` is missing; write `name: …` in the file"),
        ("name: a\nleaf: {is: live}", "2:7: `from` is missing; write `from: …` here"),
        ("name:", "1:6: `name` is empty; write text"),
        ("name: [a]", "1:7: `name` can't be a list; write text"),
        ("name: {a: b}", "1:7: `name` can't be keys with values; write text"),
        ("name: a\nmany: some", "2:7: `many` can't be `some`; write a whole number"),
        ("name: a\nmany: 1.5", "2:7: `many` can't be `1.5`; write a whole number"),
        ("name: a\nexact: NaN", "2:8: `exact` can't be `NaN`; write a number"),
        ("name: a\nloud: maybe", "2:7: `loud` can't be `maybe`; write yes or no"),
        ("name: a\nwords: b", "2:8: `words` can't be `b`; write a list such as [one, two]"),
        ("name: a\nwords: [b, [c]]", "2:12: `words` can't be a list; write text"),
        ("name: a\nwords: [b, c, d]", "2:8: `words` holds more than two words"),
        ("name: a\nleaf: {from: 1/2/2019}", "2:14: `from` can't be `1/2/2019`; write a day such as 2019-01-31"),
        ("name: a\nleaf: {from: 2019-02-30}", "2:14: `from` can't be `2019-02-30`; write a day such as 2019-01-31"),
        ("name: a\nleaf: {from: 1546300800}", "2:14: `from` can't be `1546300800`; write a day such as 2019-01-31"),
        ("name: a\nleaf: soon", "2:7: `leaf` can't be `soon`; write {from: …}"),
        ("name: a\nleaves: {b: {from: 2019-01-01, iss: live}}", "2:32: unknown key `iss`; did you mean `is`?"),
        ("name: a\ntarget: {b: c}", "2:9: `target` can't be keys with values; write text or a list such as [one, two]"),
        ("name: a\ntarget: [{from: 2019}]", "2:10: `value` is missing; write `value: …` here"),
        ("- a", "1:1: this should be keys with values; write `name: …`, `many: …`, `exact: …`"),
    ],
)
def test_a_misfit_is_one_sentence_at_its_place(text: str, expected: str) -> None:
    assert said(text) == [expected]


def test_of_several_allowed_forms_the_nearest_is_spoken_of() -> None:
    assert said("name: a\nreports: montly") == [
        "2:10: `reports` can't be `montly`; did you mean `monthly`? write `monthly` or `quarterly` or {every: …, at: …}"
    ]
    assert said("name: a\nreports: {every: week}") == ["2:10: `at` is missing; write `at: …` here"]
    assert said("name: a\nreports: {evry: week, at: noon}") == ["2:11: unknown key `evry`; did you mean `every`?"]


def test_every_fault_is_told_at_once() -> None:
    found = said("nam: a\nmany: x\nleaf: {from: y, is: alive}\nreports: daily")
    assert [fault.partition(" ")[0] for fault in found] == ["2:7:", "3:14:", "3:21:", "1:1:", "4:10:"]


def test_no_word_of_the_validator_reaches_a_person() -> None:
    text = "nam: a\nmany: x\nexact: y\nloud: z\nwords: w\nleaf: v\nleaves: u\nreports: [t]\ntarget: {s: r}"
    for jargon in ("input", "valid ", "tuple", "dict", "str", "NoneType", "Tree", "literal", "pydantic"):
        assert not any(jargon in fault for fault in said(text)), jargon


def test_a_part_of_a_file_has_its_places_in_the_whole() -> None:
    file = read_yaml_text("one: {from: 2019-01-01}\ntwo: {from: never}", "f")
    made, faults = validate(Leaf, file, file.value(("two",)), ("two",))
    assert made is None
    assert [str(fault) for fault in faults] == ["f:2:13: `from` can't be `never`; write a day such as 2019-01-31"]


def test_hostile_text_is_shown_short_and_on_one_line() -> None:
    (fault,) = said('name: a\nmany: "' + "x\\n\\u202e" * 500 + '"')
    assert len(fault) < 150
    assert "\n" not in fault
    assert "\u202e" not in fault


# ---- what is left when the faults are taken out


def test_one_slip_costs_the_key_it_stands_at_and_no_more() -> None:
    made, faults = salvage(
        Tree, read_yaml_text("name: a\nmany: x\nlouf: yes\nleaves: {b: {from: 1}, c: {from: 2019-01-01}}", "f")
    )
    assert len(faults) == 3
    assert made is not None
    assert (made.name, made.many, list(made.leaves)) == ("a", 1, ["c"])


def test_a_list_with_a_faulty_item_is_left_out_whole() -> None:
    made, faults = salvage(Tree, read_yaml_text("name: a\nwords: [b, [c]]", "f"))
    assert len(faults) == 1
    assert made is not None
    assert made.words == ()


def test_what_can_t_do_without_is_none() -> None:
    made, faults = salvage(Tree, read_yaml_text("many: 2", "f"))
    assert made is None
    assert len(faults) == 1


def test_a_day_is_written_in_full_and_a_date_is_one_already() -> None:
    assert Leaf.model_validate({"from": "2019-01-31"}).from_.isoformat() == "2019-01-31"
    stored = Leaf.model_validate({"from": "2019-01-31"})
    assert Leaf.model_validate_json(stored.model_dump_json(by_alias=True)) == stored
    with pytest.raises(ValidationError):
        Leaf.model_validate({"from": "2019-01-31T00:00"})
