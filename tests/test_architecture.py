"""The rooms: who may import what, and who may ask the clock.

Each check is also shown to fail: what it forbids is planted in a copy, and has to be found there.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("engine", "notifiers")


def contracts() -> dict[str, str]:
    """The name of each contract, by its id."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {one["id"]: one["name"] for one in table["contracts"]}


def rooms() -> list[list[str]]:
    """The rooms that stand side by side, from the top down."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in table["contracts"] if one["id"] == "rooms"]
    return [[room.strip(" ()") for room in layer.split(":")] for layer in layers]


def lint_imports(folder: Path, cache: Path) -> tuple[int, str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--cache-dir", str(cache)],
        cwd=folder,
        # Wide and plain: the linter fits its lines to the terminal, and colours them when told to.
        env={**os.environ, "COLUMNS": "500", "NO_COLOR": "1", "FORCE_COLOR": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def verdicts(said: str) -> dict[str, bool]:
    """Whether each contract was kept, by name."""
    found = re.findall(r"^(.+?) (KEPT|BROKEN)\b", re.sub(r"\s*\n(?=(KEPT|BROKEN)\b)", " ", said), re.MULTILINE)
    return {name: word == "KEPT" for name, word in found}


def place(folder: Path, module: str) -> Path:
    """The file of a module, made as an empty one where it does not exist yet."""
    path = folder.joinpath(*module.split("."))
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.exists():
            return file
    for parent in reversed(path.relative_to(folder).parents[:-1]):
        package = folder / parent
        package.mkdir(exist_ok=True)
        if (module_file := package.with_suffix(".py")).exists():
            module_file.rename(package / "__init__.py")
        (package / "__init__.py").touch()
    path.with_suffix(".py").touch()
    return path.with_suffix(".py")


def plant(folder: Path, module: str, line: str) -> None:
    with place(folder, module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    for name in OURS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


# What each contract must find: the module, and what it imports against the contract.
PLANTED = {
    "notifiers": [
        ("notifiers.messages", "engine.alerts.cases"),
        ("notifiers.messages", "engine.workspace"),
        ("notifiers.outbox", "engine.app"),
    ],
    "engine": [("engine.pipeline", "notifiers"), ("engine.service.jobs", "notifiers.smtp")],
    "durable": [
        ("engine.inference.plain", "durable.lang"),
        ("engine.inference.lowering", "durable_rules_engine"),
        ("engine.app", "durable"),
    ],
    "apscheduler": [("engine.app", "apscheduler.schedulers.background")],
    "aiosmtplib": [("notifiers.outbox", "aiosmtplib"), ("engine.cli.send", "aiosmtplib")],
    "imaplib": [("notifiers.smtp", "imaplib"), ("engine.cli.mail", "imaplib")],
    "sqlalchemy": [("engine.alerts.cases", "sqlalchemy.orm"), ("notifiers.outbox", "alembic.config")],
    "lark": [("engine.inference.lowering", "lark")],
    "openpyxl": [("engine.workspace.files", "openpyxl"), ("engine.reports", "openpyxl.styles")],
    "matplotlib": [("engine.whatif", "matplotlib.pyplot"), ("engine.facts.signals", "numpy")],
    "pillow": [("notifiers.messages", "PIL.Image"), ("engine.reports.chart", "PIL")],
    "ruamel": [("engine.rulebook.loading", "ruamel.yaml"), ("engine.returns.template", "ruamel.yaml")],
    "jinja2": [("engine.web.pages", "jinja2")],
}
# And what the same contracts must not find.
ALLOWED = [
    ("notifiers.messages", "engine.model.alerts"),
    ("notifiers.outbox", "engine.store.queries"),
    ("notifiers.outbox", "engine.store"),
    ("notifiers.messages", "engine.periods"),
    ("notifiers.messages", "jinja2"),
    ("notifiers.pictures", "PIL.ImageDraw"),
    ("notifiers.smtp", "aiosmtplib"),
    ("engine.app", "notifiers"),
    ("engine.app", "notifiers.outbox"),
    ("engine.cli.main", "engine.app"),
    ("engine.web.pages", "engine.app"),
    ("engine.inference.durable", "durable.engine"),
    ("engine.service.jobs", "apscheduler"),
    ("engine.store.tables", "sqlalchemy.orm"),
    ("engine.store.upgrade", "alembic"),
    ("engine.rulebook.language.grammar", "lark"),
    ("engine.returns.workbook", "openpyxl"),
    ("engine.workspace.files", "ruamel.yaml"),
    ("engine.model.values", "engine.periods"),
    ("engine.whatif", "engine.pipeline"),
]


def test_the_rooms_are_kept(tmp_path: Path) -> None:
    code, said = lint_imports(ROOT, tmp_path / "cache")
    assert code == 0, said
    assert verdicts(said) == dict.fromkeys(contracts().values(), True)


def test_an_import_against_a_contract_is_found(copy: Path) -> None:
    assert {"rooms", *PLANTED} == set(contracts()), "a contract has nothing planted against it"
    for module, imported in (pair for pairs in PLANTED.values() for pair in pairs):
        if imported.startswith(OURS):
            place(copy, imported)
        plant(copy, module, f"import {imported}")
    code, said = lint_imports(copy, copy / "cache")
    assert code == 1, said
    for contract, pairs in PLANTED.items():
        assert verdicts(said)[contracts()[contract]] is False, said
        for module, imported in pairs:
            seen = imported if imported.startswith(OURS) else imported.partition(".")[0]
            assert re.search(rf"{re.escape(module)} -> {re.escape(seen)} \(l\.", said), f"{module} -> {seen}\n{said}"


def test_an_import_that_the_contracts_allow_is_not_found(copy: Path) -> None:
    for module, imported in ALLOWED:
        if imported.startswith(OURS):
            place(copy, imported)
        plant(copy, module, f"import {imported}")
    code, said = lint_imports(copy, copy / "cache")
    assert code == 0, said


def test_a_room_that_imports_a_later_one_is_found(copy: Path) -> None:
    pairs = [
        (f"engine.{room}", f"engine.{later}")
        for above, layer in zip(rooms(), rooms()[1:], strict=False)
        for room in layer
        for later in above
    ]
    for module, imported in pairs:
        place(copy, imported)
        plant(copy, module, f"import {imported}")
    code, said = lint_imports(copy, copy / "cache")
    assert code == 1
    assert verdicts(said)[contracts()["rooms"]] is False, said
    for module, imported in pairs:
        assert f"{module} is not allowed to import {imported}:" in said, said


def test_a_room_without_a_place_is_found(copy: Path) -> None:
    plant(copy, "engine.attic", "import engine.periods")
    place(copy, "engine.periods")
    code, said = lint_imports(copy, copy / "cache")
    assert code == 1
    assert verdicts(said)[contracts()["rooms"]] is False, said
    assert "engine.attic" in said or "- attic" in said, said


# ------------------------------------------------------------------------------------------------- the clock

# Whatever tells the present moment. time.monotonic and time.perf_counter tell only how long something took.
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.strftime",
    "email.utils.localtime",
    "email.utils.formatdate",
    "email.utils.make_msgid",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.current_date",
    "sqlalchemy.sql.func.now",
}
MAY_ASK = ("engine.app", "engine.cli", "engine.service")


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """The full name that an expression such as `dt.datetime.now` stands for, given what was imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else None
    return None


def clocks_in(source: str) -> Iterator[tuple[int, str]]:
    """Each place that names a clock, whether it calls it or hands it on."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node, names)) in CLOCKS:
            yield node.lineno, name


def clocks_asked(folder: Path) -> list[str]:
    found = []
    for path in sorted(file for name in OURS for file in (folder / name).rglob("*.py")):
        inside = path.relative_to(folder)
        module = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
        if any(module == room or module.startswith(f"{room}.") for room in MAY_ASK):
            continue
        found += [f"{inside}:{line}: {name}" for line, name in clocks_in(path.read_text(encoding="utf-8"))]
    return found


def test_nothing_asks_the_clock_but_the_composition_root() -> None:
    assert clocks_asked(ROOT) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import datetime\nx = datetime.datetime.now()", "datetime.datetime.now"),
        ("import datetime as dt\nx = dt.date.today()", "datetime.date.today"),
        ("from datetime import datetime as when, UTC\nx = when.now(UTC)", "datetime.datetime.now"),
        ("from datetime import date\ndef f(today=date.today): ...", "datetime.date.today"),
        ("def f():\n    import time\n    return time.time()", "time.time"),
        ("from time import time as clock\nx = clock()", "time.time"),
        ("import email.utils\nx = email.utils.formatdate()", "email.utils.formatdate"),
        ("from sqlalchemy import func\nx = func.now()", "sqlalchemy.func.now"),
    ],
)
@pytest.mark.parametrize("module", ["engine.facts.signals", "engine.periods", "notifiers.outbox", "engine.apparatus"])
def test_a_clock_that_is_asked_is_found(copy: Path, module: str, source: str, name: str) -> None:
    before = clocks_asked(copy)
    plant(copy, module, source)
    (found,) = set(clocks_asked(copy)) - set(before)
    assert found.endswith(f": {name}")
    assert found.startswith("/".join(module.split(".")))


@pytest.mark.parametrize("module", ["engine.app", "engine.cli.main", "engine.service.jobs"])
def test_the_composition_root_may_ask_the_clock(copy: Path, module: str) -> None:
    before = clocks_asked(copy)
    plant(copy, module, "import datetime\nx = datetime.datetime.now(datetime.UTC)")
    assert clocks_asked(copy) == before


def test_what_only_looks_like_a_clock_is_left_alone() -> None:
    source = "import time\nfrom datetime import datetime\n"
    source += "def f(now: datetime, run): return run.now, now.date(), time.monotonic(), run.today()"
    assert list(clocks_in(source)) == []
