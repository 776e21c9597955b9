"""A workspace read whole: one value where nothing is wrong with it, and every fault at once where something is."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.problems import Severity
from engine.model.settings import Settings
from engine.model.workspace import Calendar, Level
from engine.workspace.loading import load_workspace
from tests.workspace.sample import CARE, FILES, PEOPLE, PORTFOLIO, SCHEME, THREE, edit, said, write, write_sample


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_sample(tmp_path)


def test_a_workspace_without_a_fault_is_read_whole(root: Path) -> None:
    workspace, faults = load_workspace(root)
    assert faults == []
    assert workspace is not None
    assert [(subject.ref, subject.level) for subject in workspace.portfolios["care"].subjects.values()] == [
        ("care", Level.PORTFOLIO),
        ("P1", Level.PROGRAMME),
        ("payments", Level.PROJECT),
    ]
    assert workspace.scheme_of(workspace.portfolios["care"]).is_exception("amber")
    assert set(workspace.people) == {"director", "lead"}
    assert set(workspace.audiences) == {"owners", "board"}


def test_reading_twice_gives_the_same(root: Path) -> None:
    assert load_workspace(root) == load_workspace(root)


def test_calendar_settings_people_and_audiences_may_be_missing(root: Path) -> None:
    for name in ("calendar", "settings", "audiences", "people"):
        (root / "config" / f"{name}.yaml").unlink()
    edit(root, CARE, "owner: director\n", "")
    edit(root, CARE, "    owner: lead\n", "")
    edit(root, CARE, "        owner: lead\n", "")
    workspace, faults = load_workspace(root)
    assert workspace is not None
    assert (workspace.calendar, workspace.settings) == (Calendar(), Settings())
    assert {(fault.code, fault.severity) for fault in faults} == {
        ("no-owner", Severity.WARNING),
        ("no-domain", Severity.WARNING),
    }


def test_a_workspace_without_a_portfolio_is_none(tmp_path: Path) -> None:
    assert load_workspace(tmp_path)[0] is None
    assert said(tmp_path) == [
        "portfolios:1:1: there is no portfolio here; write one, or begin with `telltale init`",
        (
            "settings.yaml:1:1: mail may go to no domain, so that nobody can be told anything; "
            "list your domains under `mail: allowed_domains`"
        ),
    ]


# ---- the analyst's slips, all at once


def test_every_slip_in_a_file_is_told_at_once_and_in_order(root: Path) -> None:
    edit(root, CARE, "title: Care\n", "titel: Care\ntitle: Care\n")
    edit(root, CARE, "owner: director", "owner: directer")
    edit(root, CARE, "better: higher}\n  income", "beter: higher}\n  income")
    edit(root, CARE, "income: {}}", "incom: {}, income: {}}")
    edit(root, CARE, "reports: monthly", "reports: monthly\nreports: quarterly")
    assert said(root) == [
        f"{CARE}:2:1: unknown key `titel`; did you mean `title`?",
        f"{CARE}:5:8: there is no `directer` in people.yaml; did you mean `director`?",
        f"{CARE}:7:1: `reports` is given twice (first in line 6); keep one of them",
        f"{CARE}:10:48: unknown key `beter`; did you mean `better`?",
        f"{CARE}:20:46: there is no measure `incom`; did you mean `income`?",
    ]


def test_a_tab_is_told_as_a_tab(root: Path) -> None:
    edit(root, CARE, "  - ref: P1", "\t- ref: P1")
    assert said(root) == [f"{CARE}:11:1: there is a tab here, and YAML takes spaces alone; replace every tab by spaces"]


def test_a_faulty_entry_does_not_make_others_look_wrong(root: Path) -> None:
    edit(root, "people.yaml", "name: Director", "nam: Director")
    edit(root, CARE, "unit: money", "unit: pounds")
    edit(root, THREE, "code: A,", "kode: A,")
    assert [fault.partition(":")[0] for fault in said(root)] == ["people.yaml", CARE, THREE]


def test_people_who_can_t_be_read_are_not_missed_elsewhere(root: Path) -> None:
    write(root, "people.yaml", "director: {name: [")
    assert [fault.partition(":")[0] for fault in said(root)] == ["people.yaml"]


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_that_holds_something_else_is_a_fault_and_no_more(root: Path, name: str) -> None:
    for text in ("- a\n- b\n", "just words", "12", "a: [", "[[1]]: 2", "null"):
        write(root, name, text)
        workspace, faults = load_workspace(root)
        assert workspace is None
        assert any(fault.file == f"config/{name}" for fault in faults)


# ---- files


def test_two_files_for_one_portfolio_are_a_fault(root: Path) -> None:
    write(root, "portfolios/zz.yaml", PORTFOLIO)
    what = "`care` is already the portfolio of config/portfolios/care.yaml"
    assert said(root) == [f"portfolios/zz.yaml:1:12: {what}; give one of them another name"]


def test_two_files_for_one_scheme_are_a_fault(root: Path) -> None:
    write(root, "schemes/zz.yaml", SCHEME)
    assert said(root) == [
        "schemes/zz.yaml:1:9: `three` is already the scheme of config/schemes/three.yaml; give one of them another name"
    ]


def test_a_file_that_nothing_reads_is_a_warning(root: Path) -> None:
    write(root, "peple.yaml", "a: b")
    write(root, "schemes/four.yml", SCHEME)
    write(root, "schemes/.four.yaml", "[")
    write(root, "notes.txt", "x")
    workspace, faults = load_workspace(root)
    assert workspace is not None
    assert [str(fault) for fault in faults if fault.severity is Severity.WARNING] == [
        "config/peple.yaml:1:1: nothing reads this file; did you mean `people.yaml`?",
        "config/schemes/four.yml:1:1: nothing reads this file; let its name end in .yaml",
    ]


def test_a_link_that_leads_out_of_the_workspace_is_not_followed(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "people.yaml"
    outside.write_text(PEOPLE, encoding="utf-8")
    (root / "config" / "people.yaml").unlink()
    (root / "config" / "people.yaml").symlink_to(outside)
    assert said(root) == ["people.yaml:1:1: 'config/people.yaml' leads out of the workspace; put the file itself here"]
    inside = root / "people-2019.yaml"
    inside.write_text(PEOPLE, encoding="utf-8")
    (root / "config" / "people.yaml").unlink()
    (root / "config" / "people.yaml").symlink_to(inside)
    assert said(root) == []


def test_a_link_that_leads_nowhere_is_a_fault_and_not_a_file_left_out(root: Path) -> None:
    (root / "config" / "people.yaml").unlink()
    (root / "config" / "people.yaml").symlink_to(root / "gone.yaml")
    assert said(root)[0].startswith("people.yaml:1:1: the file can't be read: No such file")


def test_settings_may_lead_through_a_link_only_inside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "returns").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    assert said(root) == [
        "settings.yaml:1:1: 'returns' leads out of the workspace; name a folder or file inside the workspace"
    ]


# ---- whatever is written

NASTY = st.sampled_from(
    ["", "~", "[]", "{}", "[[]]", "{a: {b: c}}", "0", "-1", "1e9", "9" * 400, "NaN", "2019-13", "9999-12-31", "0001-01",
     "£", "%", "\u00b2 weeks", "x" * 99, "owners", "care", "*a", "&a b", "!t x", "'\u202e'", "@", "sqlite:", "..", "\t"]
)  # fmt: skip


@given(st.data())
def test_whatever_value_is_spoiled_it_is_told_and_nothing_breaks(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = write_sample(tmp_path_factory.getbasetemp() / f"spoiled-{os.getpid()}")
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(list(FILES)))
        text = (root / "config" / name).read_text(encoding="utf-8")
        spots = [match.span() for match in re.finditer(r"(?<=: )[^\n,{}\[\]]+", text)]
        if spots:
            start, end = data.draw(st.sampled_from(spots))
            write(root, name, text[:start] + data.draw(NASTY | st.text(max_size=8)) + text[end:])
    workspace, faults = load_workspace(root)
    assert (workspace is None) == any(fault.severity is Severity.ERROR for fault in faults)
    assert all(fault.what and fault.line and fault.column for fault in faults)
