"""A new value for a threshold: dated, with its reason; the old ones stay, and the file but for it."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.values import show
from engine.rulebook.loading import read_rulebook
from engine.rulebook.tuning import NewValue, Tuned, TuningError, tuned
from engine.workspace.yamlfile import YamlFile, read_yaml_text
from tests.rulebook.office import PORTFOLIO, WORKSPACE

FILE = """\
# Ours
portfolio: lives
thresholds:
  tolerance:
    title: How far short   # of target
    values:
      - {from: 2018-04, value: 40%, why: first agreed, approved_by: PMO}   # see the minutes
      - {from: 2019-04, value: 30%, why: as planned, approved_by: PMO}
  limit: {title: The most, values: [{from: 2018-04, value: £50k}]}

rules:
  - {id: short, title: Short, for: measures, when: shortfall > tolerance, status: at_risk, tests: []}
  - {id: dear, title: Dear, for: projects, when: income > limit, status: at_risk}
"""
NEW = NewValue("tolerance", "20%", "2020-04", "two posts stay empty", "Board")


def tune(file: str = FILE, **changes: str) -> Tuned:
    new = NewValue(**{name: changes.get(name, getattr(NEW, name)) for name in NewValue.__slots__})
    rulebook, faults = read_rulebook(read(file), WORKSPACE, PORTFOLIO)
    assert rulebook is not None, faults
    return tuned(file, "rules/lives.yaml", rulebook, WORKSPACE, PORTFOLIO, new)


def read(text: str) -> YamlFile:
    return read_yaml_text(text.removeprefix("\ufeff"), "rules/lives.yaml")


def added(before: str, after: str) -> list[str]:
    """The lines that are new; the others stand as they stood."""
    old, new = before.splitlines(), after.splitlines()
    fresh = [line for line in new if line not in old]
    assert [line for line in new if line not in fresh] == old
    return fresh


@pytest.mark.parametrize(
    ("from_", "neighbours"),
    [
        ("2020-04", ("2019-04", None)),
        ("2018-10", ("2018-04", "2019-04")),
        ("2018-10-15", ("2018-04", "2019-04")),
        ("2017-04", (None, "2018-04")),
    ],
)
def test_a_value_goes_among_the_others_by_its_date(from_: str, neighbours: tuple[str | None, str | None]) -> None:
    after = tune(from_=from_).text
    line = f"      - {{from: {from_}, value: 20%, why: two posts stay empty, approved_by: Board}}"
    assert added(FILE, after) == [line]
    lines = after.splitlines()
    for neighbour, beside in zip(neighbours, (lines[lines.index(line) - 1], lines[lines.index(line) + 1]), strict=True):
        assert neighbour is None or f"from: {neighbour}," in beside


def test_a_list_with_the_newest_first_stays_so() -> None:
    file = FILE.replace("2018-04, value: 40%", "2019-10, value: 40%")
    lines = tune(file, from_="2020-04").text.splitlines()
    assert [one.split()[2][:-1] for one in lines[6:9]] == ["2020-04", "2019-10", "2019-04"]


def test_a_list_in_no_order_gets_it_at_its_end() -> None:
    file = FILE.replace(
        "  limit:", "      - {from: 2018-10, value: 35%, why: for the winter, approved_by: PMO}\n  limit:"
    )
    lines = tune(file, from_="2018-12").text.splitlines()
    assert [one.split()[2][:-1] for one in lines[6:10]] == ["2018-04", "2019-04", "2018-10", "2018-12"]


@pytest.mark.parametrize(
    ("from_", "before", "until", "by_day"),
    [
        ("2020-04", "30%", None, ["none", "40%", "30%", "20%"]),
        ("2018-10", "40%", "2019-04-01", ["none", "40%", "30%", "30%"]),
        ("2018-04-02", "40%", "2019-04-01", ["none", "20%", "30%", "30%"]),
        ("2017-04", None, "2018-04-01", ["20%", "40%", "30%", "30%"]),
    ],
)
def test_it_holds_from_its_day_until_the_next_value(
    from_: str, before: str | None, until: str | None, by_day: Sequence[str]
) -> None:
    done = tune(from_=from_)
    assert done.before is None if before is None else done.before and show(done.before) == before
    assert (done.until.from_.isoformat() if done.until else None) == until
    days = (date(2018, 3, 31), date(2018, 4, 30), date(2019, 4, 30), date(2020, 4, 30))
    assert [show(value) if (value := done.threshold.on(day)) else "none" for day in days] == by_day


def test_not_set_ends_a_threshold() -> None:
    done = tune(value="Not  set")
    assert (done.threshold.on(date(2020, 4, 1)), done.written) == (None, "not set")
    assert "value: not set," in done.text


def test_a_value_says_its_line_in_the_file() -> None:
    done = tune(from_="2018-10")
    assert done.text.splitlines()[done.value.at.line - 1].startswith("      - {from: 2018-10, value: 20%")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"threshold": "tolerence"},
            "there is no threshold 'tolerence' in rules/lives.yaml; did you mean `tolerance`?",
        ),
        (
            {"value": "£20k"},
            "`tolerance` can't be '£20k': this is a percentage, and what was written is money; write it as 15.1%",
        ),
        (
            {"value": "20"},
            "`tolerance` can't be '20': this threshold is a percentage, and the number has no unit; write 20%",
        ),
        (
            {"threshold": "limit", "value": "60"},
            "`limit` can't be '60': 60 has no unit, and this is money; write £60k for thousands or £60",
        ),
        ({"value": "about 20%"}, "`tolerance` can't be 'about 20%': 'about 20%' is not exact; write the figure alone"),
        ({"value": ""}, "`tolerance` can't be '': there is no number; write one, such as 15.1%, £1,320k or 12"),
        ({"from_": "April 2020"}, "'April 2020' is not a date; write a month such as 2019-04, or a day such as"),
        ({"from_": "2020-02-30"}, "'2020-02-30' is not a date; write a month such as 2019-04, or a day such as"),
        ({"from_": "2999-04"}, "2999-04 is too far ahead; write a date before 2200"),
        (
            {"from_": "2019-04-01"},
            "`tolerance` has a value from 2019-04-01 on already (30%, line 8); give another date, or mend that line",
        ),
        ({"value": "30.0%"}, "`tolerance` is 30.0% on 2020-04 already; there is nothing to change"),
        (
            {"value": "40%", "from_": "2018-12"},
            "`tolerance` is 40% on 2018-12 already; there is nothing to change",
        ),
        ({"value": "not set", "from_": "2018-01"}, "`tolerance` is not set on 2018-01 already; there is nothing to"),
        ({"why": "  "}, "nothing says why; whoever asks a year later finds it in the file, so write it"),
        ({"approved_by": ""}, "nothing says who agreed to it; whoever asks a year later finds it in the file"),
        ({"why": "one\ntwo"}, "`one two` has more than one line; write it on one"),
        ({"why": "x" * 1_000_000}, "rules/lives.yaml would be larger than 1 MB, and could not be read any more; write"),
        ({"approved_by": "a\x07"}, "`a` holds a character that nobody can see; type it anew"),
    ],
)
def test_what_can_not_be_is_refused_in_one_sentence(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(TuningError) as refused:
        tune(**changes)
    assert str(refused.value).startswith(sentence)


def test_a_value_that_gives_the_rules_a_new_warning_says_so() -> None:
    bands = "bands: {on_target: below 45%, obstacles: below tolerance, at_risk: otherwise}"
    file = FILE + f"  - {{id: ladder, title: Ladder, measure: recruitment, {bands}}}\n"
    file = file.replace("value: 30%", "value: 50%")
    (warning,) = tune(file).warnings
    assert "the band `obstacles` is never reached" in warning.what


# ---- whatever the layout

BESIDE = st.sampled_from(["", "  # see the minutes", " # [a, {b: 'c', \"d"])
COMMENTS = st.one_of(BESIDE, st.just("# ends here ]} ,"))  # where it may follow a bracket or a comma at once
TEXTS = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\u2028\u2029\ufffe\uffff"), min_size=1
).filter(lambda text: bool(text.strip()))
MONTHS = [f"{year}-{month:02}" for year in (2017, 2018, 2019) for month in (1, 4, 7, 10)]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A rule file with the values of a threshold laid out somehow, and their dates in the order of the file."""
    dates = draw(st.lists(st.sampled_from(MONTHS), min_size=1, max_size=4, unique=True))
    dates = draw(st.sampled_from([sorted(dates), sorted(dates, reverse=True), dates]))
    pad = draw(st.sampled_from(["", " "]))
    quote = draw(st.sampled_from(["", "'", '"']))
    values = [f"{quote}{10 + MONTHS.index(one)}%{quote}" for one in dates]
    braced = [f"{{{pad}from: {one}, value: {value}, why: w{pad}}}" for one, value in zip(dates, values, strict=True)]
    indent = " " * draw(st.integers(4, 8))
    layout = draw(st.sampled_from(["dash braces", "dash keys", "one line", "lines", "packed"]))

    def note() -> str:
        """Perhaps a comment or an empty line of its own."""
        return draw(
            st.sampled_from(["", "", f"{indent}# a note: [\n", "# far left\n", f"{indent}    # part of it\n", "\n"])
        )

    if layout == "dash braces":
        lines = "".join(f"{note()}{indent}- {one}{draw(COMMENTS)}\n" for one in braced)
        written = f"{draw(BESIDE)}\n{lines}"
    elif layout == "dash keys":
        pairs = zip(dates, values, strict=True)
        keys = [f"{indent}- from: {one}{draw(BESIDE)}\n{indent}  value: {value}\n" for one, value in pairs]
        written = "\n" + "".join(note() + one for one in keys)
    elif layout == "one line":
        written = f" [{pad}{', '.join(braced)}{pad}]{draw(COMMENTS)}\n"
    elif layout == "lines":
        last = draw(st.sampled_from(["", ","]))
        commas = [","] * (len(braced) - 1) + [last]
        lines = "".join(
            f"{note()}{indent}{one}{comma}{draw(COMMENTS)}\n" for one, comma in zip(braced, commas, strict=True)
        )
        written = f" [{draw(COMMENTS)}\n{lines}{indent}]{draw(COMMENTS)}\n"
    else:
        written = f" [{draw(COMMENTS)}\n{indent}{', '.join(braced)}]\n"
    after = draw(st.sampled_from(["", "\n", "  # the next\n"]))
    head = draw(st.sampled_from(["", "# Ours\n\n"]))
    text = (
        f"{head}portfolio: lives\nthresholds:\n  tolerance:\n    title: T\n    values:{written}{after}"
        "rules:\n  - {id: short, title: Short, for: measures, when: shortfall > tolerance, status: at_risk}"
    )
    text += draw(st.sampled_from(["", "\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    return draw(st.sampled_from(["", "\ufeff"])) + text, dates


@given(files(), st.integers(0, 40), TEXTS, TEXTS)
def test_whatever_the_layout_one_entry_is_added_and_nothing_else_changes(
    made: tuple[str, list[str]], months: int, why: str, who: str
) -> None:
    before, dates = made
    from_ = f"{2016 + months // 12}-{months % 12 + 1:02}-15"
    after = tune(before, from_=from_, value="77.7%", why=why, approved_by=who).text

    # All that stood there still does, in its order, around one insertion (in brackets perhaps after a comma).
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    rest = len(after) - len(before)
    candidates = [at for at in range(start + 1) if after[:at] + after[at + rest :] == before]
    if not candidates:
        comma = after[:start] + after[start + 1 :]
        assert after[start] == ","
        candidates = [at for at in range(len(before) + 1) if comma[:at] + comma[at + rest - 1 :] == before]
    assert candidates

    # What is read is what was read, and the entry: by its date where the list was in order, else at the end.
    old, new = (values(text) for text in (before, after))
    entry = {"from": from_, "value": "77.7%", "why": why.strip(), "approved_by": who.strip()}
    at = new.index(entry)
    assert new[:at] + new[at + 1 :] == old
    order = [one["from"] for one in new]
    if dates == sorted(dates):
        assert order == sorted(order)
    elif dates == sorted(dates, reverse=True):
        assert order == sorted(order, reverse=True)
    else:
        assert at == len(old)


def values(text: str) -> list[dict[str, str]]:
    found = read(text).value(("thresholds", "tolerance", "values"))
    assert isinstance(found, list)
    return found
