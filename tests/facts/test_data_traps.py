"""Data traps: what looks like a slip, just in and just out, and what ends the question."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.savingstraps import doubt_of_savings
from engine.facts.traps import Doubt, Returned, doubt_of_figure, doubt_of_target, is_ordinary
from engine.model.numbers import as_unit, read_number
from engine.model.returns import ExplanationRow, MeasureRow, SavingsRow
from engine.model.values import Unit
from engine.model.workspace import Measure, MeasureHere, Project, TargetWord, Trap
from engine.periods import Months, Period
from tests.facts.made import Row, book, month, one_project, portfolio

UNITS = {"£": Unit.MONEY, "%": Unit.PERCENT, "weeks": Unit.WEEKS, "": Unit.NUMBER}


def history(text: str) -> tuple[list[Returned], Unit]:
    """Months from April 2018 on, the last one December 2019 at the latest: "48% . 0.48%"."""
    unit = next(unit for mark, unit in UNITS.items() if mark in text)
    rows: list[Returned] = []
    period = month("2018-04")
    for word in text.split():
        figure = None if word == "." else as_unit(read_number(word), unit, bare_money_thousands=False)
        rows.append(Returned(period, figure))
        period = Months().after(period)
    return rows, unit


def doubt(figures: str, target: str = "", ignored: Sequence[Trap] = ()) -> Doubt | None:
    rows, unit = history(figures)
    agreed = as_unit(read_number(target), unit, bare_money_thousands=False) if target else None
    return doubt_of_figure(rows[-1], rows[:-1], unit, agreed, ignored)


def trap(figures: str, target: str = "") -> str:
    found = doubt(figures, target)
    return found.trap.value if found is not None else ""


# ---- a nought that looks like a missing value


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ("88 96 120 101 0", "zero"),
        ("88 96 120 0", ""),  # three figures before are too few
        ("88 . 96 120 101 . 0", "zero"),
        ("50 96 100 101 0", ""),  # 50 lies as near to nought as to the 101
        ("52 96 100 101 0", "zero"),
        ("10 12 11 12 0", "zero"),
        ("9 12 11 12 0", ""),  # of nine expected none may come
        ("9.5% 12% 11% 12% 0%", "zero"),
        ("£8k £9k £8k £9k £0", "zero"),
        ("-88 -96 -120 -101 0", "zero"),
        ("-88 96 -120 101 0", ""),  # it goes through nought
        ("88 0 120 101 99 0", ""),  # it was nought before
        ("3 2 1 1 0", ""),
    ],
)
def test_a_nought_far_from_all_figures_before_looks_like_a_missing_value(figures: str, found: str) -> None:
    assert trap(figures) == found


# ---- 10, 100 or 1,000 times


@pytest.mark.parametrize(
    ("figures", "target", "found"),
    [
        ("48% 47% 49% 0.48%", "", "jump"),  # a share for a percentage
        ("48% 47% 0.48%", "", "jump"),
        ("48% 0.48%", "", ""),  # one figure alone does not tell
        ("48% 0.48%", "50%", "jump"),  # one and the target do
        ("48% 0.48%", "0.5%", ""),
        ("0.48%", "48%", "jump"),
        ("0.48", "48", ""),  # what begins may begin far below its target
        ("1.2%", "100%", ""),
        ("4800%", "48%", "jump"),
        ("120 110 130 1200", "", "jump"),
        ("120 110 1200", "", ""),  # tenfold takes three figures
        ("120 110 130 12", "", "jump"),
        ("12 11 13 1", "", ""),  # small counts get there by themselves
        ("12 11 13 120", "", "jump"),
        ("1 2 3 12", "", ""),
        ("2 1 200", "", ""),
        ("1.2 1.1 1.3 12", "", "jump"),
        ("120 110 130 720", "", ""),
        ("120 110 130 735", "", "jump"),  # a tenth of it is two thirds of 110
        ("120 110 130 1950", "", "jump"),
        ("120 110 130 1960", "", ""),  # neither ten times nor a hundred times
        ("100 300 200 2000", "", "jump"),
        ("99 300 200 2000", "", ""),  # what moves so much has no usual size
        ("0 110 130 1200", "", ""),
        ("12000", "120", "jump"),
        ("1200", "120", ""),
        ("4weeks 5weeks 4weeks 40weeks", "", "jump"),
        ("-120 -110 -130 -1200", "", "jump"),
        ("-120 110 -130 -1200", "", ""),  # what goes through nought has no usual size
        ("£264k £258k £260k £264000k", "", "thousands"),
        ("£264k £258k £264", "", "thousands"),
        ("£264k £258k £260k £26.4k", "", "jump"),
        ("£264", "£280k", "thousands"),
        ("£264000k", "£280k", "thousands"),
        ("£2640", "£280k", ""),
    ],
)
def test_a_figure_out_by_a_power_of_ten_looks_like_a_slip(figures: str, target: str, found: str) -> None:
    assert trap(figures, target) == found


def test_only_the_last_twelve_figures_say_what_is_usual() -> None:
    assert trap("1000 " + "100 105 " * 6 + "1010") == "jump"
    assert trap("1000 " + "100 105 " * 5 + "100 1010") == ""


# ---- the same again


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ("522 475 516 577 633 588 588", "unchanged"),
        ("475 516 577 633 588 588", ""),  # five figures before are too few
        ("522 475 516 577 633 588 588 588", "unchanged"),  # carried forward twice
        ("522 522 475 516 577 633 588 588", ""),  # it came twice before
        ("522 475 516 577 633 588 589", ""),
        ("83% 80% 84% 82% 85% 81% 81%", ""),  # so few steps apart, chance repeats a figure often
        ("72.31% 71.85% 73.02% 72.64% 71.99% 72.29% 72.29%", "unchanged"),
        ("£522k £475k £516k £577k £633k £588k £588k", "unchanged"),
        ("£520k £480k £510k £580k £630k £590k £590k", ""),  # in steps of £10k
        ("0 475 0 577 633 588 0 0", ""),
    ],
)
def test_a_figure_carried_forward_is_told_where_none_ever_was(figures: str, found: str) -> None:
    assert trap(figures) == found


# ---- more than 100%


@pytest.mark.parametrize(
    ("figures", "target", "found"),
    [
        ("97% 92% 95% 104%", "", "over_100"),
        ("97% 92% 95% 100%", "", ""),
        ("97% 92% 104%", "", ""),  # two figures don't tell
        ("97% 92% 104%", "95%", ""),
        ("97% 92% 104%", "50%", "over_100"),  # but being twice the target does
        ("97% 101% 95% 104%", "", ""),  # it can be
        ("97% 92% 95% 104%", "105%", ""),
        ("97 92 95 104", "", ""),
    ],
)
def test_a_percentage_over_100_is_told_where_none_was(figures: str, target: str, found: str) -> None:
    assert trap(figures, target) == found


# ---- a target that changed


def changed(targets: str, first: str = "2018-06", year_start: str = "2018-04-01") -> str:
    words = {word.value.replace(" ", "_"): word for word in TargetWord}
    rows: list[Returned] = []
    period = month(first)
    for text in targets.split():
        figure = None if text == "." else words.get(text) or Decimal(text)
        rows.append(Returned(period, None, figure))
        period = Months().after(period)
    found = doubt_of_target(rows[-1], rows[:-1], Unit.PERCENT, date.fromisoformat(year_start))
    return found.what if found is not None else ""


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        ("50 50 60", "the target is 60% and was 50% in July 2018"),
        ("50 . 50 . 60", "the target is 60% and was 50% in August 2018"),
        ("50 50 to_be_set", "the target is `to be set` and was 50% in July 2018"),
        ("50 60", ""),  # it might move every month
        ("40 50 60", ""),  # it does
        ("50 50 50", ""),
        ("50 50 .", ""),
        ("to_be_set to_be_set 50", ""),
    ],
)
def test_a_target_that_stood_still_and_moved_is_told(targets: str, told: str) -> None:
    assert changed(targets).partition(", and neither")[0] == told


def test_a_new_year_is_a_reason_for_another_target() -> None:
    assert changed("50 50 60", "2018-02") == ""
    assert changed("50 50 60", "2018-03") != ""


# ---- pounds for thousands in savings


def row_of(amounts: str, year: str = "2018/19") -> SavingsRow:
    """ "target £1,280k, at_risk £5k" """
    given = dict(part.split() for part in amounts.replace(",", " ,").split(" , ") if part)
    values = {name: read_number(text).value for name, text in given.items()}
    return SavingsRow.model_validate({"subject": "p", "year": year, **values})


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ("target £1280k , delivered £1490k", "target £1280k", ""),
        ("target £1280m , delivered £1490k", "target £1280k", "target is £1,280,000,000, about 1,000 times"),
        ("delivered £1490", "delivered £1400k", "delivered is £1,490, about a thousandth of"),
        ("delivered £1490", "delivered £2990k", ""),  # not near enough to a thousandth
        ("at_risk -£328m", "at_risk -£328k", "at risk is -£328,000,000, about 1,000 times"),
        ("target £1280k , delivered £1490m", "", "delivered is £1,490,000,000, and the target beside it £1,280,000"),
        ("target £1280k , delivered £1490", "", ""),  # so little may be delivered
        ("target £1280k , forecast £1490", "", "forecast is £1,490, and the target beside it £1,280,000"),
        ("target £1280k , forecast £14900", "", ""),
        ("target £0 , delivered £1490k", "", ""),
        ("target £1k , delivered £299k", "", ""),
        ("target £1k , delivered £300k", "", "delivered is £300,000, and the target beside it £1,000"),
    ],
)
def test_pounds_for_thousands_are_told_in_savings(now: str, before: str, told: str) -> None:
    found = doubt_of_savings(row_of(now), row_of(before) if before else None, month("2018-12") if before else None)
    assert (found.what.partition(" what was")[0] if found is not None else "") == told


def test_a_whole_row_in_the_wrong_unit_is_one_problem() -> None:
    before, now = row_of("target £1280k , delivered £900k"), row_of("target £1280m , delivered £950m")
    found = doubt_of_savings(now, before, month("2018-12"))
    assert found is not None
    assert found.what == (
        "target is £1,280,000,000, about 1,000 times what was returned for December 2018; likewise delivered"
    )
    assert found.cure.startswith("if £1,280,000 is meant, write it so")


# ---- as problems of a period


def returned(figures: str, last: str = "2019-01", **more: Any) -> dict[str, list[Row]]:
    """Months of one row, up to the last one, at line 4 of its file; `more` is of the last one alone."""
    rows, _ = history(figures)
    found: dict[str, list[Row]] = {}
    period: Period | None = month(last)
    for back, one in enumerate(reversed(rows)):
        assert period is not None
        said = {"target": Decimal(100), **(more if back == 0 else {})}
        row = {"subject": "p", "measure": "m", "actual": one.actual, "file": "leads.csv", "where": "line 4", **said}
        found[period.id] = [MeasureRow.model_validate(row)]
        period = Months().before(period)
    return found


def problems(returns: Mapping[str, Sequence[Row]], measure: Mapping[str, Any] | None = None, **here: Any) -> list[str]:
    defined = Measure.model_validate({"title": "Visits", "unit": "number", **(measure or {})})
    of = book(one_project(defined, MeasureHere.model_validate(here)), returns)
    return [str(problem) for problem in of.problems(month("2019-01"))]


NOUGHT = "88 96 120 101 0"


def test_a_trap_names_the_cell_says_what_to_do_and_how_to_end_the_question() -> None:
    (problem,) = problems(returned(NOUGHT))
    assert problem == (
        "leads.csv, line 4, column actual: Project: Visits: 0 was returned, unlike the 4 figures before, 88 to 120; "
        "leave the cell blank if the figure is not known; "
        "if it is right, `ignore_traps: [zero]` at the measure `m` ends the question"
    )


@pytest.mark.parametrize("silence", [("zero",), ("jump", "zero"), "all"])
def test_a_trap_is_silenced_at_the_measure_there_or_everywhere(silence: object) -> None:
    assert problems(returned(NOUGHT), {"ignore_traps": silence}) == []
    assert problems(returned(NOUGHT), ignore_traps=silence) == []
    project = Project.model_validate({"ref": "p", "title": "Project", "measures": {"m": {}}, "ignore_traps": silence})
    of = portfolio(project, measures={"m": Measure(title="Visits", unit=Unit.NUMBER)})
    assert book(of, returned(NOUGHT)).problems(month("2019-01")) == ()


def test_another_trap_silenced_does_not_silence_this_one() -> None:
    assert len(problems(returned(NOUGHT), {"ignore_traps": ("jump", "unchanged")})) == 1


def test_only_the_period_asked_for_is_looked_at_and_only_of_what_is_live() -> None:
    of = book(one_project(Measure(title="Visits", unit=Unit.NUMBER)), returned("88 96 120 101 0 99"))
    assert of.problems(month("2019-01")) == ()
    assert len(of.problems(month("2018-12"))) == 1
    over = one_project(Measure(title="Visits", unit=Unit.NUMBER), lifecycle=[{"from": "2019-01", "is": "closed"}])
    assert book(over, returned(NOUGHT)).problems(month("2019-01")) == ()


def test_figures_before_a_break_in_the_series_say_nothing() -> None:
    assert problems(returned(NOUGHT), {"series": [{"from": "2018-12", "why": "new system"}]}) == []
    assert len(problems(returned(NOUGHT), {"series": [{"from": "2018-09", "why": "new system"}]})) == 1


def test_what_counts_up_to_a_year_begins_anew_with_the_year() -> None:
    of = one_project(Measure(title="Visits", unit=Unit.NUMBER), MeasureHere(year_target="1000"))
    for last, found in (("2019-03", 1), ("2019-04", 0)):
        assert len(book(of, returned("800 850 900 950 80", last)).problems(month(last))) == found


def test_each_part_is_held_against_its_own_history() -> None:
    north, south = returned("88 96 120 101 0"), returned("5 4 6 5 5")
    both = {
        name: [
            row.model_copy(update={"part": part, "target": None})
            for part, of in (("North", north), ("South", south))
            for row in of[name]
        ]
        for name in north
    }
    (problem,) = problems(both, {"parts": ["North", "South"]})
    assert "Visits, North: 0 was returned" in problem


@pytest.mark.parametrize("reason", ["note", "explanation", "agreed"])
def test_a_reason_for_another_target_ends_the_question(reason: str) -> None:
    silent = returned("99 97 98", target=Decimal(120))
    assert "the target is 120 and was 100 in December 2018" in problems(silent)[0]
    assert "column target" in problems(silent)[0]
    if reason == "note":
        assert problems(returned("99 97 98", target=Decimal(120), note="agreed with the board")) == []
    elif reason == "explanation":
        why = ExplanationRow(subject="p", measure="m", reason="a new plan")
        assert problems({**silent, "2019-01": [*silent["2019-01"], why]}) == []
    else:
        (problem,) = problems(silent, target="100")
        assert "the return's target is 120, but 100 is agreed" in problem


def test_savings_are_held_against_the_last_period_that_had_some() -> None:
    saved = {"2018-11": "target £1280k", "2018-12": "", "2019-01": "target £1280m"}
    rows: dict[str, list[Row]] = {name: [row_of(text)] if text else [] for name, text in saved.items()}
    project = Project.model_validate({"ref": "p", "title": "Project"})
    (problem,) = book(portfolio(project), rows).problems(month("2019-01"))
    assert str(problem) == (
        "column target: Project: savings, 2018/19: target is £1,280,000,000, about 1,000 times what was returned for "
        "November 2018; if £1,280,000 is meant, write it so: a bare figure counts thousands, one with a £ pounds; "
        "if it is right, `ignore_traps: [thousands]` at `p` ends the question"
    )
    silent = Project.model_validate({"ref": "p", "title": "Project", "ignore_traps": ("thousands",)})
    assert book(portfolio(silent), rows).problems(month("2019-01")) == ()


# ---- what holds of any figures


@given(
    st.lists(st.integers(100, 299), min_size=3, max_size=20),
    st.sampled_from([10, 100, 1000]),
    st.booleans(),
)
def test_a_usual_figure_is_never_doubted_and_its_multiple_always_is(values: list[int], by: int, up: bool) -> None:
    figures = [Decimal(value) / 7 for value in values]
    rows = [Returned(month("2018-04"), figure) for figure in figures]
    inside = sum(figures[-12:], Decimal(0)) / len(figures[-12:])
    wrong = inside * by if up else inside / by
    usual = doubt_of_figure(Returned(month("2018-05"), inside), rows, Unit.NUMBER, None, (Trap.UNCHANGED,))
    found = doubt_of_figure(Returned(month("2018-05"), wrong), rows, Unit.NUMBER, None)
    assert usual is None
    assert found is not None
    assert found.trap is Trap.JUMP


@given(st.lists(st.decimals(-10_000, 10_000, places=2), max_size=15), st.decimals(-10_000, 10_000, places=2))
def test_a_silenced_trap_is_never_sprung(figures: list[Decimal], now: Decimal) -> None:
    rows = [Returned(month("2018-04"), figure) for figure in figures]
    for unit in Unit:
        assert doubt_of_figure(Returned(month("2018-05"), now), rows, unit, None, tuple(Trap)) is None


@given(
    st.lists(st.decimals(-300, 300, places=1), min_size=1, max_size=15),
    st.decimals(-300, 300, places=1),
    st.one_of(st.none(), st.decimals(0, 120, places=0)),
)
def test_what_is_ordinary_beside_the_last_figure_is_never_doubted(
    figures: list[Decimal], now: Decimal, target: Decimal | None
) -> None:
    rows = [Returned(month("2018-04"), figure) for figure in figures]
    for unit in Unit:
        if is_ordinary(now, figures[-1], unit):
            assert doubt_of_figure(Returned(month("2018-05"), now), rows, unit, target) is None
