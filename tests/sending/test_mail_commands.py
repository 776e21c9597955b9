"""`telltale mail list|send|release|resolve` as the PMO and the operator use them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.model.alerts import OutboxState
from tests.sending.faultserver import TAKES_AND_IS_SILENT, Box, Fault, Mail, says, serving
from tests.sending.made import states
from tests.sending.office import NOW, office, smtp, whole
from tests.sending.real import free_port
from tests.store.samples import opened
from tests.test_runs_over_months import Months

ROOT = Path(__file__).parents[2]
LEAD, HEAD = (whole(to).id[:8] for to in ("lead", "head"))


class Program:
    """The program in a workspace."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, *words: str, code: int = 0, now: str = NOW) -> str:
        self.capsys.readouterr()
        found = main([*words, "-C", str(self.root), "--now", now])
        said = self.capsys.readouterr()
        assert found == code, said
        return said.out + said.err

    def json(self, *words: str, code: int = 0, now: str = NOW) -> Any:
        return json.loads(self(*words, "--format", "json", code=code, now=now))

    def states(self) -> dict[str, str]:
        with opened(self.root) as store:
            return states(store)


@pytest.fixture
def telltale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(tmp_path, capsys)


# ---- release


def test_a_held_message_that_is_released_is_written_at_once_and_dated_then(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "held")])
    said = telltale("mail", "release", LEAD, "--by", "Head of PMO", now="2019-02-11T08:00")
    assert said.startswith(f"1 message released.\n{LEAD} to lead@council.example: sent, var/outbox/2019-01_care_")
    assert telltale.states() == {"lead": "sent", "head": "held"}
    (path,) = (tmp_path / "var/outbox").glob("*.eml")
    date = path.read_text(encoding="utf-8").partition("Date: ")[2].partition("\n")[0]
    assert parsedate_to_datetime(date).isoformat() == "2019-02-11T08:00:00+00:00"


def test_who_released_what_and_why_is_kept(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held")])
    telltale("mail", "release", "--all", "--by", "Head of PMO", "--why", "seen by the director")
    (one,) = telltale.json("mail", "list")["messages"]
    assert one["acts"] == [
        {
            "what": "released",
            "by": "Head of PMO",
            "at": "2019-02-08T09:30:00Z",
            "why": "seen by the director",
        }
    ]


def test_an_audience_is_released_alone(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held")])
    telltale.root.joinpath("config/audiences.yaml").write_text("owners: {who: owners}\nclt: {who: [lead]}\n")
    assert telltale("mail", "release", "--audience", "clt", "--by", "PMO") == "0 messages released.\n"
    telltale("mail", "release", "--audience", "owners", "--by", "PMO")
    assert telltale.states() == {"lead": "sent"}


def test_a_message_thrown_away_never_goes(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "dead")])
    telltale("mail", "release", LEAD, HEAD, "--discard", "--by", "PMO", "--why", "sent by hand")
    telltale("mail", "send")
    assert telltale.states() == {"lead": "discarded", "head": "discarded"}
    assert "discarded by PMO at 09:30: sent by hand" in telltale("mail", "list", "--state", "discarded")


def test_the_list_shows_everything_that_people_did_with_a_message(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held")])
    telltale("mail", "release", LEAD, "--by", "Head of PMO", "--why", "as agreed")
    telltale("mail", "send", "--again", LEAD, "--by", "PMO", "--why", "it was lost", now="2019-02-11T08:00")
    said = telltale("mail", "list", now="2019-02-12T08:00")
    released = "released by Head of PMO at 2019-02-08 09:30: as agreed"
    assert f"; {released}; sent again by PMO at 2019-02-11 08:00: it was lost\n" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["release", "--by", "PMO"],
         "say which messages: their ids (telltale mail list shows them), --audience NAME, or --all"),
        (["release", "ffff", "--by", "PMO"], "there is no message 'ffff'; telltale mail list shows them"),
        (["release", "", "--by", "PMO"], "there is no message ''; telltale mail list shows them"),
        (["release", "--audience", "clt", "--by", "PMO"], "there is no audience 'clt'; there is owners"),
        (["release", "--all", "--portfolio", "x", "--by", "PMO"], "there is no portfolio 'x'; there is care"),
        (["release", HEAD, "--by", "PMO"], f"the message {HEAD} is sent, not held"),
        (["release", LEAD, "--by", "a\nb"], "--by has to be one line of text"),
        (["release", LEAD, "--by", ""], "--by has to be one line of text"),
        (["release", LEAD, "--discard", "--by", "PMO"], "--discard needs --by, who says so, and --why"),
        (["resolve", LEAD, "--sent", "--by", "PMO"], "--sent or --not-sent needs --by, who says so, and --why"),
        (["resolve", LEAD, "--sent", "--by", "PMO", "--why", "log"], f"the message {LEAD} is held, not uncertain"),
        (["resolve", LEAD], "say what is known of the message: --sent or --not-sent"),
        (["resolve"], "there is no archive to look into; name a message, and --sent or --not-sent"),
        (["send", "--again", LEAD, "--by", "PMO", "--why", "lost"], f"the message {LEAD} is held, not sent or dead"),
        (["send", "--again", HEAD], "--again needs --by, who says so, and --why"),
        (["list", "--period", "2019-13"], "'2019-13' is not a monthly period; write it as 2019-01"),
        (["list", "cares"], "there is no portfolio 'cares'; did you mean `care`?"),
        (["list", "--state", "gone"], f"there is no state 'gone'; there is {', '.join(OutboxState)}"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, telltale: Program, words: list[str], said: str) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "sent")])
    assert telltale("mail", *words, code=2) == f"telltale: {said}\n"
    assert telltale.states() == {"lead": "held", "head": "sent"}


# ---- send


def test_with_a_mail_server_release_queues_and_send_sends(tmp_path: Path, telltale: Program) -> None:
    box = Box()
    with serving(box) as port:
        office(tmp_path, smtp(port), [("lead", "held"), ("head", "pending")])
        said = telltale("mail", "release", "--all", "--by", "PMO")
        assert said.endswith("telltale mail send sends what was released.\n")
        assert telltale.states() == {"lead": "pending", "head": "pending"}
        assert telltale("mail", "send") == "Messages: 2 sent.\n"
        assert telltale("mail", "send") == "Nothing is due.\n"
    assert [one.recipients for one in box.mails] == [("lead@council.example",), ("head@council.example",)]


def test_send_says_what_did_not_go_and_what_waits_for_a_person(tmp_path: Path, telltale: Program) -> None:
    box = Box({"rcpt head@council.example": says("550 no such user"), "rcpt mate@council.example": says("450 later")})
    messages = [("lead", "pending"), ("head", "pending"), ("mate", "pending"), ("aide", "held"), ("dean", "uncertain")]
    with serving(box) as port:
        office(tmp_path, smtp(port), messages)
        said = telltale("mail", "send", code=3)
    mate, no = whole("mate").id[:8], "127.0.0.1 refuses the recipient"
    assert said.splitlines() == [
        "Messages: 1 sent, 1 to be tried again, 1 dead.",
        f"TO BE TRIED AGAIN: {mate} to mate@council.example: {no} 'mate@council.example' (450 'later'); again at 09:31",
        f"DEAD: {HEAD} to head@council.example: {no} 'head@council.example' (550 'no such user')",
        "Waiting for a person: 1 uncertain, 1 held, 1 dead; see telltale mail list.",
    ]


def test_what_waits_for_its_next_try_goes_at_once_with_retry(tmp_path: Path, telltale: Program) -> None:
    box = Box({"connect": says("421 not now")})
    with serving(box) as port:
        office(tmp_path, smtp(port), [("lead", "pending"), ("head", "pending")])
        said = telltale("mail", "send", code=3)
        assert "The rest waits: 127.0.0.1 refuses us (421 'not now')." in said
        box.faults = {}
        assert telltale("mail", "send") == "Nothing is due.\n"
        assert telltale("mail", "send", "--retry") == "Messages: 2 sent.\n"


def test_a_message_sent_again_is_an_act_with_a_reason_and_has_a_name_of_its_own(
    tmp_path: Path, telltale: Program
) -> None:
    box = Box()
    with serving(box) as port:
        office(tmp_path, smtp(port), [("lead", "pending"), ("head", "dead")])
        telltale("mail", "send")
        assert telltale("mail", "send", "--again", LEAD, HEAD, "--by", "PMO", "--why", "mailbox was lost") == (
            "Messages: 2 sent.\n"
        )
        telltale("mail", "send", "--again", LEAD, "--by", "PMO", "--why", "lost once more")
    ids = [one.body.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for one in box.mails]
    assert len(ids) == len(set(ids)) == 4
    acts = {one["id"][:8]: [act["why"] for act in one["acts"]] for one in telltale.json("mail", "list")["messages"]}
    assert acts == {LEAD: ["mailbox was lost", "lost once more"], HEAD: ["mailbox was lost"]}


def test_without_its_password_nothing_is_touched(
    tmp_path: Path, telltale: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELLTALE_SMTP_PASSWORD", raising=False)
    office(tmp_path, smtp(1, ", user: pmo"), [("lead", "pending")])
    assert telltale("mail", "send", code=2) == (
        "telltale: the password for the mail server is not there; put it into the environment as "
        "TELLTALE_SMTP_PASSWORD\n"
    )
    assert telltale.states() == {"lead": "pending"}


def test_a_sender_asked_to_end_finishes_the_message_and_takes_up_no_other(tmp_path: Path, telltale: Program) -> None:
    with serving(box := Asking()) as port:
        office(tmp_path, smtp(port), [("lead", "pending"), ("head", "pending")])
        command = [sys.executable, "-m", "engine", "mail", "send", "-C", str(tmp_path), "--now", NOW]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        box.child = child.pid
        said, _ = child.communicate(timeout=60)
    assert (child.returncode, said) == (0, "Messages: 1 sent.\n")
    assert telltale.states() == {"lead": "sent", "head": "pending"}
    assert len(box.mails) == 1


class Asking(Box):
    """Asks the sender to end when it has a message, before it answers."""

    child = 0

    def took(self, mail: Mail) -> None:
        super().took(mail)
        os.kill(self.child, signal.SIGTERM)


class Insisting(Box):
    """Asks the sender to end, and once more, while it waits for an answer that does not come."""

    child = 0

    def took(self, mail: Mail) -> None:
        super().took(mail)
        os.kill(self.child, signal.SIGTERM)
        os.kill(self.child, signal.SIGINT)


def test_a_sender_asked_twice_to_end_leaves_the_message_uncertain(tmp_path: Path, telltale: Program) -> None:
    with serving(box := Insisting({"message": TAKES_AND_IS_SILENT})) as port:
        office(tmp_path, smtp(port), [("lead", "pending"), ("head", "pending")])
        command = [sys.executable, "-m", "engine", "mail", "send", "-C", str(tmp_path), "--now", NOW]
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        box.child = child.pid
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (3, "telltale: stopped.\n")
    assert telltale.states() == {"lead": "uncertain", "head": "pending"}


# ---- resolve


@contextmanager
def uncertain(root: Path) -> Iterator[Box]:
    """An office with a message that may have gone out."""
    with serving(box := Box()) as port:
        office(root, smtp(port), [("lead", "uncertain"), ("head", "sent")])
        yield box


def test_a_person_says_that_it_arrived(tmp_path: Path, telltale: Program) -> None:
    with uncertain(tmp_path) as box:
        said = telltale("mail", "resolve", LEAD, "--sent", "--by", "Operator", "--why", "queued as 4F2 in the log")
        assert said == (
            f"1 message settled as sent.\n{LEAD} to lead@council.example: sent, "
            "so says Operator: queued as 4F2 in the log\n"
        )
        assert telltale("mail", "send") == "Nothing is due.\n"
        assert box.mails == []


def test_a_person_says_that_it_did_not_and_it_goes_byte_for_byte(tmp_path: Path, telltale: Program) -> None:
    with uncertain(tmp_path) as box:
        telltale("mail", "resolve", LEAD, "--not-sent", "--by", "Operator", "--why", "not in the log")
        assert telltale("mail", "send") == "Messages: 1 sent.\n"
        assert [one.body for one in box.mails] == [whole("lead").body]


def test_an_archive_that_can_not_be_asked_is_told_and_stops_no_sending(
    tmp_path: Path, telltale: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLTALE_IMAP_PASSWORD", "hush")
    with serving(box := Box()) as port:
        archive = f", archive: {{host: 127.0.0.1, port: {free_port()}, user: copies}}"
        office(tmp_path, smtp(port) + archive, [("lead", "uncertain"), ("head", "pending")])
        said = telltale("mail", "send", code=3).splitlines()
    assert said[0] == "Messages: 1 sent."
    assert said[1].startswith("What is uncertain stays so: the archive at 127.0.0.1 can't be looked into")
    assert telltale.states() == {"lead": "uncertain", "head": "sent"}
    assert len(box.mails) == 1


# ---- list, run, doctor


def test_the_list_shows_what_a_person_needs_to_act(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "dead")])
    heads, first, second = telltale("mail", "list").splitlines()
    assert heads.split() == ["Id", "Period", "State", "Audience", "To", "Subject", "What", "became", "of", "it"]
    assert (first.split()[:3], second.split()[:3]) == ([HEAD, "2019-01", "dead"], [LEAD, "2019-01", "held"])
    assert telltale("mail", "list", "--state", "held").splitlines()[1].split()[0] == LEAD
    assert telltale("mail", "list", "--state", "retry") == "No messages.\n"


def renamed(root: Path) -> None:
    """The portfolio is called "adults" from now on; its messages are of "care"."""
    for folder in ("config/portfolios", "rules"):
        file = root / folder / "care.yaml"
        (root / folder / "adults.yaml").write_text(file.read_text().replace("portfolio: care", "portfolio: adults"))
        file.unlink()


def test_messages_of_a_portfolio_that_was_renamed_are_listed_and_counted(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "dead")])
    renamed(tmp_path)
    for words in ([], ["care"], ["--period", "2019-01"], ["care", "--period", "2019-01"]):
        assert [one["id"][:8] for one in telltale.json("mail", "list", *words)["messages"]] == [HEAD, LEAD]
    assert telltale("mail", "list", "adults") == "No messages.\n"
    lines = {one["what"]: one["found"] for one in telltale.json("doctor", code=1)["checks"]}
    assert lines["outbox"] == "messages: 1 held, 1 dead"


def test_messages_of_a_portfolio_that_was_renamed_are_released_and_resolved(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held"), ("head", "uncertain"), ("mate", "held")])
    renamed(tmp_path)
    telltale("mail", "release", LEAD, "--portfolio", "care", "--by", "PMO")
    telltale("mail", "resolve", HEAD, "--sent", "--by", "Operator", "--why", "in the log")
    telltale("mail", "release", "--all", "--discard", "--by", "PMO", "--why", "no longer true")
    assert telltale.states() == {"lead": "sent", "head": "sent", "mate": "discarded"}


def test_messages_of_an_audience_that_is_gone_are_released_by_its_name(tmp_path: Path, telltale: Program) -> None:
    office(tmp_path, messages=[("lead", "held")])
    telltale.root.joinpath("config/audiences.yaml").write_text("leads: {who: owners}\n")
    telltale("mail", "release", "--audience", "owners", "--by", "PMO")
    assert telltale.states() == {"lead": "sent"}


def test_doctor_tries_the_mail_server_and_tells_what_is_not_out(tmp_path: Path, telltale: Program) -> None:
    box = Box()
    with serving(box) as port:
        office(tmp_path, smtp(port), [("lead", "pending"), ("head", "held")])
        lines = {one["what"]: (one["ok"], one["found"]) for one in telltale.json("doctor", code=1)["checks"]}
        assert lines["mail server"] == (True, "127.0.0.1 would take mail")
        assert lines["outbox"] == (True, "messages: 1 held, 1 pending")
        box.faults = {"ehlo": Fault(goes=True)}
        lines = {one["what"]: (one["ok"], one["found"]) for one in telltale.json("doctor", code=1)["checks"]}
        assert lines["mail server"][0] is False
    assert box.mails == []
    with opened(tmp_path) as store:
        assert {one.state for one in store.outbox()} == {OutboxState.PENDING, OutboxState.HELD}


def test_with_a_mail_server_a_run_queues_send_sends_and_a_demonstration_writes_files(
    tmp_path: Path, telltale: Program
) -> None:
    months = Months(tmp_path)
    months.returns("2019-01", "50", "120")
    with serving(box := Box()) as port:
        months.write("config/settings.yaml", f"mail: {{allowed_domains: [council.example]{smtp(port)}}}\n")
        run = telltale.json("run", "office")
        assert ([one["state"] for one in run["messages"]], run["undelivered"], box.mails) == (["pending"], [], [])
        assert telltale("mail", "send") == "Messages: 1 sent.\n"
        assert [one.recipients for one in box.mails] == [("north@council.example",)]
        demo = telltale.json("demo")
    assert [one["state"] for run in demo["runs"] for one in run["messages"]] == ["sent"]
    assert len(list(Path(demo["outbox"]).glob("*.eml"))) == 1
    assert len(box.mails) == 1
