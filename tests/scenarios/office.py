"""A small office, and shorter ways to read and run scenarios in it."""

from engine.model.problems import Fault
from engine.model.settings import Settings
from engine.model.values import Unit
from engine.model.workspace import Audience, Better, Calendar, Measure, Person, Portfolio, Programme, Scheme, Workspace
from engine.pipeline import Declared
from engine.rulebook.formulas import Formulas
from engine.rulebook.loading import read_rulebook
from engine.rulebook.rules import Rulebook
from engine.scenarios.reading import read_scenario
from engine.scenarios.running import ScenarioResult, run_scenario
from engine.scenarios.scenario import Scenario
from engine.workspace.dates import working_days
from engine.workspace.yamlfile import read_yaml_text

SCHEME = Scheme.model_validate(
    {
        "scheme": "lights",
        "title": "Lights",
        "statuses": [
            {"id": "green", "name": "All Green", "code": "G"},
            {"id": "amber", "name": "Amber", "code": "A", "exception": True, "aliases": ["Yellow"]},
            {"id": "red", "name": "Red", "code": "R", "exception": True},
        ],
        "outside": [{"id": "closed", "name": "Closed", "code": "C", "lifecycle": "closed"}],
    }
)
PORTFOLIO = Portfolio(
    portfolio="care",
    title="Care",
    scheme="lights",
    starts="2019-01",
    owner="lead",
    measures={
        "visits": Measure(title="Visits made", unit=Unit.NUMBER, better=Better.HIGHER),
        "use": Measure(title="Use", unit=Unit.PERCENT, better=Better.HIGHER, parts=("North", "South Coast")),
        "income": Measure(title="Income", unit=Unit.MONEY),
    },
    programmes=(
        Programme.model_validate(
            {
                "ref": "homes",
                "title": "Homes",
                "owner": "lead",
                "projects": [
                    {"ref": "meals", "title": "Meals at Home", "owner": "meals_lead",
                     "measures": {"visits": {"target": "100"}, "income": {}}},
                    {"ref": "rooms", "title": "Rooms", "owner": "meals_lead", "measures": {"use": {"target": "80%"}}},
                    {"ref": "done", "title": "Done", "lifecycle": [{"from": "2018-01", "is": "closed"}]},
                ],
            }
        ),
    ),
)  # fmt: skip
WORKSPACE = Workspace(
    portfolios={"care": PORTFOLIO},
    schemes={"lights": SCHEME},
    people={
        "lead": Person(name="Lead", email="lead@council.example"),
        "meals_lead": Person(name="Meals Lead", email="meals@council.example"),
    },
    audiences={
        "owners": Audience.model_validate({"who": "owners", "about": {"level": "projects"}}),
        "board": Audience.model_validate({"who": ["lead"], "at": "red"}),
        "monthly": Audience.model_validate({"who": ["lead"], "when": {"every": "month", "on": "last Friday"}}),
    },
    calendar=Calendar(),
    settings=Settings(),
)
RULES = """\
portfolio: care
thresholds:
  tolerance: {title: Tolerance, values: [{from: 2018-01, value: 10%}]}
rules:
  - {id: short, title: Short, for: measures, when: shortfall > tolerance, status: amber, because: "{actual} is short"}
  - {id: far_short, title: Far short, for: projects, only: meals, when: visits.shortfall > 50%, status: red}
  - {id: late, title: Late, for: projects, required: no, when: visits is overdue, as: problem,
     because: The visits are overdue}
  - {id: slipping, title: Slipping, for: projects, required: no, when: milestones.unmitigated > 0, status: amber}
  - {id: at_risk, title: At risk, for: projects, required: no, when: savings.net_at_risk > £0, status: amber}
  - id: use
    title: Use
    measure: use
    bands: {green: at least 80%, amber: at least 60%, red: otherwise}
  - {id: most, title: Most, for: programmes, when: projects.off_target > 0, status: amber}
"""


def rulebook(text: str = RULES) -> Rulebook:
    found, faults = read_rulebook(read_yaml_text(text, "rules/care.yaml"), WORKSPACE, PORTFOLIO)
    assert found is not None, [str(fault) for fault in faults]
    return found


def read(
    text: str, *, head: str = "scenario: S\nportfolio: care\nfrom: 2019-01\n"
) -> tuple[Scenario | None, list[Fault]]:
    """A scenario file from its text; its first three lines need not be written."""
    return read_scenario(read_yaml_text(head + text, "rules/scenarios/s.yaml"), WORKSPACE, {"care": rulebook()})


def scenario(text: str, **head: str) -> Scenario:
    """A scenario without faults."""
    found, faults = read(text, **head)
    assert found is not None, [str(fault) for fault in faults]
    return found


def run(text: str, rules: str = RULES, **head: str) -> ScenarioResult:
    """What comes of a scenario."""
    about = Declared(
        workspace=WORKSPACE, portfolio=PORTFOLIO, scheme=SCHEME, rulebook=rulebook(rules), rules_text=rules,
        formulas=Formulas(PORTFOLIO, SCHEME), working=working_days(WORKSPACE.calendar),
        reading_hash="", telling_hash="",
    )  # fmt: skip
    return run_scenario(about, scenario(text, **head))


def got(text: str, **head: str) -> dict[str, str]:
    """What came of each series, by what it is about; unlike what was expected or not."""
    return {one.expected.of: " ".join(one.got) for one in run(text, **head).compared}
