"""Made-up months of figures, some missing: statuses and trends against a second, naive reading of the same rules."""

from hypothesis import given
from hypothesis import strategies as st

from tests.assessment.office import BEDS, Office, months, portfolio

MEASURES = ("beds", "rooms", "meals")
HERE = {"beds": {"target": "100"}, "rooms": {"target": "100"}, "meals": {"target": "100"}}
OF = portfolio({"ref": "homes", "title": "Homes", "measures": HERE}, measures=dict.fromkeys(MEASURES, BEDS))
WELL, BADLY, MISSING = "95", "80", "."

said = st.sampled_from((WELL, WELL, BADLY, MISSING, MISSING))
lines = st.integers(1, 6).flatmap(lambda count: st.tuples(*[st.lists(said, min_size=count, max_size=count)] * 3))


def held(line: list[str], month: int) -> str | None:
    """What stands of one measure in a month: its figure, else the last one; a good one for two months more."""
    for ago in range(month + 1):
        figure = line[month - ago]
        if figure == BADLY or (figure == WELL and ago <= 2):
            return figure
        if figure == WELL:
            return None
    return None


def status(table: tuple[list[str], ...], month: int) -> str:
    standing = [held(line, month) for line in table]
    if BADLY in standing:
        return "A"
    any_judged = any(line[month] != MISSING for line in table)
    return "G" if any_judged and None not in standing else "-"


def trend(table: tuple[list[str], ...], month: int) -> str:
    now, earlier = status(table, month), [status(table, other) for other in range(month)]
    if now == "-":
        return "-"
    if not any(other != "-" for other in earlier):
        return "New"
    before = earlier[-1]
    # What is amber now has to have been known then.
    known = any(held(line, month) == BADLY and held(line, month - 1) is not None for line in table)
    if before == "-" or (now == "A" and not known):
        return "-"
    return {"GG": "Same", "AA": "Same", "GA": "Worse", "AG": "Better"}[before + now]


@given(lines)
def test_statuses_and_trends_are_those_of_a_naive_reading(table: tuple[list[str], ...]) -> None:
    figures = {f"homes.{name}": " ".join(line) for name, line in zip(MEASURES, table, strict=True)}
    replay = Office(of=OF).replay(months(figures, of=OF))
    count = range(len(table[0]))
    assert replay.statuses("homes").split() == [status(table, month) for month in count]
    assert replay.trends("homes").split() == [trend(table, month) for month in count]


@given(lines)
def test_judging_a_month_again_gives_what_judging_it_then_gave(table: tuple[list[str], ...]) -> None:
    """A trend is about the month before judged again; with nothing changed since, that is what was published."""
    figures = {f"homes.{name}": " ".join(line) for name, line in zip(MEASURES, table, strict=True)}
    runs = Office(of=OF).replay(months(figures, of=OF)).runs
    for now, then in zip(runs[1:], runs, strict=False):
        one, before = now["homes"], then["homes"]
        assert one.moved_by == (("figures",) if before.status and one.status != before.status else ())
        assert one.remediated == (before.exception and one.status == "green")
