"""A scenario file to a scenario, or every fault of it at once."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.model.problems import Fault
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Period, PeriodError
from engine.rulebook.rules import Rulebook
from engine.rulebook.syntax import At
from engine.scenarios.expected import Expectations, Written
from engine.scenarios.file import ScenarioFile
from engine.scenarios.given import Given
from engine.scenarios.scenario import Scenario
from engine.scenarios.values import fault_at, periods_of, wrong_length
from engine.workspace.dates import starts
from engine.workspace.spelling import did_you_mean, quoted
from engine.workspace.validation import salvage
from engine.workspace.yamlfile import YamlFile

MOST_PERIODS = 240  # twenty years of months


def read_scenario(
    file: YamlFile, workspace: Workspace, rulebooks: Mapping[str, Rulebook | None]
) -> tuple[Scenario | None, list[Fault]]:
    """The scenario of a file; None with every fault.

    `rulebooks` are those of the portfolios that have scenarios; without one, the rules that are named go unchecked.
    """
    faults = list(file.faults)
    if file.data is None and faults:
        return None, faults
    entry, found = salvage(ScenarioFile, file)
    faults += found
    portfolio = workspace.portfolios.get(entry.portfolio) if entry is not None else None
    if entry is not None and portfolio is None:
        cure = did_you_mean(entry.portfolio, workspace.portfolios) or "write a portfolio of config/portfolios"
        what = f"there is no portfolio {quoted(entry.portfolio)}"
        faults.append(file.fault(("portfolio",), "unknown-portfolio", what, cure))
    if entry is None or portfolio is None or portfolio.scheme not in workspace.schemes:
        return None, _sorted(faults)
    try:
        first = cadence_of(portfolio).period(entry.from_)
    except PeriodError as error:
        what, _, cure = str(error).partition("; ")
        return None, _sorted([*faults, file.fault(("from",), "bad-date", what, cure)])
    scheme = workspace.scheme_of(portfolio)
    given = Given(file, portfolio, scheme)
    given.read(entry.given)
    expected = Expectations(file, workspace, portfolio, scheme, rulebooks.get(entry.portfolio))
    expected.read(entry.expect, entry.messages)
    faults += [*given.faults, *expected.faults]
    count = periods_of([*given.series, *(one.values for one in expected.written)])
    lengths = [wrong_length(file, one, count) for one in (*given.series, *(one.values for one in expected.written))]
    faults += [fault for fault in lengths if fault is not None]
    periods = _periods(file, portfolio, first, count, faults)
    if not expected.written and not faults:
        what, cure = "nothing is expected here, so it can't fail", "write `expect:` with a status for each period"
        faults.append(file.fault((), "missing-key", what, cure))
    if len(periods) < count:
        return None, _sorted(faults)
    faults += [fault for one in expected.written for fault in _of_history(file, one, portfolio, periods)]
    given.faults.clear()
    returns = given.returns(periods)
    faults += given.faults
    if faults:
        return None, _sorted(faults)
    shown = PurePosixPath(file.shown)
    return Scenario(
        name=shown.stem,
        title=entry.scenario,
        portfolio=portfolio.portfolio,
        file=file.shown,
        at=At(*file.at(("scenario",))),
        periods=periods,
        returns=tuple(returns),
        expected=tuple(one.expected for one in expected.written),
    ), []


def _periods(
    file: YamlFile, portfolio: Portfolio, first: Period, count: int, faults: list[Fault]
) -> tuple[Period, ...]:
    cadence = cadence_of(portfolio)
    if count > MOST_PERIODS:
        what, cure = f"this scenario has {count} periods", f"write {MOST_PERIODS} at most"
        faults.append(file.fault(("given",), "wrong-length", what, cure))
        return ()
    periods = [first]
    while len(periods) < count:
        following = cadence.after(periods[-1])
        if following is None:
            what = f"{portfolio.portfolio} has no period after {periods[-1].id}, and the series have {count}"
            faults.append(file.fault(("from",), "wrong-length", what, "write shorter series"))
            break
        periods.append(following)
    return tuple(periods)


def _of_history(file: YamlFile, one: Written, portfolio: Portfolio, periods: tuple[Period, ...]) -> list[Fault]:
    """What is expected of periods before the first that is judged."""
    judged = starts(portfolio)
    early = [
        (period, value)
        for period, word, value in zip(periods, one.expected.words, one.values.each, strict=False)
        if period.end < judged.end and word is not None
    ]
    return [
        fault_at(
            file, value.at, "before-start", f"{period.id} is before {portfolio.portfolio} starts ({judged.id})",
            "write `.` for it: its figures are history, and nothing is judged in it",
        )
        for period, value in early[:1]
    ]  # fmt: skip


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column))
