"""The program, a real Postfix and a real Dovecot: what is sent is read back by IMAP.

Skipped where they are not installed; `.ci/run` installs them. TELLTALE_KILLS says how often each step is tried.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from engine.model.alerts import Act, OutboxState
from engine.model.settings import ArchiveSettings
from notifiers.reconcile import ArchiveError, ImapArchive, reconcile
from tests.acceptance.mailserver import DOMAIN, PASSWORD, MailServer, mail_server, why_not
from tests.sending.killed import STEPS
from tests.sending.office import office, whole
from tests.sending.test_kills import LATER, TRIES, go_on, kill_at_every_step, steps_in
from tests.sending.test_mail_commands import Program
from tests.store.samples import opened

pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no real mail server here: {why_not()}")

LEAD, COPIES = f"lead@{DOMAIN}", f"copies@{DOMAIN}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[MailServer]:
    with tempfile.TemporaryDirectory(prefix="telltale-") as base, mail_server(Path(base), authority) as server:
        yield server


@pytest.fixture(autouse=True)
def passwords(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("TELLTALE_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("TELLTALE_IMAP_PASSWORD", PASSWORD)


@pytest.fixture
def telltale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(tmp_path, capsys)


def settings(server: MailServer, address: str = f", address: {COPIES}") -> str:
    return (
        f", notifier: smtp, smtp: {{host: localhost, port: {server.smtp}, user: pmo}}"
        f", archive: {{host: localhost, port: {server.imap}, user: copies{address}}}"
    )


def archive(server: MailServer, user: str = "copies", folder: str = "INBOX", password: str = PASSWORD) -> ImapArchive:
    return ImapArchive(ArchiveSettings(host="localhost", port=server.imap, user=user, folder=folder), password)


def name_of(message: bytes) -> str:
    head = message.partition(b"\r\n\r\n")[0].decode("ascii")
    return head.partition("Message-ID: ")[2].partition("\r\n")[0]


def test_messages_reach_their_mailboxes_and_the_archive_unchanged(
    tmp_path: Path, telltale: Program, server: MailServer
) -> None:
    office(tmp_path, settings(server), [("head", "pending"), ("mate", "pending")])
    assert telltale("mail", "send") == "Messages: 2 sent.\n"
    server.wait_until_delivered()
    for to in ("head", "mate"):
        (arrived,) = server.mailbox(to)
        assert arrived.endswith(whole(to).body), "as it was frozen, below what the servers write on top"
        assert COPIES.encode() not in arrived.partition(b"\r\n\r\n")[0].partition(b"From: ")[2]
    copies = [name_of(one) for one in server.mailbox("copies")]
    assert sorted(copies) == sorted(whole(to).message_id for to in ("head", "mate"))


def test_the_archive_settles_what_is_uncertain_and_leaves_what_it_does_not_have(
    tmp_path: Path, telltale: Program, server: MailServer
) -> None:
    office(tmp_path, settings(server), [("aide", "pending")])
    telltale("mail", "send")
    server.wait_until_delivered()
    office(tmp_path / "again", settings(server), [("aide", "uncertain"), ("dean", "uncertain")])
    telltale.root = tmp_path / "again"
    said = telltale("mail", "resolve").splitlines()
    assert said[0] == "1 message found in the archive, 1 still uncertain."
    assert whole("dean").message_id in said[1]
    assert telltale.states() == {"aide": "sent", "dean": "uncertain"}
    assert telltale.json("mail", "list", "--state", "sent")["messages"][0]["detail"] == "found in the archive"


def test_doctor_tries_both_servers(
    tmp_path: Path, telltale: Program, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office(tmp_path, settings(server))

    def said() -> dict[str, str]:
        return {one["what"]: one["found"] for one in telltale.json("doctor", code=1)["checks"]}

    good = said()
    assert good["mail server"] == "localhost would take mail"
    assert good["archive"] == "INBOX at localhost can be looked into"
    monkeypatch.setenv("TELLTALE_SMTP_PASSWORD", "tr0ub4dor")
    monkeypatch.setenv("TELLTALE_IMAP_PASSWORD", "tr0ub4dor")
    bad = said()
    assert bad["mail server"] == "localhost refuses the user 'pmo' or the password (535)"
    assert bad["archive"] == "the archive at localhost refuses the user 'copies' or the password"


def test_an_archive_that_can_not_be_read_settles_nothing(server: MailServer) -> None:
    with pytest.raises(ArchiveError, match="the archive at localhost has no folder 'Nowhere'"):
        archive(server, folder="Nowhere").holding(["<a@council.example>"])
    with pytest.raises(ArchiveError, match="the archive at localhost can't be looked into"):
        ImapArchive(ArchiveSettings(host="localhost", port=server.smtp, user="copies"), PASSWORD).try_out()
    assert archive(server).holding(["<nobody.sent.this@council.example>"]) == frozenset()


def test_a_server_that_copies_by_itself_serves_as_well(
    tmp_path: Path, telltale: Program, authority: trustme.CA
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="telltale-") as base,
        mail_server(Path(base), authority, always_bcc=COPIES) as server,
    ):
        office(tmp_path, settings(server, address=""), [("lead", "pending")])
        telltale("mail", "send")
        server.wait_until_delivered()
        assert len(server.mailbox("lead")) == 1
        assert archive(server).holding([whole("lead").message_id]) == {whole("lead").message_id}


def test_a_sender_killed_at_any_step_loses_nothing_and_sends_nothing_twice(tmp_path: Path, server: MailServer) -> None:
    kill_at_every_step(tmp_path, server.smtp, LEAD, COPIES)
    server.wait_until_delivered()
    with opened(tmp_path) as store:
        by_the_killed = len(server.mailbox("lead"))
        go_on(store, server.smtp, LEAD, COPIES)
        server.wait_until_delivered()
        settled = reconcile(store, archive(server), LATER)
        held = steps_in(store, "uncertain")

        rows = store.outbox()
        assert {one.state for one in rows} == {OutboxState.SENT, OutboxState.UNCERTAIN}
        copies = Counter(map(name_of, server.mailbox("lead")))
        for one in rows:
            assert copies[one.rendered.message_id] == (1 if one.state is OutboxState.SENT else 0)

        # The queue is empty and the archive has none of the rest: a person may say that they did not go out.
        act = Act(what="said not to be sent", by="Operator", at=LATER, why="neither queue nor archive has it")
        for one in store.outbox(states=[OutboxState.UNCERTAIN]):
            assert store.resolve(one.id, act, sent=False)
        go_on(store, server.smtp, LEAD, COPIES)
        server.wait_until_delivered()
        copies = Counter(map(name_of, server.mailbox("lead")))
        assert len(copies) == len(rows) == len(STEPS) * TRIES
        assert set(copies.values()) == {1}
    print(  # noqa: T201 - the figures of docs/reliability.md
        f"{len(STEPS)} steps, {len(rows)} kills, Postfix and Dovecot: {by_the_killed} arrived from the killed, "
        f"{len(settled)} settled by the archive, {held.total()} held for a person; 0 lost, 0 twice"
    )
