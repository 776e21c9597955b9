"""aiosmtpd as the mail server: TLS and log-ins, with certificates made for the test."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.sending.faultserver import Mail

USER, PASSWORD = "pmo", "correct horse"


@dataclass
class Mailbox:
    """What arrived, and whether the line was secured."""

    mails: list[Mail] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        assert isinstance(envelope.content, bytes)
        self.mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        assert server.transport is not None
        self.secured.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 taken"


def trust(authority: trustme.CA, folder: Path) -> str:
    """A file of the authority's certificate, for SSL_CERT_FILE."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def mail_server(box: Mailbox, authority: trustme.CA, security: str, name: str = "localhost") -> Iterator[int]:
    """The port of a server with a certificate for `name`; it lets PASSWORD in, once the line is secured."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)

    def let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    more: dict[str, Any] = {"authenticator": let_in, "auth_required": security != "none"}
    if security == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        more |= {"ssl_context": context, "auth_require_tls": False, "auth_required": False}
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
