"""A small sweep as it is handed to what draws it."""

from collections.abc import Sequence

from engine.model.values import Unit
from engine.model.whatif import SweepOut, SweptValue
from engine.model.workspace import Level
from tests.assessment.office import SCHEME

STATUSES = [status.id for status in SCHEME.statuses]  # green, amber, red


def sweep(*rows: Sequence[int], today: int | None = 1, title: str = "Office") -> SweepOut:
    """Each row: how many are green, amber, red and not rated, under 10%, 20%, 30% …"""
    values = tuple(
        SweptValue(
            value=str(10 * (place + 1)), shown=f"{10 * (place + 1)}%", is_today=place == today,
            counts=dict(zip(STATUSES, row, strict=False)), not_rated=row[3] if len(row) > 3 else 0, turned=0,
        )
        for place, row in enumerate(rows)
    )  # fmt: skip
    return SweepOut(
        portfolio="office", title=title, scheme="colours", periods=("2019-01",), threshold="tolerance",
        threshold_title="How far below target", unit=Unit.PERCENT, level=Level.PROJECT,
        counted="projects in January 2019", total=sum(rows[0]),
        today=None if today is None else values[today].value, values=values, same_from=None, same_to=None,
        sentences=("The most turn between 10% and 20%: 3 of 10.",),
    )  # fmt: skip
