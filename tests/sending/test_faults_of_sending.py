"""What becomes of a message when the server refuses, breaks off, keeps silent or talks nonsense, step by step."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.model.settings import ArchiveSettings
from notifiers.reconcile import ImapArchive
from tests.sending.faultserver import (
    GOES,
    SILENT,
    TAKES_AND_GOES,
    TAKES_AND_IS_SILENT,
    Box,
    Fault,
    says,
    serving,
)
from tests.sending.made import details, mail, notifier, outbox, send, states
from tests.store.samples import NOW

BEFORE_DATA = ("connect", "ehlo", "mail", "rcpt")
LATER = NOW + timedelta(minutes=1)


@pytest.mark.parametrize("fault", [GOES, SILENT, says("nonsense"), says("421 closing"), says("451 later")])
@pytest.mark.parametrize("step", BEFORE_DATA)
def test_before_data_nothing_went_out_and_it_is_tried_again(tmp_path: Path, step: str, fault: Fault) -> None:
    box = Box({step: fault})
    with outbox(tmp_path, "lead") as store, serving(box) as port:
        send(store, notifier(port, step=0.3))
        assert states(store) == {"lead": "retry"}
        assert box.mails == []
        box.faults = {}
        send(store, notifier(port), LATER)
        assert states(store) == {"lead": "sent"}
    assert [one.body for one in box.mails] == [mail("lead").body]


@pytest.mark.parametrize(
    ("step", "fault", "state", "said", "arrived"),
    [
        ("data", says("451 try later"), "retry", "refuses the message (451 'try later')", 0),
        ("data", says("554 no"), "dead", "refuses the message (554 'no')", 0),
        ("data", says("250 what?"), "uncertain", "gave an answer that can't be understood (250 'what?')", 0),
        ("data", GOES, "uncertain", "the line to localhost broke", 0),
        ("data", SILENT, "uncertain", "did not say whether it took the message", 0),
        ("half", GOES, "uncertain", "the line to localhost broke", 0),
        ("dot", GOES, "uncertain", "the line to localhost broke", 0),
        ("message", says("452 full"), "retry", "refuses the message (452 'full')", 0),
        ("message", says("421 closing"), "retry", "refuses the message (421 'closing')", 0),
        ("message", says("550 5.7.1 looks like spam"), "dead", "refuses the message (550 '5.7.1 looks like spam')", 0),
        ("message", says("nonsense"), "uncertain", "the line to localhost broke", 0),
        ("message", says("354 again?"), "uncertain", "gave an answer that can't be understood (354 'again?')", 0),
        ("message", GOES, "uncertain", "the line to localhost broke", 0),
        ("message", SILENT, "uncertain", "did not say whether it took the message", 0),
        ("message", TAKES_AND_GOES, "uncertain", "the line to localhost broke", 1),
        ("message", TAKES_AND_IS_SILENT, "uncertain", "did not say whether it took the message", 1),
        ("quit", GOES, "sent", "localhost: 'taken'", 1),
        ("quit", says("nonsense"), "sent", "localhost: 'taken'", 1),
    ],
)
def test_from_data_on_only_the_servers_own_word_counts(
    tmp_path: Path, step: str, fault: Fault, state: str, said: str, arrived: int
) -> None:
    box = Box({step: fault})
    with outbox(tmp_path, "lead") as store, serving(box) as port:
        send(store, notifier(port, last_reply=0.3))
        assert states(store) == {"lead": state}
        assert said in details(store)["lead"]
        assert len(box.mails) == arrived
        box.faults = {}
        send(store, notifier(port), LATER)
        again = 1 if state == "retry" else 0
        assert len(box.mails) == arrived + again, "what is dead, sent or uncertain does not go again by itself"


def test_a_recipient_that_is_refused_for_good_is_dead_and_stops_no_other(tmp_path: Path) -> None:
    box = Box({"rcpt lead@council.example": says("550 5.1.1 no such user")})
    with outbox(tmp_path, "lead", "head", "mate") as store, serving(box) as port:
        send(store, notifier(port))
        assert states(store) == {"lead": "dead", "head": "sent", "mate": "sent"}
        assert details(store)["lead"] == (
            "localhost refuses the recipient 'lead@council.example' (550 '5.1.1 no such user')"
        )
        send(store, notifier(port), LATER)
    assert [one.recipients for one in box.mails] == [("head@council.example",), ("mate@council.example",)]


def test_of_many_the_one_that_was_put_off_goes_again_alone_with_the_same_bytes(tmp_path: Path) -> None:
    box = Box({"rcpt head@council.example": says("450 greylisted")})
    with outbox(tmp_path, "lead", "head", "mate") as store, serving(box) as port:
        send(store, notifier(port))
        assert states(store) == {"lead": "sent", "head": "retry", "mate": "sent"}
        box.faults, box.mails = {}, []
        send(store, notifier(port), LATER)
        assert states(store) == {"lead": "sent", "head": "sent", "mate": "sent"}
    assert [(one.recipients, one.body) for one in box.mails] == [(("head@council.example",), mail("head").body)]


@pytest.mark.parametrize(
    ("step", "fault", "state", "said"),
    [
        ("mail", says("552 too big"), "dead", "localhost finds the message too big (552 'too big')"),
        ("mail", says("550 no"), "retry", "localhost refuses the sender 'pmo@council.example' (550 'no')"),
        ("rcpt copies@council.example", says("550 unknown"), "retry",
         "localhost refuses the archive 'copies@council.example' (550 'unknown')"),
    ],
)  # fmt: skip
def test_what_is_nobodys_fault_but_the_settings_kills_no_message(
    tmp_path: Path, step: str, fault: Fault, state: str, said: str
) -> None:
    with outbox(tmp_path, "lead") as store, serving(Box({step: fault})) as port:
        send(store, notifier(port, archive="copies@council.example"))
        assert (states(store), details(store)) == ({"lead": state}, {"lead": said})


def test_where_starttls_was_stripped_nothing_is_said_but_the_greeting(tmp_path: Path) -> None:
    box = Box()
    with outbox(tmp_path, "lead", "head") as store, serving(box) as port:
        report = send(store, notifier(port, "starttls", user="pmo", password="hush"))
        assert states(store) == {"lead": "retry", "head": "retry"}
    assert "STARTTLS extension not supported" in report.put_off
    assert {line.partition(" ")[0].lower() for line in box.heard} == {"ehlo"}
    assert box.mails == []


def test_a_password_is_in_no_dump_of_who_has_it() -> None:
    archive = ImapArchive(ArchiveSettings(host="localhost", user="copies"), "hush")
    assert "hush" not in f"{notifier(25, user='pmo', password='hush')} {archive!r}"


def test_what_a_hostile_server_says_is_one_short_line_and_never_the_password(tmp_path: Path) -> None:
    words = "535-5.7.8 hush\x1b[2J\r\n535 aHVzaA== " + "x" * 400
    with outbox(tmp_path, "lead") as store, serving(Box({"auth": says(words)}, ("AUTH PLAIN LOGIN",))) as port:
        send(store, notifier(port, user="pmo", password="hush"))
        assert details(store)["lead"] == "localhost refuses the user 'pmo' or the password (535)"
    with outbox(tmp_path / "b", "lead") as store, serving(Box({"rcpt": says("550 \x1b[2J\x07" + "x" * 400)})) as port:
        send(store, notifier(port))
        assert details(store)["lead"].isprintable()
        assert len(details(store)["lead"]) < 200
