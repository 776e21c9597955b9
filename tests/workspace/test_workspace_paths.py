"""Paths from settings: whatever they say, they stay inside the workspace."""

from pathlib import Path

import pytest

from engine.workspace.paths import OutsideError, resolve_inside


@pytest.mark.parametrize("path", ["returns", "var/../returns", ".", "not/there/yet", "..."])
def test_a_path_inside_is_found(tmp_path: Path, path: str) -> None:
    assert resolve_inside(tmp_path, path).is_relative_to(tmp_path.resolve())


@pytest.mark.parametrize("path", ["..", "../other", "var/../../other", "/", "/tmp/../etc", "~/../../.."])  # noqa: S108
def test_a_path_outside_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutsideError, match="leads out of the workspace"):
        resolve_inside(tmp_path, path)


def test_a_neighbour_with_a_longer_name_is_outside(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "workshop").mkdir()
    with pytest.raises(OutsideError):
        resolve_inside(tmp_path / "work", "../workshop")


def test_links_are_followed_before_the_path_is_judged(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "there").mkdir()
    (root / "in").symlink_to(root / "there")
    with pytest.raises(OutsideError):
        resolve_inside(root, "out/new.db")
    assert resolve_inside(root, "in/new.db") == (root / "there" / "new.db").resolve()


def test_a_workspace_that_is_itself_reached_by_a_link_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert resolve_inside(tmp_path / "link", "returns") == (tmp_path / "real" / "returns").resolve()


def test_what_can_be_no_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="is not a path that can be followed"):
        resolve_inside(tmp_path, "a\0b")
