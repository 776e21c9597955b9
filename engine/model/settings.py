"""What `config/settings.yaml` says: where things are kept, how mail goes out, how long things may take."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from engine.model.base import Frozen

Security = Literal["starttls", "tls", "none"]


class SmtpSettings(Frozen):
    """The mail server that messages are handed to; the password is in TELLTALE_SMTP_PASSWORD."""

    host: str
    port: int | None = None
    security: Security = "starttls"
    user: str | None = None  # None: without logging in

    @property
    def port_or_usual(self) -> int:
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class ArchiveSettings(Frozen):
    """A mailbox that has a copy of every message sent; the password is in TELLTALE_IMAP_PASSWORD."""

    host: str
    port: int | None = None
    security: Security = "tls"
    user: str
    folder: str = "INBOX"
    address: str | None = None  # where copies are sent; None: the mail server makes them by itself

    @property
    def port_or_usual(self) -> int:
        return self.port or {"starttls": 143, "tls": 993, "none": 143}[self.security]


class MailSettings(Frozen):
    notifier: Literal["folder", "smtp"] = "folder"
    smtp: SmtpSettings | None = None
    archive: ArchiveSettings | None = None
    from_: str = Field(default="pmo@council.example", alias="from")
    reply_to: str | None = None
    allowed_domains: tuple[str, ...] = ()
    most_messages: int = 200
    most_changed: str = "50%"  # of the subjects; as written


class ServiceSettings(Frozen):
    job_time_limit: Decimal = Decimal(900)  # seconds for a job's child process
    catch_up: int = 3  # more missed runs than that are done, but their messages are held


class Settings(Frozen):
    database: str = "sqlite:///var/telltale.db"
    returns: str = "returns"
    outbox: str = "var/outbox"
    mail: MailSettings = MailSettings()
    judge_time_limit: Decimal = Decimal(60)  # seconds for the child process that judges
    service: ServiceSettings = ServiceSettings()
