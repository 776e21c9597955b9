"""The JSON Schemas of config and rule files, with which an editor completes, explains and checks while one types.

docs/generate.py writes `KIND.schema.json` here from the models. A workspace holds copies of its own: an editor looks
for a schema by a path that starts at the file it is for.
"""

from pathlib import Path, PurePath

from engine.workspace.paths import resolve_inside

FOLDER = ".telltale/schemas"  # in a workspace; nothing but editors reads it
KINDS = ("portfolio", "scheme", "people", "audiences", "calendar", "schedule", "settings", "rules", "scenario")


def schema_line(kind: str, path: PurePath | str) -> str:
    """The first line of a YAML file of that kind, without its line end: it tells an editor where the schema lies.

    `path` is the file's, relative to the workspace ("config/portfolios/care.yaml"). Raises ValueError for a kind that
    is not one of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no schema {kind!r}; there is {', '.join(KINDS)}")
    up = "../" * (len(PurePath(path).parts) - 1)
    return f"# yaml-language-server: $schema={up}{FOLDER}/{_name(kind)}"


def packaged(kind: str) -> Path:
    """Where this version of the program has its schema of a kind."""
    return Path(__file__).parent / _name(kind)


def write_schemas(root: Path) -> list[Path]:
    """Write the schemas into a workspace, over those of another version; their paths.

    Raises OutsideError where their folder leads out of the workspace, OSError where they can't be written.
    """
    folder = resolve_inside(root, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        path = folder / _name(kind)
        path.unlink(missing_ok=True)  # a link is not written through
        path.write_bytes(packaged(kind).read_bytes())
    return [root / FOLDER / _name(kind) for kind in KINDS]


def are_stale(root: Path) -> bool:
    """Whether a workspace has schemas, and any of them is not the one of this version."""
    folder = root / FOLDER
    return folder.is_dir() and any(_lines(folder / _name(kind)) != _lines(packaged(kind)) for kind in KINDS)


def _name(kind: str) -> str:
    return f"{kind}.schema.json"


def _lines(path: Path) -> list[bytes] | None:
    """The lines of a file, however they end: git may have changed that."""
    try:
        return path.read_bytes().splitlines()
    except OSError:
        return None
