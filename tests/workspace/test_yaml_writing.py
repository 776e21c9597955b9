"""Texts written as YAML values read back as what they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine.workspace.yamlfile import read_yaml_text
from engine.workspace.yamlwriting import UnwritableError, scalar, visible

NOT_SEEN = "\x00\x07\x7f\x85\u2028\u2029\ud800\uffff"
LINES = st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters=NOT_SEEN + "\ufffe"), max_size=40)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("first agreed", "first agreed"),
        ("40%", "40%"),
        ("-£8k", "-£8k"),
        ("not set", "not set"),
        ("the board's", "the board's"),
        ("£1.2m", "£1.2m"),
        ("4 weeks", "4 weeks"),
        ("2019-04-01", "2019-04-01"),
        ("Zoë’s 2 homes – North (new)", "Zoë’s 2 homes – North (new)"),
        ("👩‍💻 said so", '"👩‍💻 said so"'),
        ("yes", '"yes"'),
        ("12:30", '"12:30"'),
        ("1e3", '"1e3"'),
        ("0x1F", '"0x1F"'),
        ("agreed: 40%", '"agreed: 40%"'),
        ("agreed #4", '"agreed #4"'),
        ("a, b", '"a, b"'),
        ("{x}", '"{x}"'),
        ('the "board"', '"the \\"board\\""'),
        ('"board"', '"\\"board\\""'),
        ("C:\\pmo: ours", '"C:\\\\pmo: ours"'),
        ("null", '"null"'),
        ("", '""'),
        (" a ", '" a "'),
        ("- a", '"- a"'),
        ("*a", '"*a"'),
        ("a\tb: c", '"a\\tb: c"'),
    ],
)
def test_a_text_is_quoted_where_a_reader_might_take_it_for_something_else(text: str, written: str) -> None:
    assert scalar(text) == written


@pytest.mark.parametrize(
    ("style", "text", "written"),
    [("'", "40%", "'40%'"), ("'", "the board's", "'the board''s'"), ('"', "40%", '"40%"'), ("|", "40%", "40%")],
)
def test_it_is_quoted_as_what_stands_beside_it(style: str, text: str, written: str) -> None:
    assert scalar(text, style) == written


@given(LINES, st.sampled_from(["", "'", '"', "|"]))
def test_whatever_a_line_holds_it_reads_back(text: str, style: str) -> None:
    written = scalar(text, style)
    for form in ("key: {}", "- key: {}\n  other: 1", "[{{key: {}, other: 1}}]"):
        file = read_yaml_text(form.format(written), "f.yaml")
        assert (file.faults, text in str_values(file.data)) == ((), True)


def str_values(data: object) -> list[object]:
    held = data[0] if isinstance(data, list) else data
    return list(held.values()) if isinstance(held, dict) else []


@pytest.mark.parametrize("text", ["one\ntwo", "one\r\ntwo", "one\n", "one\u2028two", "one\x85two"])
def test_a_text_of_several_lines_is_refused(text: str) -> None:
    with pytest.raises(UnwritableError, match="has more than one line; write it on one"):
        scalar(text)


@pytest.mark.parametrize("text", ["a\x07", "\x00", "a\ud800", "a\uffff"])
def test_what_nobody_can_see_is_refused(text: str) -> None:
    with pytest.raises(UnwritableError, match="holds a character that nobody can see; type it anew"):
        scalar(text)


@given(st.text(max_size=40))
def test_what_can_be_seen_can_be_written(text: str) -> None:
    assert read_yaml_text(f"key: {scalar(visible(text))}", "f.yaml").data == {"key": visible(text)}


@given(LINES.filter(lambda text: text.strip("0123456789.-")))
def test_another_reader_takes_whatever_is_no_number_for_the_same_text(text: str) -> None:
    for version in ("1.1", "1.2"):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        assert reader.load(f"key: {scalar(text)}") == {"key": text}
