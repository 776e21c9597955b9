"""One message of every kind, whole. After a wanted change refresh them, and read the difference:

TELLTALE_REFRESH_GOLDEN=1 pytest tests/notifiers/test_golden_messages.py -n 0
"""

import os
from pathlib import Path

import pytest

from engine.model.addressed import Addressed
from tests.notifiers.notices import office_notice, return_notice
from tests.notifiers.reading import html_of, text_of
from tests.notifiers.samples import digest_telling, owner_telling

GOLDEN = Path(__file__).parent / "golden"


MESSAGES: dict[str, Addressed] = {
    "owner": owner_telling(), "digest": digest_telling(), "reminder": return_notice(),
    "chaser": return_notice("chaser", workbooks=()), "office": office_notice(),
}  # fmt: skip


@pytest.mark.parametrize(("name", "told"), MESSAGES.items(), ids=list(MESSAGES))
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_the_message_is_word_for_word_the_golden_one(name: str, told: Addressed, kind: str) -> None:
    path = GOLDEN / f"{name}.{kind}"
    text = text_of(told) if kind == "txt" else html_of(told)
    if os.environ.get("TELLTALE_REFRESH_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
