"""A mail server that does as it is told: at any step it refuses, breaks off, keeps silent or talks nonsense."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a step instead of the usual: words, silence, the end; a message may be taken nevertheless."""

    says: str | None = None
    goes: bool = False  # closes the line
    takes: bool = False  # keeps the message before it does all that


GOES, SILENT, TAKES_AND_GOES = Fault(goes=True), Fault(), Fault(takes=True, goes=True)
TAKES_AND_IS_SILENT = Fault(takes=True)


def says(words: str) -> Fault:
    return Fault(says=words)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that the server took."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes


class Script(Protocol):
    """What a server does beside the usual, and whom it tells."""

    def fault(self, step: str) -> Fault | None:
        """What happens instead of the usual at a step: connect, ehlo, starttls, auth, mail, rcpt, data …"""

    def took(self, mail: Mail) -> None:
        """The message is taken: from here on it arrives."""


@dataclass
class Box:
    """A script of fixed faults, by step; what was taken, and every line that was said to the server."""

    faults: Mapping[str, Fault] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    mails: list[Mail] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def fault(self, step: str) -> Fault | None:
        return self.faults.get(step)

    def took(self, mail: Mail) -> None:
        self.mails.append(mail)


class _GoneError(Exception):
    pass


class Conversation(socketserver.StreamRequestHandler):
    """One client's conversation, step by step."""

    server: "FaultServer"
    sender: str
    recipients: list[str]

    def handle(self) -> None:
        try:
            self._step("connect", "220 fault.example ready")
            while line := self.rfile.readline():
                self._command(line.decode("ascii", "replace").rstrip("\r\n"))
        except (_GoneError, OSError):
            pass

    def _command(self, line: str) -> None:
        self.server.heard(line)
        word = line.partition(" ")[0].lower()
        if word == "mail":
            self.sender, self.recipients = line.partition("<")[2].partition(">")[0], []
        if word == "rcpt":
            address = line.partition("<")[2].partition(">")[0]
            own = f"rcpt {address}"
            self._step(own if self.server.script.fault(own) else "rcpt", "250 ok")
            self.recipients.append(address)
        elif word == "ehlo":
            offers = ("fault.example", "8BITMIME", *self.server.extensions)
            self._step("ehlo", "\r\n".join([*(f"250-{one}" for one in offers[:-1]), f"250 {offers[-1]}"]))
        elif word == "data":
            self._step("data", "354 go on")
            self._message()
        elif word == "quit":
            self._step("quit", "221 bye")
            raise _GoneError
        else:
            self._step(word, "235 ok" if word == "auth" else "250 ok")

    def _message(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                raise _GoneError  # the client went in the middle of it: nothing was handed over
            lines.append(line[1:] if line.startswith(b".") else line)
            if len(lines) == 2:
                self._step("half", None)
        self._step("dot", None)
        mail = Mail(self.sender, tuple(self.recipients), b"".join(lines))
        fault = self.server.script.fault("message")
        if fault is None or fault.takes:
            self.server.script.took(mail)
        self._step("message", "250 taken")

    def _step(self, name: str, usual: str | None) -> None:
        """Says what is usual, or does what is told; what is silent waits until the client goes."""
        fault = self.server.script.fault(name)
        if fault is None:
            if usual is not None:
                self.wfile.write(usual.encode("utf-8") + b"\r\n")
            return
        if fault.says is not None:
            self.wfile.write(fault.says.encode("utf-8") + b"\r\n")
        if fault.goes:
            raise _GoneError
        if fault.says is None:
            while self.rfile.readline():
                pass
            raise _GoneError


class FaultServer(socketserver.ThreadingTCPServer):
    """Listens on loopback, on a port of its own."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script, extensions: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.script = script
        self.extensions = extensions

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def heard(self, line: str) -> None:
        if isinstance(self.script, Box):
            self.script.heard.append(line)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A conversation that broke is what these tests are about."""


@contextmanager
def serving(script: Box) -> Iterator[int]:
    """The port on which a server does as the script says."""
    server = FaultServer(script, script.extensions)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
