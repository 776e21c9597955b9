"""What stays open with one audience, unacknowledged, and is passed on to the next audience up.

An audience's `next_up` is told of a subject once it has had a case open at that audience's threshold in so many
published periods, the present one counted, while somebody has acknowledged none of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.alerts.acts import InForce, covers, lapsed
from engine.alerts.audiences import concerns, is_about
from engine.alerts.threshold import Threshold
from engine.model.alerts import Case, HistoryPoint
from engine.model.run import SubjectOut
from engine.model.workspace import Audience, Portfolio, Scheme
from engine.workspace.dates import periods_in


@dataclass(frozen=True, slots=True)
class Escalation:
    """A subject that is passed on."""

    subject: str
    through: str  # the audience that has had it
    since: str  # the period its oldest unacknowledged case was opened in
    due: str  # the period from which on the next audience is told


def escalations(
    audiences: Mapping[str, Audience],
    to: str,
    portfolio: Portfolio,
    subjects: Sequence[SubjectOut],
    cases: Mapping[str, Sequence[Case]],
    history: Mapping[str, Sequence[HistoryPoint]],
    periods: Sequence[str],
    scheme: Scheme,
    acts: InForce,
) -> Iterator[Escalation]:
    """What is passed on to an audience now, each subject once, by the first audience that does.

    `periods` are all that are published, the present one the last; cases and history are by subject.
    """
    found: set[str] = set()
    for name, audience in audiences.items():
        if audience.next_up != to or not concerns(audience, portfolio):
            continue
        threshold, after = Threshold(scheme, audience.at), periods_in(audience.escalate_after)
        for subject in subjects:
            known = portfolio.subjects.get(subject.ref)
            if subject.ref in found or known is None or not is_about(audience, known):
                continue
            silenced = {act.rule for act in acts.silences_on(portfolio, subject.ref, name)}  # None: all of its news
            if not threshold.sees(subject.status) or None in silenced:
                continue
            standing = [
                act
                for act in acts.acknowledged(subject.ref)
                if not lapsed(act, subject, history.get(subject.ref, ()), scheme)
            ]
            opened = [
                case.opened
                for case in cases.get(subject.ref, ())
                if threshold.sees(case.status)
                and case.key.rule not in silenced
                and not any(covers(act, case) for act in standing)
            ]
            open_in = [period for period in periods if opened and period >= min(opened)]
            if len(open_in) >= after:
                found.add(subject.ref)
                yield Escalation(subject.ref, name, min(opened), open_in[after - 1])
