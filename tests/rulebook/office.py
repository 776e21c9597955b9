"""A small portfolio, and shorter ways to read rules against it."""

from collections.abc import Mapping

from engine.facts.names import FactNames
from engine.model.problems import Fault
from engine.model.settings import Settings
from engine.model.values import Unit
from engine.model.workspace import Better, Calendar, Measure, Portfolio, Programme, Project, Scheme, Workspace
from engine.rulebook.loading import read_rulebook
from engine.rulebook.names import Vocabulary, measures_asked
from engine.rulebook.rules import Rulebook
from engine.workspace.yamlfile import read_yaml_text

SCHEME = Scheme.model_validate(
    {
        "scheme": "ladder",
        "title": "Four statuses",
        "statuses": [
            {"id": "on_target", "name": "On Target", "code": "OT"},
            {"id": "obstacles", "name": "Obstacles", "code": "OB", "exception": True},
            {"id": "at_risk", "name": "At Risk", "code": "AR", "exception": True},
            {"id": "compromised", "name": "Compromised", "code": "CO", "exception": True},
        ],
        "outside": [{"id": "closed", "name": "Closed", "code": "CL", "lifecycle": "closed"}],
    }
)
_CARRIED = {"recruitment": {"target": "50%"}, "income": {}, "delays": {}}
PORTFOLIO = Portfolio(
    portfolio="lives",
    title="Lives",
    scheme="ladder",
    starts="2019-01",
    measures={
        "recruitment": Measure(title="Posts filled", unit=Unit.PERCENT, better=Better.HIGHER, decimals=1),
        "income": Measure(title="Income", unit=Unit.MONEY, better=Better.HIGHER, adds_up=True, group="money"),
        "delays": Measure(title="Delayed transfers", unit=Unit.NUMBER, better=Better.LOWER, decimals=0),
    },
    programmes=(
        Programme.model_validate(
            {
                "ref": "care",
                "title": "Care",
                "projects": [
                    {"ref": "direct", "title": "Direct Payments", "measures": _CARRIED},
                    {"ref": "homes", "title": "Homes"},
                ],
            }
        ),
    ),
    projects=(Project(ref="stay", title="Stay at home"),),
)
WORKSPACE = Workspace(
    portfolios={"lives": PORTFOLIO},
    schemes={"ladder": SCHEME},
    people={},
    audiences={},
    calendar=Calendar(),
    settings=Settings(),
)
NAMES = FactNames(PORTFOLIO, SCHEME)
THRESHOLDS: Mapping[str, Unit | None] = {"tolerance": Unit.PERCENT, "limit": Unit.MONEY}


def words_of_subjects() -> Vocabulary:
    """What a rule for projects may name."""
    return Vocabulary(NAMES, THRESHOLDS, statuses=tuple(status.id for status in SCHEME.statuses))


def words_of_measures(*only: str, measure: str | None = None) -> Vocabulary:
    """What a rule for measures may name, whether for all, for some or for one."""
    own = {PORTFOLIO.measures[name].unit: name for name in measures_asked(PORTFOLIO, measure, only)}
    return Vocabulary(NAMES, THRESHOLDS, of_measures=True, measure=measure, own=own)


def rules_of(text: str) -> tuple[Rulebook | None, list[Fault]]:
    """A rule file from its text; `portfolio:` need not be written."""
    head = "" if text.lstrip().startswith("portfolio:") else "portfolio: lives\n"
    return read_rulebook(read_yaml_text(head + text, "rules/lives.yaml"), WORKSPACE, PORTFOLIO)


def rulebook(text: str) -> Rulebook:
    """A rule file without faults."""
    found, faults = rules_of(text)
    assert found is not None, [str(fault) for fault in faults]
    return found
