"""What a workspace's own template writes is read as HTML once more: nothing runs, nothing is loaded from elsewhere."""

from pathlib import Path

import pytest

from notifiers.htmlchecks import harmful
from notifiers.sources import SHIPPED
from tests.notifiers.notices import office_notice, return_notice
from tests.notifiers.reading import html_of, refused, rendered
from tests.notifiers.samples import digest_telling, owner_telling, telling

HOSTILE_HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<p onclick='x()'>a</p>",
    '<img src="cid:a" onerror=x()>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href=" java\tscript:alert(1)">a</a>',
    '<a href="&#106;avascript:alert(1)">a</a>',
    '<a href="JaVaScRiPt:alert(1)">a</a>',
    '<a href="data:text/html,<b>x</b>">a</a>',
    '<a href="vbscript:x">a</a>',
    '<a href="http://council.example">a</a>',
    '<a href="file:///etc/passwd">a</a>',
    '<a href="//evil.example">a</a>',
    '<a href="">a</a>',
    '<img src="https://evil.example/seen.png">',
    '<img src="data:image/png;base64,AAAA">',
    '<img srcset="https://evil.example/seen.png 2x" src="cid:a">',
    '<table background="https://evil.example/x.png"></table>',
    '<p style="background:url(https://evil.example/x.png)">a</p>',
    '<p style="background:u/**/rl(x)">a</p>',
    '<p style="background:\\75rl(x)">a</p>',
    '<p style="width:expression(alert(1))">a</p>',
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>p{background:url(x)}</style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example">',
    '<form action="https://evil.example"><input name="password"></form>',
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object>",
    "<embed src='x'>",
    "<svg><a xlink:href='javascript:x'></a></svg>",
    "<video poster='https://evil.example/x.png'></video>",
    "<textarea></textarea>",
]


@pytest.mark.parametrize("html", HOSTILE_HTML)
def test_a_template_that_writes_it_makes_no_message_and_is_named(tmp_path: Path, html: str) -> None:
    templates = tmp_path / "config" / "templates"
    templates.mkdir(parents=True)
    (templates / "owner.html.j2").write_text(html, encoding="utf-8")
    said = refused(telling(), templates)
    assert said.startswith("config/templates/owner.html.j2: ")
    assert said.endswith("; correct the template")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:pmo@council.example?subject=a">a</a>', '<a href="https://council.example/x?a=1">a</a>',
        '<a href="tel:+4411500000">a</a>', '<img src="cid:abc@council.example" alt="a">', '<p style="color:#000">a</p>',
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">', "<style>p{color:#000}</style>",
        "a < b & c",
    ],
)  # fmt: skip
def test_plain_links_pictures_of_the_message_and_styles_may_be_there(html: str) -> None:
    assert harmful(html) == ""


def test_every_shipped_message_passes() -> None:
    told = (owner_telling(), digest_telling(), return_notice(), return_notice("chaser"), office_notice())
    assert [harmful(html_of(one)) for one in told] == [""] * 5


def test_the_shipped_templates_as_a_workspaces_own_make_the_same_messages(tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.j2"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for told in (owner_telling(), digest_telling(), return_notice(), office_notice()):
        assert rendered(told, tmp_path) == rendered(told)
