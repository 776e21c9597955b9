"""What people did about a subject is shown in the mail that it affects."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import Reason
from notifiers.actwords import act_words
from tests.notifiers.reading import html_of, text_of, words_of
from tests.notifiers.samples import DIRECT_PAYMENTS, EO, SCHEME, telling


def act(kind: ActKind = ActKind.ACKNOWLEDGEMENT, **more: Any) -> OfficeAct:
    fields = {
        "kind": kind, "portfolio": "improving_lives", "subject": "direct_payments", "by": "Cross-cutting Lead",
        "why": "posts are being filled", "made": datetime(2019, 2, 5, 9, tzinfo=UTC), "period": "2018-12",
    }  # fmt: skip
    return OfficeAct.model_validate({**fields, **more})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            act(status=EO),
            "Acknowledged at Experiencing Obstacles by Cross-cutting Lead on 5 February 2019: Posts are being filled.",
        ),
        (act(), "Acknowledged by Cross-cutting Lead on 5 February 2019: Posts are being filled."),
        (
            act(until=date(2019, 3, 5), why="posts are filled"),
            "Acknowledged by Cross-cutting Lead on 5 February 2019, which holds until 5 March 2019: Posts are filled.",
        ),
        (
            act(ActKind.SILENCE, until=date(2019, 3, 5)),
            "Silenced until 5 March 2019 by Cross-cutting Lead on 5 February 2019: Posts are being filled.",
        ),
        (
            act(ActKind.SILENCE, rule="late", why=" "),
            "Silenced for “A milestone is late” by Cross-cutting Lead on 5 February 2019.",
        ),
    ],
)
def test_an_act_is_said_with_who_when_why_and_until(given: OfficeAct, said: str) -> None:
    assert act_words(given, SCHEME, {"late": "A milestone is late"}) == said


def test_owners_and_leaders_see_it_beside_the_subject() -> None:
    acts = {"direct_payments": (act(status=EO),)}
    for told in (
        telling(acts=acts),
        telling(kind="digest", subjects=(DIRECT_PAYMENTS,), reasons={"direct_payments": Reason.FIRST}, acts=acts),
    ):
        said = "Acknowledged at Experiencing Obstacles by Cross-cutting Lead on 5 February 2019"
        assert said in text_of(told)
        assert said in words_of(html_of(told))
