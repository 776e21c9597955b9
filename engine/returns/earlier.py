"""What was returned last before a period, from the returns folder: what a template begins from."""

from pathlib import Path

from engine.model.returns import Return
from engine.model.workspace import Portfolio, Scheme, cadence_of
from engine.periods import Period
from engine.returns.folder import find_returns, read_return
from engine.returns.merge import PeriodRows, merge


def rows_before(root: Path, portfolio: Portfolio, scheme: Scheme, period: Period) -> PeriodRows:
    """The rows of the latest period before this one that anybody has returned; none where nobody has.

    What is wrong with those returns is told when they are submitted and run, not here.
    """
    cadence = cadence_of(portfolio)
    found = [(cadence.period(one.period), one) for one in find_returns(root, portfolio)[0]]
    earlier = [(at, one) for at, one in found if at.end < period.start]
    last = max((at.end for at, _ in earlier), default=None)
    read = [read_return(one, portfolio, scheme) for at, one in earlier if at.end == last]
    return merge([one for one in read if isinstance(one, Return)])[0]
