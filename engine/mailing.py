"""Messages on their way out, and what people do with them: the part of the composition root that delivers."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from engine.choosing import SHORT, Chosen, chosen_messages
from engine.model.alerts import NEEDS_A_PERSON, Act, OutboxMessage, OutboxState
from engine.model.problems import Problem
from engine.model.settings import MailSettings, SmtpSettings
from engine.office import Office, UsageError

if TYPE_CHECKING:
    from engine.store.store import Store  # these are imported where they are used: most commands need few of them
    from notifiers.outbox import DeliveryReport, Notifier
    from notifiers.reconcile import ImapArchive
    from notifiers.smtp import SmtpNotifier

SMTP_PASSWORD, IMAP_PASSWORD = "TELLTALE_SMTP_PASSWORD", "TELLTALE_IMAP_PASSWORD"


def by_itself(office: Office) -> bool:
    """Whether messages are delivered as soon as they may go, and not by `mail send` alone."""
    return office.workspace.settings.mail.notifier == "folder"


def notifier_of(office: Office) -> "Notifier":
    """Where the settings send messages. Raises UsageError where a password is missing."""
    mail = office.workspace.settings.mail
    if by_itself(office) or mail.smtp is None:
        from notifiers.folder import FolderNotifier

        return FolderNotifier(office.inside(office.workspace.settings.outbox), office.root)
    return _smtp(mail, mail.smtp)


def _smtp(mail: MailSettings, server: SmtpSettings) -> "SmtpNotifier":
    from notifiers.smtp import SmtpNotifier  # asyncio and TLS take a while to load

    return SmtpNotifier(
        settings=server,
        sender=mail.from_,
        password=None if server.user is None else _password(SMTP_PASSWORD, "the mail server"),
        archive=None if mail.archive is None else mail.archive.address,
    )


def archive_of(office: Office) -> "ImapArchive | None":
    """Where copies of what was sent can be found, if anywhere. Raises UsageError where the password is missing."""
    settings = office.workspace.settings.mail.archive
    if settings is None:
        return None
    from notifiers.reconcile import ImapArchive

    return ImapArchive(settings, _password(IMAP_PASSWORD, "the archive"))


def _password(name: str, what: str) -> str:
    password = os.environ.get(name)
    if not password:
        raise UsageError(f"the password for {what} is not there; put it into the environment as {name}")
    return password


def deliver(
    office: Office, store: "Store", *, at_once: bool = False, stop: Callable[[], bool] = lambda: False
) -> "DeliveryReport":
    """Hand what waits to the notifier, of whichever run. What fails stays in the outbox with its reason.

    Raises UsageError before anything is tried, StoreError at any step: nothing is lost by it.
    """
    from notifiers.outbox import deliver_pending

    domains = office.workspace.settings.mail.allowed_domains
    return deliver_pending(store, notifier_of(office), domains, _clock(office), at_once=at_once, stop=stop)


def _clock(office: Office) -> Callable[[], datetime]:
    """The time as it passes from the office's now on: also where that is a day long ago."""
    began = monotonic()
    return lambda: office.now + timedelta(seconds=monotonic() - began)


def deliver_after_run(office: Office, store: "Store") -> list[Problem]:
    """Deliver what a run or telling queued, where that needs no mail server; a problem where the store fails."""
    from engine.store.errors import StoreError

    if not by_itself(office):
        return []
    try:
        deliver(office, store)
    except StoreError as error:  # what is published or told stays so: only the messages are late
        what = f"the messages are kept, but delivering them was cut short ({error})"
        cure = "mend that; the next run, or telltale mail send, delivers the rest"
        return [Problem(file="", where="outbox", what=what, cure=cure)]
    return []


_NOT_OUT = (OutboxState.PENDING, OutboxState.CLAIMED, OutboxState.RETRY, OutboxState.DEAD, OutboxState.UNCERTAIN)
_STUCK = (OutboxState.DEAD, OutboxState.UNCERTAIN)
UNFINISHED = (OutboxState.HELD, OutboxState.DATA_STARTED, *_NOT_OUT)


def late_states(office: Office) -> Sequence[OutboxState]:
    """The states in which a message should be out, or needs a person: a mail server's turn comes with `mail send`."""
    return _NOT_OUT if by_itself(office) else _STUCK


def undelivered(office: Office, store: "Store", portfolio: str) -> list[Problem]:
    """A problem for each message of a portfolio that should be out and isn't, whichever run it is of."""
    return [
        Problem(
            file="",
            where=f"message of {one.rendered.period} to {one.rendered.recipient}",
            what=one.detail or "it is not delivered yet",
            cure=_cure(one),
        )
        for one in store.outbox(portfolio, states=late_states(office))
    ]


def _cure(message: OutboxMessage) -> str:
    short = message.id[:SHORT]
    if message.state is OutboxState.DEAD:
        by = "--by WHO --why REASON"
        return f"it is not tried again; telltale mail send --again {short} {by}, or mail release --discard {short} {by}"
    if message.state is OutboxState.UNCERTAIN:
        said = f"telltale mail resolve {short} --sent|--not-sent --by WHO --why REASON"
        return f"find out whether it arrived, and say so: {said}"
    return "the next run tries it again"


# ---- telltale mail send


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of the messages that were due."""

    sent: list[OutboxMessage]
    failed: list[OutboxMessage]  # to be tried again, or dead
    uncertain: list[OutboxMessage]  # since this sending
    found: list[OutboxMessage]  # uncertain before, and found in the archive
    put_off: str  # why the rest was not tried
    archive_fault: str  # why the archive could not be looked into
    waiting: list[OutboxMessage]  # all that wait for a person: held, dead, uncertain

    @property
    def well(self) -> bool:
        """Whether everything that was due is out."""
        return not (self.failed or self.uncertain or self.put_off or self.archive_fault)


def send(office: Office, store: "Store", *, at_once: bool = False, stop: Callable[[], bool] = lambda: False) -> Sending:
    """Deliver everything due now; before, look for what is uncertain in the archive.

    `at_once`: also what waits for its next try. `stop` is asked before each message. Raises UsageError, StoreError.
    """
    notifier_of(office)  # a password that is missing is told before anything is touched
    lapsed = store.lapse(office.now)
    found, archive_fault = look_into_the_archive(office, store)
    report = deliver(office, store, at_once=at_once, stop=stop)
    moved = [*report.sent, *(one.message for one in report.failed), *lapsed, *report.uncertain, *found]
    rows = {one.id: one for one in store.outbox(ids=moved)}
    return Sending(
        sent=[rows[one] for one in report.sent],
        failed=[rows[one.message] for one in report.failed],
        uncertain=[rows[one] for one in (*lapsed, *report.uncertain) if one not in found],
        found=[rows[one] for one in found],
        put_off=report.put_off,
        archive_fault=archive_fault,
        waiting=store.outbox(states=NEEDS_A_PERSON),
    )


def look_into_the_archive(office: Office, store: "Store") -> tuple[list[str], str]:
    """Settle what is uncertain and has a copy there: the ids, and why the archive could not be looked into."""
    from notifiers.reconcile import ArchiveError, reconcile

    archive = archive_of(office)
    if archive is None:
        return [], ""
    try:
        return reconcile(store, archive, office.now), ""
    except ArchiveError as error:
        return [], str(error)


def tried_out(office: Office) -> Iterator[tuple[str, str, str]]:
    """The mail server and the archive, where there are any: what was tried, what was found, and what is wrong."""
    from notifiers.outbox import DeliveryError
    from notifiers.reconcile import ArchiveError

    mail = office.workspace.settings.mail
    if not by_itself(office) and mail.smtp is not None:
        try:
            _smtp(mail, mail.smtp).try_out()
        except (UsageError, DeliveryError) as error:
            yield "mail server", "", str(error)
        else:
            yield "mail server", f"{mail.smtp.host} would take mail", ""
    if mail.archive is not None:
        try:
            archive = archive_of(office)
            if archive is not None:
                archive.try_out()
        except (UsageError, ArchiveError) as error:
            yield "archive", "", str(error)
        else:
            yield "archive", f"{mail.archive.folder} at {mail.archive.host} can be looked into", ""


# ---- what people do with messages


def release(office: Office, store: "Store", chosen: Chosen, by: str, why: str) -> list[OutboxMessage]:
    """Let held messages go. Raises UsageError where nothing is meant, or what is meant isn't held."""
    from notifiers.frozen import dated

    messages = chosen_messages(office, store, chosen, (OutboxState.HELD,))
    act = _act(office, "released", by, why)
    for one in messages:
        whole = store.message(one.id)
        _done(one, store.release(one.id, dated(whole.rendered, office.now), act))
    return _delivered_if_by_itself(office, store, messages)


def discard(office: Office, store: "Store", chosen: Chosen, by: str, why: str) -> list[OutboxMessage]:
    """Throw messages away that certainly have not gone out: held ones, or others by their ids. Raises UsageError."""
    states = (OutboxState.HELD, OutboxState.PENDING, OutboxState.RETRY, OutboxState.DEAD)
    messages = chosen_messages(office, store, chosen, states if chosen.ids else states[:1])
    act = _act(office, "discarded", by, why)
    for one in messages:
        _done(one, store.discard(one.id, act))
    return _as_they_are(store, messages)


def resolve(office: Office, store: "Store", chosen: Chosen, by: str, why: str, *, sent: bool) -> list[OutboxMessage]:
    """Say of uncertain messages whether they went out; those that did not go again. Raises UsageError."""
    messages = chosen_messages(office, store, chosen, (OutboxState.UNCERTAIN,))
    act = _act(office, "said to be sent" if sent else "said not to be sent", by, why)
    for one in messages:
        _done(one, store.resolve(one.id, act, sent=sent))
    return _delivered_if_by_itself(office, store, messages)


def send_again(office: Office, store: "Store", chosen: Chosen, by: str, why: str) -> list[OutboxMessage]:
    """Queue once more what went out, or was given up: it goes with the next sending. Raises UsageError."""
    from notifiers.frozen import once_more

    messages = chosen_messages(office, store, chosen, (OutboxState.SENT, OutboxState.DEAD))
    act = _act(office, "sent again", by, why)
    for one in messages:
        time = 2 + sum(earlier.what == "sent again" for earlier in one.acts)
        whole = store.message(one.id)
        _done(one, store.send_again(one.id, once_more(whole.rendered, office.now, time), act))
    return _as_they_are(store, messages)


def _act(office: Office, what: str, by: str, why: str) -> Act:
    for name, text in (("--by", by), ("--why", why)):
        if text != " ".join(text.split()) or not (text or name == "--why"):
            raise UsageError(f"{name} has to be one line of text")
    return Act.model_validate({"what": what, "by": by, "at": office.now, "why": why})


def _done(message: OutboxMessage, done: bool) -> None:
    if not done:
        raise UsageError(
            f"the message {message.id[:SHORT]} has changed meanwhile; look at it again: telltale mail list"
        )


def _delivered_if_by_itself(office: Office, store: "Store", messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    if by_itself(office):
        deliver(office, store)
    return _as_they_are(store, messages)


def _as_they_are(store: "Store", messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    rows = {one.id: one for one in store.outbox(ids=[one.id for one in messages])}
    return [rows[one.id] for one in messages]
