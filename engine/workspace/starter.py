"""A small workspace to start from, written once and never over anything."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath


class StarterError(ValueError):
    """The starting workspace can't be written there; the message is one sentence for a person."""


def init_workspace(root: Path) -> list[Path]:
    """Write the starting workspace into a folder, made where there is none; the paths written, in order.

    Raises StarterError, with nothing written, where any of its files is already there or the folder can't be had.
    """
    wanted = {root / path: source for path, source in _sources(files(__package__) / "starter", PurePosixPath())}
    for path in wanted:
        if taken := _in_the_way(path, root):
            raise StarterError(f"{taken} is already there; choose an empty folder, for nothing is overwritten")
    try:
        for path, source in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(source.read_bytes())
    except OSError as error:
        raise StarterError(f"{error.filename or root} can't be written: {error.strerror}") from error
    return list(wanted)


def _in_the_way(path: Path, root: Path) -> Path | None:
    """The file itself where it exists, or what is no folder of its own where one of its folders has to be."""
    if path.exists() or path.is_symlink():
        return path
    folders = list(path.relative_to(root).parents)[:-1]
    return next((root / one for one in folders if (root / one).is_symlink() or (root / one).is_file()), None)


def _sources(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _sources(one, path / one.name)
        else:
            yield path / one.name, one
