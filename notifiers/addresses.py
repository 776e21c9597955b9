"""Whom mail may go to: plain addresses in domains that the settings list, and nobody else."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from notifiers.refusals import Refusal

# A dot-atom (RFC 5322): no quoting, no comments, nothing but ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 253


@dataclass(frozen=True, slots=True)
class PlainAddress:
    """An address as it goes on the wire, its domain in lower-case ASCII."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def read_address(text: str) -> PlainAddress | None:
    """The address, or None for whatever is not plainly one: quoted, routed, with spaces, without a domain."""
    local, at, domain = text.rpartition("@")
    ascii_domain = _ascii(domain)
    if not at or ascii_domain is None or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    return PlainAddress(local, ascii_domain)


def allowed(text: str, domains: Iterable[str]) -> PlainAddress | Refusal:
    """The address, where its domain is one of `domains` exactly; neither parents, children nor look-alikes are."""
    address = read_address(text)
    if address is None:
        return Refusal(f"{shown(text)} is not an address that mail can go to; correct it in config/people.yaml")
    if address.domain not in {_ascii(domain) for domain in domains}:
        return Refusal(
            f"{shown(text)} is outside the domains that mail may go to; correct it in config/people.yaml, "
            f"or add {address.domain} to `allowed_domains` in config/settings.yaml"
        )
    return address


def shown(text: str) -> str:
    """Foreign text made safe for a sentence: quoted, short, and every character that isn't ASCII visible as such."""
    cut = text if len(text) <= 80 else text[:79] + "…"
    return "".join(c if c.isprintable() and (c.isascii() or c == "…") else f"<U+{ord(c):04X}>" for c in f"'{cut}'")


def _ascii(domain: str) -> str | None:
    """A domain as the wire has it; None where it is none, or is a way of writing another one."""
    lowered = unicodedata.normalize("NFC", domain).lower()
    try:
        wire = lowered.encode("idna").decode("ascii").lower()
        # Full-width letters, invisible characters and the like vanish on the way: what comes back is another name.
        faithful = lowered.isascii() or wire.encode("ascii").decode("idna") == lowered
    except UnicodeError:
        return None
    labels = wire.split(".")
    well_formed = len(labels) > 1 and len(wire) <= _LONGEST_DOMAIN and all(map(_LABEL.fullmatch, labels))
    return wire if faithful and well_formed else None
