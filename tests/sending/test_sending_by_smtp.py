"""Messages handed to a real mail server, over a secured line, and what arrives."""

from pathlib import Path

import pytest
import trustme

from engine.model.settings import Security
from tests.sending.made import SENDER, details, mail, notifier, outbox, send, states
from tests.sending.real import PASSWORD, USER, Mailbox, free_port, mail_server, trust
from tests.store.samples import opened, publication, publish, queued


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    monkeypatch.setenv("SSL_CERT_FILE", trust(authority, tmp_path))
    return authority


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_messages_arrive_byte_for_byte_over_a_secured_line(
    tmp_path: Path, trusted: trustme.CA, security: Security
) -> None:
    box = Mailbox()
    with outbox(tmp_path, "lead", "head") as store, mail_server(box, trusted, security) as port:
        report = send(store, notifier(port, security, user=USER, password=PASSWORD))
        assert len(report.sent) == 2
        assert states(store) == {"lead": "sent", "head": "sent"}
        assert details(store)["lead"] == "localhost: 'taken'"
    assert [(one.sender, one.recipients) for one in box.mails] == [
        (SENDER, ("lead@council.example",)),
        (SENDER, ("head@council.example",)),
    ]
    assert [one.body for one in box.mails] == [mail("lead").body, mail("head").body]
    assert box.secured == [True, True]


def test_a_long_message_with_lines_that_begin_with_a_dot_arrives_as_it_was(tmp_path: Path, trusted: trustme.CA) -> None:
    body = mail("lead").body + b"a line\r\n.\r\n..\r\n.a line\r\n" * 20_000
    box = Mailbox()
    with opened(tmp_path) as store, mail_server(box, trusted, "none") as port:
        publish(store, publication(messages=[queued(mail("lead", body=body))]))
        send(store, notifier(port))
        assert states(store) == {"lead": "sent"}
    assert [one.body for one in box.mails] == [body]


def test_the_archive_gets_a_copy_that_the_recipient_does_not_see(tmp_path: Path, trusted: trustme.CA) -> None:
    box = Mailbox()
    with outbox(tmp_path, "lead") as store, mail_server(box, trusted, "none") as port:
        send(store, notifier(port, archive="copies@council.example"))
        assert states(store) == {"lead": "sent"}
    (one,) = box.mails
    assert one.recipients == ("copies@council.example", "lead@council.example")
    assert b"copies@" not in one.body


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_a_certificate_of_strangers_gets_nothing(tmp_path: Path, security: Security) -> None:
    box = Mailbox()
    with outbox(tmp_path, "lead") as store, mail_server(box, trustme.CA(), security) as port:
        report = send(store, notifier(port, security, user=USER, password=PASSWORD))
        assert states(store) == {"lead": "retry"}
    assert report.put_off == (
        "localhost can't be used (its certificate is not valid for us: unable to get local issuer certificate)"
    )
    assert box.mails == []


def test_a_server_with_the_certificate_of_another_gets_nothing(tmp_path: Path, trusted: trustme.CA) -> None:
    box = Mailbox()
    with outbox(tmp_path, "lead") as store, mail_server(box, trusted, "starttls", "elsewhere.example") as port:
        report = send(store, notifier(port, "starttls", user=USER, password=PASSWORD))
        assert states(store) == {"lead": "retry"}
    assert "certificate is not valid for us: Hostname mismatch" in report.put_off
    assert box.mails == []


def test_a_wrong_password_puts_everything_off_and_is_told_nowhere(tmp_path: Path, trusted: trustme.CA) -> None:
    box = Mailbox()
    with outbox(tmp_path, "lead", "head") as store, mail_server(box, trusted, "starttls") as port:
        report = send(store, notifier(port, "starttls", user=USER, password="tr0ub4dor"))
        assert states(store) == {"lead": "retry", "head": "retry"}
        assert set(details(store).values()) == {"localhost refuses the user 'pmo' or the password (535)"}
    assert "tr0ub4dor" not in str(report)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
    assert b"localhost refuses" in kept
    assert b"tr0ub4dor" not in kept
    assert box.mails == []


def test_where_nobody_listens_everything_waits(tmp_path: Path) -> None:
    with outbox(tmp_path, "lead", "head") as store:
        report = send(store, notifier(free_port(), host="127.0.0.1"))
        assert states(store) == {"lead": "retry", "head": "retry"}
    assert report.put_off.startswith("127.0.0.1 can't be used ('Error connecting to 127.0.0.1 on port ")


def test_a_server_can_be_tried_out_without_a_message(trusted: trustme.CA) -> None:
    box = Mailbox()
    with mail_server(box, trusted, "starttls") as port:
        notifier(port, "starttls", user=USER, password=PASSWORD).try_out()
    assert box.mails == []
