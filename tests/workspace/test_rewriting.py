"""A file replaced in one step, and only if it is still what it was."""

import stat
from pathlib import Path

import pytest

from engine.workspace.rewriting import ChangedError, rewrite


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"old")
    return path


def test_the_new_bytes_stand_there_with_the_old_permissions_and_nothing_else_is_left(file: Path) -> None:
    file.chmod(0o640)
    rewrite(file, b"old", b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o640)
    assert names(file.parent) == ["rules.yaml"]


def test_a_file_that_somebody_changed_meanwhile_is_left_as_it_is(file: Path) -> None:
    file.write_bytes(b"theirs")
    with pytest.raises(ChangedError, match=r"rules\.yaml was changed by somebody else just now"):
        rewrite(file, b"old", b"new")
    assert (file.read_bytes(), names(file.parent)) == (b"theirs", ["rules.yaml"])


def test_a_link_stays_one_and_the_file_behind_it_changes(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file.name)
    rewrite(link, b"old", b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")


def test_where_the_new_file_can_not_be_put_the_old_one_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        rewrite(file, b"old", b"new")
    assert (file.read_bytes(), names(file.parent)) == (b"old", ["rules.yaml"])


def test_a_file_that_is_gone_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rewrite(tmp_path / "rules.yaml", b"", b"new")
    assert names(tmp_path) == []
