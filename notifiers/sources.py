"""The templates' sources: those that are shipped, and a workspace's own in their place."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "templates"
LARGEST = 64 * 1024  # bytes of one template


@dataclass(frozen=True, slots=True)
class Source:
    """One template: its name, how a person finds the file, and its bytes, or why they can't be had."""

    name: str  # "owner.html.j2"
    shown: str  # "config/templates/owner.html.j2"
    data: bytes
    own: bool  # the workspace's, not shipped
    fault: str = ""


def read_sources(templates: Path | None) -> tuple[Source, ...]:
    """Every template by name: a workspace's file (`templates` is its folder) stands in for the shipped one."""
    found = {path.name: _shipped(path) for path in SHIPPED.glob("*.j2")}
    if templates is not None and templates.is_dir():
        found |= {path.name: _own(path, templates) for path in templates.glob("*.j2")}
    return tuple(found[name] for name in sorted(found))


def templates_digest(templates: Path | None) -> str:
    """The SHA-256 of all sources as they stand, for a run's hash: other templates, other messages."""
    digest = hashlib.sha256()
    for source in read_sources(templates):
        for part in (source.name.encode(), source.fault.encode(), source.data):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _shipped(path: Path) -> Source:
    return Source(path.name, f"notifiers/templates/{path.name}", path.read_bytes(), own=False)


def _own(path: Path, folder: Path) -> Source:
    shown = f"{folder.parent.name}/{folder.name}/{path.name}"
    try:
        if path.resolve().parent != folder.resolve():
            return Source(path.name, shown, b"", own=True, fault="leads out of its folder; put the file itself there")
        if not path.is_file():
            return Source(path.name, shown, b"", own=True, fault="is no plain file; put one there")
        if path.stat().st_size > LARGEST:
            return Source(path.name, shown, b"", own=True, fault=f"is larger than {LARGEST // 1024} KB; shorten it")
        data = path.read_bytes()
        data.decode("utf-8")
    except UnicodeDecodeError:
        return Source(path.name, shown, b"", own=True, fault="is not UTF-8 text; save it as UTF-8")
    except OSError as error:
        return Source(path.name, shown, b"", own=True, fault=f"can't be read ({error.strerror}); check the file")
    return Source(path.name, shown, data, own=True)
