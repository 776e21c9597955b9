"""A workspace that says as much as it can: nearly every key of every kind of file, without an error."""

from pathlib import Path

PORTFOLIO = """\
portfolio: care
title: Care
scheme: three
owner: director
reports: monthly
starts: 2019-01
year_starts: April
returns_due: 5th working day
measures:
  recruited: {title: Recruited, unit: percent, better: higher, decimals: 1, parts: [North, South], reported: quarterly}
  visits: {title: Visits, unit: number, adds_up: yes, supporting: no, starts: 2019-01, series: [{from: 2019-03, why: new system, settles_after: 12 periods}]}
  income: {title: Income, unit: money, better: higher, group: money_in}
  doubled: {title: Twice the income, unit: money, equals: income + income}
measures_here:
  income: {target: £28k, target_text: what it was, year_target: £300k, lifetime_target: {value: £1m, from: 2018-04, until: 2021-03, why: three years}, supporting: yes}
programmes:
  - ref: P1
    title: Programme
    owner: lead
    savings: counted
    measures: {doubled: {}}
    programmes:
      - {ref: P2, title: Below it}
    projects:
      - ref: payments
        title: Payments
        owner: lead
        measures: {recruited: {target: 50%}, visits: {target: [{from: 2018-04, value: 120, why: agreed, approved_by: PMO}]}}
        lifecycle: [{from: 2018-04-15, is: live, why: begun}]
        savings: not counted
projects:
  - {ref: alone, title: Alone, owner: }
"""  # noqa: E501 - as people write it, on one line
FORTNIGHTLY = """\
portfolio: fortnights
title: Every two weeks
scheme: three
reports: {every: 2 weeks, from: 2019-01-04, on_holiday: keep}
starts: 2019-01-18
projects: [{ref: p9, title: Ninth, owner: lead}]
"""
DATED = """\
portfolio: dated
title: On listed days
scheme: three
reports: {dates: [2019-01-31, 2019-03-15]}
starts: 2019-01-31
projects: [{ref: p8, title: Eighth, owner: lead}]
"""
SCHEME = """\
scheme: three
title: Three
statuses:
  - {id: green, name: Green, code: 1, colour: "#00703c", definition: As planned, aliases: [On Track, 2019]}
  - {id: amber, name: Amber, code: A, exception: Yes}
outside:
  - {id: closed, name: Closed, code: "NO", lifecycle: closed}
"""
PEOPLE = """\
director: {name: Director, email: director@council.example}
lead: {name: Lead, email: lead@council.example, deputy: {who: director, from: 2019-02-01, until: 2019-02-14}}
"""
AUDIENCES = """\
owners: {who: owners, about: {level: projects}, at: exceptions, when: after run, remediated: yes, eased: no}
board:
  who: [director]
  about: {portfolio: care, subjects: [payments]}
  at: amber
  when: {every: 2 months, on: last Friday, at: 09:00, from: 2019-01-04, on_holiday: skip}
  remind_every: 3 periods
  next_up: council
  release: by hand
council: {who: [director], when: {dates: [2019-02-28]}}
"""
CALENDAR = "country: GB\nregion: ENG\ntime_zone: Europe/London\nalso_closed: [2019-12-24]\n"
SETTINGS = """\
database: sqlite:///var/telltale.db
returns: returns
outbox: var/outbox
mail: {notifier: folder, from: pmo@council.example, reply_to: , allowed_domains: [council.example], most_messages: 200}
judge_time_limit: 60
"""
RULES = """\
portfolio: care
thresholds:
  tolerance: {title: How far below, unit: percent, values: [{from: 2019-01, value: 40%, why: agreed, approved_by: PMO}]}
  most: {title: How many, values: [{from: 2019-01-01, value: 0.7}, {from: 2019-06, value: not set}]}
rules:
  - id: recruited_below
    title: Recruitment is below target
    for: projects
    only: payments
    when: recruited < (100% - tolerance) of target
    clears: recruited >= target
    status: amber
    because: "{recruited} recruited against a target of {recruited.target}"
    action: Agree a plan
    required: no
    from: 2019-01
    until: 2030-03-31
    tests:
      - {given: {recruited: 15.1%, recruited.target: 50%}, expect: fires, on: 2019-02}
      - {given: {recruited: [60%, missing, 40%], recruited.target: 50%}, expect: quiet}
      - {given: {}, expect: unknown}
  - {id: late, title: Late, for: [measures, projects], when: actual is overdue, as: remark}
  - id: income
    title: Income
    measure: income
    supporting: yes
    only: [payments, P1]
    bands: {green: at least 95% of target, amber: Otherwise}
    tests:
      - {given: {actual: £6k, target: £28k}, expect: amber}
"""
SCENARIO = """\
scenario: Recruitment falls short
portfolio: care
from: 2019-01
given:
  payments:
    recruited: [15.1%, 40]
    visits: 100 100
    savings in 2018/19: {target: £460k x2, at_risk: £0 x2}
expect:
  payments: {status: amber x2, trend: New Same, findings: {late: quiet x2}}
messages:
  owners: {payments: first _}
"""
SCHEDULE = """\
derive: {do: run, portfolio: care, when: {every: month, on: 6th working day, at: "07:00", on_holiday: next working day}}
remind: {do: remind, when: {every: 2 weeks, from: 2019-01-04, at: 07:30}}
committee: {do: chase, portfolio: dated, when: {dates: [2019-01-31, 2019-03-15], on_holiday: skip}}
copy: {do: backup, when: {every: day, at: "02:30"}}
weekly: {do: run, portfolio: fortnights, when: {every: week, on: Monday, from: 2019-01-01}}
"""
FILES = {
    "config/portfolios/care.yaml": ("portfolio", PORTFOLIO),
    "config/portfolios/fortnights.yaml": ("portfolio", FORTNIGHTLY),
    "config/portfolios/dated.yaml": ("portfolio", DATED),
    "config/schemes/three.yaml": ("scheme", SCHEME),
    "config/people.yaml": ("people", PEOPLE),
    "config/audiences.yaml": ("audiences", AUDIENCES),
    "config/calendar.yaml": ("calendar", CALENDAR),
    "config/schedule.yaml": ("schedule", SCHEDULE),
    "config/settings.yaml": ("settings", SETTINGS),
    "rules/care.yaml": ("rules", RULES),
    "rules/scenarios/recruitment.yaml": ("scenario", SCENARIO),
}


def write_office(root: Path) -> Path:
    for name, (_, text) in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
