"""A small workspace without a fault, for tests to spoil."""

import re
from pathlib import Path

from engine.workspace.loading import load_workspace

PORTFOLIO = """\
portfolio: care
title: Care
scheme: three
owner: director
reports: monthly
starts: 2019-01
measures:
  recruited: {title: Recruited, unit: percent, better: higher}
  income: {title: Income, unit: money, better: higher}
programmes:
  - ref: P1
    title: Programme
    owner: lead
    projects:
      - ref: payments
        title: Payments
        owner: lead
        measures: {recruited: {target: 50%}, income: {}}
        lifecycle: [{from: 2018-04, is: live}]
"""
SCHEME = """\
scheme: three
title: Three
statuses:
  - {id: green, name: Green, code: G, aliases: [On Track]}
  - {id: amber, name: Amber, code: A, exception: yes}
outside:
  - {id: closed, name: Closed, code: C, lifecycle: closed}
"""
PEOPLE = """\
director: {name: Director, email: director@council.example}
lead: {name: Lead, email: lead@council.example, deputy: {who: director, from: 2019-02-01, until: 2019-02-14}}
"""
AUDIENCES = """\
owners: {who: owners, about: {level: projects}, next_up: board}
board: {who: [director], about: {portfolio: care, subjects: [payments]}, at: amber, when: {every: month, on: last Friday}}
"""  # noqa: E501 - as people write it, on one line
CALENDAR = "country: GB\nregion: ENG\ntime_zone: Europe/London\nalso_closed: [2019-12-24]\n"
SETTINGS = """\
database: sqlite:///var/telltale.db
mail: {from: pmo@council.example, allowed_domains: [council.example]}
"""
FILES = {
    "portfolios/care.yaml": PORTFOLIO,
    "schemes/three.yaml": SCHEME,
    "people.yaml": PEOPLE,
    "audiences.yaml": AUDIENCES,
    "calendar.yaml": CALENDAR,
    "settings.yaml": SETTINGS,
}
CARE, THREE, *_ = FILES
WHO, TOLD, DAYS, SET = "people.yaml", "audiences.yaml", "calendar.yaml", "settings.yaml"


def write_sample(root: Path) -> Path:
    """Write the workspace into a folder, and give the folder back."""
    for name, text in FILES.items():
        write(root, name, text)
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / "config" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / "config" / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {name}"
    write(root, name, text.replace(old, new, 1))


def said(root: Path) -> list[str]:
    """The faults without the folder that all of them are in."""
    return [re.sub(r"^config/", "", str(fault)) for fault in load_workspace(root)[1]]
