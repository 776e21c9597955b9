"""Periods, trends and judgements as people say them."""

from typing import Any

import pytest

from engine.model.alerts import HistoryPoint, Reason
from engine.model.run import DecisionOut, MovedBy, NotAssessed, RevisedOut, SubjectOut
from notifiers.groups import Group, group_of
from notifiers.judgements import judgement_views
from notifiers.views import message_view
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
        ("milestone Phase two", "until the milestone “Phase two” is met"), ("the spring", "until the spring"),
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


def test_an_edited_threshold_is_never_told_as_a_decline() -> None:
    moved = subject("A", EO, OT, trend="Same", moved_by=("rules",))
    assert trend_words(moved, SCHEME, "2019-01") == (
        "Same as last month. It was published as On Target then; the rules have changed since, "
        "so this is not a decline."
    )
    assert group_of(moved, None, SCHEME, OT) is Group.RESTATED


@pytest.mark.parametrize("reason", [Reason.FIRST, Reason.RESTATED, None])
@pytest.mark.parametrize(
    ("previous", "trend", "words"),
    [
        (OT, "Same", "Same as last month. "),
        (OT, "Worse", ""),
        (EO, "Better", ""),
        (None, "New", ""),  # that there was no status before would be news of its own
        (OT, None, ""),
    ],
)
def test_a_month_published_again_by_other_rules_says_so_and_names_no_decline(
    reason: Reason | None, previous: str | None, trend: str | None, words: str
) -> None:
    revised = RevisedOut(status=OT, revision=1, by=("rules",))
    moved = subject("A", EO, previous, trend=trend, moved_by=("figures", "rules"), revised=revised)
    said = "January 2019 was published as On Target; the rules have changed since, so this is not a decline."
    assert trend_words(moved, SCHEME, "2019-01") == words + said
    assert group_of(moved, reason, SCHEME, previous) is Group.RESTATED


@pytest.mark.parametrize(
    ("by", "cause"), [(("figures",), "the figures"), (("figures", "rules"), "the rules and the figures")]
)
def test_a_month_published_again_with_other_figures_may_be_a_decline(by: tuple[MovedBy, ...], cause: str) -> None:
    moved = subject("A", EO, OT, moved_by=("figures",), revised=RevisedOut(status=None, revision=2, by=by))
    assert trend_words(moved, SCHEME, "2019-01") == (
        f"Worse than last month: was On Target. January 2019 was published as Not rated; {cause} have changed since."
    )
    assert group_of(moved, Reason.FIRST, SCHEME, OT) is Group.NEW


def test_a_judgement_that_ended_is_no_decision() -> None:
    moved = subject("A", EO, OT, moved_by=("decision",), ended=("override",))
    assert trend_words(moved, SCHEME, "2019-01") == (
        "Worse than last month: was On Target. The PMO's judgement that stood here last month has ended."
    )


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
        (Reason.WORSENED, AR, AR, Group.WORSE),  # it was told when it was better
        (Reason.WORSENED, EO, OT, Group.NEW),  # what was no exception is new, whatever was told
        (Reason.WORSENED, AR, None, Group.WORSE),
        (Reason.ANOTHER, EO, EO, Group.CONTINUING),
        (Reason.REOPENED, EO, OT, Group.NEW),
        (Reason.RESTATED, EO, OT, Group.RESTATED),
        (Reason.RESTATED, None, EO, Group.UNRATED),  # nor is what was taken back
        (Reason.REMEDIATED, OT, EO, Group.BETTER),
        (Reason.EASED, EO, AR, Group.BETTER),
        (Reason.OVERRIDE_ENDED, EO, EO, Group.CONTINUING),
        (Reason.OVERRIDE_ENDED, OT, OT, Group.BETTER),
        (Reason.CLOSED, "closed", EO, Group.CLOSED),
        (None, EO, EO, Group.CONTINUING),
        (None, OT, EO, Group.BETTER),
        (None, None, EO, Group.UNRATED),  # missing is never a recovery
    ],
)
def test_each_subject_stands_under_its_heading(
    reason: Reason | None, status: str | None, previous: str | None, group: Group
) -> None:
    assert group_of(subject("A", status, previous), reason, SCHEME, previous) is group


def test_an_exception_that_could_not_be_rated_for_a_month_continues() -> None:
    again = subject("A", EO, None)
    for history, group in ((months(EO, None, EO), "Continuing"), (months(OT, None, EO), "New")):
        (section,) = message_view(telling(subjects=(again,), reasons={}, history={"a": history}))["sections"]
        assert section["title"] == group


def test_a_closed_subject_is_closed_for_whatever_reason_it_is_shown() -> None:
    assert group_of(subject("A", "closed", EO, lifecycle="closed"), None, SCHEME, EO) is Group.CLOSED


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
            "A is now Experiencing Obstacles, because the rules or the figures have changed.",
        ),
        (None, None, EO, "A is no longer rated."),
    ],
)
def test_of_one_subject_the_first_line_says_what_became_of_it(
    reason: Reason | None, status: str | None, previous: str | None, line: str
) -> None:
    told = telling(subjects=(subject("A", status, previous),), reasons={"a": reason} if reason else {})
    assert message_view(told)["lead"] == line


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"moved_by": ("rules",)}, "the rules have changed"),
        ({"moved_by": ("figures", "rules"), "revised": RevisedOut(status=OT, revision=1, by=("figures", "rules"))},
         "the rules and the figures have changed"),
        ({"moved_by": ("figures",), "revised": RevisedOut(status=OT, revision=1, by=("figures",))},
         "the figures have changed"),
        ({"moved_by": ("figures", "rules"), "revised": RevisedOut(status=OT, revision=1, by=("rules",))},
         "the rules have changed"),  # the figures moved it before that
    ],
)  # fmt: skip
def test_what_is_restated_says_whether_rules_or_figures_changed(more: dict[str, object], cause: str) -> None:
    view = message_view(telling(subjects=(subject("A", EO, OT, **more),), reasons={"a": Reason.RESTATED}))
    assert view["lead"] == f"A is now Experiencing Obstacles, because {cause}."
    assert view["sections"][0]["note"] == f"{cause.capitalize()}: what was published before no longer holds."


def test_a_digests_first_line_sums_up() -> None:
    assert message_view(digest_telling())["lead"] == (
        "10 exceptions: 4 new, 1 worse, 1 restated, 4 continuing; 1 remediated; 1 no longer rated; 1 closed; "
        "£475k net at risk."
    )


@pytest.mark.parametrize(("count", "line"), [(1, "1 new exception."), (3, "3 new exceptions.")])
def test_exceptions_of_one_kind_are_counted_once(count: int, line: str) -> None:
    told = telling(kind="digest", subjects=tuple(subject(f"A{n}", EO, OT) for n in range(count)), reasons={})
    assert message_view(told)["lead"] == line


def test_good_news_alone_says_that_there_is_no_exception() -> None:
    told = telling(kind="digest", subjects=(subject("A", OT, EO),), reasons={"a": Reason.REMEDIATED})
    assert message_view(told)["lead"] == "No exceptions; 1 remediated."


def test_good_news_by_a_changed_rule_is_told_as_restated_and_not_as_remediated() -> None:
    lifted = subject("A", OT, EO, moved_by=("rules",), trend="Same", remediated=False)
    told = telling(kind="digest", subjects=(lifted,), reasons={"a": Reason.RESTATED})
    assert message_view(told)["lead"] == "No exceptions; 1 restated and no longer one."


def test_nothing_stands_twice_in_the_first_line() -> None:
    restated = (subject("Worse", AR, EO), subject("Fine", OT, EO, remediated=False), subject("Remedied", OT, EO))
    told = telling(
        kind="digest", subjects=(*restated, subject("Other", OT, EO)),
        reasons={one.ref: Reason.RESTATED for one in restated},
    )  # fmt: skip
    # What is remediated is counted so under whatever heading, as `run` counts it.
    assert message_view(told)["lead"] == "1 restated exception; 2 remediated; 1 restated and no longer one."


def test_what_a_programme_states_is_not_counted_again_in_its_projects() -> None:
    inside = CENTRES.model_copy(update={"savings": {"net_at_risk": money(200_000)}})
    outside = BROKERAGE.model_copy(update={"savings": {"net_at_risk": money(22_000)}})
    over = subject("Over", EO, OT, savings={"net_at_risk": money(-50_000)})
    told = telling(kind="digest", subjects=(COMMISSIONING_PROGRAMME, inside, outside, over), reasons={})
    assert message_view(told)["lead"].endswith("; £286k net at risk.")  # 264 + 22


NO_SAVINGS = NotAssessed(missing=("savings.net_at_risk",), rules=("savings_at_risk",))


def held(title: str, pounds: int, **more: Any) -> SubjectOut:
    """An exception whose savings were last known in December."""
    found = {"savings.net_at_risk": money(pounds)}
    return subject(title, EO, EO, findings=(finding("At risk", as_at="2018-12", evidence=found),), **more)


@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        ([held("A", 110_000)], "; £110k net at risk (£110k as last known)."),
        ([held("A", 110_000), subject("B", EO, EO, savings={"net_at_risk": money(200_000)})],
         "; £310k net at risk (£110k as last known)."),
        ([held("A", 110_000, savings={"net_at_risk": money(200_000)})], "; £200k net at risk."),  # it is known
        ([held("A", 110_000), subject("B", EO, EO, not_assessed=(NO_SAVINGS,))],
         "; £110k net at risk (£110k as last known; 1 without a figure)."),
        ([subject("A", EO, EO, savings={"target": money(28_000)})], "; net at risk not known of 1."),
        ([subject("A", EO, EO, findings=(finding("late", evidence={"beds": money(1)}),))], " exception."),  # no savings
        ([held("A", 110_000, parent="ASCH1805"), COMMISSIONING_PROGRAMME], "; £264k net at risk."),
        ([held("A", 110_000, parent="over"), subject("Over", EO, EO, savings={"net_at_risk": money(-9)})],
         "; £110k net at risk (£110k as last known)."),  # that its programme over-delivers takes nothing away
    ],
)  # fmt: skip
def test_what_is_held_counts_with_its_last_known_figure(subjects: list[SubjectOut], words: str) -> None:
    lead = message_view(telling(kind="digest", subjects=tuple(subjects), reasons={}))["lead"]
    assert lead.endswith(words)


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
