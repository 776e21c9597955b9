"""Paths that `config/` names: they stay inside the workspace, wherever their links lead."""

from pathlib import Path


class OutsideError(ValueError):
    """A path that leads out of the workspace; the message is one sentence for a person."""


def resolve_inside(root: Path, path: str) -> Path:
    """The absolute path, links followed, of what a setting names relative to the workspace.

    It need not exist yet. Raises OutsideError where it lies outside, or can't be a path at all.
    """
    try:
        home = root.resolve()
        there = (home / path).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL, a name that is too long
        raise OutsideError(f"{path!r} is not a path that can be followed") from None
    if not there.is_relative_to(home):
        raise OutsideError(f"{path!r} leads out of the workspace")
    return there
