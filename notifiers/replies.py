"""Links that open a reply with its subject, and what it has to say, filled in."""

from collections.abc import Iterable
from urllib.parse import quote

from notifiers.words import one_line

# What an owner answers about a status.
STATUS_SKELETON = (
    "What we are doing about it:", "", "When it will be back on target:", "", "What we need from others:", "",
)  # fmt: skip


def mailto(address: str, subject: str, lines: Iterable[str]) -> str:
    """A link that opens a reply with its subject and these lines in it (RFC 6068)."""
    body = "\r\n".join(("About " + one_line(subject), "", *lines))
    to, about = quote(one_line(address), safe="@"), quote(one_line(subject), safe="")
    return f"mailto:{to}?subject={about}&body={quote(body, safe='')}"
