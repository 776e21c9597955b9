"""A period that was published before: what its last revision said, and what moved a status since then.

The figures being the same, only the rules can have moved it. That is never a decline, nor an improvement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.assessment.judged import Judged
from engine.inference.questions import Settled
from engine.model.run import MovedBy, RevisedOut, SubjectOut


@dataclass(frozen=True, slots=True)
class LastRevision:
    """The last published revision of the very period that is judged again."""

    revision: int
    subjects: Mapping[str, SubjectOut]
    same_figures: bool  # it was judged on the same returns
    same_rules: bool
    same_acts: bool = True  # and nobody entered or ended a judgement by command since

    @property
    def moved(self) -> tuple[MovedBy, ...]:
        """What is different since, of that which moves statuses; nothing where only who is told, or what is overdue."""
        changed: tuple[tuple[MovedBy, bool], ...] = (
            ("figures", not self.same_figures), ("rules", not self.same_rules), ("decision", not self.same_acts),
        )  # fmt: skip
        return tuple(cause for cause, holds in changed if holds)

    def revised(self, ref: str, now: Judged) -> RevisedOut | None:
        """What the earlier revision gave a subject, where it was another status; None for a subject new to it.

        A status that stands as it was revised before keeps what was said of that, as long as the figures stand too.
        """
        was = self.subjects.get(ref)
        if was is None:
            return None
        if was.status == now.status:
            return was.revised if self.same_figures else None
        return RevisedOut(status=was.status, revision=self.revision, by=self._by(was, now))

    def says_before(self, ref: str, now: Judged, then: Judged | None) -> SubjectOut | None:
        """The subject in that revision, where it alone can tell how the status stands to the period before.

        The period before can't be judged again where it is history: then what was said of it still holds, unless the
        figures or the subject's lifecycle are others.
        """
        was = self.subjects.get(ref)
        if was is None or not self.same_figures or (then is not None and not then.is_history):
            return None
        same = was.lifecycle == now.lifecycle.value and (was.status == now.status or not self.same_rules)
        return was if same else None

    def _by(self, was: SubjectOut, now: Judged) -> tuple[MovedBy, ...]:
        if was.lifecycle != now.lifecycle.value:
            return ("decision",)
        # Of the same figures by the same rules, some may be overdue by now.
        return self.moved or ("figures",)


def as_said_before(settled: Settled, was: SubjectOut) -> Settled:
    """The trend and the remedy as an earlier revision said them.

    A trend that the present status contradicts is none: nothing is better than before at a status that is worse.
    """
    trend = settled.trend
    if trend not in (None, "New"):
        trend = was.trend if was.trend in ("Same", trend) else None
    return replace(settled, trend=trend, remediated=settled.remediated and was.remediated)
