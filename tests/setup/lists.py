"""Lists of projects and measures for the tests of this room, and what is made of them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from engine.model.workspace import Portfolio, Workspace
from engine.setup.files import files
from engine.setup.listing import Listing
from engine.setup.reading import Read, read_file
from engine.workspace.loading import load_workspace
from engine.workspace.starter import shared_files, write_workspace
from tests.returns.small import workbook

HEADER = ("Programme", "Project", "Project owner", "Owner's email", "Measure", "Unit", "Better", "Target")
TODAY = date(2025, 5, 9)
Cells = Sequence[object]


def read(tmp_path: Path, *rows: Cells, header: Cells = HEADER, about: Sequence[Cells] = (), name: str = "list") -> Read:
    """What is understood of a workbook with these rows, and these settings of the portfolio."""
    sheets = {"projects": [header, *rows]} | ({"portfolio": about} if about else {})
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(workbook(sheets))
    return read_file(path, TODAY)


def listed(found: Read) -> Listing:
    assert found.problems == []
    assert found.listing is not None
    return found.listing


def said(found: Read) -> list[str]:
    """The problems, without the file's name."""
    return [str(problem).partition(", ")[2] for problem in found.problems]


def made(tmp_path: Path, found: Read) -> tuple[Path, Workspace, Portfolio]:
    """The workspace that comes of it: without a fault, or the test fails here."""
    root = tmp_path / "office"
    texts = {path: text.encode() for path, text in files(listed(found)).items()}
    write_workspace(root, texts | shared_files())
    workspace, faults = load_workspace(root)
    assert workspace is not None, [str(fault) for fault in faults]
    (portfolio,) = workspace.portfolios.values()
    return root, workspace, portfolio
