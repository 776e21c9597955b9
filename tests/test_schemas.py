"""The JSON Schemas that an editor uses: current, true of every file we ship, and of one mind with `telltale check`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import ValidationError

from docs import schemas
from docs.generate import EXAMPLES, schema_text
from engine.cli import main
from engine.model.problems import Fault, Severity
from engine.rulebook.loading import read_rulebook
from engine.scenarios.reading import read_scenario
from engine.workspace.loading import load_workspace, read_workspace
from engine.workspace.schemas import FOLDER, KINDS, are_stale, packaged, schema_line, write_schemas
from engine.workspace.starter import StarterError, init_workspace
from engine.workspace.yamlfile import Loc, YamlFile, read_yaml, read_yaml_text
from tests.office_in_full import FILES, write_office
from tests.test_docs import ROOT

SCHEMAS: dict[str, dict[str, Any]] = {kind: json.loads(packaged(kind).read_text(encoding="utf-8")) for kind in KINDS}
VALIDATORS = {kind: Draft7Validator(schema) for kind, schema in SCHEMAS.items()}
STARTER = ROOT / "engine" / "workspace" / "starter"
SHIPPED = [path for folder in (ROOT / "config", ROOT / "rules", STARTER) for path in sorted(folder.rglob("*.yaml"))]
_OF_FOLDER = {"portfolios": "portfolio", "schemes": "scheme", "rules": "rules", "scenarios": "scenario"}


def kind_of(path: Path) -> str:
    return path.stem if path.stem in KINDS else _OF_FOLDER[path.parent.name]


def as_an_editor_sees(file: YamlFile) -> Any:
    """What YAML 1.2's core schema makes of a file: `40` a number, `true` a truth value, `yes` and `2019-01` texts."""

    def seen(value: object, loc: Loc) -> object:
        if isinstance(value, dict):
            return {key: seen(one, (*loc, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [seen(one, (*loc, number)) for number, one in enumerate(value)]
        return value if not isinstance(value, str) or file.entry(loc).style else of_plain(value)

    return seen(file.data, ())


def of_plain(text: str) -> object:
    if re.fullmatch(r"true|True|TRUE|false|False|FALSE", text):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text) else text


def as_the_loader_reads(data: Any) -> Any:
    """What an editor sees, as the loader has it: every scalar the text that stands there."""
    if isinstance(data, dict):
        return {key: as_the_loader_reads(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_the_loader_reads(value) for value in data]
    return data if data is None else json.dumps(data) if not isinstance(data, str) else data


# ---- current, and true of what we ship


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_current(kind: str) -> None:
    assert packaged(kind).read_text(encoding="utf-8") == schema_text(kind), "run: .venv/bin/python docs/generate.py"
    Draft7Validator.check_schema(SCHEMAS[kind])


def test_there_is_a_schema_of_each_kind_and_no_other() -> None:
    assert set(schemas.ROOTS) == set(KINDS)
    assert {path.name for path in packaged("rules").parent.glob("*.json")} == {packaged(kind).name for kind in KINDS}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shipped_file_is_as_its_schema_says(path: Path) -> None:
    found = VALIDATORS[kind_of(path)].iter_errors(as_an_editor_sees(read_yaml(path, path.name)))
    assert [f"{list(error.absolute_path)}: {error.message}" for error in found] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shipped_file_begins_with_the_place_of_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    if path.is_relative_to(STARTER):
        assert first == schema_line(kind_of(path), path.relative_to(STARTER))
    else:  # the repository has no copies of its own: its files name the ones that are shipped
        place = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / place).resolve() == packaged(kind_of(path))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (_, text) in FILES.items()])
def test_a_file_that_says_all_it_can_is_as_its_schema_says(name: str, text: str) -> None:
    kind = FILES[name][0]
    assert [
        error.message for error in VALIDATORS[kind].iter_errors(as_an_editor_sees(read_yaml_text(text, name)))
    ] == []


def test_every_example_in_the_hover_text_is_one_that_may_stand_there() -> None:
    kinds = {model: kind for kind in KINDS for model in ("", *SCHEMAS[kind].get("definitions", {}))}
    kinds |= {root.__name__: kind for kind, (root, _) in schemas.ROOTS.items() if kind not in schemas.BY_NAME}
    for model, keys in EXAMPLES.items():
        schema = SCHEMAS[kinds[model]]
        properties = schema.get("definitions", {}).get(model, schema)["properties"]
        for key, examples in keys.items():
            assert properties[key]["examples"] == examples
            whole = {**properties[key], "definitions": schema.get("definitions", {})}
            for example in examples:
                assert Draft7Validator(whole).is_valid(example), (model, key, example)


def test_every_form_is_one_of_a_key_that_there_is() -> None:
    known = set()
    for kind, (root, _) in schemas.ROOTS.items():
        schema = SCHEMAS[kind]
        models = {root.__name__: schema, **schema.get("definitions", {})}
        known |= {f"{model}.{key}" for model, made in models.items() for key in made.get("properties", ())}
    assert set(schemas.FORMS) <= known


# ---- what is wrong is refused


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("config/portfolios/care.yaml", "portfolio: care", "portfolio: our care"),
        ("config/portfolios/care.yaml", "title: Care\n", ""),
        ("config/portfolios/care.yaml", "scheme: three", "skeme: three"),
        ("config/portfolios/care.yaml", "reports: monthly", "reports: weekly"),
        ("config/portfolios/care.yaml", "starts: 2019-01", "starts: January 2019"),
        ("config/portfolios/care.yaml", "starts: 2019-01", "starts: 2019"),
        ("config/portfolios/care.yaml", "year_starts: April", "year_starts: Apr"),
        ("config/portfolios/care.yaml", "unit: percent", "unit: per cent"),
        ("config/portfolios/care.yaml", "decimals: 1", "decimals: 7"),
        ("config/portfolios/care.yaml", "parts: [North, South]", "parts: North"),
        ("config/portfolios/care.yaml", "adds_up: yes", "adds_up: perhaps"),
        ("config/portfolios/care.yaml", "ref: payments", "ref: [payments]"),
        ("config/portfolios/care.yaml", "target: £28k", "target: some"),
        ("config/portfolios/care.yaml", "is: live", "is: alive"),
        ("config/portfolios/care.yaml", "from: 2018-04-15", "from: 15/4/2018"),
        ("config/portfolios/fortnights.yaml", "every: 2 weeks", "every: fortnight"),
        ("config/portfolios/fortnights.yaml", "from: 2019-01-04", "from: 2019-01"),
        ("config/portfolios/dated.yaml", "dates: [2019-01-31, 2019-03-15]", "dates: []"),
        ("config/schemes/three.yaml", "id: green", "id: dark-green"),
        ("config/schemes/three.yaml", 'colour: "#00703c"', "colour: green"),
        ("config/schemes/three.yaml", "aliases: [On Track, 2019]", "aliases: On Track"),
        ("config/people.yaml", "director@council.example", "director at council"),
        ("config/people.yaml", "{who: director, from: 2019-02-01, until: 2019-02-14}", "director"),
        ("config/audiences.yaml", "who: owners", "who: owner"),
        ("config/audiences.yaml", "level: projects", "level: project"),
        ("config/audiences.yaml", "at: 09:00", "at: 9 o'clock"),
        ("config/audiences.yaml", "release: by hand", "release: later"),
        ("config/calendar.yaml", "2019-12-24", "24 December"),
        ("config/settings.yaml", "notifier: folder", "notifier: smtp"),
        ("config/settings.yaml", "most_messages: 200", "most_messages: 0"),
        ("config/settings.yaml", "most_messages: 200", "most_changed: most"),
        ("config/settings.yaml", "most_messages: 200", "smtp: {host: mail.council.example, security: perhaps}"),
        ("config/settings.yaml", "most_messages: 200", "smtp: {host: mail.council.example, port: 0}"),
        ("config/settings.yaml", "most_messages: 200", "archive: {host: mail.council.example}"),
        ("config/settings.yaml", "sqlite:///var/telltale.db", "postgres://db"),
        ("rules/care.yaml", "    for: projects\n", ""),
        ("rules/care.yaml", "for: projects", "for: project"),
        ("rules/care.yaml", "id: recruited_below", "name: recruited_below"),
        ("rules/care.yaml", "    status: amber\n", ""),
        ("rules/care.yaml", "as: remark", "as: note"),
        ("rules/care.yaml", "as: remark", "as: remark, status: amber"),
        ("rules/care.yaml", "measure: income\n", "measure: income\n    when: income > 0\n"),
        ("rules/care.yaml", "amber: Otherwise", "amber: else"),
        ("rules/care.yaml", "expect: fires, ", ""),
        ("rules/care.yaml", "value: 0.7", "value: a lot"),
        ("rules/scenarios/recruitment.yaml", "expect:", "expects:"),
        ("rules/scenarios/recruitment.yaml", "trend: New Same", "trends: New Same"),
    ],
)
def test_what_is_wrong_is_refused_by_the_schema_and_by_check(tmp_path: Path, name: str, old: str, new: str) -> None:
    kind, text = FILES[name]
    assert text.count(old) >= 1
    spoilt = text.replace(old, new, 1)
    assert not VALIDATORS[kind].is_valid(as_an_editor_sees(read_yaml_text(spoilt, name)))
    write_office(tmp_path)
    assert errors(tmp_path, name, read_yaml_text(spoilt, name))


# ---- of one mind with the loader, key by key

STAND_INS: tuple[object, ...] = ("text", "yes", "2019-01", 7, None, [], ["text"], {}, {"text": "text"})


def spoilt(data: Any) -> Iterator[tuple[str, Any]]:
    """The data with one key dropped, misspelt, or given something else: each such copy, with what was done to it."""
    for loc in places(data):
        for what, changed in changes(data, loc):
            yield f"{'.'.join(map(str, loc))}: {what}", changed


def places(data: Any, loc: Loc = ()) -> Iterator[Loc]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*loc, key)
        yield from places(value, (*loc, key))


def changes(data: Any, loc: Loc) -> Iterator[tuple[str, Any]]:
    if isinstance(loc[-1], str):
        yield "dropped", with_part(data, loc, lambda part, key: {k: v for k, v in part.items() if k != key})
        yield (
            "misspelt",
            with_part(data, loc, lambda part, key: {f"{k}x" if k == key else k: v for k, v in part.items()}),
        )
    for stand_in in STAND_INS:
        yield f"{stand_in!r}", with_part(data, loc, lambda part, key, one=stand_in: put(part, key, one))


def put(part: Any, key: str | int, value: object) -> Any:
    pairs = {**(part if isinstance(part, dict) else dict(enumerate(part))), key: value}
    return pairs if isinstance(part, dict) else list(pairs.values())


def with_part(data: Any, loc: Loc, change: Any) -> Any:
    if len(loc) == 1:
        return change(data, loc[0])
    return put(data, loc[0], with_part(data[loc[0]], loc[1:], change))


def refused_by_the_models(kind: str, data: Any) -> bool:
    root, _ = schemas.ROOTS[kind]
    try:
        for one in data.values() if kind in schemas.BY_NAME else (data,):
            root.model_validate(one)
    except ValidationError:
        return True
    return False


def errors(root: Path, name: str, file: YamlFile) -> list[Fault]:
    """What `check` has against a file, put in its place in the workspace for as long as it takes."""
    kind, text = FILES[name]
    if kind in ("rules", "scenario"):
        workspace, _ = read_workspace(root)
        assert workspace is not None
        portfolio = workspace.portfolios["care"]
        if kind == "scenario":
            faults = read_scenario(file, workspace, {})[1]
        else:
            faults = read_rulebook(file, workspace, portfolio)[1]
    else:
        (root / name).write_text(json.dumps(file.data), encoding="utf-8")
        _, faults = load_workspace(root)
        (root / name).write_text(text, encoding="utf-8")
    return [fault for fault in faults if fault.severity is Severity.ERROR]


@pytest.mark.parametrize("name", FILES)
def test_the_schema_and_the_loader_refuse_the_same_whatever_is_done_to_one_key(tmp_path: Path, name: str) -> None:
    kind, text = FILES[name]
    write_office(tmp_path)
    whole = as_an_editor_sees(read_yaml_text(text, name))
    assert not errors(tmp_path, name, read_yaml_text(text, name))
    too_kind, too_hard = [], []
    for done, changed in spoilt(whole):
        read = as_the_loader_reads(changed)
        refused = not VALIDATORS[kind].is_valid(changed)
        if refused_by_the_models(kind, read):
            too_kind += [] if refused else [done]
        elif refused and not errors(tmp_path, name, read_yaml_text(json.dumps(read), name)):
            too_hard.append(done)
    assert too_kind == [], "the loader refuses these, and the schema does not"
    assert too_hard == [], "the schema refuses these, and the loader does not"


# ---- in a workspace


def test_a_new_workspace_has_the_schemas_that_its_files_name(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    for path in (one for folder in ("config", "rules") for one in (tmp_path / folder).rglob("*.yaml")):
        place = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / place).read_bytes() == packaged(kind_of(path)).read_bytes()


def test_schemas_of_another_version_are_told_and_written_anew(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    old = tmp_path / FOLDER / "rules.schema.json"
    old.write_text("{}", encoding="utf-8")
    _, (fault,) = load_workspace(tmp_path)
    assert str(fault).startswith(".telltale/schemas:1:1: the schemas for editors are of another version")
    assert fault.severity is Severity.WARNING
    write_schemas(tmp_path)
    assert load_workspace(tmp_path)[1] == []


def test_the_command_writes_the_schemas_into_a_workspace_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path), "--schemas"]) == 2
    assert "is no workspace, for it has no config folder" in capsys.readouterr().err
    (tmp_path / "config").mkdir()
    assert main(["init", str(tmp_path), "--schemas", "--from", "list.xlsx"]) == 2
    assert "--schemas writes nothing else: leave out --from" in capsys.readouterr().err
    assert main(["init", str(tmp_path), "--schemas", "--format", "json"]) == 0
    made = [Path(path) for path in json.loads(capsys.readouterr().out)["made"]]
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(made)
    assert not are_stale(tmp_path)
    (tmp_path / FOLDER / "rules.schema.json").unlink()
    (tmp_path / FOLDER / "rules.schema.json").mkdir()
    assert main(["init", str(tmp_path), "--schemas"]) == 2
    assert "rules.schema.json can't be written: " in capsys.readouterr().err


def test_line_ends_that_git_changed_are_no_other_version(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    for path in (tmp_path / FOLDER).iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert not are_stale(tmp_path)


def test_a_workspace_without_schemas_is_left_in_peace(tmp_path: Path) -> None:
    assert not are_stale(tmp_path)


def test_schemas_are_not_written_through_a_link(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text("mine", encoding="utf-8")
    office = tmp_path / "office"
    (office / FOLDER).mkdir(parents=True)
    (office / FOLDER / "rules.schema.json").symlink_to(mine)
    write_schemas(office)
    assert mine.read_text(encoding="utf-8") == "mine"
    other = tmp_path / "other"
    other.mkdir()
    (other / ".telltale").symlink_to(tmp_path)
    with pytest.raises(StarterError, match="leads out of the workspace; choose another folder"):
        init_workspace(other)
    assert [path.name for path in other.iterdir()] == [".telltale"]


def test_the_line_of_a_file_leads_to_the_folder_of_schemas() -> None:
    assert schema_line("people", "config/people.yaml") == (
        "# yaml-language-server: $schema=../.telltale/schemas/people.schema.json"
    )
    assert "$schema=../../../.telltale/" in schema_line("scenario", "rules/scenarios/care/recruitment.yaml")
    with pytest.raises(ValueError, match="there is no schema 'person'; there is portfolio, "):
        schema_line("person", "config/people.yaml")
