"""Each page in docs/portfolios/ says what the program derives, and where that is what was published.

A page is named after its portfolio. Its table has the columns subject, published, derived, trend, decided by, why; one
of single measures, where there is any, has the columns `subject.measure`, published, derived, figure.
*published* begins with the status's code ("OT, was EO"), `Not rated`, or `-` where the report gives none that can be
read. A trend in bold is printed in the report. A row whose derived status is not the published one is named, by its
ref, under the heading "What does not come out as published".
"""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import app
from engine.cli.show import decided_by
from engine.model.run import RunOut
from engine.model.workspace import Scheme
from tests.test_docs import FIRST_NOW, NOW, ROOT, workspace

FOLDER = ROOT / "docs" / "portfolios"
INDEX = FOLDER / "README.md"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page != INDEX)
ROW = re.compile(r"^\| `([\w-]+)` (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
DIFFERS = re.compile(r"^## What does not come out as published$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
WHO = {
    "rule": "from rules",
    "judgement": "from a person's judgement",
    "lifecycle": "from a lifecycle",
    "-": "by nobody",
}


MEASURE = re.compile(r"^\| `([\w-]+\.\w+)` (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


class Row(NamedTuple):
    ref: str
    title: str
    published: str  # "OT, was EO"
    derived: str
    trend: str  # in bold where the report prints it
    decided_by: str
    why: str

    @property
    def status(self) -> str:
        return self.published.split(",")[0]


class Page(NamedTuple):
    name: str
    text: str
    rows: list[Row]
    run: RunOut
    scheme: Scheme


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: page.stem)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Page:
    path: Path = request.param
    text = path.read_text(encoding="utf-8")
    now = [FIRST_NOW, *NOW.findall(text)][-1]
    office = app.open_office(workspace(tmp_path_factory.mktemp(path.stem)), now)
    run = app.run(office, path.stem, None, publish=False)
    rows = [Row(*match) for match in ROW.findall(text)]
    return Page(path.stem, text, rows, run, office.workspace.schemes[run.scheme])


def test_the_table_says_what_the_program_derives(page: Page) -> None:
    code = {status.id: status.code for status in (*page.scheme.statuses, *page.scheme.outside)}
    derived = [
        (one.ref, one.title, code.get(one.status or "", "Not rated"), one.trend or "-", decided_by(one))
        for one in page.run.subjects
    ]
    shown = [(row.ref, row.title, row.derived, row.trend.strip("*"), row.decided_by) for row in page.rows]
    assert shown == derived


def test_the_table_of_measures_says_what_the_program_derives(page: Page) -> None:
    code = {status.id: status.code for status in page.scheme.statuses}
    derived = {
        f"{subject.ref}.{one.measure}": (one.title, code.get(one.status or "", "Not rated"), one.shown)
        for subject in page.run.subjects
        for one in subject.measures
        if one.part is None
    }
    for name, title, published, ours, figure in MEASURE.findall(page.text):
        assert derived[name] == (title, ours, figure)
        assert published in ("-", ours), f"{name} came out otherwise than it was published"


def test_what_differs_from_what_was_published_is_owned_up_to(page: Page) -> None:
    found = DIFFERS.search(page.text)
    named = re.findall(r"^- `([\w-]+)`", found[1], re.MULTILINE) if found else []
    assert named == [row.ref for row in page.rows if row.status not in ("-", row.derived)]


def test_the_summary_counts_who_decided(page: Page) -> None:
    for who, count in Counter(row.decided_by for row in page.rows).items():
        assert re.search(rf"\b{count} (\w+ )?{WHO[who]}\b", page.text), f"{page.name} does not say {count} {WHO[who]}"


def test_the_index_has_every_portfolio_with_how_many_statuses_come_out(page: Page) -> None:
    published = [row for row in page.rows if row.status != "-"]
    right = sum(row.status == row.derived for row in published)
    line = next(line for line in INDEX.read_text(encoding="utf-8").splitlines() if f"]({page.name}.md)" in line)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert (cells[0], cells[1], cells[3]) == (page.run.title, page.scheme.title, f"{right} of {len(published)}")


def test_every_portfolio_of_the_workspace_has_a_page() -> None:
    portfolios = {path.stem for path in (ROOT / "config" / "portfolios").glob("*.yaml")}
    assert {page.stem for page in PAGES} == portfolios


def test_improving_lives_comes_out_whole() -> None:
    """28 statuses, and the seven trends that the report prints."""
    rows = [Row(*match) for match in ROW.findall((FOLDER / "improving_lives.md").read_text(encoding="utf-8"))]
    assert len(rows) == 28
    assert [row.ref for row in rows if row.status != row.derived] == []
    assert [row.ref for row in rows if row.trend.startswith("**")] == [
        "improving_lives", "ASCH1812", "ASCH1802", "ASCH1803", "ASCH1804", "ASCH1801", "ASCH1805",
    ]  # fmt: skip
