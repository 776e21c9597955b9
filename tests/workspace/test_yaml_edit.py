"""An entry added to a list in a YAML file: everything else stays as it was typed."""

import pytest

from engine.workspace.yamledit import EditError, with_entry
from engine.workspace.yamlwriting import UnwritableError

NEW = {"from": "2019-04", "value": "60%", "why": "as agreed"}
LINE = "{from: 2019-04, value: 60%, why: as agreed}"

# Name, the file, the position, and the file with the new entry (where NEW stands for it in braces).
LAYOUTS = [
    ("after the last", "v:\n  - {from: a}\n", 1, "v:\n  - {from: a}\n  - NEW\n"),
    ("before the first", "v:\n  - {from: a}\n", 0, "v:\n  - NEW\n  - {from: a}\n"),
    ("not indented", "v:\n- {from: a}\nw: 1\n", 1, "v:\n- {from: a}\n- NEW\nw: 1\n"),
    ("far from its dash", "v:\n  -   {from: a}\n", 1, "v:\n  -   {from: a}\n  -   NEW\n"),
    ("spaces in braces", "v:\n  - { from: a }\n", 1, "v:\n  - { from: a }\n  - { " + LINE[1:-1] + " }\n"),
    ("braces over two lines", "v:\n - {from: a,\n  value: b}\n", 1, "v:\n - {from: a,\n  value: b}\n - NEW\n"),
    ("no last line end", "v:\n  - {from: a}", 1, "v:\n  - {from: a}\n  - NEW"),
    ("lines of Windows", "v:\r\n  - {from: a}\r\nw: 1", 1, "v:\r\n  - {from: a}\r\n  - NEW\r\nw: 1"),
    ("a byte order mark", "\ufeffv:\n  - {from: a}\n", 1, "\ufeffv:\n  - {from: a}\n  - NEW\n"),
    (
        "its own comments stay with an entry, those of the next with the next",
        "v:\n  # one\n  - {from: a} # of a\n      # more of a\n  # of b\n  - {from: b}\n",
        1,
        "v:\n  # one\n  - {from: a} # of a\n      # more of a\n  - NEW\n  # of b\n  - {from: b}\n",
    ),
    (
        "a comment above the first stays with the first",
        "v: # all\n\n  # one\n  - {from: a}\n",
        0,
        "v: # all\n\n  - NEW\n  # one\n  - {from: a}\n",
    ),
    (
        "a line for each key",
        "v:\n  - from: a\n    value: b # c\nw: 1\n",
        1,
        "v:\n  - from: a\n    value: b # c\n  - from: 2019-04\n    value: 60%\n    why: as agreed\nw: 1\n",
    ),
    (
        "an empty line between entries",
        "v:\n  - from: a\n\n  - from: b\n",
        2,
        "v:\n  - from: a\n\n  - from: b\n\n  - from: 2019-04\n    value: 60%\n    why: as agreed\n",
    ),
    (
        "the same before the first",
        "v:\n  - from: a\n\n  - from: b\n",
        0,
        "v:\n  - from: 2019-04\n    value: 60%\n    why: as agreed\n\n  - from: a\n\n  - from: b\n",
    ),
    (
        "a dash on a line of its own",
        "v:\n  -\n    from: a\n",
        1,
        "v:\n  -\n    from: a\n  - from: 2019-04\n    value: 60%\n    why: as agreed\n",
    ),
    (
        "a text over several lines",
        "v:\n  - from: a\n    why: |\n      x\n\n      y\n\n#\n",
        1,
        "v:\n  - from: a\n    why: |\n      x\n\n      y\n\n  - from: 2019-04\n    why: as agreed\n    value: 60%\n#\n",
    ),
    (
        "the neighbour's order and quotes",
        "v:\n  - {value: 'b', \"from\": \"a\"}\n",
        1,
        "v:\n  - {value: 'b', \"from\": \"a\"}\n  - {value: '60%', \"from\": \"2019-04\", why: as agreed}\n",
    ),
    ("brackets", "v: [{from: a}] # c\n", 1, "v: [{from: a}, NEW] # c\n"),
    ("brackets, first", "v: [ {from: a} ]\n", 0, "v: [ NEW, {from: a} ]\n"),
    ("brackets, between", "v: [{from: a}, {from: b}]\n", 1, "v: [{from: a}, NEW, {from: b}]\n"),
    ("empty brackets", "v: []\nw: 1\n", 0, "v: [NEW]\nw: 1\n"),
    ("all in braces", '{"v": [{"from": a}]}', 1, '{"v": [{"from": a}, {"from": 2019-04, value: 60%, why: as agreed}]}'),
    ("lines in brackets", "v: [\n  {from: a}, # a\n]\n", 1, "v: [\n  {from: a}, # a\n  NEW,\n]\n"),
    ("no last comma", "v: [\n  {from: a} # a\n]\n", 1, "v: [\n  {from: a}, # a\n  NEW\n]\n"),
    ("closed in the last line", "v: [\n  {from: a}] # a\n", 1, "v: [\n  {from: a},\n  NEW] # a\n"),
    ("between", "v: [\n {from: a}, # a\n # b\n {from: b}]", 1, "v: [\n {from: a}, # a\n NEW,\n # b\n {from: b}]"),
    ("lines, first", "v: [\n  # a\n  {from: a}\n]", 0, "v: [\n  NEW,\n  # a\n  {from: a}\n]"),
    ("commas first", "v: [ {from: a} # a\n  , {from: b}\n  ]", 2, "v: [ {from: a} # a\n  , {from: b}, NEW\n  ]"),
    ("comma below", "v: [\n  {from: a} # a\n  , {from: b}]", 1, "v: [\n  {from: a}, NEW # a\n  , {from: b}]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "index", "after"), LAYOUTS, ids=[layout[0] for layout in LAYOUTS])
def test_an_entry_is_added_as_its_neighbour_is_written(name: str, before: str, index: int, after: str) -> None:
    assert with_entry(before, ("v",), index, NEW) == after.replace("NEW", LINE)


def test_a_list_deep_in_a_file_is_found() -> None:
    before = "a:\n  - {}\n  - b:\n      v:\n      - {from: a}\nc: {v: [{from: a}]}\n"
    assert with_entry(before, ("a", 1, "b", "v"), 1, NEW) == before.replace(
        "      - {from: a}\n", f"      - {{from: a}}\n      - {LINE}\n"
    )


@pytest.mark.parametrize("text", ["v: 1\n", "w: []\n", "v:\n", "v: [\n", "v: []\nv: []\n", "v: [*a]\n", ""])
def test_where_there_is_no_list_that_can_be_read_nothing_is_added(text: str) -> None:
    with pytest.raises(EditError, match="there is no list to add to; mend the file first"):
        with_entry(text, ("v",), 0, NEW)


def test_a_file_where_the_new_entry_would_not_be_read_back_is_left_alone() -> None:
    # A mark that no column counts stands before the list, so its place is not where it seems to be.
    with pytest.raises(EditError, match="nothing can be added safely"):
        with_entry("{x: \ufeff\ufeff\ufeff1, v: [{from: a}]}", ("v",), 1, NEW)


def test_a_value_that_no_file_may_hold_is_refused() -> None:
    with pytest.raises(UnwritableError):
        with_entry("v: []", ("v",), 0, {"why": "one\ntwo"})
