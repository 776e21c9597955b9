"""A file of the workspace replaced in one step."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory


class ChangedError(ValueError):
    """Somebody else has changed the file meanwhile; the message is one sentence for a person."""


def rewrite(path: Path, was: bytes, now: bytes) -> None:
    """Put `now` in the place of `was`: a reader meets the old file or the new one, never half of one.

    The file's permissions stay. A link is followed. Raises ChangedError where the file is not `was` any more, OSError
    where it can't be read or written.
    """
    path = path.resolve()
    with path.open("r+b") as file:  # a file that nobody may write to is not replaced either
        mode = os.fstat(file.fileno())
        if file.read() != was:
            raise ChangedError(f"{path.name} was changed by somebody else just now; look at it and try again")
    with TemporaryDirectory(dir=path.parent, prefix=".rewrite-") as beside:
        fresh = Path(beside, path.name)
        with fresh.open("wb") as file:
            file.write(now)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(OSError):  # only root may give a file away
                os.chown(fresh, mode.st_uid, mode.st_gid)
        fresh.chmod(stat.S_IMODE(mode.st_mode))
        fresh.replace(path)
