"""Reading a rendered message as a mail program does."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

from engine.model.addressed import Addressed
from engine.model.alerts import Rendered
from notifiers.messages import render
from notifiers.refusals import Refusal


def rendered(telling: Addressed, templates: Path | None = None) -> Rendered:
    result = render(telling, templates)
    assert isinstance(result, Rendered), result
    return result


def refused(telling: Addressed, templates: Path | None = None) -> str:
    result = render(telling, templates)
    assert isinstance(result, Refusal), result
    assert "\n" not in result.sentence
    return result.sentence


def parsed(message: Rendered) -> EmailMessage:
    found = BytesParser(policy=policy.default).parsebytes(message.body)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def text_of(telling: Addressed) -> str:
    return _part(telling, "plain")


def html_of(telling: Addressed) -> str:
    return _part(telling, "html")


def words_of(html: str) -> str:
    """What a screen reader finds: all text but what is hidden from it, in one line."""
    reader = _Words()
    reader.feed(html)
    return " ".join(" ".join(reader.words).split())


def _part(telling: Addressed, kind: str) -> str:
    part = parsed(rendered(telling)).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[bool] = []  # whether each open table and division is hidden

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("table", "div"):
            self.open.append(("aria-hidden", "true") in attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("table", "div"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.words.append(data)
