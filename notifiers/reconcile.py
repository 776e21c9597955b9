"""Settling by evidence whether a message went out: a copy of it in the archive mailbox says that it did.

That there is no copy says nothing for certain: archives can be late. Then a person has to look, and say.
"""

import imaplib
import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.model.alerts import OutboxMessage, OutboxState
from engine.model.settings import ArchiveSettings
from notifiers.addresses import shown

TIMEOUT = 60.0  # seconds


class ArchiveError(Exception):
    """The archive can't be looked into; the text is one sentence for a person."""


class Archive(Protocol):
    def holding(self, message_ids: Collection[str]) -> frozenset[str]:
        """Which of the messages have a copy in the archive, by their Message-ID. Raises ArchiveError."""


class UncertainStore(Protocol):
    """What settling needs of the store."""

    def outbox(self, *, states: Collection[OutboxState]) -> list[OutboxMessage]:
        """The messages in any of the states."""

    def delivered(self, message: str, token: int, now: datetime, detail: str = "") -> bool:
        """It went out; False where that has been settled meanwhile."""


def reconcile(store: UncertainStore, archive: Archive, now: datetime) -> list[str]:
    """Settle the uncertain messages that have a copy in the archive; the ids. Raises ArchiveError."""
    uncertain = store.outbox(states=[OutboxState.UNCERTAIN])
    if not uncertain:
        return []
    held = archive.holding([one.rendered.message_id for one in uncertain])
    return [
        one.id
        for one in uncertain
        if one.rendered.message_id in held and store.delivered(one.id, one.token, now, "found in the archive")
    ]


@dataclass(frozen=True, slots=True)
class ImapArchive:
    """A mailbox that every message sent is copied into."""

    settings: ArchiveSettings
    password: str = field(repr=False)
    timeout: float = TIMEOUT

    def holding(self, message_ids: Collection[str]) -> frozenset[str]:
        """As Archive.holding. The mailbox is opened for reading only."""
        with self._in_sentences(), self._connection() as connection:
            self._select(connection)
            return frozenset(one for one in message_ids if _has(connection, one))

    def try_out(self) -> None:
        """Connect, log in and open the folder. Raises ArchiveError."""
        with self._in_sentences(), self._connection() as connection:
            self._select(connection)

    @contextmanager
    def _connection(self) -> Iterator[imaplib.IMAP4]:
        host, port = self.settings.host, self.settings.port_or_usual
        connection: imaplib.IMAP4
        if self.settings.security == "tls":
            context = ssl.create_default_context()
            connection = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=self.timeout)
        else:
            connection = imaplib.IMAP4(host, port, timeout=self.timeout)
        with connection:
            if self.settings.security == "starttls":
                connection.starttls(ssl.create_default_context())
            try:
                connection.login(self.settings.user, self.password)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                # The server's words are left out: it may repeat what it was given.
                who = shown(self.settings.user)
                raise ArchiveError(f"the archive at {host} refuses the user {who} or the password") from None
            yield connection

    def _select(self, connection: imaplib.IMAP4) -> None:
        folder = self.settings.folder
        answer, _ = connection.select(f'"{folder}"', readonly=True)
        if answer != "OK":
            raise ArchiveError(f"the archive at {self.settings.host} has no folder {shown(folder)}")

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.error, OSError) as error:
            why = shown(" ".join(str(error).split()))
            raise ArchiveError(f"the archive at {self.settings.host} can't be looked into ({why})") from error


def _has(connection: imaplib.IMAP4, message_id: str) -> bool:
    """A search may find what only contains the id, so that the header of whatever it finds is read."""
    answer, found = connection.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
    if answer != "OK":
        raise ArchiveError("the archive can't search by Message-ID")
    for uid in (found[0] or b"").split():
        _, parts = connection.uid("FETCH", uid.decode("ascii"), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        headers = b"".join(part[1] for part in parts if isinstance(part, tuple))
        if message_id.encode("ascii") in re.findall(rb"<[^<>\s]+>", headers):
            return True
    return False
