"""A sweep drawn into a file."""

import io
import re
import struct
import xml.etree.ElementTree as ET

import pytest

from engine.model.workspace import Scheme, Status
from engine.reports.chart import Kind, sweep_chart
from tests.assessment.office import SCHEME
from tests.reports.sweeps import sweep

ROWS = ((2, 5, 3), (5, 4, 1), (10, 0, 0))
COLOURED = Scheme(
    scheme="colours",
    title="Colours",
    statuses=(
        Status(id="green", name="Green", code="G", colour="#00703c"),
        Status(id="amber", name="Amber", code="A", colour="#f47738"),
        Status(id="red", name="Red", code="R", colour="#942514"),
    ),
)
SVG = "{http://www.w3.org/2000/svg}"


def test_an_svg_says_in_words_what_it_shows() -> None:
    picture = ET.fromstring(sweep_chart(sweep(*ROWS), COLOURED, "svg"))  # noqa: S314  our own bytes
    assert picture.get("role") == "img"
    title, words = list(picture)[:2]
    assert (title.tag, words.tag) == (f"{SVG}title", f"{SVG}desc")
    assert picture.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert title.text == "Office: projects in January 2019, by tolerance"
    assert "The most turn between 10% and 20%: 3 of 10." in (words.text or "")
    assert "Under 20%: 5 Green, 4 Amber, 1 Red." in (words.text or "")


def test_statuses_have_the_schemes_colours_and_a_hatching_of_their_own() -> None:
    text = sweep_chart(sweep(*ROWS), COLOURED, "svg").decode()
    assert all(status.colour in text for status in COLOURED.statuses)
    hatched = set(re.findall(r"fill: url\(#(\w+)\)", text))
    assert len(hatched) == 2  # the best is plain
    assert len(set(re.findall(r'<pattern id="(\w+)"', text))) == 2


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_sweep_is_the_same_bytes(kind: Kind) -> None:
    assert sweep_chart(sweep(*ROWS), COLOURED, kind) == sweep_chart(sweep(*ROWS), COLOURED, kind)
    assert sweep_chart(sweep(*ROWS), COLOURED, kind) != sweep_chart(sweep(*ROWS[::-1]), COLOURED, kind)


def test_a_png_is_as_large_as_a_page_is_wide() -> None:
    width, height = struct.unpack(">II", sweep_chart(sweep(*ROWS), COLOURED, "png")[16:24])
    assert (width, height) == (1350, 810)


def test_no_file_tells_when_or_by_what_it_was_drawn() -> None:
    assert b"Software" not in sweep_chart(sweep(*ROWS), COLOURED, "png")
    assert b"<dc:date>" not in sweep_chart(sweep(*ROWS), COLOURED, "svg")


@pytest.mark.parametrize("title", ["A & B <script>alert(1)</script>", "x" * 300, "£ $5 and $6", "Größe 中"])
def test_whatever_a_portfolio_is_called_the_file_is_sound(title: str) -> None:
    picture = ET.parse(io.BytesIO(sweep_chart(sweep(*ROWS, title=title), SCHEME, "svg"))).getroot()  # noqa: S314
    assert (picture[0].text or "").startswith(title)
    assert sweep_chart(sweep(*ROWS, title=title), SCHEME, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "rows", [((0, 0, 0),) * 2, ((1, 0, 0, 4), (0, 1, 0, 4)), tuple((n, 200 - n, 0) for n in range(200))]
)
def test_it_is_drawn_whatever_there_is_to_count(rows: tuple[tuple[int, ...], ...]) -> None:
    assert sweep_chart(sweep(*rows), SCHEME, "svg").count(b"Under ") == len(rows)
