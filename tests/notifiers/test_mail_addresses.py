"""Whom mail may go to."""

import pytest

from notifiers.addresses import PlainAddress, allowed, read_address, shown
from notifiers.refusals import Refusal
from tests.notifiers.reading import parsed, refused, rendered
from tests.notifiers.samples import telling

DOMAINS = ("council.example", "bücherei.example")

LOOK_ALIKES = [
    "lead@council.example.evil.example",
    "lead@evil-council.example",
    "lead@evilcouncil.example",
    "lead@sub.council.example",
    "lead@example",
    "lead@counci1.example",
    "lead@cоuncil.example",  # noqa: RUF001 - a Cyrillic letter, which is what is being tried
    "lead@council.exаmple",  # noqa: RUF001 - and another
    "lead@ｃouncil.example",  # noqa: RUF001 - a full-width c, which a resolver reads as a plain one
    "lead@council。example",  # an ideographic full stop, which a resolver reads as a plain one
    "lead@coun\u00adcil.example",  # a soft hyphen, which vanishes on the way
    "lead@coun\u200bcil.example",
    "lead@xn--cuncil-0nf.example",
    "lead@council.example.",
    "lead@council.example@evil.example",
    "lead%evil.example@elsewhere.example",
    "lead@bucherei.example",
]

NO_ADDRESSES = [
    "", "lead", "@council.example", "lead@", "lead@@council.example", " lead@council.example", "lead@council.example ",
    '"lead"@council.example', '"a@evil.example"@council.example', "lead\\@evil.example@council.example",
    "lead(comment)@council.example", "Lead <lead@council.example>", "lead@[127.0.0.1]", "lead@council..example",
    ".lead@council.example", "lead.@council.example", "le..ad@council.example", "lead@-council.example",
    "lead\r\nBcc: x@council.example", "lead@council.example\r\nBcc: x@evil.example", "lead\x00@council.example",
    "léad@council.example", "a" * 65 + "@council.example", "lead@" + "a" * 64 + ".example", "lead@council_x.example",
    "a@council.example,b@council.example", "lead\u202e@council.example",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_domain_that_only_looks_like_ours_gets_nothing(text: str) -> None:
    assert isinstance(allowed(text, DOMAINS), Refusal)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_not_plainly_an_address_gets_nothing(text: str) -> None:
    assert read_address(text) is None
    said = allowed(text, DOMAINS)
    assert isinstance(said, Refusal)
    assert "config/people.yaml" in said.sentence


@pytest.mark.parametrize("text", ["lead@council.example", "lead@COUNCIL.Example", "o'neil+pmo@council.example"])
def test_an_address_of_a_listed_domain_is_allowed_in_whatever_case(text: str) -> None:
    assert allowed(text, DOMAINS) == PlainAddress(text.partition("@")[0], "council.example")


@pytest.mark.parametrize("text", ["lead@bücherei.example", "lead@BÜCHEREI.example", "lead@xn--bcherei-n2a.example"])
def test_a_domain_in_another_alphabet_is_allowed_by_its_own_name(text: str) -> None:
    address = allowed(text, DOMAINS)
    assert isinstance(address, PlainAddress)
    assert address.domain.startswith("xn--")


def test_where_no_domain_is_listed_nobody_gets_mail() -> None:
    assert isinstance(allowed("lead@council.example", ()), Refusal)
    assert isinstance(allowed("lead@council.example", ("", " ", "@")), Refusal)


def test_the_refusal_says_what_to_do() -> None:
    said = refused(telling(address="lead@elsewhere.example"))
    assert said == (
        "'lead@elsewhere.example' is outside the domains that mail may go to; correct it in config/people.yaml, "
        "or add elsewhere.example to `allowed_domains` in config/settings.yaml"
    )


def test_a_refusal_shows_what_the_eye_would_miss() -> None:
    assert shown("cо\u200buncil") == "'c<U+043E><U+200B>uncil'"  # noqa: RUF001 - a Cyrillic letter
    assert len(shown("x" * 5000)) < 100


def test_a_domain_goes_on_the_wire_in_ascii() -> None:
    mail = telling().mail.model_copy(update={"allowed_domains": DOMAINS})
    message = rendered(telling(address="lead@Bücherei.example", mail=mail))
    assert message.address == "lead@xn--bcherei-n2a.example"
    assert parsed(message)["To"].addresses[0].domain == "xn--bcherei-n2a.example"
