"""The first rule file of a portfolio, from what its list holds: a few rules that say something at once, with tests."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.model.values import Unit
from engine.model.workspace import Better
from engine.setup.listing import Listing
from engine.workspace.yamlwriting import scalar

_FORMS = {Unit.NUMBER: "{}", Unit.PERCENT: "{}%", Unit.MONEY: "£{}k", Unit.WEEKS: "{} weeks"}


class _Rule(NamedTuple):
    id: str
    title: str
    about: str  # what it is for
    when: str
    status: str
    because: str
    action: str
    tests: tuple[tuple[str, str], ...]  # what is given, and what is expected


def rule_file(listing: Listing) -> Iterator[str]:
    """The lines of the file. Every rule has its tests, and every one of them holds."""
    about = listing.about
    yield "# What gives a project its status. Each rule brings tests: figures, and what it has to say of them."
    yield "# These are to begin with: put your own numbers in, and add rules of your own."
    yield f"portfolio: {scalar(about.name)}"
    yield ""
    yield "thresholds:"
    yield "  tolerance:"
    yield "    title: How far a figure may fall short of what was agreed"
    yield "    values:"
    yield f"      - {{from: {_month(about.starts)}, value: 10%, why: to begin with, approved_by: PMO}}"
    yield ""
    yield "rules:"
    for number, rule in enumerate(_rules(listing)):
        if number:
            yield ""
        yield f"  - id: {rule.id}"
        yield f"    title: {rule.title}"
        yield f"    for: {rule.about}"
        yield f"    when: {rule.when}"
        yield f"    status: {rule.status}"
        yield f'    because: "{rule.because}"'
        yield f"    action: {rule.action}"
        yield "    tests:"
        for given, expect in rule.tests:
            yield f"      - {{given: {{{given}}}, expect: {expect}}}"


def _rules(listing: Listing) -> Iterator[_Rule]:
    judged = [measure for measure in listing.measures if measure.better is not None]
    if judged:
        yield from _of_measures(judged[0].unit, judged[0].better, mixed=len({one.better for one in judged}) > 1)
    yield _Rule(
        "savings_at_risk",
        "Savings are at risk",
        "[projects, programmes, portfolio]" if listing.programmes else "[projects, portfolio]",
        "savings.net_at_risk > tolerance of savings.target",
        "at_risk",
        "{savings.net_at_risk} of {savings.target} is at risk",
        "Say which savings will be late, and what replaces them",
        (
            ("savings.net_at_risk: £11k, savings.target: £100k", "fires"),
            ("savings.net_at_risk: £10k, savings.target: £100k", "quiet"),
            ("savings.target: £100k", "unknown"),
        ),
    )
    yield _Rule(
        "milestone_slipped",
        "A milestone has slipped and nothing makes up for it",
        "projects",
        "milestones.unmitigated > 0",
        "at_risk",
        "Milestones slipped without a workaround: {milestones.unmitigated}",
        "Agree a new date, or report what works in the meantime",
        (("milestones.unmitigated: 1", "fires"), ("milestones.unmitigated: 0", "quiet"), ("", "unknown")),
    )
    yield _Rule(
        "most_projects_off_target",
        "Most projects are off target",
        "[programmes, portfolio]" if listing.programmes else "portfolio",
        "projects.off_target_share > 50%",
        "at_risk",
        "Projects off target: {projects.off_target} of {projects.rated} with a status",
        "Agree with the owners which of them comes first",
        (
            ("projects.off_target_share: 51%", "fires"),
            ("projects.off_target_share: 50%", "quiet"),
            ("", "unknown"),
        ),
    )


def _of_measures(unit: Unit, better: Better | None, *, mixed: bool) -> Iterator[_Rule]:
    """The two rules for every measure, tested by figures of one kind: their unit, and which way is good."""
    form = _FORMS[unit]
    way = f", better: {better}" if mixed else ""

    def given(short: int) -> str:
        actual = 100 - short if better is Better.HIGHER else 100 + short
        return f"actual: {form.format(actual)}, target: {form.format(100)}{way}"

    unknown = (f"target: {form.format(100)}{way}", "unknown")
    yield _Rule(
        "short_of_target",
        "A measure falls short of its target",
        "measures",
        "shortfall > tolerance",
        "at_risk",
        "{title} is {actual} against a target of {target}",
        "Say in the next return what will put it right, and by when",
        ((given(11), "fires"), (given(10), "quiet"), unknown),
    )
    yield _Rule(
        "far_short_of_target",
        "A measure falls far short of its target",
        "measures",
        "shortfall > 30%",
        "off_track",
        "{title} is {actual}, {shortfall} short of {target}",
        "Agree a recovery plan with the PMO",
        ((given(31), "fires"), (given(30), "quiet"), unknown),
    )


def _month(period: str) -> str:
    """The first month of a period such as 2025-04 or 2025-Q2, as dated values are written."""
    year, _, quarter = period.partition("-Q")
    return f"{year}-{int(quarter) * 3 - 2:02}" if quarter else period
