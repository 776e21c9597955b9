"""Sends messages by SMTP, and is killed at one step of a sending after another.

Run as `python -m tests.sending.killed FOLDER PORT TRIES ADDRESS ARCHIVE`: a program of its own, since only one
without threads may be forked. It makes a store in the folder with a message for each try, and leaves it as the killed
ones left it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtplib import SMTP
from aiosmtplib.protocol import SMTPProtocol
from sqlalchemy import event

from engine.model.alerts import Rendered
from engine.model.settings import SmtpSettings
from engine.store.database import Database
from engine.store.store import Store
from notifiers.outbox import deliver_pending
from notifiers.smtp import SmtpNotifier
from tests.store.databases import address as database_of
from tests.store.samples import NOW, message, opened, publication, publish, queued

BODY = b"".join(b"%03d: a line of the message, as long as lines are\r\n" % number for number in range(200))

# The steps of a sending, in order. Of the conversation: the method, and after how many calls (0: before the first).
# Of what is kept: the method, and whether just before or just after. Of the message: how much of it was said.
STEPS: dict[str, tuple[str, int | bool | None]] = {
    "after the claim is kept": ("claim", True),
    "before connecting": ("connect", 0),
    "after connecting": ("connect", 1),
    "after EHLO": ("ehlo", 1),
    "after MAIL": ("mail", 1),
    "after the archive's RCPT": ("rcpt", 1),
    "after the recipient's RCPT": ("rcpt", 2),
    "before data_started is kept": ("start_data", False),
    "after data_started is kept": ("start_data", True),
    "after DATA": ("write", None),
    "before the message": ("write", 0),
    "in the middle of the message": ("write", len(BODY) // 2),
    "before the last dot": ("write", -3),
    "after the last dot": ("write", True),
    "after the server's answer": ("execute_data_command", 1),
    "before QUIT": ("quit", 0),
    "after QUIT": ("quit", 1),
    "before the answer is kept": ("delivered", False),
    "after the answer is kept": ("delivered", True),
    "before the claim is kept": ("claim", False),  # the last here: nothing is taken up, so that each has its message
}
KEPT = ("claim", "start_data", "delivered")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(step: str, store: Store, database: Database) -> None:
    """From here on this process is killed when it comes to the step."""
    name, at = STEPS[step]
    if name in KEPT:
        _die_at_a_commit(store, database, name, after=bool(at))
    elif name == "write":
        _die_while_writing(at)
    else:
        _die_around(SMTPProtocol if name == "execute_data_command" else SMTP, name, int(at or 0))


def _die_around(owner: Any, name: str, calls: int) -> None:
    usual = getattr(owner, name)
    done = 0

    async def step(*arguments: Any, **named: Any) -> Any:
        nonlocal done
        if calls == 0:
            die()
        answer = await usual(*arguments, **named)
        done += 1
        if done == calls:
            die()
        return answer

    setattr(owner, name, step)


def _die_at_a_commit(store: Store, database: Database, name: str, *, after: bool) -> None:
    usual: Callable[..., Any] = getattr(store, name)

    def method(*arguments: Any) -> Any:
        if not after:
            event.listen(database.engine, "commit", lambda _: die())
        answer = usual(*arguments)
        die()
        return answer

    setattr(store, name, method)


def _die_while_writing(upto: int | bool | None) -> None:
    """Die once DATA was said (None), or when so much of the message was (True: all of it)."""
    usual = SMTPProtocol.write

    def write(self: SMTPProtocol, data: bytes) -> None:
        whole = data.endswith(b"\r\n.\r\n")
        usual(self, data[: None if upto is True else upto] if whole else data)
        if whole or (upto is None and data == b"DATA\r\n"):
            die()

    setattr(SMTPProtocol, "write", write)  # noqa: B010 - mypy won't have a method exchanged


def messages(tries: int, address: str) -> list[Rendered]:
    """A message for each try of each step; who it is for names the step."""
    made = []
    for number in range(len(STEPS)):
        for attempt in range(tries):
            one = message(f"step_{number}_{attempt}")
            head = (
                f"From: pmo@council.example\r\nTo: {address}\r\nSubject: Care\r\nMessage-ID: {one.message_id}\r\n\r\n"
            )
            made.append(one.model_copy(update={"address": address, "body": head.encode() + BODY}))
    return made


def notifier(port: int, archive: str) -> SmtpNotifier:
    settings = SmtpSettings(host="127.0.0.1", port=port, security="none")
    return SmtpNotifier(settings, "pmo@council.example", archive=archive, step=20, last_reply=20)


def send_one(folder: Path, port: int, address: str, archive: str, step: str) -> None:
    """Send the message that waits longest, and be killed at a step of it."""
    database = Database(database_of(folder), folder)
    store = Store(database)
    die_at(step, store, database)
    deliver_pending(store, notifier(port, archive), [address.rpartition("@")[2]], lambda: NOW)


def main(folder: Path, port: int, tries: int, address: str, archive: str) -> None:
    """Kill a sending at every step, so many times. Says so where a step was not come to."""
    with opened(folder) as store:
        publish(store, publication(messages=[queued(one) for one in messages(tries, address)]))
    for step in STEPS:
        for _ in range(tries):
            child = os.fork()
            if child == 0:
                try:
                    send_one(folder, port, address, archive, step)
                finally:
                    os._exit(1)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                sys.exit(f"nobody was killed {step}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
