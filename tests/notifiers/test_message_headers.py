"""A message's envelope: one recipient, nothing to inject, the same bytes every time."""

import hashlib
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.settings import MailSettings
from tests.notifiers.reading import parsed, refused, rendered
from tests.notifiers.samples import DIRECT_PAYMENTS, NOW, digest_telling, owner_telling, telling

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
]  # fmt: skip

# What someone may try to slip into a name or title.
INJECTIONS = [
    "Lead\r\nBcc: thief@elsewhere.example",
    "Lead\nBcc: thief@elsewhere.example",
    "Lead\rBcc: thief@elsewhere.example",
    "Lead\r\n\r\n<script>alert(1)</script>",
    "Lead, thief@elsewhere.example",
    "Lead <thief@elsewhere.example>",
    'Lead" <thief@elsewhere.example>, "x',
    "Lead; thief@elsewhere.example",
    "Lead\u2028Bcc: thief@elsewhere.example",
    "Lead\x00\x0b\x0cBcc: thief@elsewhere.example",
    "=?utf-8?q?Lead=0D=0ABcc=3A_thief=40elsewhere=2Eexample?=",
    "Łead, Bcc: thief@elsewhere.example " + "ż" * 90 + ", thief@elsewhere.example",
    "Undisclosed: thief@elsewhere.example;",
    "a" * 70 + " <thief@elsewhere.example>",  # where the line breaks, Python drops a name's quotes
    ":" + "a" * 60 + "<@:(=?><@<=0D=0A@=??q?  );",
]


def test_the_headers_are_these_and_no_others() -> None:
    message = parsed(rendered(telling()))
    assert list(message.keys()) == HEADERS
    assert message["From"] == "pmo@council.example"
    assert message["To"] == "Direct Payments Lead <direct.payments@council.example>"
    assert message["Reply-To"] == "pmo@council.example"
    assert message["Subject"] == "Improving Lives Portfolio: status of what you own"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_answers_go_where_the_settings_say() -> None:
    mail = MailSettings(allowed_domains=("council.example",), reply_to="help@council.example")
    assert parsed(rendered(telling(mail=mail)))["Reply-To"] == "help@council.example"


def test_the_plain_text_comes_first_and_then_the_html() -> None:
    message = parsed(rendered(owner_telling()))
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "multipart/related"]
    html, *pictures = parts[1].iter_parts()
    assert [part.get_content_charset() for part in (parts[0], html)] == ["utf-8", "utf-8"]
    assert {part.get_content_type() for part in pictures} == {"image/png"}
    without = parsed(rendered(telling()))
    assert [part.get_content_type() for part in without.iter_parts()] == ["text/plain", "text/html"]


def test_every_line_is_short_enough_for_any_mail_server() -> None:
    body = rendered(digest_telling()).body
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert b"\n" not in body.replace(b"\r\n", b"")


@pytest.mark.parametrize("foreign", INJECTIONS)
def test_a_name_adds_no_header_and_no_recipient(foreign: str) -> None:
    message = parsed(rendered(telling(name=foreign)))
    assert list(message.keys()) == HEADERS
    (to,) = message["To"].addresses
    assert to.addr_spec == "direct.payments@council.example"


@pytest.mark.parametrize("foreign", INJECTIONS)
def test_a_title_adds_no_header_and_no_recipient(foreign: str) -> None:
    message = parsed(rendered(telling(portfolio_title=foreign)))
    assert list(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["direct.payments@council.example"]
    assert len(message["Subject"].splitlines()) == 1


SLIPPERY = [
    *'=?,;:<>"\\()@[]_ ',
    "=?utf-8?q?",
    "?=",
    "=0D=0A",
    "Bcc: x@y.example",
    "ż" * 20,
    "a" * 60,
    "\r\n",
    "\u202e",
]
texts = st.text(max_size=200) | st.lists(st.sampled_from(SLIPPERY), max_size=30).map("".join)


@given(texts, texts, texts)
@settings(max_examples=100)
def test_whatever_the_texts_are_the_message_stays_whole(name: str, title: str, project: str) -> None:
    shown = (DIRECT_PAYMENTS.model_copy(update={"title": project}),)
    message = parsed(rendered(telling(name=name, portfolio_title=title, subjects=shown)))
    assert list(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["direct.payments@council.example"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("sender", ["PMO <pmo@council.example>", "pmo@council.example, x@y.example", "", "pmo"])
@pytest.mark.parametrize("key", ["from_", "reply_to"])
def test_a_sender_that_is_no_address_is_refused_with_its_place(key: str, sender: str) -> None:
    mail = MailSettings(allowed_domains=("council.example",), **{key: sender})
    said = refused(telling(mail=mail))
    assert f"`{key.rstrip('_')}` under `mail` in config/settings.yaml" in said


@pytest.mark.parametrize("address", ["a@council.example, b@council.example", "a@council.example b@council.example",
                                     "a@council.example;b@council.example"])  # fmt: skip
def test_one_message_never_has_two_recipients(address: str) -> None:
    assert "is not an address that mail can go to" in refused(telling(address=address))


def test_names_in_any_script_arrive_as_they_were() -> None:
    message = parsed(rendered(telling(name="Zoë Ńowak-O'Neill", portfolio_title="Gofal Iechyd – Powys £")))
    (to,) = message["To"].addresses
    assert to.display_name == "Zoë Ńowak-O'Neill"
    assert message["Subject"].startswith("Gofal Iechyd – Powys £: ")


def test_a_long_title_is_cut_in_the_subject_alone() -> None:
    title = "Integrated " * 60
    message = parsed(rendered(telling(portfolio_title=title)))
    assert len(message["Subject"]) < 200
    assert "…" in message["Subject"]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert title.strip() in plain.get_content()


# ---- the same bytes


def test_the_same_telling_gives_the_same_bytes() -> None:
    assert rendered(owner_telling()) == rendered(owner_telling())


def test_another_process_gives_the_same_bytes() -> None:
    here = rendered(digest_telling())
    program = (
        "import hashlib; from notifiers.messages import render; from tests.notifiers.samples import digest_telling; "
        "print(hashlib.sha256(render(digest_telling()).body).hexdigest())"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, text=True,
            check=True, cwd=Path(__file__).parents[2],
        ).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert set(said) == {hashlib.sha256(here.body).hexdigest()}


def test_the_date_is_the_tellings_whatever_the_clock_says() -> None:
    there = datetime(1999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=1)))
    message = rendered(telling(now=there))
    assert message.date == there
    assert parsed(message)["Date"] == "Fri, 31 Dec 1999 23:59:59 +0100"


@pytest.mark.parametrize("forbidden", ["make_msgid", "formatdate", "random", "uuid1", "uuid4", "time.time", "now()"])
def test_nothing_here_asks_the_clock_or_chance(forbidden: str) -> None:
    folder = Path(__file__).parents[2] / "notifiers"
    for path in folder.rglob("*.py"):
        assert forbidden not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize(
    "change",
    [{"recipient": "other"}, {"audience": "pmo"}, {"portfolio": "other"}, {"period": "2019-02"}, {"revision": 2},
     {"kind": "digest"}],
)  # fmt: skip
def test_another_message_has_another_identity(change: dict[str, object]) -> None:
    one, other = rendered(telling()), rendered(telling(**change))
    assert one.message_id != other.message_id
    boundary = [parsed(message).get_boundary() for message in (one, other)]
    assert boundary[0] != boundary[1]


def test_a_message_id_is_well_formed_and_of_the_senders_domain() -> None:
    message = rendered(telling())
    assert re.fullmatch(r"<[0-9a-f]{32}@council\.example>", message.message_id)
    assert parsed(message)["Message-ID"] == message.message_id


def test_no_text_can_pretend_to_be_a_boundary() -> None:
    boundary = parsed(rendered(telling())).get_boundary()
    message = parsed(rendered(telling(name=f"--{boundary}", portfolio_title=f"--{boundary}--")))
    assert len(list(message.iter_parts())) == 2


def test_jinja_is_loaded_only_when_something_is_rendered() -> None:
    program = "import sys; import notifiers.messages; print('jinja2' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    ).stdout
    assert said.strip() == "False"


# ---- threads


def thread(**changes: object) -> tuple[str, str]:
    message = parsed(rendered(telling(**changes)))
    assert message["References"] == message["In-Reply-To"]
    return message["References"], message["Subject"]


def test_the_months_of_one_recipient_audience_and_portfolio_are_one_thread() -> None:
    assert thread() == thread(period="2019-02", revision=3, now=datetime(2019, 3, 8, tzinfo=UTC))


@pytest.mark.parametrize("change", [{"recipient": "other"}, {"audience": "pmo"}, {"portfolio": "other"}])
def test_another_recipient_audience_or_portfolio_is_another_thread(change: dict[str, object]) -> None:
    assert thread()[0] != thread(**change)[0]


def test_what_the_outbox_keeps_says_whom_and_why() -> None:
    message = rendered(owner_telling())
    assert message.dedupe_key == owner_telling().dedupe_key
    assert (message.recipient, message.address) == ("cross_cutting_lead", "cross.cutting@council.example")
    assert message.reasons == {
        "direct_payments": "first", "brokerage": "first", "long_term_care": "worsened", "minimum_income": "remediated",
        "care_and_support_centres": "first",
    }  # fmt: skip
