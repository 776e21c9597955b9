"""The last periods as a small picture. Alone uses Pillow.

One block a period, with its status's code and colour; the worse the status, the lower the block, so that the way is
seen without the colours. The same periods give the same bytes. What the picture shows is said in words beside it.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

_SCALE = 2  # pixels for one of the mail's, so that it is sharp on a phone
_WIDE, _HIGH, _STEP = 23, 16, 18  # of a block, and how far apart two levels are
_GAP, _LABEL = 2, 14
_CODE_SIZE, _LABEL_SIZE = 10, 9
_PAPER, _TRACK, _QUIET, _INK = "#ffffff", "#e8e8e8", "#505a5f", "#0b0c0c"
_COLOURS = 32  # of the palette: a scheme's, with the shades of letters


@dataclass(frozen=True, slots=True)
class Block:
    """One period of the picture."""

    level: int | None  # 0 for the best status; None where there is none in the scheme's order
    code: str  # at most three letters
    colour: str  # "#rrggbb", with `ink` on it
    ink: str
    label: str  # "Jan"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, and the size to show it at."""

    data: bytes
    width: int
    height: int


@lru_cache(maxsize=512)
def draw(blocks: tuple[Block, ...]) -> Picture:
    """The picture of some periods, oldest first. Only levels that occur have a row."""
    from PIL import Image, ImageDraw

    levels = sorted({one.level for one in blocks if one.level is not None}) or [0]
    width = len(blocks) * (_WIDE + _GAP) - _GAP
    height = (len(levels) - 1) * _STEP + _HIGH + _LABEL
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), _PAPER)
    pen = ImageDraw.Draw(image)
    codes, labels = _font(_CODE_SIZE), _font(_LABEL_SIZE)
    row = 0
    for place, one in enumerate(blocks):
        if one.level is not None:
            row = levels.index(one.level)  # what is not in the order stands where the one before stood
        left, top = place * (_WIDE + _GAP), row * _STEP
        track = (len(levels) - 1) * _STEP + _HIGH
        pen.rectangle(_box(left, 0, _WIDE, track), fill=_TRACK)
        pen.rectangle(_box(left, top, _WIDE, _HIGH), fill=one.colour)
        last = place == len(blocks) - 1
        middle = (left + _WIDE / 2) * _SCALE
        pen.text((middle, (top + _HIGH / 2) * _SCALE), _drawn(one.code), fill=one.ink, font=codes, anchor="mm")
        foot = (height - _LABEL / 2 + 1) * _SCALE
        pen.text((middle, foot), one.label, fill=_INK if last else _QUIET, font=labels, anchor="mm")
    file = io.BytesIO()
    image.quantize(_COLOURS).save(file, format="PNG", optimize=True)
    return Picture(file.getvalue(), width, height)


def _box(left: float, top: float, wide: float, high: float) -> tuple[float, float, float, float]:
    """A rectangle's corners in pixels; the last row and column count."""
    return (left * _SCALE, top * _SCALE, (left + wide) * _SCALE - 1, (top + high) * _SCALE - 1)


def _drawn(code: str) -> str:
    """What the font has letters for; the block's place and colour, and the words beside it, say the rest."""
    return code if code.isascii() else ""


@lru_cache(maxsize=2)
def _font(size: int) -> "FreeTypeFont | ImageFont":
    from PIL import ImageFont

    return ImageFont.load_default(size * _SCALE)
