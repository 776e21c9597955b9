"""A portfolio of the repository's workspace, judged in memory: as its returns are, or with some of it changed.

Stories about a case name it, so that whoever reads the case finds its test: `pytest tests/portfolios -k a_r02`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine import app
from engine.model.facts import FactSheet
from engine.model.numbers import read_number
from engine.model.returns import Return
from engine.model.run import MeasureOut, RunOut, SubjectOut
from engine.model.values import Quantity, plain
from engine.pipeline import Declared, facts_of
from engine.replay import Replayed, replay
from engine.returns.folder import find_returns, read_return
from tests.test_docs import ROOT

Row = Mapping[str, Any]


class Outcome(NamedTuple):
    """A period as it comes out."""

    replayed: Replayed

    @property
    def run(self) -> RunOut:
        return self.replayed.run

    def subject(self, ref: str) -> SubjectOut:
        return next(one for one in self.run.subjects if one.ref == ref)

    def status(self, ref: str) -> str | None:
        return self.subject(ref).status

    def measure(self, ref: str, name: str) -> MeasureOut:
        return next(one for one in self.subject(ref).measures if one.measure == name)

    def rules(self, ref: str) -> dict[str, str]:
        """The rules that hold a subject back, each with the status that it gives."""
        return {one.rule: one.status for one in self.subject(ref).findings}

    def why(self, ref: str, rule: str) -> str:
        """A finding's sentence."""
        return next(one.because for one in self.subject(ref).findings if one.rule == rule)

    def sheet(self, ref: str) -> FactSheet:
        return self.replayed.judging.sheets.figures(ref, self.replayed.period)

    def figure(self, ref: str, name: str) -> str | None:
        """A figure on a subject's sheet as a plain decimal: money in pounds, 15.1 for per cent. None if not known."""
        known = self.sheet(ref).facts.get(name)
        return None if known is None else plain(known.value)

    def thousands(self, ref: str, name: str) -> Decimal | None:
        known = self.sheet(ref).facts.get(name)
        return None if known is None else known.value / 1000

    def rounded(self, ref: str, name: str, places: int = 2) -> str:
        known = self.sheet(ref).facts[name]
        return str(round(known.value, places))

    def problems(self, ref: str | None = None) -> list[str]:
        return [one.what for one in self.run.problems if ref is None or one.subject == ref]

    def lacks(self, ref: str) -> dict[str, tuple[str, ...]]:
        """What could not be judged: the rules, by what is missing in people's words."""
        return {"; ".join(one.words): one.rules for one in self.subject(ref).not_assessed}


@dataclass(frozen=True)
class Desk:
    """A portfolio as it is declared, with what was returned."""

    about: Declared
    returns: tuple[Return, ...]

    def run(self, period: str, now: str = "2030-01-01T07:00") -> Outcome:
        """A period alone, as the first that is published, judged by the plain evaluator."""
        return self.runs(period, now=now)[-1]

    def runs(self, *periods: str, now: str = "2030-01-01T07:00") -> list[Outcome]:
        """Some periods in a row, each published before the next."""
        from engine.model.workspace import cadence_of

        cadence = cadence_of(self.about.portfolio)
        at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(self.about.workspace.calendar.time_zone))
        facts = facts_of(self.about, self.returns, at.date())
        done = replay(self.about, lambda _: facts, [cadence.period(name) for name in periods], lambda _: at)
        return [Outcome(one) for one in done]

    def with_threshold(self, name: str, value: str) -> "Desk":
        """The same with another value of a threshold, as a rule file writes it ("5%")."""
        rulebook, number = self.about.rulebook, read_number(value)
        old = rulebook.thresholds[name]
        new = replace(old, values=(replace(old.values[0], value=Quantity(number.value, number.unit or old.unit)),))
        changed = replace(rulebook, thresholds={**rulebook.thresholds, name: new})
        return replace(self, about=replace(self.about, rulebook=changed))

    def with_row(self, table: str, period: str, change: Row, **where: str | None) -> "Desk":
        """The same with a row changed: `with_row("measures", "2018-08", {"actual": …}, subject=…, measure=…)`."""
        return self._rewritten(
            table, period, lambda row: row.model_copy(update=dict(change)) if _is(row, where) else row, where
        )

    def without_row(self, table: str, period: str, **where: str | None) -> "Desk":
        return self._rewritten(table, period, lambda row: None if _is(row, where) else row, where)

    def without_judgements(self) -> "Desk":
        """What the figures say alone."""
        return replace(self, returns=tuple(one.model_copy(update={"judgements": ()}) for one in self.returns))

    def _rewritten(
        self, table: str, period: str, rewrite: Callable[[Any], Any], where: Mapping[str, str | None]
    ) -> "Desk":
        rows = [row for one in self.returns if one.period == period for row in getattr(one, table)]
        if sum(_is(row, where) for row in rows) != 1:
            raise LookupError(f"not one row of {table} in {period} is {dict(where)}")
        returns = [
            one.model_copy(update={table: tuple(new for row in getattr(one, table) if (new := rewrite(row)))})
            if one.period == period
            else one
            for one in self.returns
        ]
        return replace(self, returns=tuple(returns))


def _is(row: Any, where: Mapping[str, str | None]) -> bool:
    return all(getattr(row, name) == value for name, value in where.items())


@cache
def desk(portfolio: str) -> Desk:
    """A portfolio with its returns as they lie in the repository."""
    office = app.open_office(ROOT, "2030-01-01T07:00")
    about = app.declared(office, portfolio)
    found, problems, _ = find_returns(office.returns_folder, about.portfolio)
    read = [read_return(one, about.portfolio, about.scheme) for one in found]
    returns = tuple(one for one in read if isinstance(one, Return))
    if problems or len(returns) != len(found):
        raise ValueError(f"the example returns of {portfolio} can't all be read: {problems or read}")
    return Desk(about, returns)
