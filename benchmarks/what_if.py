"""A what-if over three years: 36 months of 100 projects with 10 measures, one threshold at 21 values."""

import gc
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.made_up import RULES, RULES_THAT_CLEAR, write_workspace
from engine import app
from engine.assessment.judging import Judging
from engine.facts.book import SheetStanding
from engine.model.returns import MeasureRow, Return, SavingsRow
from engine.model.values import Quantity, Unit
from engine.model.workspace import Level, cadence_of
from engine.periods import periods_between
from engine.pipeline import Declared, facts_of
from engine.whatif.compared import try_values
from engine.whatif.counted import sweep
from engine.whatif.looked import Looked

PROJECTS, MEASURES, MONTHS = 100, 10, 36
VALUES = [Quantity(Decimal(number), Unit.PERCENT) for number in range(10, 31)]
NOW = datetime(2021, 5, 10, 7, tzinfo=UTC)
REPEATS = 3
YARDSTICK = 3_000_000  # sums


def main() -> None:
    """Print what each part takes, and its ratio to adding up numbers in a loop.

    Time is the process's own: it does not grow with what else the machine does.
    """
    print(
        f"what-if: {MONTHS} months of {PROJECTS} projects with {MEASURES} measures, {len(VALUES)} values of a threshold"
    )
    gc.disable()  # as the command does
    yardstick = _median(lambda: sum(number for number in range(YARDSTICK)))

    def say(what: str, seconds: float) -> None:
        print(f"  {what}: {seconds:.2f} s, {seconds / yardstick:.1f} x the yardstick")

    print(f"  yardstick (adding up {YARDSTICK:,} numbers): {yardstick:.2f} s")
    about, returns = _made_up(RULES)
    say("fact sheets of every subject and month, once", _median(lambda: _looked(about, returns)))
    for kind, rules in (("", RULES), ("two rules stand until cleared: ", RULES_THAT_CLEAR)):
        about, returns = _made_up(rules)
        looked = _looked(about, returns)
        threshold = about.rulebook.thresholds["tolerance"]
        quick = _median(lambda: sweep(looked, threshold, VALUES, Level.PROJECT))  # noqa: B023  # called here and now
        say(f"{kind}the sweep, {len(VALUES)} values", quick)
        one = _median(lambda: _judged_once(looked))  # noqa: B023  # the same
        say(f"{kind}judging every month once, under one value", one)
        print(f"  so judging anew for each value would take {one * len(VALUES) / quick:.0f} x as long as the sweep")
        both = _median(lambda: try_values(looked, [(threshold, VALUES[0])]))  # noqa: B023  # the same
        say(f"{kind}--set: every month replayed twice, with messages", both)


def _made_up(rules: str) -> tuple[Declared, list[Return]]:
    """The portfolio as read from its files, and its returns as they come out of the store."""
    with TemporaryDirectory() as folder:
        write_workspace(Path(folder), PROJECTS, MEASURES, ["2018-04"], rules=rules)
        about = app.declared(app.open_office(Path(folder), NOW.isoformat()), "made_up")
    dice = random.Random(1)
    cadence = cadence_of(about.portfolio)
    months = periods_between(cadence, cadence.period("2018-04"), cadence.period("2021-03"))
    return about, [_return(month.id, about, dice) for month in months]


def _return(month: str, about: Declared, dice: random.Random) -> Return:
    """As benchmarks.made_up makes workbooks: most figures about their target, one in ten well below."""
    projects = [ref for ref, subject in about.portfolio.subjects.items() if subject.level is Level.PROJECT]
    measures = [
        MeasureRow(subject=ref, measure=name, actual=Decimal(_figure(dice)))
        for ref in projects
        for name in about.portfolio.measures
    ]
    savings = [
        SavingsRow(
            subject=ref, year="2018/19", target=Decimal(100_000), at_risk=Decimal(dice.choice([0, 0, 0, 5, 40]) * 1000)
        )
        for ref in projects
    ]
    return Return(
        portfolio="made_up", period=month, submitter="owners", source="", sha256=month, measures=tuple(measures),
        savings=tuple(savings),
    )  # fmt: skip


def _figure(dice: random.Random) -> int:
    return dice.randint(88, 120) if dice.random() < 0.9 else dice.randint(30, 90)


def _looked(about: Declared, returns: list[Return]) -> Looked:
    """With every fact sheet worked out."""
    facts = facts_of(about, returns, NOW.date())
    periods = list(facts.book.periods)
    for period in periods:
        for ref in about.portfolio.subjects:
            facts.book.sheet(ref, period, SheetStanding())
    return Looked(about, facts, periods, periods, lambda _: NOW, NOW.date())


def _judged_once(looked: Looked) -> None:
    about, facts = looked.about, looked.facts
    rules = about.rulebook.on(looked.periods[-1].end)
    after = replace(looked.periods[-1], id="after")
    judging = Judging(about.portfolio, about.scheme, rules, facts.book, facts.rows, after, lambda subject: None)
    for period in looked.periods:
        for ref in about.portfolio.subjects:
            judging.status(ref, period)


def _median(act: Callable[[], object]) -> float:
    return median(_timed(act) for _ in range(REPEATS))


def _timed(act: Callable[[], object]) -> float:
    start = process_time()
    act()
    return process_time() - start


if __name__ == "__main__":
    main()
