"""A workspace, opened: what every command begins with, what names mean in it, and what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model.problems import Fault, Severity
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Cadence, Period, PeriodError
from engine.workspace.paths import OutsideError, resolve_inside

if TYPE_CHECKING:
    from engine.rulebook.rules import Rulebook  # rooms are imported where they are used: most commands need few of them


class UsageError(Exception):
    """The command names something that isn't there; the message is one sentence."""


class FaultsError(Exception):
    """`config/` or `rules/` can't be used as they are; `faults` says where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [fault for fault in faults if fault.severity is Severity.ERROR]
        more = f" ({len(errors) - 1} more; telltale check lists them)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0]}{more}")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Office:
    """A workspace with the time of day: what every command but `init` and `check` begins with."""

    root: Path
    workspace: Workspace
    now: datetime  # with its time zone
    database: str  # its address: the setting's, or what the environment says instead

    @property
    def today(self) -> date:
        """The day in the workspace's time zone."""
        from engine.workspace.dates import local_day

        return local_day(self.now, self.workspace.calendar)

    def names(self, portfolio: str | None) -> list[str]:
        """The portfolio named, or all."""
        return [self.the_portfolio(portfolio)] if portfolio else list(self.workspace.portfolios)

    def the_portfolio(self, name: str | None) -> str:
        """The portfolio named, or the only one. Raises UsageError."""
        known = list(self.workspace.portfolios)
        if name is None and len(known) == 1:
            return known[0]
        if name is None:
            raise UsageError(f"name a portfolio: {', '.join(known)}")
        if name not in known:
            raise UsageError(f"there is no portfolio {name!r}; {meant(name, known)}")
        return name

    def check_audience(self, name: str) -> None:
        """Raises UsageError where there is no audience of that name."""
        if name not in self.workspace.audiences:
            cure = meant(name, self.workspace.audiences)
            raise UsageError(f"there is no audience {name!r} in config/audiences.yaml; {cure}")

    def portfolio_with(self, threshold: str, portfolio: str | None) -> str:
        """The portfolio named, or the only one whose rule file has a threshold of that name. Raises UsageError."""
        from engine.workspace.spelling import did_you_mean

        names = self.names(portfolio)
        if len(names) == 1:
            return names[0]
        known = {name: self._thresholds_in(name) for name in names}
        found = [name for name, thresholds in known.items() if threshold in thresholds]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{threshold!r} is a threshold of several portfolios; name one of {', '.join(found)}")
        cure = did_you_mean(threshold, [one for thresholds in known.values() for one in thresholds])
        raise UsageError(f"there is no threshold {threshold!r} in any rule file" + (f"; {cure}" if cure else ""))

    def _thresholds_in(self, portfolio: str) -> list[str]:
        """The thresholds of a rule file, whatever faults it may have; none where it can't be read at all."""
        from engine.workspace.yamlfile import read_yaml

        shown_path = f"rules/{portfolio}.yaml"
        thresholds = read_yaml(self.inside(shown_path), shown_path).value(("thresholds",))
        return list(thresholds) if isinstance(thresholds, dict) else []

    def portfolio(self, name: str) -> Portfolio:
        return self.workspace.portfolios[name]

    def cadence(self, portfolio: str) -> Cadence:
        return cadence_of(self.portfolio(portfolio))

    def period(self, portfolio: str, name: str) -> Period:
        """The period of that name. Raises UsageError."""
        try:
            return self.cadence(portfolio).period(name)
        except PeriodError as error:
            raise UsageError(str(error)) from None

    def has_period(self, portfolio: str, name: str) -> bool:
        """Whether the portfolio has a period of that name: it had others before its cadence was changed."""
        try:
            self.cadence(portfolio).period(name)
        except PeriodError:
            return False
        return True

    def find_subject(self, text: str) -> tuple[str, str]:
        """The portfolio and ref that `portfolio/ref`, or a unique ref, means. Raises UsageError."""
        from engine.workspace.spelling import did_you_mean

        portfolio, slash, ref = text.rpartition("/")
        searched = [self.the_portfolio(portfolio)] if slash else list(self.workspace.portfolios)
        found = [name for name in searched if ref in self.portfolio(name).subjects]
        if len(found) == 1:
            return found[0], ref
        if found:
            choices = ", ".join(f"{name}/{ref}" for name in found)
            raise UsageError(f"{ref!r} is in several portfolios; write one of {choices}")
        known = [subject for name in searched for subject in self.portfolio(name).subjects]
        cure = did_you_mean(ref, known)
        raise UsageError(f"there is no subject {ref!r}" + (f"; {cure}" if cure else ""))

    @cached_property
    def returns_folder(self) -> Path:
        return self.inside(self.workspace.settings.returns)

    def inside(self, path: str) -> Path:
        """A path that a setting names, which can't lead out of the workspace."""
        return resolve_inside(self.root, path)


def meant(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that nothing has: "did you mean `clt`?", or all there are."""
    from engine.workspace.spelling import closest  # difflib is slow to import, and seldom needed

    names = list(known)
    near = closest(name, names)
    return f"did you mean `{near}`?" if near is not None else f"there is {', '.join(names) or 'none'}"


def check_folder(root: Path) -> None:
    """Raises UsageError where there is no folder to be a workspace."""
    if not root.is_dir():
        raise UsageError(f"no such folder: {root}; name the workspace with -C")


def check_workspace(root: Path) -> None:
    """Raises UsageError where there is no folder, or no workspace in it."""
    check_folder(root)
    if not (root / "config").is_dir():
        raise UsageError(f"{root} is not a workspace: it has no folder config; name one with -C, or see telltale init")


def errors_among(faults: Sequence[Fault]) -> list[Fault]:
    """Those that keep the files from being used; the others are warnings."""
    return [fault for fault in faults if fault.severity is Severity.ERROR]


def rules_of(root: Path, workspace: Workspace, portfolio: Portfolio) -> "tuple[Rulebook | None, list[Fault]]":
    """A portfolio's rules, with all that keeps them or its formulas from being used; None where they can't be read.

    `telltale check` finds more: engine.cli.checking.
    """
    from engine.rulebook.checks import rulebook_errors
    from engine.rulebook.formulas import formula_faults
    from engine.rulebook.loading import load_rulebook
    from engine.workspace.yamlfile import read_yaml

    name, scheme = portfolio.portfolio, workspace.scheme_of(portfolio)
    rules, config = f"rules/{name}.yaml", f"config/portfolios/{name}.yaml"
    try:
        path = resolve_inside(root, rules)
    except OutsideError as error:
        return None, [outside(rules, error)]
    rulebook, faults = load_rulebook(path, rules, workspace, portfolio)
    if rulebook is not None:
        faults = [*faults, *rulebook_errors(rulebook)]
    if any(measure.equals is not None for measure in portfolio.measures.values()):
        faults = [*faults, *formula_faults(read_yaml(root / config, config), portfolio, scheme)]
    return rulebook, faults


def outside(shown: str, error: OutsideError) -> Fault:
    """The fault of a file or folder that leads out of the workspace."""
    return Fault(file=shown, line=1, column=1, code="outside-path", what=str(error), cure="put the file itself here")
