"""The page of messages names all that a template may use, and nothing that isn't there."""

import re
from collections.abc import Iterator
from pathlib import Path

from notifiers.officeviews import office_view
from notifiers.returnviews import return_view
from notifiers.views import message_view
from tests.notifiers.notices import office_notice, return_notice
from tests.notifiers.samples import digest_telling, owner_telling

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "messages.md").read_text(encoding="utf-8")
PICTURE = {"cid": "", "alt": "", "width": "", "height": ""}


def names(view: object) -> Iterator[str]:
    if isinstance(view, dict):
        for name, below in view.items():
            yield name
            yield from names(below)
    elif isinstance(view, list):
        for below in view:
            yield from names(below)


def on_the_page(heading: str, until: str) -> set[str]:
    text = PAGE[PAGE.index(heading) :]
    text = text[: text.index(until)] if until else text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`(\w+)`", "".join(rows)))


def test_owner_and_digest() -> None:
    views = (message_view(told, lambda blocks, words: PICTURE) for told in (owner_telling(), digest_telling()))
    assert {name for view in views for name in names(view)} == on_the_page("### In owner", "### In reminder")


def test_reminder_and_chaser() -> None:
    views = [return_view(return_notice(kind)) for kind in ("reminder", "chaser")]
    assert {name for view in views for name in names(view)} == on_the_page("### In reminder", "### In office")


def test_office() -> None:
    assert set(names(office_view(office_notice()))) == on_the_page("### In office", "")
