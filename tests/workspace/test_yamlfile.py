"""Reading YAML: what is written comes back as text with its place, and nothing hostile gets further than a fault."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.workspace.yamlfile import LARGEST, MOST_FAULTS, Entry, YamlFile, read_yaml, read_yaml_text
from engine.workspace.yamlwords import Place


def test_every_value_stays_the_text_that_was_written() -> None:
    file = read_yaml_text("a: NO\nb: 12:30\nc: 0.10\nd: 2019-01-01\ne: 010\nf: yes\ng: 1_000\nh: '~'\ni: 1e5", "f.yaml")
    assert file.data == {
        "a": "NO", "b": "12:30", "c": "0.10", "d": "2019-01-01", "e": "010", "f": "yes", "g": "1_000", "h": "~",
        "i": "1e5",
    }  # fmt: skip
    assert file.faults == ()


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "# nothing"])
def test_a_blank_value_is_none_and_an_empty_quote_is_not(written: str) -> None:
    assert read_yaml_text(f"a: {written}\nb: ''", "f.yaml").data == {"a": None, "b": ""}


def test_text_over_several_lines_is_one_value() -> None:
    file = read_yaml_text("a: |\n  one\n  two\nb: >\n  one\n  two\nc: one\n  two\n", "f.yaml")
    assert file.data == {"a": "one\ntwo\n", "b": "one two\n", "c": "one two"}
    assert [file.entry((key,)).style for key in ("a", "b", "c")] == ["|", ">", ""]


COPIES = "has YAML copy one part of a file to another, which is not done here; write the value out in full"
TAG = "is a YAML tag, which is not read here; leave it out, or put the text in quotes"
TAB = "there is a tab here, and YAML takes spaces alone; replace every tab by spaces"
DEEP = "this is nested more than 50 deep; look for brackets or indentation gone astray"
EMPTY = "the file is empty; fill it in, or delete it"
PERCENT = "lines that begin with % are not read here; leave them out"
KEY = "a key has to be text; write `key: value`, and put a key that holds brackets in quotes"
UNSEEN = "there is a character that nobody can see here (U+{}); delete it and type the line anew"
ESCAPE = "an escape here stands for a character that nobody can see; leave it out"
COLON = "there is a colon too many; put text that holds a colon in quotes"
NO_COLON = "a key has no colon; write `key: value`"
NO_SPACE = "{} runs into its value; write a space after the colon"
QUOTE = "a quote was opened and never closed; close it with the same mark"
LATE_QUOTE = "this quote is closed in line {} only, and more follows there; close it where its text ends"
INDENT = "the indentation doesn't fit the lines above; line it up with the lines it belongs to"
AFTER = "there is text after a value that has ended; put the whole text in quotes, or take it out"
BRACES = "a mapping in { } isn't closed, or lacks a comma; write {key: value, key: value}"
OPEN_BRACES = "a mapping in { } isn't closed by line 2, or lacks a comma; write {key: value, key: value}"
OPEN_LIST = "a list in [ ] isn't closed by line 2, or lacks a comma; write [one, two]"


DASH = "; where another entry of the list begins here, write `- id`"


@pytest.mark.parametrize(
    ("written", "place", "fault"),
    [
        ("a: [1, *x]", "1:8", f"`*x` {COPIES}"),
        ("a: &x 1", "1:4", f"`&x` {COPIES}"),
        ("a: !!python/name:os.system 1", "1:4", f"`!!python/name:os.system` {TAG}"),
        ("a: !mine 1", "1:4", f"`!mine` {TAG}"),
        ("a: !x!y 1", "1:4", TAG.replace("is", "`!` begins", 1)),
        ("a: 1\nb: 2\na: 3", "3:1", "`a` is given twice (first in line 1); keep one of them"),
        ("id: 1\nid: 2", "2:1", f"`id` is given twice (first in line 1); keep one of them{DASH}"),
        ("a:\n\tb: 1", "2:1", TAB),
        ("a:\t1", "1:3", TAB),
        ("a: " + "[" * 3000, "1:53", DEEP),
        ("\n".join(" " * deep + "a:" for deep in range(60)), "51:51", DEEP),
        ("", "1:1", EMPTY),
        ("# to do\n", "1:1", EMPTY),
        ("a: 1\n---\nb: 2", "2:1", "a second document begins here; keep one a file; take out the line `---`"),
        ("%YAML 1.1\n---\na: NO", "2:1", PERCENT),
        ("%YAML 3.1\n---\na: NO", "1:1", PERCENT),
        ("? [a]\n: b", "1:3", KEY),
        ("a: {: 2}", "1:6", "there is no key before the colon; write `key: value`"),
        ("a: 1\nb: x\0", "2:5", UNSEEN.format("0000")),
        ("a: x\u2028b", "1:5", UNSEEN.format("2028")),
        ('a: "\\0"', "1:4", ESCAPE),
        ('a: "\\uD800"', "1:4", ESCAPE),
        ('a: "\\UFFFFFFFF"', "1:1", "this can't be read; look for a backslash inside double quotes"),
        ('a: "C:\\pmo"', "1:8", "a backslash inside double quotes is not understood; use single quotes"),
        ("a: b: c", "1:5", COLON),
        ("a: 'b': c", "1:7", COLON),
        # a key without its colon, at the line where it is missing and not where the parser noticed
        ("a: 1\nb\nc: 2", "2:1", NO_COLON),
        ("- a b\n  c: 2", "1:3", NO_COLON),
        ("a:\n  b 1\n  c 2\n  d: 3", "2:3", NO_COLON),
        ("a b\nc: 2", "1:1", NO_COLON),
        # or without the space after it
        ("a: 1\nb:2\nc: 3", "2:1", NO_SPACE.format("`b:`")),
        ("a: 1\n- b:2\n  c: 3", "2:1", INDENT),
        ("- b:2\n  c: 3", "1:3", NO_SPACE.format("`b:`")),
        ("a:2\nb: 3", "1:1", NO_SPACE.format("`a:`")),
        ('a: 1\nb:"2"\nc: 3', "2:1", NO_SPACE.format("`b:`")),
        ("a: 1\nb:2", "2:1", NO_SPACE.format("`b:`")),
        ("a: 1\nhttp://b\nc: 3", "2:1", NO_COLON),
        ("a: {b:2, c: 3}", "1:5", NO_SPACE.format("`b:`")),
        ("a: 1\n  b: 2", "2:3", INDENT),
        ("a: '1'\n  b: 2", "2:3", INDENT),
        ("a: %x", "1:4", "text can't begin with `%`; put it in quotes"),
        ("a:\n  b: 1\n c: 2", "3:2", INDENT),
        (
            "a: {b} fell",
            "1:8",
            "there is text after a value that has ended; put the whole text in quotes, or take it out",
        ),
        ("a: [1, 2\nb: 3", "1:4", OPEN_LIST),
        ("a: {b: 1\nc: 3", "1:4", OPEN_BRACES),
        ("a: {b: '1' c: 3}", "1:12", BRACES),
        ("a: [,]", "1:5", "something is missing before this; fill it in, or take out the comma or bracket"),
        # an open quote, at its line and not where the next one closes it
        ("a: 'x\nb: 3", "1:4", QUOTE),
        ("a: 'x\n---\nb: 3", "1:4", QUOTE),
        ('a: "x\nb: "y"', "1:4", LATE_QUOTE.format(2)),
        ('a: "x\nb: 1\nc: "{y} z"', "1:4", LATE_QUOTE.format(3)),
        ('a: "x\nb: "y: z"', "1:4", LATE_QUOTE.format(2)),
        ("a: 'x\nb: it's", "1:4", LATE_QUOTE.format(2)),
        ('a: {b: "x}\nc: {d: "y"}', "1:8", LATE_QUOTE.format(2)),
        ("a: - b", "1:4", "a list can't begin here; begin it on a line of its own with `- `"),
    ],
)
def test_what_yaml_allows_and_we_do_not_is_a_fault_at_its_place(written: str, place: str, fault: str) -> None:
    assert [str(one) for one in read_yaml_text(written, "f.yaml").faults] == [f"f.yaml:{place}: {fault}"]


def test_a_value_that_runs_into_its_key_is_read_all_the_same() -> None:
    assert read_yaml_text("a: {b:2, c: 3}", "f.yaml").data == {"a": {"b": "2", "c": "3"}}
    assert read_yaml_text('a: {"b:2": , c: 3}', "f.yaml").data == {"a": {"b:2": None, "c": "3"}}


def test_the_first_of_two_values_for_a_key_is_kept_and_the_second_leaves_no_trace() -> None:
    file = read_yaml_text("a: {b: 1}\na: {c: 2, d: [3]}\ne: 4", "f.yaml")
    assert file.data == {"a": {"b": "1"}, "e": "4"}
    assert set(file.places) == {(), ("a",), ("a", "b"), ("e",)}


def test_all_faults_of_a_file_are_found_as_far_as_it_can_be_followed() -> None:
    assert [fault.line for fault in read_yaml_text("a: *x\nb: &y 1\nb: !z 2\nc: [", "f.yaml").faults] == [1, 2, 3, 3, 4]


def test_a_file_with_endless_faults_is_not_followed_to_its_end() -> None:
    file = read_yaml_text("a: 1\n" * 1000, "f.yaml")
    assert len(file.faults) == MOST_FAULTS
    assert file.data is None


BILLION_LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{k}: &{k} [*{j}, *{j}]\n" for j, k in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_bomb_of_aliases_stays_small() -> None:
    file = read_yaml_text(BILLION_LAUGHS, "f.yaml")
    assert file.data == {"a": ["x", "x"]} | {key: [None, None] for key in "bcdefghi"}
    assert {fault.code for fault in file.faults} == {"alias"}


# ---- files


def fault_of(path: Path) -> str:
    file = read_yaml(path, "f.yaml")
    assert file.data is None
    (fault,) = file.faults
    return str(fault)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert fault_of(tmp_path / "no.yaml") == (
        "f.yaml:1:1: the file can't be read: No such file or directory; check that it is there and open to you"
    )


def test_a_folder_or_pipe_in_the_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    assert fault_of(tmp_path) == "f.yaml:1:1: this is not a file; put a file of YAML in its place"
    os.mkfifo(tmp_path / "pipe.yaml")
    assert fault_of(tmp_path / "pipe.yaml") == "f.yaml:1:1: this is not a file; put a file of YAML in its place"


def test_a_path_that_no_file_can_have_is_a_fault(tmp_path: Path) -> None:
    assert "its name is not one a file can have" in fault_of(tmp_path / "a\0b.yaml")


def test_a_file_larger_than_a_megabyte_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"# " + b"x" * (LARGEST - 2))
    assert "the file is empty" in fault_of(path)
    path.write_bytes(b"# " + b"x" * (LARGEST - 1))
    assert fault_of(path).startswith("f.yaml:1:1: the file is larger than 1 MB; ")


def test_a_file_that_is_not_utf_8_is_a_fault_at_the_first_letter_that_tells(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: £5".encode("cp1252"))
    assert fault_of(path) == "f.yaml:2:4: the file is not UTF-8 text; save it anew with the encoding UTF-8"
    path.write_bytes("a: 1".encode("utf-16"))
    assert "is not UTF-8 text" in fault_of(path)


def test_the_mark_and_the_line_ends_that_windows_writes_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes("\ufeffa: £5\r\nb:\r\n  - x\r\n".encode())
    file = read_yaml(path, "f.yaml")
    assert (file.data, file.faults) == ({"a": "£5", "b": ["x"]}, ())
    assert file.at(("b", 0)) == Place(3, 5)


# ---- places

TREE = read_yaml_text('programmes:\n  - ref: a\n    projects:\n      - {ref: b, title: "B"}\n', "f.yaml")


@pytest.mark.parametrize(
    ("loc", "entry"),
    [
        ((), Entry(Place(1, 1), None, "")),
        (("programmes", 0, "ref"), Entry(Place(2, 10), Place(2, 5), "")),
        (("programmes", 0, "projects", 0, "title"), Entry(Place(4, 25), Place(4, 18), '"')),
        (("programmes", 0, "projects", 0, "owner"), Entry(Place(4, 9), None, "")),  # not there: what is above it
        (("programmes", 0, "Programme", "projects", 0, "ref"), Entry(Place(4, 15), Place(4, 10), "")),  # a tag between
        (("nonsense", 7), Entry(Place(1, 1), None, "")),
    ],
)
def test_a_place_is_that_of_the_value_or_of_what_is_nearest_above_it(loc: tuple[str | int, ...], entry: Entry) -> None:
    assert TREE.entry(loc) == entry
    assert TREE.at(loc) == entry.value
    assert TREE.at(loc, key=True) == (entry.key or entry.value)


def test_a_file_that_could_not_be_read_has_its_beginning_for_every_place() -> None:
    assert YamlFile("f.yaml", None, (), {}).at(("a", 0)) == Place(1, 1)


# ---- whatever comes

hostile = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#, \n\t\\~<=.0Ux\u00a0\ufeff", max_size=60).map(str.encode),
)


@given(hostile)
@example(b'"\\UFFFFFFFF"')
@example(b"%YAML " + b"9" * 5000 + b".1\n--- a")
@example(b"!<%ff> a")
@example(BILLION_LAUGHS.encode())
def test_whatever_the_bytes_they_give_data_or_faults(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"hostile-{os.getpid()}.yaml"
    path.write_bytes(content)
    file = read_yaml(path, "f.yaml")
    assert file.places or file.faults
    assert all(fault.line >= 1 and fault.column >= 1 and fault.what and fault.cure for fault in file.faults)
    "".join(map(str, file.faults)).encode()  # what a person is shown can be shown


plain = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), max_size=20)
values = st.recursive(
    plain,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(plain.filter(bool), below, max_size=4),
    max_leaves=12,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return "'" + str(value).replace("'", "''") + "'"


@given(values)
def test_what_is_written_comes_back(value: object) -> None:
    if "\ufffe" in written(value) or "\uffff" in written(value):
        return
    file = read_yaml_text(written(value), "f.yaml")
    assert (file.data, file.faults) == (value, ())
