"""What a member of the leadership team reads on a phone."""

import re

import pytest

from engine.model.alerts import Reason, Telling
from engine.model.run import DecisionOut, ExplanationOut, NotAssessed
from notifiers.views import FULL
from tests.notifiers.reading import html_of, text_of, words_of
from tests.notifiers.samples import (
    AR,
    CROSS_CUTTING,
    EO,
    INDEPENDENCE,
    OT,
    PORTFOLIO,
    digest_telling,
    finding,
    gap,
    money,
    months,
    subject,
    telling,
)


def test_the_portfolio_and_its_savings_stand_on_top() -> None:
    lines = [line for line in text_of(digest_telling()).splitlines() if line]
    counts = "4 new, 1 worse, 1 restated, 4 continuing; 1 remediated; 1 no longer rated; 1 closed"
    assert lines[1:5] == [
        f"10 exceptions: {counts}; £475k net at risk.",
        "THE PORTFOLIO AS A WHOLE",
        "On Target (OT). Same as last month. Savings: £8.001m over-delivered net, against a target of £25.505m.",
        "NEW",
    ]


def test_each_subject_has_status_reason_money_and_programme() -> None:
    text = text_of(digest_telling())
    assert (
        "Fewer long-term placements: At Risk (AR)\n"
        "£211k from earlier years is not yet delivered.\n"
        "£211k net at risk. £211k over the limit for On Target. Worse than last month: was Experiencing Obstacles. "
        "Part of Interventions for adults 18-64.\n"
    ) in text


def test_nothing_net_at_risk_is_not_said_of_every_project() -> None:
    quiet = subject("A", EO, OT, savings={"net_at_risk": money(0), "target": money(28_000)})
    assert "nothing" not in text_of(telling(kind="digest", subjects=(quiet,), reasons={}))


def test_the_worst_reason_stands_for_the_rest() -> None:
    several = subject("A", AR, EO, findings=(finding("minor"), finding("major", AR), finding("also minor")))
    text = text_of(telling(kind="digest", subjects=(several,), reasons={}))
    assert "Major. And 2 more reasons.\n" in text


def test_a_judgement_comes_before_the_rules_and_is_said_to_be_one() -> None:
    floor = DecisionOut(status=AR, reason="The market is failing", by="pmo")
    judged = subject("A", AR, EO, floor=floor, findings=(finding("late"),))
    text = text_of(telling(kind="digest", subjects=(judged,), reasons={}))
    assert "The PMO's judgement, not a rule: The market is failing. And 1 more reason.\n" in text


def test_what_decides_comes_first_and_an_owners_own_view_is_no_reason() -> None:
    own_view = DecisionOut(status=OT, reason="It will come right", by="owner")
    floor = DecisionOut(status=EO, reason="The market is failing", by="pmo")
    why = (finding("few"), finding("late", status=AR))
    judged = subject("A", AR, EO, declared=own_view, floor=floor, findings=why)
    text = text_of(telling(kind="digest", subjects=(judged,), reasons={}))
    assert "Late. And 2 more reasons.\n" in text
    alone = subject("A", AR, EO, declared=own_view)
    assert "The owner's own view is On Target: It will come right." in text_of(
        telling(kind="digest", subjects=(alone,), reasons={})
    )


def test_the_nearest_programme_is_named() -> None:
    above = {"a": (CROSS_CUTTING, INDEPENDENCE)}
    text = text_of(telling(kind="digest", subjects=(subject("A", EO, OT),), reasons={}, part_of=above))
    assert "Part of Cross-cutting interventions.\n" in text
    assert "Promoting" not in text


def test_a_portfolio_off_target_says_why() -> None:
    why = (finding("£300k of £25.505m is at risk after offsets"),)
    whole = PORTFOLIO.model_copy(update={"status": EO, "exception": True, "trend": "Worse", "findings": why})
    assert "£300k of £25.505m is at risk after offsets." in text_of(
        digest_telling().model_copy(update={"overview": whole})
    )


def test_a_portfolio_that_is_itself_an_exception_is_told_once_on_top() -> None:
    why = (finding("£300k of £25.505m is at risk after offsets", gap=gap("£300k", "over")),)
    whole = PORTFOLIO.model_copy(update={"status": EO, "exception": True, "trend": "Worse", "findings": why})
    told = telling(
        kind="digest", audience="clt", subjects=(whole, subject("A", EO, OT)), overview=whole,
        reasons={whole.ref: Reason.REOPENED, "a": Reason.FIRST}, since={whole.ref: "2018-11"},
    )  # fmt: skip
    for words in (" ".join(text_of(told).split()), words_of(html_of(told))):
        assert words.count("£300k of £25.505m is at risk after offsets.") == 1
        assert "£300k over the limit for On Target." in words
        assert "Open since November 2018. It had been put right, and is back." in words
    assert re.findall(r"<h3[^>]*>([^<]+)<", html_of(told)) == ["A"]
    assert "2 new exceptions" in text_of(told)  # it is one of them
    alone = telling(kind="digest", subjects=(whole,), overview=whole, reasons={whole.ref: Reason.FIRST})
    assert re.findall(r"<h2[^>]*>([^<]+)<", html_of(alone)) == ["The portfolio as a whole"]


def test_what_a_portfolio_lacks_that_is_no_longer_rated_is_said_on_top() -> None:
    lacks = (NotAssessed(missing=("beds",), rules=("low",), words=("beds",)),)
    whole = PORTFOLIO.model_copy(update={"status": None, "previous": EO, "trend": None, "not_assessed": lacks})
    told = telling(
        kind="digest", subjects=(whole,), overview=whole, reasons={}, rules={"low": "Beds are few"},
        history={whole.ref: months(EO, None)},
    )  # fmt: skip
    for words in (text_of(told), words_of(html_of(told))):
        assert "for want of beds: “Beds are few”." in words


def test_a_portfolio_that_no_rule_rates_says_so_and_what_is_remarked_of_it() -> None:
    remarks = ("7 of 10 projects fall short",)
    whole = PORTFOLIO.model_copy(update={"status": None, "previous": None, "trend": None, "remarks": remarks})
    told = digest_telling().model_copy(update={"overview": whole, "history": {}})
    assert "Not rated. No rule gives it a status. " in text_of(told)
    assert "\n7 of 10 projects fall short.\n" in text_of(told)
    assert "7 of 10 projects fall short." in words_of(html_of(told))


def test_what_never_had_a_status_is_not_rated_so_far_rather_than_since_now() -> None:
    whole = PORTFOLIO.model_copy(update={"status": None, "previous": None, "trend": None, "judged": ("late",)})
    told = digest_telling().model_copy(update={"overview": whole})
    so_far = told.model_copy(update={"history": {whole.ref: months(None, None)}})
    assert "Not rated so far." in text_of(so_far)
    for_long = told.model_copy(update={"history": {whole.ref: months(*[None] * 12)}})
    assert "Not rated since February 2018." in text_of(for_long)


def test_a_restated_status_is_not_among_the_worse() -> None:
    text = text_of(digest_telling())
    restated = text[text.index("RESTATED") : text.index("CONTINUING")]
    assert "The rules have changed: what was published before no longer holds.\n" in restated
    assert "Carer households scheme" in restated
    assert "so this is not a decline" in restated


def test_what_is_no_longer_rated_stands_apart_with_what_is_missing() -> None:
    lost = subject("Homes", None, EO, not_assessed=(NotAssessed(missing=("beds",), rules=("low",), words=("beds",)),))
    told = telling(
        kind="digest", subjects=(subject("A", EO, OT), lost), reasons={"a": Reason.FIRST},
        rules={"low": "Beds are few"}, history={"homes": months(EO, None)},
    )  # fmt: skip
    text = text_of(told)
    assert "1 new exception; 1 no longer rated.\n" in text
    assert (
        "NO LONGER RATED\nToo little could be judged: that is no recovery.\n\nHomes: Not rated\n"
        "Could not be checked, for want of beds: “Beds are few”.\n"
        "Not rated since January 2019; Experiencing Obstacles before.\n"
    ) in text
    assert "for want of beds: “Beds are few”." in words_of(html_of(told))


def test_the_explanation_of_the_first_reason_is_shown() -> None:
    why = ExplanationOut(measure="beds", title="Beds filled", reason="Repairs", recovery_by="2019-05-31")
    told = telling(
        kind="digest", subjects=(subject("A", EO, OT, findings=(finding("few", explanations=(why,)), finding("late"))),)
    )
    assert (
        "Few. The explanation given for Beds filled: Repairs. Recovery by 31 May 2019. And 1 more reason.\n"
    ) in text_of(told)


def test_a_digest_asks_nothing_and_repeats_no_first_time() -> None:
    text = text_of(digest_telling())
    assert "ASKED" not in text
    assert "not been told" not in text


def test_without_an_overview_the_digest_begins_with_its_news() -> None:
    told = telling(kind="digest", subjects=(subject("A", EO, OT),), reasons={"a": Reason.FIRST})
    assert "AS A WHOLE" not in text_of(told)
    assert re.findall(r"<h2[^>]*>([^<]+)<", html_of(told)) == ["New"]


def test_the_audience_is_named_at_the_end() -> None:
    assert "You get this as one of the audience clt." in words_of(html_of(digest_telling()))


# ---- very many, and strange ones


def many(count: int, title: str = "Project number {} with a title of some length") -> Telling:
    told = tuple(
        subject(title.format(number), EO, OT, ref=f"p{number}", findings=(finding("It is 12 against 40, 70% short"),))
        for number in range(count)
    )
    history = {one.ref: months(*[OT] * 11, EO) for one in told}
    return telling(kind="digest", audience="clt", subjects=told, history=history,
                   reasons={one.ref: Reason.FIRST for one in told})  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 40, 120])
def test_no_mail_program_cuts_it_off(count: int) -> None:
    assert len(html_of(many(count)).encode()) < 100_000


def test_of_forty_the_first_thirty_are_told_in_full_and_the_rest_in_a_line_each() -> None:
    html = words_of(html_of(many(40)))
    assert html.count("It is 12 against 40, 70% short.") == FULL == 30
    assert all(f"Project number {number} " in html for number in range(40))
    assert text_of(many(40)).count("It is 12 against 40, 70% short.") == 40


@pytest.mark.parametrize(
    "title",
    ["مشروع الرعاية المنزلية", "🚧 Works 🚧", "Ein-sehr-langes-Wort" * 12, "<b>Bold</b> & more", " ", "A\u202eB"],
)
def test_a_strange_title_stays_a_title(title: str) -> None:
    told = many(1, title.replace("{", "(").replace("}", ")"))
    html = html_of(told)
    assert html.count("<h3") == 1
    assert "<b>Bold" not in html
    assert "\u202e" not in html
