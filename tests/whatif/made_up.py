"""A made-up portfolio with months of figures and rules of every kind, for the tests of sweeps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from engine.facts.book import FactBook
from engine.model.settings import Settings
from engine.model.values import Quantity, Unit
from engine.model.workspace import Calendar, Portfolio, Workspace, cadence_of
from engine.periods import WorkingDays, periods_between
from engine.pipeline import Declared, FactBase
from engine.rulebook.formulas import Formulas
from engine.whatif.looked import Looked
from tests.assessment.office import SCHEME, Returns, judgement, merged, months, net_at_risk, rulebook

MONTHS = 6
NAMES = tuple(f"2019-{month:02}" for month in range(1, MONTHS + 1))
WORKING = WorkingDays(lambda day: False)
TODAY = date(2019, 7, 15)

BEDS = {"beds": {"target": "100"}}
PORTFOLIO = Portfolio.model_validate(
    {
        "portfolio": "office",
        "title": "Office",
        "scheme": "colours",
        "starts": "2019-02",  # January is history
        "measures": {
            "beds": {"title": "Beds", "unit": "number", "better": "higher", "series": ({"from": "2019-05"},)},
            "rate": {"title": "Rate", "unit": "percent", "better": "higher", "parts": ("North", "South")},
            "wait": {"title": "Wait", "unit": "weeks", "better": "lower", "supporting": True},
            "calls": {"title": "Calls", "unit": "number", "better": "higher", "reported": "quarterly"},
        },
        "programmes": (
            {
                "ref": "outer",
                "title": "Outer",
                "programmes": (
                    {
                        "ref": "inner",
                        "title": "Inner",
                        "projects": (
                            {"ref": "one", "title": "One", "measures": {**BEDS, "rate": {"target": "80%"}}},
                            {"ref": "two", "title": "Two", "measures": BEDS,
                             "lifecycle": ({"from": "2019-02", "is": "live"}, {"from": "2019-05", "is": "closed"})},
                        ),
                    },
                ),
                "projects": (
                    {"ref": "three", "title": "Three", "measures": {**BEDS, "wait": {"target": "4 weeks"}},
                     "lifecycle": ({"from": "2019-03", "is": "live"},)},
                ),
            },
        ),
        "projects": ({"ref": "four", "title": "Four", "measures": {**BEDS, "calls": {"target": "100"},
                                                                        "wait": {"target": "4 weeks"}}},),
    }
)  # fmt: skip
LINES = {"one.beds": None, "two.beds": None, "three.beds": None, "four.beds": None, "four.calls": None,
         "one.rate.North": None, "one.rate.South": None, "three.wait": None, "four.wait": None}  # fmt: skip

# The threshold that is swept is `limit`; `other` changes in April.
THRESHOLDS = """
thresholds:
  limit: {title: Limit, values: [{from: 2018-01, value: 20%, why: agreed, approved_by: PMO}]}
  other:
    title: Other
    values:
      - {from: 2018-01, value: 10%, why: agreed, approved_by: PMO}
      - {from: 2019-04, value: 35%, why: agreed, approved_by: PMO}
rules:
"""
RULES = tuple(
    f"  - {{id: r{number}, title: Rule {number}, because: so it is, {rule}}}\n"
    for number, rule in enumerate(
        [
            "for: measures, when: shortfall > limit, status: amber",
            "for: measures, when: shortfall > limit and change < 0, status: red",
            "for: measures, when: shortfall > limit or change < -20, status: red, only: [beds]",
            "for: measures, when: not (shortfall <= limit) and not (actual is missing), status: amber",
            "for: measures, when: (shortfall > limit) for 2 periods, status: red",
            "for: measures, when: (shortfall < limit and change < 0) for 3 periods, status: red, required: no",
            "for: measures, when: shortfall > limit, clears: shortfall < 5%, status: amber",
            "for: measures, when: shortfall > 25%, clears: shortfall <= limit, status: red",
            "for: measures, when: shortfall > other, status: amber",
            "for: measures, when: shortfall > limit, as: remark",
            "for: projects, when: beds < (100% - limit) of beds.target, status: red",
            "for: projects, when: (beds < limit of beds.target) for 2 periods, status: red, required: no",
            "for: projects, when: rate < limit, status: amber, required: no",
            "for: projects, when: beds.shortfall = limit, status: red",
            "for: projects, when: beds.shortfall / limit > 2, status: amber",
            "for: projects, when: beds.shortfall > limit and beds.shortfall < 3 * limit, status: amber",
            "for: projects, when: measures.amber_or_worse > 50% of measures.rated, status: red",
            "for: projects, when: measures.missing > 0 and measures.rated > 0, status: amber, required: no",
            "for: projects, when: (measures.amber_or_worse > 0) for 2 periods, status: red, required: no",
            "for: [projects, programmes, portfolio], when: savings.net_at_risk > limit of savings.target, status: red",
            "for: [programmes, portfolio], when: projects.off_target_share > limit, status: amber",
            "for: programmes, when: (projects.off_target_share > 30%) for 2 periods, status: red, required: no",
            "for: portfolio, when: programmes.red_or_worse > 0 or projects.red > 1, status: red",
            "for: portfolio, when: projects.off_target_share > 40%, clears: projects.red < 1, status: amber",
            "for: projects, when: beds.shortfall > limit, status: red, from: 2019-04",
            "measure: beds, bands: {green: at least 90% of target, amber: above limit of target, red: otherwise}",
            # These colour measures and move no project, but for what it counts of them.
            "for: measures, when: shortfall > limit, status: red, supporting: yes",
            "measure: beds, supporting: yes, bands: {green: at least 90% of target, red: otherwise}",
            # Quiet where nothing came back, which earns nothing.
            "for: projects, when: measures.missing > 1, status: amber, required: no",
            "for: measures, when: actual is overdue, status: amber, required: no",
            # What it lacks hangs on the value: a supporting measure's figure alone, or another's too.
            "for: projects, when: (beds.shortfall > limit or calls < 50) and wait > 3 weeks, status: red",
        ]
    )
)
BEFORE = """\
  - id: before
    title: Before
    because: so it is
    for: projects
    status: amber
    when: status.previous is amber or worse and beds.shortfall > 5%
"""

figures = st.sampled_from(["100", "97", "95", "90", "80", "79", "70", "50", "20", "0", ".", ".", "due"])
lines = st.lists(figures, min_size=MONTHS, max_size=MONTHS).map(" ".join)
values = st.lists(st.sampled_from([0, 3, 5, 10, 20, 21, 25, 30, 50, 80, 100]), min_size=1, max_size=7, unique=True)
chosen_rules = st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique=True)


@st.composite
def returned(draw: st.DrawFn) -> Returns:
    """Months of figures, savings and judgements."""
    found = months({name: draw(lines) for name in LINES}, of=PORTFOLIO)
    for name in NAMES:
        for ref in ("one", "three"):
            if draw(st.booleans()):
                found[name].append(net_at_risk(ref, draw(st.sampled_from([0, 100, 250, 900]))))
    for kind in draw(st.lists(st.sampled_from(["floor", "override"]), max_size=2)):
        ref = draw(st.sampled_from(["one", "four", "inner", "office"]))
        until = draw(st.sampled_from([None, "2019-03-31", "2019-05-31"]))
        found[draw(st.sampled_from(NAMES))].append(judgement(ref, kind, draw(st.sampled_from("GAR")), until))
    return found


def percents(numbers: Sequence[int]) -> list[Quantity]:
    return sorted(Quantity(Decimal(number), Unit.PERCENT) for number in numbers)


def declared(rules: Sequence[str]) -> Declared:
    workspace = Workspace(
        portfolios={"office": PORTFOLIO}, schemes={"colours": SCHEME}, people={}, audiences={}, calendar=Calendar(),
        settings=Settings(),
    )  # fmt: skip
    return Declared(
        workspace=workspace, portfolio=PORTFOLIO, scheme=SCHEME,
        rulebook=rulebook(THRESHOLDS + "".join(rules), PORTFOLIO), rules_text="",
        formulas=Formulas(PORTFOLIO, SCHEME), working=WORKING, reading_hash="", telling_hash="",
    )  # fmt: skip


def facts(returns: Returns) -> FactBase:
    """The figures as they are known in July."""
    rows = merged(returns)
    return FactBase(FactBook(PORTFOLIO, SCHEME, rows, today=TODAY, working=WORKING), rows, {})


def looked(rules: Sequence[str], returns: Returns) -> Looked:
    """All months from `starts` on, looked at in July."""
    cadence = cadence_of(PORTFOLIO)
    periods = periods_between(cadence, cadence.period("2019-02"), cadence.period(NAMES[-1]))
    return Looked(declared(rules), facts(returns), periods, periods, lambda _: datetime(2019, 7, 15, tzinfo=UTC), TODAY)
