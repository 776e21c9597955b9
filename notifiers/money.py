"""Savings net at risk: of one subject, and together in the first line of a digest."""

from collections.abc import Iterable
from decimal import Decimal

from engine.model.alerts import Telling
from engine.model.run import SubjectOut
from engine.model.values import Quantity, Unit, show
from engine.model.workspace import Level

_SAVINGS = "savings."
_NET = "net_at_risk"


def net_of(subject: SubjectOut) -> Decimal | None:
    """A subject's savings net at risk in pounds; negative where more than the target is delivered."""
    found = subject.savings.get(_NET)
    return Decimal(found.value) if found else None


def net_words(telling: Telling) -> str:
    """What is net at risk in the exceptions shown: "£310k net at risk (£110k as last known; 1 without a figure)".

    Each pound counts once: what a programme has at risk stands for all below it. A finding held from an earlier period
    counts with the figure it was found with. Empty where nothing is at risk, as far as is known.
    """
    exceptions = [subject for subject in telling.subjects if subject.exception]
    now = {subject.ref: net for subject in exceptions if (net := net_of(subject)) is not None}
    held = {subject.ref: net for subject in exceptions if (net := _last_known(subject)) is not None}
    known = {**held, **now}
    at_risk = {ref for ref, net in known.items() if net > 0}
    counted = [subject for subject in exceptions if not _above(subject, telling) & at_risk]
    total, as_last_known = _total(known, counted), _total(held, counted)
    without = sum(subject.ref not in known and _speaks_of_savings(subject) for subject in counted)
    if not total:
        return f"net at risk not known of {without}" if without else ""
    notes = [f"{_pounds(as_last_known)} as last known"] if as_last_known else []
    notes += [f"{without} without a figure"] if without else []
    beside = f" ({'; '.join(notes)})" if notes else ""
    return f"{_pounds(total)} net at risk{beside}"


def _last_known(subject: SubjectOut) -> Decimal | None:
    """The figure that a held finding was found with, where there is none now."""
    if net_of(subject) is not None:
        return None
    held = (one.evidence.get(f"{_SAVINGS}{_NET}") for one in subject.findings if one.as_at)
    return next((Decimal(figure.value) for figure in held if figure is not None), None)


def _speaks_of_savings(subject: SubjectOut) -> bool:
    """Whether a subject is expected to have savings."""
    lacking = (name for group in subject.not_assessed for name in group.missing)
    found = (name for finding in subject.findings for name in finding.evidence)
    return bool(subject.savings) or any(name.startswith(_SAVINGS) for name in (*lacking, *found))


def _above(subject: SubjectOut, telling: Telling) -> set[str | None]:
    above = {subject.parent, *(part.ref for part in telling.part_of.get(subject.ref, ()))}
    return above if subject.level is Level.PORTFOLIO else above | {telling.portfolio}


def _total(known: dict[str, Decimal], counted: Iterable[SubjectOut]) -> Decimal:
    return sum((max(known.get(subject.ref, Decimal(0)), Decimal(0)) for subject in counted), Decimal(0))


def _pounds(amount: Decimal) -> str:
    return show(Quantity(amount, Unit.MONEY))
