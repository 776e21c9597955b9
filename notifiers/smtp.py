"""Handing a message to a mail server. All the async of the program is here, and so is all of aiosmtplib.

A drop of the connection raises the same error at every step, so that each step is called by itself. A client is thrown
away after one message, whatever happened.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import aiosmtplib

from engine.model.alerts import WholeMessage
from engine.model.settings import SmtpSettings
from notifiers.addresses import shown
from notifiers.outbox import DeliveryError, UncertainError

# Seconds for each step, for all steps before the message (a claim has to outlast them), and for the server's answer to
# the whole message (RFC 5321 4.5.3.2.6).
STEP, BEFORE, LAST_REPLY, GOODBYE = 60.0, 480.0, 600.0, 5.0
_TOO_BIG = 552
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class SmtpNotifier:
    """A mail server. `archive` is an address that gets a copy of every message, unseen by its recipient."""

    settings: SmtpSettings
    sender: str
    password: str | None = field(default=None, repr=False)
    archive: str | None = None
    step: float = STEP
    last_reply: float = LAST_REPLY

    @property
    def repeatable(self) -> bool:
        """A message handed over twice arrives twice."""
        return False

    def deliver(self, message: WholeMessage, start_data: Callable[[], None]) -> str:
        """Hand the message over; the answer is the server's. As Notifier.deliver."""
        return asyncio.run(self._deliver(message, start_data))

    def try_out(self) -> None:
        """Connect, secure the line, log in, and leave. Raises DeliveryError."""
        asyncio.run(self._try_out())

    async def _try_out(self) -> None:
        client = self._client()
        try:
            with self._before_the_message():
                await self._open(client)
            await self._leave(client)
        finally:
            await _hang_up(client)

    async def _deliver(self, message: WholeMessage, start_data: Callable[[], None]) -> str:
        client = self._client()
        try:
            with self._before_the_message():
                async with asyncio.timeout(BEFORE):
                    await self._open(client)
                    await client.mail(self.sender)
                    if self.archive is not None:
                        await client.rcpt(self.archive)
                    await client.rcpt(message.rendered.address)
            start_data()
            answer = await self._hand_over(client, message)
            await self._leave(client)
            return answer
        finally:
            await _hang_up(client)

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.settings.host,
            port=self.settings.port_or_usual,
            local_hostname=self.sender.rpartition("@")[2],
            timeout=self.step,
            use_tls=self.settings.security == "tls",
            start_tls=False,  # below, as a step of its own
            tls_context=ssl.create_default_context(),
        )

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        """To where mail can be handed over. Where the line can't be secured as the settings ask, no further."""
        await client.connect()
        await client.ehlo()
        if self.settings.security == "starttls":
            await client.starttls()
            await client.ehlo()
        if self.settings.user is not None:
            await self._log_in(client, self.settings.user, self.password or "")

    async def _log_in(self, client: aiosmtplib.SMTP, user: str, password: str) -> None:
        """Once, in one way: whoever tries all ways with a wrong password is soon locked out."""
        ways = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
        offered = [way for name, way in ways.items() if name in client.server_auth_methods]
        if not offered:
            raise aiosmtplib.SMTPNotSupported("it offers no way to log in that we know")
        await offered[0](user, password)

    async def _hand_over(self, client: aiosmtplib.SMTP, message: WholeMessage) -> str:
        """The server's answer. What can't be told from a message that went out is uncertain."""
        host = self.settings.host
        try:
            # The server may take as long twice, for its leave to begin and at the end: a claim does not last as long.
            async with asyncio.timeout(self.last_reply + self.step):
                response = await client.data(message.rendered.body, timeout=self.last_reply)
        except aiosmtplib.SMTPDataError as error:
            if not 400 <= error.code < 600:
                raise UncertainError(f"{host} gave an answer that can't be understood {_said(error)}") from error
            sentence = f"{host} refuses the message {_said(error)}"
            raise DeliveryError(sentence, for_good=error.code >= 500, for_all=error.code == _CLOSING) from error
        except TimeoutError as error:
            raise UncertainError(f"{host} did not say whether it took the message") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UncertainError(f"the line to {host} broke while the message was handed over") from error
        return f"{host}: {one_line(response.message)}"

    async def _leave(self, client: aiosmtplib.SMTP) -> None:
        line = client.transport
        with suppress(aiosmtplib.SMTPException, OSError):  # what was said stands, however we part
            await client.quit(timeout=GOODBYE)
        _cut(line)

    @contextmanager
    def _before_the_message(self) -> Iterator[None]:
        """Whatever goes wrong here, the message certainly did not go out."""
        try:
            yield
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._not_sent(error) from None

    def _not_sent(self, error: Exception) -> DeliveryError:
        """The fault of the one message where its recipient is refused or it is too big, else of the server or settings.

        The server's words on a log-in are left out: it may repeat what it was given.
        """
        host = self.settings.host
        match error:
            case aiosmtplib.SMTPAuthenticationError():
                user = shown(self.settings.user or "")
                return DeliveryError(f"{host} refuses the user {user} or the password ({error.code})", for_all=True)
            case aiosmtplib.SMTPRecipientRefused() if error.recipient != self.archive:
                sentence = f"{host} refuses the recipient {shown(error.recipient)} {_said(error)}"
                return DeliveryError(sentence, for_good=error.code >= 500, for_all=error.code == _CLOSING)
            case aiosmtplib.SMTPRecipientRefused():
                return DeliveryError(
                    f"{host} refuses the archive {shown(error.recipient)} {_said(error)}", for_all=True
                )
            case aiosmtplib.SMTPSenderRefused(code=code) if code == _TOO_BIG:
                return DeliveryError(f"{host} finds the message too big {_said(error)}", for_good=True)
            case aiosmtplib.SMTPSenderRefused():
                return DeliveryError(f"{host} refuses the sender {shown(error.sender)} {_said(error)}", for_all=True)
            case aiosmtplib.SMTPResponseException():
                return DeliveryError(f"{host} refuses us {_said(error)}", for_all=True)
            case TimeoutError():
                return DeliveryError(f"{host} takes too long", for_all=True)
            case _:
                return DeliveryError(f"{host} can't be used ({_why(error)})", for_all=True)


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    """The line is closed when this returns: the loop is over then, and could not close it any more."""
    _cut(client.transport)
    client.close()
    for _ in range(3):  # a secured line closes the one beneath it a turn later
        await asyncio.sleep(0)


def _cut(line: asyncio.BaseTransport | None) -> None:
    if isinstance(line, asyncio.WriteTransport):
        line.abort()


def one_line(text: str) -> str:
    """A server's words, safe to show: one short line, whatever it sent."""
    return shown(" ".join(text.split()))


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return f"({error.code} {one_line(error.message)})"


def _why(error: BaseException) -> str:
    """Why, in a few words. A certificate at fault says so somewhere down the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid for us: {cause.verify_message}"
        cause = cause.__cause__
    return one_line(str(error) or type(error).__name__)
