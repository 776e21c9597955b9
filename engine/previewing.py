"""What would be sent now, tried without consequences: nothing is kept, queued or sent."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.model.alerts import NEEDS_A_PERSON, OutboxMessage, OutboxState, Rendered
from engine.model.problems import Problem
from engine.model.run import RunOut
from engine.notices import Kind, RenderAny, office_mail, ready_to_ask, told_after_run
from engine.office import Office, UsageError
from engine.pipeline import Declared
from engine.store.records import Publication, Queued
from engine.store.store import Store
from engine.telling import about_to_tell


class Preview(NamedTuple):
    """The messages, and why others could not be made."""

    messages: list[Rendered]
    problems: list[Problem]


def of_a_run(
    office: Office, about: Declared, store: Store, run: RunOut, publications: Sequence[Publication], render: RenderAny
) -> Preview:
    """Those of a run that was derived and not published, the office's among them: it is told of what the run holds."""
    queued = [message for one in publications for message in one.messages]
    problems = [problem for one in publications for problem in one.out.problems]
    withdrawn = {message for one in publications for message in one.withdraws}
    stuck = [one for one in store.outbox(run.portfolio, states=NEEDS_A_PERSON) if one.id not in withdrawn]
    stuck += [
        OutboxMessage(
            id=one.rendered.id, state=one.state, rendered=one.rendered, run=run.run, queued=office.now,
            detail=one.detail,
        )
        for one in queued
        if one.state is OutboxState.HELD
    ]  # fmt: skip
    period = office.period(run.portfolio, run.period)
    mail = office_mail(office, about, store, run, period, render, told_after_run(office), stuck=stuck)
    return Preview(
        [one.rendered for one in (*queued, *mail.messages)],
        [*(one for one in problems if one.where.startswith("message to ")), *mail.problems],
    )


def of_asking(
    office: Office, about: Declared, store: Store, kind: Kind, period: str | None, render: RenderAny
) -> Preview:
    """Those of a reminder or chase. Raises UsageError where it would come at the wrong time."""
    ready = ready_to_ask(office, about, store, kind, period, render)
    return _of(ready.messages, ready.problems)


def of_a_telling(office: Office, about: Declared, store: Store, audience: str, render: RenderAny) -> Preview:
    """Those of an audience with a calendar of its own, told next. Raises UsageError where nothing is published."""
    name = about.portfolio.portfolio
    stored = store.latest_run(name)
    if stored is None:
        raise UsageError(f"nothing is published of {name} yet; run it: telltale run {name}")
    told = about_to_tell(office, about, store, stored, audience, office.today.isoformat(), render)
    return _of(told.messages, told.problems)


def _of(queued: Iterable[Queued], problems: Iterable[Problem]) -> Preview:
    return Preview([one.rendered for one in queued], list(problems))
