"""What holds of figures before anybody returns one: counts, shares, and what is absent where a word holds."""

from fractions import Fraction

import pytest

from engine.model.workspace import Portfolio
from engine.rulebook.known import known_of
from engine.rulebook.linear import Linear
from tests.rulebook.office import PORTFOLIO, SCHEME

KNOWN = known_of(PORTFOLIO, SCHEME)
VISITS = next(name for name in PORTFOLIO.measures if "_" not in name)


@pytest.mark.parametrize(
    ("name", "whole", "least"),
    [
        ("measures.reported", True, 0),
        ("projects.off_target", True, 0),
        ("projects.off_target_share", False, 0),
        ("milestones.worst_slip", False, 0),
        ("status.held_for", True, 0),
        ("visits.age", True, 0),
        ("age", True, 0),
        ("visits.run", True, None),  # negative where it falls
        ("visits.shortfall", False, 0),
        ("visits", False, None),
        ("savings.net_at_risk in 2018/19", False, None),
        ("(visits * beds)", False, None),  # nothing is told of what was worked out
    ],
)
def test_counts_are_whole_and_never_below_nought(name: str, whole: bool, least: int | None) -> None:
    assert (KNOWN.is_whole(name), KNOWN.least(name)) == (whole, least)


def above_nought(name: str, **figures: str) -> list[bool]:
    """Of each sum that is never above nought, whether these figures would make it so."""
    values = {known.replace("__", "."): Fraction(figure) for known, figure in figures.items()}
    return [sum(values[one] * times for one, times in limit.times.items()) + limit.constant > 0
            for limit in KNOWN.limits(name)]  # fmt: skip


def test_no_part_is_more_than_the_whole_and_no_share_more_than_all() -> None:
    assert above_nought("projects.off_target", projects__off_target="3", projects__count="3") == [False, False]
    assert above_nought("projects.off_target", projects__off_target="4", projects__count="3") == [False, True]
    assert above_nought("projects.off_target", projects__off_target="-1", projects__count="3") == [True, False]
    assert above_nought("projects.off_target_share", projects__off_target_share="100") == [False, False]
    assert above_nought("projects.off_target_share", projects__off_target_share="101") == [False, True]
    assert above_nought("projects.count", projects__count="-1") == [True]  # and no more than itself is not asked
    assert list(KNOWN.limits("visits")) == []
    assert list(KNOWN.limits("visits.age")) == [Linear({"visits.age": Fraction(-1)})]


@pytest.mark.parametrize(
    ("name", "word", "fact", "absent"),
    [
        (VISITS, "missing", VISITS, True),
        (VISITS, "overdue", VISITS, True),
        (VISITS, "overdue", f"{VISITS}.change", True),
        (VISITS, "missing", f"{VISITS}.target", False),
        (VISITS, "provisional", VISITS, False),
        (VISITS, "missing", "beds_of_others", False),
        ("actual", "missing", "shortfall", True),
        ("actual", "missing", "target", False),
        ("actual", "missing", f"{VISITS}.change", False),  # of a measure by name, which may be another
        ("savings.delivered", "missing", "savings.delivered", True),
        ("savings.delivered", "overdue", "savings.target", False),
    ],
)
def test_where_a_figure_is_missing_what_follows_from_it_is_absent(
    name: str, word: str, fact: str, absent: bool
) -> None:
    assert KNOWN.absent(name, word, fact) == absent


@pytest.mark.parametrize(
    ("target", "may_be_negative"),
    [("-5", True), ("0", False), ("5", False), ("to be set", False), ([{"from": "2019-01", "value": "-5"}], True)],
)
def test_a_share_of_a_target_may_be_negative_only_where_one_is_agreed(target: object, may_be_negative: bool) -> None:
    of = Portfolio.model_validate(
        {
            "portfolio": "office", "title": "Office", "scheme": SCHEME.scheme, "starts": "2019-01",
            "measures": {"visits": {"title": "Visits", "unit": "number", "better": "higher"}},
            "projects": [{"ref": "home", "title": "Home", "measures": {"visits": {"target": target}}}],
        }
    )  # fmt: skip
    known = known_of(of, SCHEME)
    assert known.not_negative("visits.target") != may_be_negative
    assert known.not_negative("target") != may_be_negative  # one that stands alone may be any measure's
    assert not known.not_negative("visits")


def test_of_two_words_only_those_of_one_kind_exclude_each_other() -> None:
    assert KNOWN.exclude_each_other("lifecycle", "live", "closed")
    assert KNOWN.exclude_each_other(VISITS, "rising", "falling")
    assert not KNOWN.exclude_each_other(VISITS, "rising", "rising")
    assert not KNOWN.exclude_each_other(VISITS, "rising", "provisional")
