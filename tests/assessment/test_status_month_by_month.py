"""Status and trend as the months go by, each a row of figures against a target of 100."""

import pytest

from tests.assessment.office import BEDS, HOMES, Office, months, portfolio

TWO_MEASURES = portfolio(
    {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}, "rooms": {"target": "100"}}},
    measures={"beds": BEDS, "rooms": {**BEDS, "title": "Rooms"}},
)


@pytest.mark.parametrize(
    ("figures", "statuses", "trends"),
    [
        ("95 95", "G G", "New Same"),
        ("95 80 95", "G A G", "New Worse Better"),
        ("90 89", "G A", "New Worse"),  # exactly at the tolerance is quiet
        (". 95", "- G", "- New"),
        (". . 80", "- - A", "- - New"),
        ("95 . 95", "G - G", "New - -"),  # nothing to compare with: last month had no status
    ],
)
def test_the_best_status_is_earned_and_anything_else_has_a_finding(figures: str, statuses: str, trends: str) -> None:
    replay = Office().replay(months({"homes.beds": figures}))
    assert (replay.statuses("homes"), replay.trends("homes")) == (statuses, trends)


@pytest.mark.parametrize(
    ("figures", "statuses", "as_at"),
    [
        ("80 .", "A A", "- 01"),
        ("80 . . . . .", "A A A A A A", "- 01 01 01 01 01"),  # it stands until it is judged quiet
        ("80 . 95", "A A G", "- 01 -"),
        ("95 80 . 70 .", "G A A A A", "- - 02 - 04"),
    ],
)
def test_missing_is_never_a_recovery(figures: str, statuses: str, as_at: str) -> None:
    replay = Office().replay(months({"homes.beds": figures}))
    assert (replay.statuses("homes"), replay.as_at("homes")) == (statuses, as_at)


def test_what_is_held_is_no_recovery_and_no_decline() -> None:
    replay = Office().replay(months({"homes.beds": "80 . ."}))
    assert replay.trends("homes") == "New Same Same"
    held = replay.runs[2]["homes"]
    assert (held.exception, held.remediated) == (True, False)
    (finding,) = held.findings
    assert (finding.as_at, finding.because) == ("2019-01", "Beds filled: 80 against 100")
    assert held.measures[0].status == "amber"


def test_a_rule_that_was_quiet_holds_for_two_months_beside_one_that_is_judged() -> None:
    office = Office(of=TWO_MEASURES)
    replay = office.replay(months({"homes.beds": "95 95 95 95 95", "homes.rooms": "95 . . . 95"}))
    assert replay.statuses("homes") == "G G G - G"


def test_nothing_returned_at_all_never_reads_as_good() -> None:
    office = Office(of=TWO_MEASURES)
    replay = office.replay(months({"homes.beds": "95 .", "homes.rooms": "95 ."}))
    assert replay.statuses("homes") == "G -"


def test_where_no_figure_is_owed_the_last_one_counts_for_two_months() -> None:
    replay = Office().replay(months({"homes.beds": "95 due due due"}))
    assert replay.statuses("homes") == "G G G -"
    assert replay.trends("homes") == "New Same Same -"


def test_an_old_finding_is_not_looked_for_before_the_portfolio_starts() -> None:
    returns = months({"homes.beds": "80 ."}, first="2018-12")
    replay = Office().replay(returns)
    assert replay.statuses("homes") == "-"


def test_a_month_without_any_return_holds_what_was_found() -> None:
    replay = Office().replay(months({"homes.beds": "80"}), last="2019-03")
    assert replay.statuses("homes") == "A A A"


LADDER = """
rules:
  - id: beds
    title: Beds
    measure: beds
    bands:
      green: at least 95% of target
      amber: at least 60% of target
      red: otherwise
"""


@pytest.mark.parametrize(
    ("figures", "statuses", "trends"),
    [
        ("95 94 59", "G A R", "New Worse Worse"),
        ("59 . 60", "R R A", "New Same Better"),  # a band other than the best stands
        ("95 . .", "G - -", "New - -"),  # the best does not
    ],
)
def test_a_ladder_leaves_no_gap_and_its_worse_bands_stand(figures: str, statuses: str, trends: str) -> None:
    replay = Office(rules=LADDER).replay(months({"homes.beds": figures}))
    assert (replay.statuses("homes"), replay.trends("homes")) == (statuses, trends)


SEVERAL = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 90, status: amber}
  - {id: very_low, title: Very low, for: projects, when: beds < 50, status: red}
"""


def test_the_worst_finding_decides_and_stands_first() -> None:
    subject = Office(rules=SEVERAL).subject("homes", "2019-01", months({"homes.beds": "40"}))
    assert subject.status == "red"
    assert [finding.rule for finding in subject.findings] == ["very_low", "low"]


FOR_THREE_MONTHS = """
rules:
  - {id: low, title: Low, for: projects, when: (beds < 90) for 3 periods, status: amber}
"""


@pytest.mark.parametrize(
    ("figures", "statuses"),
    [
        ("80 80 80 95", "- - A G"),
        ("95 80 80 80", "G G G A"),
        ("80 95 80 80", "- G G G"),
        ("80 80 . 80 80 80", "- - - - - A"),  # a month without a figure leaves the three unknown
    ],
)
def test_a_condition_for_three_months_asks_each_of_them(figures: str, statuses: str) -> None:
    # What came before the first return is unknown; one month that is known to be well is enough to be quiet.
    assert Office(rules=FOR_THREE_MONTHS).replay(months({"homes.beds": figures})).statuses("homes") == statuses


AFTER_TWO_MONTHS_AMBER = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 90, status: amber}
  - id: lasting
    title: Off target for two months
    for: projects
    when: status.previous is amber or worse and status.held_for >= 2 and beds < 90
    status: red
"""


def test_a_rule_may_ask_for_the_status_before_and_how_long_it_has_held() -> None:
    replay = Office(rules=AFTER_TWO_MONTHS_AMBER).replay(months({"homes.beds": "80 80 80 80 95"}))
    assert replay.statuses("homes") == "A A R A G"


def test_the_status_before_is_the_one_that_was_published() -> None:
    # By what is known now January was amber; it was published as red.
    rules = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 90, status: amber}
  - {id: was_red, title: It was red, for: projects, as: remark, when: status.previous is red}
"""
    subject = Office(rules=rules).subject(
        "homes", "2019-02", months({"homes.beds": "80 80"}), previous={"homes": "red"}, ever=frozenset({"homes"})
    )
    assert subject.remarks == ("It was red",)


def test_before_the_first_status_nothing_is_known_of_the_one_before() -> None:
    rules = """
rules:
  - {id: low, title: Low, for: projects, when: beds < 90, status: amber}
  - {id: twice, title: Twice, for: projects, as: remark, when: (status.previous is amber) for 2 periods}
"""
    runs = Office(rules=rules).replay(months({"homes.beds": "80 80 80"})).runs
    assert [bool(run["homes"].not_assessed) for run in runs] == [False, True, False]
    assert [run["homes"].remarks for run in runs] == [(), (), ("Twice",)]


def test_a_long_past_is_judged_again_without_end() -> None:
    office = Office(of=portfolio(HOMES, starts="2001-01"), rules=AFTER_TWO_MONTHS_AMBER)
    figures = months({"homes.beds": "80 " + ". " * 287}, first="2001-01")
    subject = office.subject("homes", "2024-12", figures)
    assert (subject.status, subject.as_at) == ("amber", "2001-01")


def test_nothing_is_held_past_a_break_in_the_series() -> None:
    broken = portfolio(HOMES, measures={"beds": {**BEDS, "series": [{"from": "2019-03", "why": "new system"}]}})
    replay = Office(of=broken).replay(months({"homes.beds": "80 . . ."}))
    assert replay.statuses("homes") == "A A - -"


def test_a_target_of_nought_that_is_missed_is_no_quiet_month() -> None:
    falls = {"title": "Falls", "unit": "number", "better": "lower"}
    homes = {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}, "falls": {"target": "0"}}}
    replay = Office(of=portfolio(homes, measures={"beds": BEDS, "falls": falls})).replay(
        months({"homes.beds": "80 95 95 95", "homes.falls": "0 3 1 0"})
    )
    assert (replay.statuses("homes"), replay.trends("homes")) == ("A A A G", "New Same Same Better")
    assert replay.as_at("homes") == "- - - -"
