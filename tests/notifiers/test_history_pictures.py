"""The small picture of the last periods: the same for the same periods, and all that it shows goes with the message."""

import io
import re
from typing import Any

from PIL import Image

from engine.model.alerts import Reason, Telling
from notifiers.pictures import Block, Picture, draw
from tests.notifiers.reading import html_of, parsed, rendered
from tests.notifiers.samples import AR, DIRECT_PAYMENTS, EO, LONG_TERM_CARE, OT, months, owner_telling, telling

GREEN, YELLOW, GREY = "#00703c", "#ffdd00", "#505a5f"
TRACK = "#e8e8e8"


def block(level: int | None, colour: str = GREEN, code: str = "OT") -> Block:
    return Block(level=level, code=code, colour=colour, ink="#ffffff", label="Jan")


def image(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def colour_at(picture: Picture, number: int, row: int) -> str:
    """The colour in the corner of a period's place in a row, where no letter is drawn."""
    pixel: Any = image(picture).getpixel((number * 50 + 2, row * 36 + 2))
    return "#{:02x}{:02x}{:02x}".format(*pixel)


def test_the_same_periods_give_the_same_bytes() -> None:
    blocks = (block(0), block(1, YELLOW))
    first = draw(blocks).data
    draw.cache_clear()
    assert draw(blocks).data == first


def test_the_worse_the_status_the_lower_its_block() -> None:
    picture = draw((block(0), block(1, YELLOW)))
    assert [colour_at(picture, number, 0) for number in (0, 1)] == [GREEN, TRACK]
    assert [colour_at(picture, number, 1) for number in (0, 1)] == [TRACK, YELLOW]


def test_only_levels_that_occur_take_room() -> None:
    assert draw((block(0), block(5))).height == draw((block(0), block(1))).height > draw((block(0),)).height


def test_a_period_without_a_status_stands_where_the_one_before_stood() -> None:
    picture = draw((block(0), block(1, YELLOW), block(None, GREY, "-")))
    assert [colour_at(picture, 2, row) for row in (0, 1)] == [TRACK, GREY]


def test_twelve_periods_fit_on_a_phone_and_are_drawn_twice_as_fine() -> None:
    picture = draw(tuple(block(0) for _ in range(12)))
    assert picture.width <= 300
    assert image(picture).size == (picture.width * 2, picture.height * 2)
    assert len(picture.data) < 5_000


def test_a_code_in_letters_that_the_font_lacks_is_left_out_and_not_drawn_as_boxes() -> None:
    assert draw((block(0, code="日"),)).data == draw((block(0, code=""),)).data


# ---- in the message


def related(told: Telling) -> dict[str, bytes]:
    parts = parsed(rendered(told)).walk()
    return {str(part["Content-ID"]): part.get_content() for part in parts if part["Content-ID"]}


def test_every_picture_that_is_shown_comes_with_the_message_and_no_other() -> None:
    shown = set(re.findall(r'src="cid:([^"]+)"', html_of(owner_telling())))
    assert len(shown) == 3
    assert {f"<{cid}>" for cid in shown} == set(related(owner_telling()))
    assert all(Image.open(io.BytesIO(data)).format == "PNG" for data in related(owner_telling()).values())


def test_two_with_the_same_history_share_a_picture() -> None:
    same = months(OT, EO)
    told = telling(
        subjects=(DIRECT_PAYMENTS, LONG_TERM_CARE),
        reasons={"direct_payments": Reason.FIRST, "long_term_care": Reason.WORSENED},
        history={"direct_payments": same, "long_term_care": same},
    )
    assert html_of(told).count("<img") == 2
    assert len(related(told)) == 1


def test_a_picture_is_shown_in_its_place_and_has_a_name() -> None:
    message = parsed(rendered(telling(history={"direct_payments": months(OT, EO, AR)})))
    (part,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert (part.get_content_disposition(), part.get_filename()) == ("inline", "history-1.png")


def test_the_same_telling_gives_the_same_bytes_pictures_and_all() -> None:
    first = rendered(owner_telling()).body
    draw.cache_clear()
    assert rendered(owner_telling()).body == first
