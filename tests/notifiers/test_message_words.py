"""Periods, trends and judgements as people say them."""

import pytest

from engine.model.alerts import HistoryPoint, Reason
from engine.model.run import DecisionOut
from notifiers.groups import Group, group_of
from notifiers.views import judgement_views, message_view
from notifiers.words import (
    counted,
    history_words,
    last_words,
    one_line,
    period_words,
    sentence,
    short_period,
    trend_words,
    until_words,
)
from tests.notifiers.samples import (
    AR,
    BROKERAGE,
    CENTRES,
    COMMISSIONING_PROGRAMME,
    EO,
    OT,
    PORTFOLIO,
    SCHEME,
    digest_telling,
    finding,
    money,
    months,
    subject,
    telling,
)  # fmt: skip


@pytest.mark.parametrize(
    ("period", "words", "short", "last"),
    [
        ("2019-01", "January 2019", "Jan", "last month"),
        ("2019-Q1", "the quarter to March 2019", "Q1", "last quarter"),
        ("2016-10-31", "31 October 2016", "31/10", "last time"),
    ],
)
def test_a_period_is_said_as_people_say_it(period: str, words: str, short: str, last: str) -> None:
    assert (period_words(period), short_period(period), last_words(period)) == (words, short, last)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (None, "until it is ended"), ("2019-02", "until February 2019"), ("2019-03-05", "until 5 March 2019"),
        ("milestone Phase two", "until the milestone Phase two is met"), ("the spring", "until the spring"),
    ],
)  # fmt: skip
def test_a_judgement_says_when_it_ends(until: str | None, words: str) -> None:
    assert until_words(until) == words


@pytest.mark.parametrize(
    ("status", "previous", "more", "words"),
    [
        (EO, EO, {}, "Same as last month."),
        (AR, EO, {}, "Worse than last month: was Experiencing Obstacles."),
        (OT, EO, {}, "Better than last month: was Experiencing Obstacles."),
        (EO, None, {"trend": "New"}, "New: no status before."),
        (EO, None, {"trend": "Worse"}, "Worse than last month."),
        (EO, OT, {"trend": None}, "No trend: last month can't be compared."),
        ("closed", OT, {"trend": None}, "Was On Target last month."),
        (None, None, {}, ""),
        (OT, EO, {"moved_by": ("decision",)},
         "Better than last month: was Experiencing Obstacles. A decision of the PMO moved it."),
    ],
)  # fmt: skip
def test_a_trend_says_what_was(status: str | None, previous: str | None, more: dict[str, object], words: str) -> None:
    assert trend_words(subject("A", status, previous, **more), SCHEME, "2019-01") == words


@pytest.mark.parametrize(
    ("moved_by", "cause"),
    [
        (("rules",), "the rules have changed"),
        (("correction",), "earlier figures were corrected"),
        (("rules", "correction"), "the rules have changed and earlier figures were corrected"),
    ],
)
def test_an_edited_threshold_is_never_told_as_a_decline(moved_by: tuple[str, ...], cause: str) -> None:
    moved = subject("A", EO, OT, trend="Same", moved_by=moved_by)
    assert trend_words(moved, SCHEME, "2019-01") == (
        f"Same as last month. It was published as On Target then; {cause} since, so this is not a decline."
    )
    assert group_of(moved, None, SCHEME) is Group.RESTATED


def test_a_decline_under_changed_rules_is_still_told_as_one() -> None:
    moved = subject("A", AR, OT, moved_by=("figures", "rules"))
    words = "Worse than last month. It was published as On Target then; the rules have changed since."
    assert trend_words(moved, SCHEME, "2019-01") == words


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (months(OT, OT, EO), "On Target November to December 2018; Experiencing Obstacles January 2019."),
        (months(*[EO] * 12), "Experiencing Obstacles February 2018 to January 2019."),
        (months(OT, None, "closed"), "On Target November 2018; Not rated December 2018; Closed January 2019."),
        ((HistoryPoint(period="2018-Q4", status=OT), HistoryPoint(period="2019-Q1", status=OT)),
         "On Target the quarter to December 2018 to the quarter to March 2019."),
        (months("gone_from_the_scheme"), "gone_from_the_scheme January 2019."),
        ((), ""),
    ],
)  # fmt: skip
def test_the_small_picture_is_there_in_words(history: tuple[HistoryPoint, ...], words: str) -> None:
    assert history_words(history, SCHEME) == words


@pytest.mark.parametrize(
    ("reason", "status", "previous", "group"),
    [
        (Reason.FIRST, EO, OT, Group.NEW),
        (Reason.FIRST, EO, None, Group.NEW),
        (Reason.FIRST, EO, EO, Group.CONTINUING),  # new to this reader, but not new
        (Reason.FIRST, AR, EO, Group.WORSE),
        (Reason.FIRST, EO, AR, Group.BETTER),
        (Reason.WORSENED, AR, EO, Group.WORSE),
        (Reason.ANOTHER, EO, EO, Group.CONTINUING),
        (Reason.REOPENED, EO, OT, Group.NEW),
        (Reason.RESTATED, EO, OT, Group.RESTATED),
        (Reason.REMEDIATED, OT, EO, Group.BETTER),
        (Reason.EASED, EO, AR, Group.BETTER),
        (Reason.OVERRIDE_ENDED, EO, EO, Group.CONTINUING),
        (Reason.OVERRIDE_ENDED, OT, OT, Group.BETTER),
        (Reason.CLOSED, "closed", EO, Group.CLOSED),
        (None, EO, EO, Group.CONTINUING),
        (None, OT, EO, Group.BETTER),
        (None, None, EO, Group.CONTINUING),  # missing is never a recovery
    ],
)
def test_each_subject_stands_under_its_heading(
    reason: Reason | None, status: str | None, previous: str | None, group: Group
) -> None:
    assert group_of(subject("A", status, previous), reason, SCHEME) is group


def test_a_closed_subject_is_closed_for_whatever_reason_it_is_shown() -> None:
    assert group_of(subject("A", "closed", EO, lifecycle="closed"), None, SCHEME) is Group.CLOSED


# ---- the first line


@pytest.mark.parametrize(
    ("reason", "status", "previous", "line"),
    [
        (Reason.FIRST, EO, OT, "A is now Experiencing Obstacles."),
        (Reason.FIRST, EO, EO, "A is still Experiencing Obstacles."),
        (Reason.WORSENED, AR, EO, "A is now At Risk, worse than it was."),
        (Reason.REMEDIATED, OT, EO, "A is now On Target, better than it was."),
        (Reason.CLOSED, "closed", EO, "A is closed."),
        (
            Reason.RESTATED,
            EO,
            OT,
            "A is now Experiencing Obstacles, because the rules or earlier figures have changed.",
        ),
        (Reason.OVERRIDE_ENDED, None, EO, "A is not rated."),
    ],
)
def test_of_one_subject_the_first_line_says_what_became_of_it(
    reason: Reason, status: str | None, previous: str | None, line: str
) -> None:
    told = telling(subjects=(subject("A", status, previous),), reasons={"a": reason})
    assert message_view(told)["lead"] == line


def test_a_digests_first_line_sums_up() -> None:
    assert message_view(digest_telling())["lead"] == (
        "10 exceptions: 4 new, 1 worse, 1 restated, 4 continuing; 1 remediated; 1 closed; £475k net at risk."
    )


@pytest.mark.parametrize(("count", "line"), [(1, "1 new exception."), (3, "3 new exceptions.")])
def test_exceptions_of_one_kind_are_counted_once(count: int, line: str) -> None:
    told = telling(kind="digest", subjects=tuple(subject(f"A{n}", EO, OT) for n in range(count)), reasons={})
    assert message_view(told)["lead"] == line


def test_good_news_alone_says_that_there_is_no_exception() -> None:
    told = telling(kind="digest", subjects=(subject("A", OT, EO),), reasons={"a": Reason.REMEDIATED})
    assert message_view(told)["lead"] == "No exceptions; 1 remediated."


def test_good_news_by_a_changed_rule_is_told_as_restated_and_not_as_remediated() -> None:
    told = telling(kind="digest", subjects=(subject("A", OT, EO, moved_by=("rules",)),), reasons={"a": Reason.RESTATED})
    assert message_view(told)["lead"] == "No exceptions; 1 restated."


def test_what_a_programme_states_is_not_counted_again_in_its_projects() -> None:
    inside = CENTRES.model_copy(update={"savings": {"net_at_risk": money(200_000)}})
    outside = BROKERAGE.model_copy(update={"savings": {"net_at_risk": money(22_000)}})
    over = subject("Over", EO, OT, savings={"net_at_risk": money(-50_000)})
    told = telling(kind="digest", subjects=(COMMISSIONING_PROGRAMME, inside, outside, over), reasons={})
    assert message_view(told)["lead"].endswith("; £286k net at risk.")  # 264 + 22


def test_the_portfolios_own_figure_stands_for_everything_below() -> None:
    whole = PORTFOLIO.model_copy(update={"exception": True, "status": EO, "savings": {"net_at_risk": money(300_000)}})
    told = telling(kind="digest", subjects=(whole, COMMISSIONING_PROGRAMME), reasons={})
    assert message_view(told)["lead"].endswith("; £300k net at risk.")


def test_the_news_come_first_and_then_the_worst() -> None:
    names = {"Old bad": AR, "Old": EO, "News": EO, "News worse": AR}
    subjects = tuple(subject(name, status, status) for name, status in names.items())
    told = telling(subjects=subjects, reasons={"news": Reason.ANOTHER, "news_worse": Reason.ANOTHER})
    (section,) = message_view(told)["sections"]
    assert [one["title"] for one in section["subjects"]] == ["News worse", "News", "Old bad", "Old"]


# ---- judgements


def test_a_persons_judgement_is_shown_as_one() -> None:
    floor = DecisionOut(status=EO, reason="vacancies above expectation", by="PMO", until="2019-06")
    (view,) = judgement_views(subject("A", EO, EO, derived=EO, floor=floor), SCHEME)
    assert view == {
        "because": "The PMO's judgement, not a rule: Vacancies above expectation.",
        "detail": "No better than Experiencing Obstacles, until June 2019.",
    }


def test_an_override_says_what_the_rules_say_beneath() -> None:
    override = DecisionOut(status=OT, reason="The profile is amended", by="deputy_head", until="2019-02")
    (view,) = judgement_views(subject("A", OT, OT, derived=EO, override=override), SCHEME)
    assert view["detail"] == (
        "Until February 2019, entered by deputy_head. The rules alone say Experiencing Obstacles."
    )


def test_the_owners_own_view_is_shown_only_where_it_differs() -> None:
    declared = DecisionOut(status=OT, reason="we are nearly there", by="lead")
    (view,) = judgement_views(subject("A", EO, EO, declared=declared), SCHEME)
    assert view["because"] == "The owner's own view is On Target: We are nearly there."
    assert judgement_views(subject("A", OT, OT, declared=declared), SCHEME) == []


def test_a_floor_is_not_told_twice() -> None:
    floor = DecisionOut(status=EO, reason="no", by="pmo")
    floored = subject("A", EO, EO, floor=floor, findings=(finding("no", rule="floor"), finding("15.1% against 50%")))
    ((shown,),) = [s["subjects"] for s in message_view(telling(subjects=(floored,), reasons={}))["sections"]]
    assert [one["because"] for one in shown["findings"]] == ["15.1% against 50%."]


# ---- small words


@pytest.mark.parametrize(
    ("text", "words"),
    [("ends well.", "Ends well."), ("is it?", "Is it?"), ("two\r\nlines", "Two lines."), ("", ""), (" \n ", ""),
     ("a\u202egnp.exe", "A gnp.exe.")],
)  # fmt: skip
def test_foreign_text_becomes_one_sentence(text: str, words: str) -> None:
    assert sentence(text) == words


def test_invisible_marks_vanish() -> None:
    assert one_line("a\u200b\u202eb\tc\u2028d\x00e") == "a b c d e"


def test_one_is_not_many() -> None:
    assert [counted(n, "exception") for n in (0, 1, 2)] == ["0 exceptions", "1 exception", "2 exceptions"]
