"""A made-up workspace of any size, with its returns as workbooks."""

import random
from pathlib import Path

from openpyxl import Workbook

SCHEME = """\
scheme: three
title: Three statuses
statuses:
  - {id: good, name: Good, code: G, colour: "#00703c", definition: All is well}
  - {id: fair, name: Fair, code: F, colour: "#f47738", exception: true, definition: Something is short}
  - {id: poor, name: Poor, code: P, colour: "#942514", exception: true, definition: Much is short}
outside:
  - {id: closed, name: Closed, code: C, lifecycle: closed, definition: Finished}
"""
RULES = """\
portfolio: made_up
thresholds:
  tolerance:
    title: How far below target a measure may fall
    values: [{from: 2018-04, value: 20%, why: made up, approved_by: PMO}]
rules:
  - id: short
    title: A measure is short of its target
    for: measures
    when: shortfall > tolerance
    status: fair
    because: "{title} is {actual} against {target}"
    tests: [{given: {actual: 70, target: 100}, expect: fires}]
  - id: far_short
    title: A measure is far short of its target
    for: measures
    when: shortfall > 45%
    status: poor
    because: "{title} is {actual} against {target}"
    tests: [{given: {actual: 50, target: 100}, expect: fires}]
  - id: falling_short
    title: A measure is short and falling
    for: measures
    when: shortfall > 10% and change < 0
    as: remark
    required: no
    because: "{title} fell from {previous} to {actual}"
    tests: [{given: {actual: [90, 80], target: [100, 100]}, expect: fires}]
  - id: savings_at_risk
    title: Savings are at risk
    for: [projects, programmes, portfolio]
    when: savings.net_at_risk > 10% of savings.target
    status: fair
    because: "{savings.net_at_risk} of {savings.target} is at risk"
    tests: [{given: {savings.net_at_risk: £20k, savings.target: £100k}, expect: fires}]
  - id: many_off_target
    title: Many measures are short
    for: projects
    when: measures.fair_or_worse > 50% of measures.rated
    status: poor
    because: "{measures.fair_or_worse} of {measures.rated} measures are short"
    tests: [{given: {measures.fair_or_worse: 6, measures.rated: 10}, expect: fires}]
"""
# Two of them stand until they are cleared.
RULES_THAT_CLEAR = RULES.replace(
    "when: shortfall > tolerance\n", "when: shortfall > tolerance\n    clears: shortfall <= tolerance - 2%\n"
).replace("when: shortfall > 45%\n", "when: shortfall > 45%\n    clears: shortfall < 40%\n")


def write_workspace(
    root: Path, projects: int, measures: int, periods: list[str], seed: int = 1, rules: str = RULES
) -> None:
    """A workspace with one portfolio: 10 programmes, and a workbook for each period."""
    dice = random.Random(seed)
    names = [f"m{number}" for number in range(measures)]
    lines = [
        "portfolio: made_up",
        "title: Made-up portfolio",
        "scheme: three",
        f"starts: {periods[0]}",
        "owner: lead_0",
    ]
    lines += ["measures:", *(f"  {name}: {{title: Measure {name}, unit: number, better: higher}}" for name in names)]
    lines.append("programmes:")
    for programme in range(10):
        lines += [f"  - ref: pg{programme}", f"    title: Programme {programme}", f"    owner: lead_{programme}"]
        lines.append("    projects:")
        for project in range(programme, projects, 10):
            carried = ", ".join(f"{name}: {{target: 100}}" for name in names)
            named = f"ref: p{project}, title: Project {project}, owner: lead_{programme}"
            lines.append(f"      - {{{named}, measures: {{{carried}}}}}")
    people = [f"lead_{n}: {{name: Lead {n}, email: lead{n}@council.example}}" for n in range(10)]
    _write(root / "config/portfolios/made_up.yaml", "\n".join(lines))
    _write(root / "config/schemes/three.yaml", SCHEME)
    _write(root / "config/people.yaml", "\n".join(people))
    _write(root / "config/audiences.yaml", "owners: {who: owners, about: {level: projects}}")
    _write(root / "config/settings.yaml", "mail: {allowed_domains: [council.example]}")
    _write(root / "rules/made_up.yaml", rules)
    for period in periods:
        _write_workbook(root / f"returns/made_up/{period}/owners.xlsx", projects, names, dice)


def _write_workbook(path: Path, projects: int, measures: list[str], dice: random.Random) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "measures"
    sheet.append(["subject", "measure", "actual", "note"])
    savings = book.create_sheet("savings")
    savings.append(["subject", "year", "target", "delivered", "at_risk"])
    for project in range(projects):
        for measure in measures:
            sheet.append(
                [f"p{project}", measure, dice.randint(88, 120) if dice.random() < 0.9 else dice.randint(30, 90)]
            )
        savings.append([f"p{project}", "2018/19", 100, 50, dice.choice([0, 0, 0, 5, 40])])
    path.parent.mkdir(parents=True)
    book.save(path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
