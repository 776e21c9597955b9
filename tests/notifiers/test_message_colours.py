"""Whatever is written can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.colours import GROUNDS, INKS, UNKNOWN, contrast, ground, text_on
from notifiers.sources import SHIPPED

ROOT = Path(__file__).parents[2]
ENOUGH = 4.5  # WCAG 2, level AA


def test_the_contrast_of_black_and_white_is_the_greatest() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known near miss
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("on", GROUNDS)
def test_every_ink_can_be_read_on_every_ground(ink: str, on: str) -> None:
    assert contrast(INKS[ink], GROUNDS[on]) >= ENOUGH


@given(st.integers(0, 0xFFFFFF))
def test_the_text_on_any_status_can_be_read(colour: int) -> None:
    background = f"#{colour:06x}"
    assert contrast(text_on(background), background) >= ENOUGH


def test_every_status_of_every_scheme_that_is_shipped_can_be_read() -> None:
    workspaces = (ROOT, ROOT / "engine" / "workspace" / "starter")
    schemes = [path for folder in workspaces for path in (folder / "config" / "schemes").glob("*.yaml")]
    assert schemes
    for path in schemes:
        found = re.findall(r"colour: *[\"']?(#[0-9a-fA-F]{3,6})", path.read_text(encoding="utf-8"))
        assert found, path.name
        for colour in found:
            assert contrast(text_on(ground(colour)), ground(colour)) >= ENOUGH, (path.name, colour)


@pytest.mark.parametrize(("colour", "ink"), [("#ffdd00", "#000000"), ("#f47738", "#000000"), ("#00703c", "#ffffff")])
def test_the_text_is_black_on_light_and_white_on_dark(colour: str, ink: str) -> None:
    assert text_on(colour) == ink


@pytest.mark.parametrize(("written", "read"), [("#FD0", "#ffdd00"), (" #00703C ", "#00703c")])
def test_a_colour_is_read_in_short_and_capitals(written: str, read: str) -> None:
    assert ground(written) == read


@pytest.mark.parametrize(
    "written",
    ["", "red", "#12345", "#1234567", "#ffdd00;background:url(http://evil.example)", '#fd0" onload="x', "#ffdd0g",
     "rgb(1,2,3)", "#fd0\n"],
)  # fmt: skip
def test_nothing_but_a_colour_gets_into_a_style(written: str) -> None:
    assert ground(written) in (UNKNOWN, "#ffdd00")
    assert re.fullmatch("#[0-9a-f]{6}", ground(written))


def test_templates_name_no_colour_of_their_own() -> None:
    for path in SHIPPED.glob("*.j2"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text(encoding="utf-8")), path.name
