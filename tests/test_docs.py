"""What the docs show is what the program says: every command in a console block is run, and its output compared.

    TELLTALE_REFRESH=1 .venv/bin/pytest tests/test_docs.py     writes what the program says now; read the difference,
                                                               and change by hand what is shown with `...`

A page's commands run one after another, in bash, in a copy of the repository's workspace; a line that is only `...`
stands for any lines. A block that begins with `$ # not run` is left alone. `cd FOLDER` holds for the rest of the page,
and `<!-- now: TIME -->` says what time it is from there on. Blocks inside `<!-- … -->` run too and are not seen by the
reader: they do to the files what the text around them tells the reader to do in an editor.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = re.compile(r"^<!-- now: (\S+) -->$", re.MULTILINE)
FIRST_NOW = "2019-02-08T07:00"
NOT_RUN = "$ # not run"


def commands(block: str) -> Iterator[tuple[str, str, int]]:
    """Each command of a block, the output that the page shows for it, and where in the block that output begins."""
    starts = [found.start() for found in re.finditer(r"^\$ ", block, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
        command, _, output = block[start + 2 : end].partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = f"{command}\n{more}"
        yield command, output, end - len(output)


def refreshed(text: str, changes: Iterable[tuple[int, str, str]]) -> str:
    """A page with other output: at each place (in the page as it is) what stands there, and what is to."""
    for place, shown, output in sorted(changes, reverse=True):
        text = text[:place] + output + text[place + len(shown) :]
    return text


def said(command: str, folder: Path, now: str = FIRST_NOW) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "TELLTALE_NOW": now, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout


def matches(shown: str, output: str) -> bool:
    pattern = "".join(".*?" if line.strip() == "..." else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, output, re.DOTALL) is not None


def workspace(folder: Path) -> Path:
    for name in ("config", "rules", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_the_docs_says_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    folder = workspace(tmp_path)
    changes: list[tuple[int, str, str]] = []
    by_hand: list[str] = []  # shown in part, and nobody but its author knows which part
    for found in BLOCK.finditer(text):
        block = found[1]
        if block.startswith(NOT_RUN):
            continue
        now = [FIRST_NOW, *NOW.findall(text, 0, found.start())][-1]
        for command, shown, place in commands(block):
            if command.startswith("cd ") and not shown:
                folder = folder / command.removeprefix("cd ")
                continue
            output = said(command, folder, now)
            if matches(shown, output):
                continue
            if os.environ.get("TELLTALE_REFRESH") and "...\n" in shown:
                by_hand.append(f"{command}\n{output}")
            elif os.environ.get("TELLTALE_REFRESH"):
                changes.append((found.start(1) + place, shown, output))
            else:
                assert output == shown, f"`{command}` says something else now"
    if changes:
        page.write_text(refreshed(text, changes), encoding="utf-8")
    assert not by_hand, "shown with `...`, so change it by hand:\n" + "\n".join(by_hand)


def test_a_page_that_shows_something_else_is_found(tmp_path: Path) -> None:
    output = said("telltale status nowhere; echo $?", workspace(tmp_path))
    assert output.startswith("telltale: there is no portfolio 'nowhere'; there is ")
    assert output.endswith("\n2\n")
    assert not matches("one line\n", "another line\n")
    assert matches("first\n...\nlast\n", "first\nsecond\nthird\nlast\n")


def test_a_page_is_refreshed_where_the_command_stands() -> None:
    page = "```console\n$ check\nNo fault.\n```\nThen a slip:\n```console\n$ check\n1 fault.\n$ \\\n  two\n2\n```\n"
    changes = [
        (found.start(1) + place, shown, output)
        for found, outputs in zip(BLOCK.finditer(page), (["No fault.\n"], ["3 faults,\nall old.\n", ""]), strict=True)
        for (_, shown, place), output in zip(commands(found[1]), outputs, strict=True)
        if shown != output
    ]
    assert refreshed(page, changes) == page.replace("1 fault.", "3 faults,\nall old.").replace("two\n2\n", "two\n")


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not broken
