"""What no message's HTML may have, whoever wrote the template: links that do something, pictures from elsewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_LINKS = ("mailto", "https", "tel")  # as a sentence below names them
_LINKING = frozenset(
    ("href", "src", "srcset", "background", "action", "formaction", "cite", "poster", "data", "longdesc")
)
# What runs, loads or asks for something, or changes what the rest means.
_FORBIDDEN = frozenset((
    "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "math",
    "object", "script", "select", "svg", "textarea", "video",
))  # fmt: skip
_IN_STYLES = re.compile(r"url\s*\(|expression\s*\(|@import|behavior\s*:|-moz-binding", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def harmful(html: str) -> str:
    """The first thing in the HTML that may not be there, in words; "" where there is none."""
    return next(_Reader(html).found(), "")


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[str] = []
        self._in_style = False
        self.feed(html)
        self.close()

    def found(self) -> Iterator[str]:
        return iter(self._found)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag in _FORBIDDEN:
            self._found.append(f"<{tag}> can't be used in a message")
        for name, value in attrs:
            if said := _wrong(tag, name, value or ""):
                self._found.append(said)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style and _IN_STYLES.search(_uncommented(data)):
            self._found.append("a style that loads something can't be used in a message")


def _wrong(tag: str, name: str, value: str) -> str:
    if name.startswith("on"):
        return f"the attribute {name} can't be used in a message"
    if name == "style" and _IN_STYLES.search(_uncommented(value)):
        return "a style that loads something can't be used in a message"
    if name == "http-equiv" and value.strip().lower() != "content-type":
        return f"http-equiv={value.strip()[:20]} can't be used in a message"
    if name in _LINKING or name.endswith(":href"):
        return _wrong_link(tag, name, value)
    return ""


def _wrong_link(tag: str, name: str, value: str) -> str:
    # Browsers pass over blanks and control characters inside a scheme.
    address = "".join(c for c in value if c.isprintable() and not c.isspace())
    match = _SCHEME.match(address)
    scheme = match[1].lower() if match else ""
    if tag == "a" and name == "href":
        if scheme in _LINKS:
            return ""
        return f"a link has to begin with mailto:, https: or tel:, not {address[:30]!r}"
    if tag == "img" and name == "src" and scheme == "cid":
        return ""
    return f"{name} of <{tag}> can't be used in a message: nothing is loaded from elsewhere"


def _uncommented(style: str) -> str:
    """A style as a browser reads it: without comments, escapes undone."""
    text = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda one: chr(min(int(one[1], 16), 0x10FFFF)), text).replace("\\", "")
