"""Periods derived one after another in memory, as if each had been run on its day: nothing is stored or sent.

Scenarios and what-if rest on it: the same stages as a run (`engine/pipeline.py`), each period from what the one before
it says, judged by the plain evaluator alone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from engine.assessment.judging import Judging
from engine.model.alerts import Rendered, Telling, Told
from engine.model.run import RunOut
from engine.periods import Period
from engine.pipeline import Alerted, Declared, FactBase, Published, Render, alert, followed_by, judge


class Replayed(NamedTuple):
    """One period as it would have been published, with the messages it would have sent."""

    period: Period
    alerted: Alerted
    judging: Judging  # what every rule said

    @property
    def run(self) -> RunOut:
        return self.alerted.run


def replay(
    about: Declared,
    facts: Callable[[Period], FactBase],
    periods: Iterable[Period],
    now: Callable[[Period], datetime],
    render: Render | None = None,
) -> Iterator[Replayed]:
    """The periods in order, the first as the first ever published, each with the news it has for each recipient.

    `facts` are the figures as they are known when a period is run, and `now` is when it is run. Messages are frozen by
    `render`; without one they have their headers and reasons, and no text.
    """
    before, told = Published(None, {}, None), dict[tuple[str, str, str], Told]()
    judging: Judging | None = None
    for period in periods:
        assessed = judge(about, facts(period), period, before, None, judging)
        judging = assessed.judging
        run = RunOut(
            portfolio=about.portfolio.portfolio,
            title=about.portfolio.title,
            scheme=about.scheme.scheme,
            period=period.id,
            run=f"{about.portfolio.portfolio}-{period.id}-r1",
            revision=1,
            published="no",
            judged_by="plain",
            now=now(period).isoformat(),
            rules={rule.id: rule.title for rule in about.rulebook.on(period.end).rules},
            subjects=assessed.subjects,
            problems=assessed.problems,
        )
        before = replace(before, told=tuple(told.values()))
        alerted = alert(about, run, before, now(period), render or _headers)
        news = {(one.audience, one.recipient, one.subject): one for queued in alerted.messages for one in queued.told}
        told = {key: one for key, one in told.items() if key not in news} | news  # what was told last stands last
        yield Replayed(period, alerted, judging)
        before = followed_by(about, before, period, alerted)


def _headers(telling: Telling) -> Rendered:
    """A message without its text: who is told of what, and why."""
    return Rendered(
        dedupe_key=telling.dedupe_key,
        audience=telling.audience,
        recipient=telling.recipient,
        address=telling.address,
        portfolio=telling.portfolio,
        period=telling.period,
        revision=telling.revision,
        subject="",
        message_id=f"<{telling.dedupe_key}>",
        date=telling.now,
        body=b"",
        reasons={decision.subject: decision.reason.value for decision in telling.news},
    )
