"""docs/portfolios.md says what the program derives, and what was published is what it derives."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import app
from engine.cli.show import decided_by
from engine.model.run import RunOut
from engine.model.workspace import Scheme
from tests.test_docs import ROOT, workspace

PAGE = ROOT / "docs" / "portfolios.md"
ROW = re.compile(r"^\| `(\w+)` (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


class Row(NamedTuple):
    ref: str
    title: str
    published: str  # "OT, was EO"
    derived: str
    trend: str  # in bold where the report prints it
    decided_by: str
    why: str


ROWS = [Row(*match) for match in ROW.findall(PAGE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunOut, Scheme]:
    folder: Path = workspace(tmp_path_factory.mktemp("portfolios"))
    office = app.open_office(folder, "2019-02-08T07:00")
    run = app.run(office, "improving_lives", None, publish=False)
    return run, office.workspace.schemes[run.scheme]


def test_the_table_says_what_the_program_derives(judged: tuple[RunOut, Scheme]) -> None:
    run, scheme = judged
    code = {status.id: status.code for status in (*scheme.statuses, *scheme.outside)}
    derived = [
        (one.ref, one.title, code.get(one.status or "", "Not rated"), one.trend or "-", decided_by(one))
        for one in run.subjects
    ]
    shown = [(row.ref, row.title, row.derived, row.trend.strip("*"), row.decided_by) for row in ROWS]
    assert shown == derived


def test_every_published_status_and_printed_trend_comes_out() -> None:
    assert len(ROWS) == 28
    assert [row.ref for row in ROWS if row.published.split(",")[0] != row.derived] == []
    assert [row.ref for row in ROWS if row.trend.startswith("**")] == [
        "improving_lives", "ASCH1812", "ASCH1802", "ASCH1803", "ASCH1804", "ASCH1801", "ASCH1805",
    ]  # fmt: skip


def test_the_summary_counts_who_decided() -> None:
    counts = {who: sum(row.decided_by == who for row in ROWS) for who in ("rule", "judgement", "lifecycle")}
    text = (
        f"{counts['rule']} follow from rules, {counts['judgement']} from a person's judgement entered as one with "
        f"its reason, {counts['lifecycle']} from a lifecycle"
    )
    assert text in PAGE.read_text(encoding="utf-8")
