"""A small workspace to start from, written once and never over anything."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from engine.workspace.paths import OutsideError
from engine.workspace.schemas import FOLDER, write_schemas

_SHARED = ("config/schemes/three_status.yaml", "config/calendar.yaml")


class StarterError(ValueError):
    """The starting workspace can't be written there; the message is one sentence for a person."""


def init_workspace(root: Path) -> list[Path]:
    """Write the starting workspace into a folder, made where there is none; the paths written, in order.

    Raises StarterError, as `write_workspace` does.
    """
    return write_workspace(root, {path.as_posix(): source.read_bytes() for path, source in _starter()})


def shared_files() -> dict[str, bytes]:
    """What is the same in every new workspace, by path: the scheme of statuses and the calendar."""
    return {path.as_posix(): source.read_bytes() for path, source in _starter() if path.as_posix() in _SHARED}


def write_workspace(root: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, made where there is none, by their paths in it; the paths written, in order.

    The schemas for editors are put there too, as the last of the paths: their folder.

    Raises StarterError, with nothing written, where any of the files is already there or the folder can't be had.
    """
    wanted = {root / path: content for path, content in contents.items()}
    for path in wanted:
        if taken := _in_the_way(path, root):
            raise StarterError(f"{taken} is already there; choose an empty folder, for nothing is overwritten")
    try:
        write_schemas(root)
        for path, content in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OutsideError as error:
        raise StarterError(f"{error}; choose another folder") from error
    except OSError as error:
        raise StarterError(f"{error.filename or root} can't be written: {error.strerror}") from error
    return [*wanted, root / FOLDER]


def _in_the_way(path: Path, root: Path) -> Path | None:
    """The file itself where it exists, or what is no folder of its own where one of its folders has to be."""
    if path.exists() or path.is_symlink():
        return path
    folders = list(path.relative_to(root).parents)[:-1]
    return next((root / one for one in folders if (root / one).is_symlink() or (root / one).is_file()), None)


def _starter() -> Iterator[tuple[PurePosixPath, Traversable]]:
    return _sources(files(__package__) / "starter", PurePosixPath())


def _sources(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _sources(one, path / one.name)
        else:
            yield path / one.name, one
