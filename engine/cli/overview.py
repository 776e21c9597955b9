"""A run in a dozen lines: how its subjects stand, who decided, and the worst of it with the reason."""

import textwrap
from collections import Counter
from collections.abc import Iterator

from engine.cli.show import WIDTH, bullets, count, decided_by
from engine.model.run import RunOut, SubjectOut, Trend
from engine.model.workspace import Scheme

MOST = 5  # exceptions that are listed, the worst first
_NEWS: tuple[Trend, ...] = ("Worse", "New", "Same", "Better")  # of two at one status, the one that is news comes first
_TRENDS: tuple[Trend, ...] = ("Better", "Same", "Worse", "New")


def overview(run: RunOut, scheme: Scheme, period: str) -> str:
    """The run as text; `period` is its period in words."""
    exceptions = _worst_first(run, scheme)
    more = len(exceptions) - MOST
    rest = [count(len(run.messages), "message")]
    if run.problems:
        rest.append(f"{count(len(run.problems), 'problem')} in the returns")
    return "\n".join((
        f"{run.title}, {period}",
        *_wrapped(f"{_statuses(run, scheme)}. {_decided(run)}."),
        *bullets(_line(one, scheme) for one in exceptions[:MOST]),
        *_wrapped((f"{count(more, 'more exception')}, " if more > 0 else "") + ", ".join(rest) + "."),
    ))  # fmt: skip


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _statuses(run: RunOut, scheme: Scheme) -> str:
    """ "16 On Target, 10 Experiencing Obstacles, 1 Closed, 2 Not rated" """
    found = Counter(subject.status for subject in run.subjects)
    order: tuple[str | None, ...] = (*(status.id for status in (*scheme.statuses, *scheme.outside)), None)
    return ", ".join(f"{found[status]} {scheme.name(status)}" for status in order if found[status])


def _decided(run: RunOut) -> str:
    """ "Decided: 14 by rule, 13 by judgement. Trend: 2 Better, 12 Same" """
    deciders = Counter(decided_by(subject) for subject in run.subjects)
    trends = Counter(subject.trend for subject in run.subjects)
    decided = ", ".join(f"{deciders[who]} by {who}" for who in ("rule", "judgement", "lifecycle") if deciders[who])
    moved = ", ".join(f"{trends[trend]} {trend}" for trend in _TRENDS if trends[trend])
    return f"Decided: {decided or 'none'}" + (f". Trend: {moved}" if moved else "")


def _worst_first(run: RunOut, scheme: Scheme) -> list[SubjectOut]:
    rank = {status.id: at for at, status in enumerate(scheme.statuses)}
    news = {trend: at for at, trend in enumerate(_NEWS)}
    found = [subject for subject in run.subjects if subject.exception]
    return sorted(found, key=lambda one: (-rank[one.status or ""], news[one.trend] if one.trend else len(news)))


def _line(subject: SubjectOut, scheme: Scheme) -> str:
    trend = f" ({subject.trend})" if subject.trend else ""
    return f"{scheme.name(subject.status)}{trend}: {subject.title}. " + next(_reasons(subject), "")


def _reasons(subject: SubjectOut) -> Iterator[str]:
    """What decided the status, in the words of the person or the rule."""
    if subject.override is not None:
        yield subject.override.reason
    yield from (finding.because for finding in subject.findings if finding.status == subject.status)
