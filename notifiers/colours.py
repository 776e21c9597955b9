"""Colours that everybody can read: the messages' own, and the text that goes on a status's."""

import re

# Text ("ink") only ever stands on a ground of this list or on a status's colour.
INKS = {"text": "#0b0c0c", "quiet": "#505a5f", "link": "#1a5f9e"}
GROUNDS = {"page": "#ffffff", "panel": "#f3f2f1"}
LINE = "#d8d9da"  # rules and borders; nothing is written in it
UNKNOWN = "#505a5f"  # a status without a colour that can be read, and no status

_BLACK, _WHITE = "#000000", "#ffffff"


def palette() -> dict[str, str]:
    """The colours that a template may name."""
    return {**INKS, **GROUNDS, "line": LINE}


def ground(colour: str) -> str:
    """A status's colour as #rrggbb; grey for anything else, so that nothing but a colour gets into a style."""
    text = colour.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(digit * 2 for digit in text[1:])
    return text if re.fullmatch(r"#[0-9a-f]{6}", text) else UNKNOWN


def text_on(background: str) -> str:
    """Black or white, whichever is easier to read on a #rrggbb colour; one of them always reaches 4.5:1."""
    return max((_BLACK, _WHITE), key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours as WCAG 2 defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
