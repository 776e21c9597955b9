"""Messages as .eml files in a folder, which every mail program opens: the notifier that needs no mail server."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.model.alerts import Rendered, WholeMessage
from notifiers.outbox import DeliveryError

_LONGEST_PART = 48  # characters of each part of a file's name
_MOST_ALIKE = 99  # files of one day with the same name but for their number


@dataclass(frozen=True, slots=True)
class FolderNotifier:
    """A folder inside the workspace `root`."""

    folder: Path
    root: Path

    @property
    def repeatable(self) -> bool:
        """The same message again is the same file."""
        return True

    def deliver(self, message: WholeMessage, start_data: Callable[[], None]) -> str:
        """Write the message's file; the answer is its path in the workspace. As Notifier.deliver."""
        return str(write_eml(self.folder, message).relative_to(self.root.resolve()))


def write_eml(folder: Path, message: WholeMessage) -> Path:
    """Write the message's bytes as a file of the folder, all or nothing, and answer with its path.

    Written again it is the same file, so that a delivery that was cut off can simply be repeated. A file that has the
    message's Message-ID is that message, whatever was done to it since. Raises DeliveryError where the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _path(folder, message.rendered)
        if not path.exists():
            _write(path, message.rendered.body)
    except OSError as error:
        raise DeliveryError(
            f"a message can't be written to the folder {folder.name}: {error.strerror or error}; it will be tried again"
        ) from error
    return path


def _path(folder: Path, rendered: Rendered) -> Path:
    """Where the message's file belongs: a name that is free, or the file that is this message already."""
    name = ""
    for name in _names(rendered):
        there = _contents(folder / name)
        if there is None or rendered.message_id.encode() in there.partition(b"\r\n\r\n")[0]:
            return folder / name
    raise DeliveryError(f"another file stands in the folder {folder.name} as {name}; move it away and run again")


def _names(rendered: Rendered) -> Iterator[str]:
    """The file's names in the order tried: the plain one, that with the message's day, and then numbered ones.

    Several messages can share a plain name: a second reminder, one sent once more, "a_b" of "c" and "a" of "b_c".
    """
    parts = (rendered.period, rendered.portfolio, rendered.audience, rendered.recipient)
    safe = tuple(re.sub(r"[^a-z0-9_-]+", "-", part.lower())[:_LONGEST_PART].strip("-") or "x" for part in parts)
    stem = f"{'_'.join(safe)}_r{rendered.revision}"
    of_the_day = f"{stem}_{rendered.date.date().isoformat()}"
    yield f"{stem}.eml"
    yield f"{of_the_day}.eml"
    for number in range(2, _MOST_ALIKE + 1):
        yield f"{of_the_day}_{number}.eml"


def _contents(path: Path) -> bytes | None:
    """What is there; None for nothing. A link is never followed: it counts as a file of other contents."""
    if path.is_symlink():
        return b""
    return path.read_bytes() if path.exists() else None


def _write(path: Path, body: bytes) -> None:
    """The file appears whole or not at all, and is on the disk when this returns."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # left by a delivery that was cut off
    with part.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":  # a folder can't be opened elsewhere
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
