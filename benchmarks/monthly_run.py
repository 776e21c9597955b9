"""A month's run as the office waits for it: from the command's start to its exit, workbook to store and mails."""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.made_up import write_workspace

REPEATS = 5
YARDSTICK = "import openpyxl, sys; sum(1 for _ in openpyxl.load_workbook(sys.argv[1], read_only=True)['measures'])"


def main() -> None:
    """Print the medians of a few runs, and their ratio to reading the same workbook with openpyxl alone."""
    print("A monthly run: 100 projects with 10 measures, 2 rated and 1 remarked by rules, from a workbook to the store")
    yardstick = median(_timed(_read_alone) for _ in range(REPEATS))
    print(f"  yardstick (start Python, read the workbook's rows): {yardstick:.2f} s")
    for periods in (["2019-01"], ["2018-11", "2018-12", "2019-01"]):
        run = median(_timed(lambda root, last=periods[-1]: _run(root, last), periods) for _ in range(REPEATS))
        print(f"  telltale run, period {len(periods)} of a year: {run:.2f} s, {run / yardstick:.1f} x the yardstick")
    help_ = median(_timed(lambda root: _telltale(root, "--help")) for _ in range(REPEATS))
    bare = median(_timed(lambda root: _python(root, "-c", "pass")) for _ in range(REPEATS))
    print(f"  telltale --help: {help_:.3f} s, {help_ / bare:.1f} x starting Python")


def _timed(act, periods: list[str] | None = None) -> float:  # type: ignore[no-untyped-def]  # any of the acts below
    """Seconds that an act takes in a fresh workspace, in which all periods but the last have been run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        periods = periods or ["2019-01"]
        write_workspace(root, 100, 10, periods)
        for period in periods[:-1]:
            _run(root, period)
        start = perf_counter()
        act(root)
        return perf_counter() - start


def _read_alone(root: Path) -> None:
    _python(root, "-c", YARDSTICK, str(next(root.glob("returns/*/*/owners.xlsx"))))


def _run(root: Path, period: str) -> None:
    _telltale(root, "run", "made_up", "--period", period, "--now", "2019-03-08T07:00")


def _telltale(root: Path, *arguments: str) -> None:
    _python(root, "-m", "engine", *arguments)


def _python(root: Path, *arguments: str) -> None:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
