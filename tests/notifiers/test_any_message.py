"""Whatever is told, the message can be read: made-up subjects, titles and figures, in all five kinds of mail."""

import os
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.addressed import Addressed
from engine.model.alerts import Reason
from engine.model.notices import Owed, Stuck
from engine.model.problems import Problem
from engine.model.run import DecisionOut, SubjectOut
from notifiers.htmlchecks import harmful
from tests.notifiers.notices import office_notice, return_notice
from tests.notifiers.reading import parsed, rendered
from tests.notifiers.samples import AR, EO, OT, finding, months, subject, telling

EXAMPLES = int(os.environ.get("TELLTALE_MESSAGES", "40"))
CLIPPED = 100_000  # bytes of HTML from which on a mail program cuts it off
HOSTILE = [
    "<script>alert(1)</script>", "\r\nBcc: x@evil.example", "=?utf-8?q?x?=", "{{ message }}", "{% raw %}", "--=_", ".",
    "&amp;", "\u202egnp", "\0", "مشروع", "🚧", '" onerror="x', "javascript:x", "]]>", "-->", "<!--", "A" * 300,
]  # fmt: skip
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))
statuses = st.sampled_from([OT, EO, AR, None, "closed", "a status that was"])
GIVEN = [reason for reason in Reason if reason.tells]


@st.composite
def subjects(draw: st.DrawFn, ref: str) -> SubjectOut:
    decided = st.builds(DecisionOut, status=st.sampled_from([OT, EO, AR]), reason=texts, by=texts, until=st.none())
    status = draw(st.sampled_from([OT, EO, AR, None]))
    found = st.builds(finding, texts, st.sampled_from([EO, AR]), to_clear=texts, action=texts)
    floor, override, declared = (draw(st.none() | decided) for _ in range(3))
    return subject(
        draw(texts), status, draw(st.sampled_from([OT, EO, AR, None])), ref=ref, floor=floor, override=override,
        findings=tuple(draw(st.lists(found, max_size=3))), remarks=tuple(draw(st.lists(texts, max_size=2))),
        declared=declared,
    )  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> Addressed:
    common: dict[str, Any] = {"portfolio_title": draw(texts), "name": draw(texts)}
    kind = draw(st.sampled_from(["owner", "digest", "reminder", "chaser", "office"]))
    if kind in ("reminder", "chaser"):
        owed = st.builds(
            Owed,
            ref=st.just("p"),
            title=texts,
            part_of=texts,
            missing=st.tuples(texts, texts),
            nothing_yet=st.booleans(),
        )
        return return_notice(
            kind, owed=tuple(draw(st.lists(owed, min_size=1, max_size=4))), complete=(draw(texts),), **common
        )
    if kind == "office":
        problem = st.builds(Problem, file=texts, where=texts, what=texts, cure=texts, subject=st.none())
        stuck = st.builds(
            Stuck, id=st.just("0" * 16), state=st.sampled_from(["held", "dead", "uncertain"]), to=texts, about=texts,
            period=st.just("2019-01"), why=texts,
        )  # fmt: skip
        problems, letters = (
            tuple(draw(st.lists(problem, min_size=1, max_size=4))),
            tuple(draw(st.lists(stuck, max_size=3))),
        )
        today = draw(st.dates(date(2019, 1, 1), date(2019, 12, 31)))
        return office_notice(*problems, *letters, problems=problems, stuck=letters, today=today, **common)
    shown = tuple(draw(subjects(f"p{number}")) for number in range(draw(st.integers(1, 5))))
    return telling(
        kind=kind, subjects=shown, reasons={one.ref: draw(st.sampled_from(GIVEN)) for one in shown},
        history={one.ref: months(*draw(st.lists(statuses, max_size=12))) for one in shown}, **common,
    )  # fmt: skip


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
@given(messages())
def test_it_has_one_recipient_and_nothing_in_it_does_anything(told: Addressed) -> None:
    result = rendered(told)
    assert rendered(told).body == result.body
    assert result.body.isascii()
    assert max(map(len, result.body.split(b"\r\n"))) <= 200
    message = parsed(result)
    assert [one.addr_spec for one in message["To"].addresses] == [told.address]
    assert message["Bcc"] is message["Cc"] is None
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert harmful(html.get_content()) == ""
    assert len(html.get_content().encode()) < CLIPPED
    assert "\u202e" not in text.get_content() + html.get_content()
    assert html.get_content().count("<h1") == 1
