"""The messages made up to try templates with: what a template may show is in one of them, so that no fault is left."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.alerts.sample import samples
from engine.model.alerts import Telling
from engine.model.notices import OfficeNotice, ReturnNotice
from notifiers.officeviews import office_view
from notifiers.returnviews import return_view
from notifiers.views import message_view
from tests.notifiers.reading import refused, rendered
from tests.notifiers.samples import SCHEME

MADE = samples(SCHEME)
TEMPLATES = Path(__file__).parents[2] / "notifiers" / "templates"
KINDS = ("owner", "digest", "reminder", "chaser", "office")
# The same view is made for a kind beside it: these names say something there alone.
NEVER = {
    "owner": {"overview"}, "reminder": {"late"},
    "digest": {"overview.brief", "overview.replaced", "overview.judgements.detail"},
}  # fmt: skip


def view_of(one: Any) -> dict[str, Any]:
    match one:
        case Telling():
            return message_view(one, lambda _, words: {"cid": "x", "alt": words, "width": "1", "height": "1"})
        case ReturnNotice():
            return return_view(one)
        case OfficeNotice():
            return office_view(one)
    raise TypeError(one)


def names(view: dict[str, Any], before: str = "") -> Iterator[tuple[str, bool]]:
    """Every name in a view, and whether anything stands behind it."""
    for name, value in view.items():
        yield f"{before}{name}", bool(value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from names(one, f"{before}{name}.")


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_a_template_may_show_is_in_a_sample(kind: str) -> None:
    there: dict[str, bool] = defaultdict(bool)
    for one in MADE:
        if one.kind == kind:
            for name, known in names(view_of(one)):
                there[name] |= known
    assert {name for name, known in there.items() if not known} <= NEVER.get(kind, set())


@pytest.mark.parametrize("one", MADE, ids=lambda one: one.kind)
def test_every_sample_makes_a_message_by_the_shipped_templates(one: Any) -> None:
    assert rendered(one).body


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("owner", "{{ finding.because }}"), ("owner", "{{ act }}"), ("owner", "{{ subject.remarks[0] }}"),
        ("digest", "{{ message.overview.distance }}"), ("office", "{{ message.more }}"),
        ("chaser", "{{ message.write_to }}"),
    ],
)  # fmt: skip
def test_a_fault_wherever_a_template_may_have_it_is_found_by_a_sample(tmp_path: Path, kind: str, shown: str) -> None:
    name = f"{kind}.html.j2" if shown in (TEMPLATES / f"{kind}.html.j2").read_text() else "parts.html.j2"
    text = (TEMPLATES / name).read_text()
    (tmp_path / name).write_text(text.replace(shown, "{{ message.slip }}"))
    found = [one for one in MADE if one.kind == kind and _is_refused(one, tmp_path)]
    assert found


def _is_refused(one: Any, templates: Path) -> bool:
    try:
        return "slip" in refused(one, templates)
    except AssertionError:
        return False
