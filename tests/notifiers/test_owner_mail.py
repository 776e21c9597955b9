"""What a project's owner reads."""

import re
from itertools import pairwise
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from engine.model.alerts import Reason, Telling
from engine.model.run import DecisionOut, ExplanationOut, MilestoneOut, NotAssessed
from engine.model.settings import MailSettings
from notifiers.views import status_view
from tests.notifiers.reading import html_of, text_of, words_of
from tests.notifiers.samples import (
    AR,
    DIRECT_PAYMENTS,
    EO,
    OT,
    SCHEME,
    digest_telling,
    finding,
    months,
    owner_telling,
    subject,
    telling,
)


def test_what_changed_and_what_is_asked_come_first() -> None:
    lines = [line for line in text_of(telling()).splitlines() if line]
    assert lines[:5] == [
        "Improving Lives Portfolio, January 2019",
        "Direct Payments is still Experiencing Obstacles.",
        "WHAT IS ASKED OF YOU",
        "* Direct Payments: Agree a recovery plan for recruitment with the PMO by 22 February.",
        "* Direct Payments: Give the milestone a new date, or say what works meanwhile.",
    ]


def test_new_worse_continuing_and_better_stand_apart() -> None:
    headings = re.findall(r"^[A-Z]{3,}$", text_of(owner_telling()), re.MULTILINE)
    assert headings == ["NEW", "WORSE", "CONTINUING", "BETTER"]
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", html_of(owner_telling()))[1:] == [
        "New", "Worse", "Continuing", "Better",
    ]  # fmt: skip


@pytest.mark.parametrize("told", [owner_telling(), digest_telling()], ids=["owner", "digest"])
def test_the_plain_text_is_complete(told: Telling) -> None:
    plain, spoken = (set(re.findall(r"\w+", text.casefold())) for text in (text_of(told), words_of(html_of(told))))
    assert spoken - plain <= {"about", "judged"}  # of the links, and of "judged as at"


def test_a_status_is_word_code_and_colour() -> None:
    html = html_of(telling())
    assert "<b>EO</b> Experiencing Obstacles</span>" in html
    assert "background:#ffdd00;color:#000000" in html


def test_a_status_without_a_code_of_its_own_is_named_once() -> None:
    assert status_view(SCHEME, "closed")["code"] == ""
    assert status_view(SCHEME, None)["name"] == "Not rated"
    assert status_view(SCHEME, "gone")["name"] == "gone"


def test_the_reasons_are_sentences_with_numbers_and_say_how_far() -> None:
    assert (
        "* Personal Assistants recruited is 15.1% against a target of 50%. 14.9 points short. "
        "To clear it: Personal Assistants recruited at least 30.0% (now 15.1%, 14.9 points short).\n"
    ) in text_of(telling())


def test_a_finding_held_from_earlier_says_so() -> None:
    held = subject("A", EO, EO, as_at="2018-12", findings=(finding("1 milestone has no date.", as_at="2018-12"),))
    text = text_of(telling(subjects=(held,), reasons={"a": Reason.FIRST}))
    assert "A: Experiencing Obstacles (EO), as at December 2018\n" in text
    assert "* 1 milestone has no date (as at December 2018).\n" in text


def test_a_rule_without_a_sentence_gives_its_title() -> None:
    text = text_of(telling(subjects=(subject("A", EO, OT, findings=(finding(""),)),), reasons={"a": Reason.FIRST}))
    assert "* A rule.\n" in text


def test_what_could_not_be_judged_is_said_with_what_was_missing() -> None:
    use = ("a figure for Utilisation", "the year's target of Utilisation", "savings")
    missing = (
        NotAssessed(missing=("use", "use.year_target", "savings.at_risk"), rules=("use_below", "use_falls"), words=use),
        NotAssessed(missing=("savings.net_at_risk",), rules=("at_risk", "last_year"), words=("savings",),
                    never_judged=("last_year",)),
        NotAssessed(missing=("savings.at_risk",), rules=("spent",), words=("savings",)),
        NotAssessed(missing=("milestones.count",), rules=("late",), words=("milestones",), never_judged=("late",)),
    )  # fmt: skip
    rules = {"use_below": "Use is below target", "use_falls": "Use falls", "at_risk": "Savings are at risk"}
    told = telling(subjects=(subject("A", None, EO, not_assessed=missing),), reasons={}, rules=rules)
    text = text_of(told)
    assert "A is no longer rated." in text
    assert (
        "Could not be checked, for want of a figure for Utilisation, the year's target of Utilisation and savings: "
        "“Use is below target”; “Use falls”.\n"
        "Could not be checked, for want of savings: “Savings are at risk”; “spent”.\n"
    ) in text
    assert "late" not in text  # nobody requires it, and it was never judged
    assert "for want of a figure for Utilisation" in words_of(html_of(told))


def test_what_is_no_longer_rated_says_since_when_and_what_it_was() -> None:
    about = subject("A", None, None, ended=("floor",), moved_by=("decision",))
    text = text_of(telling(subjects=(about,), reasons={}, history={"a": months(EO, None, None)}))
    assert "NO LONGER RATED\nToo little could be judged: that is no recovery.\n" in text
    assert (
        "Not rated since December 2018; Experiencing Obstacles before. "
        "The PMO's judgement that stood here last month has ended.\n"
    ) in text
    assert "No rule applies to it.\n" in text


def test_milestones_and_explanations_stand_beside_the_finding() -> None:
    late = finding("Milestones late: 2", milestones=(
        MilestoneOut(name="Rollout", planned="2018-12-31", forecast="2019-06-30"), MilestoneOut(name="Training"),
        MilestoneOut(name="Start", planned="2019-01-31", forecast="2019-01-31"),
    ))  # fmt: skip
    low = finding("Beds are few", explanations=(
        ExplanationOut(measure="beds", title="Beds filled", reason="Repairs", recovery_by="2019-05-31"),
        ExplanationOut(measure="staff", title="Staff", reason="A strike."),
    ))  # fmt: skip
    told = telling(subjects=(subject("A", EO, OT, findings=(late, low)),), reasons={})
    which = "Namely: Rollout, planned for 31 December 2018, now expected on 30 June 2019; Training; Start, planned for"
    why = "The explanation given for Beds filled: Repairs. Recovery by 31 May 2019. The explanation given for Staff: A"
    for text in (text_of(told), words_of(html_of(told))):
        assert f"Milestones late: 2. {which} 31 January 2019." in text
        assert f"Beds are few. {why} strike." in text


def test_a_status_that_a_person_gives_is_not_as_at_an_earlier_month() -> None:
    override = DecisionOut(status=AR, reason="It fails", by="pmo")
    held = finding("1 milestone has no date", as_at="2018-12")
    text = text_of(telling(subjects=(subject("A", AR, EO, as_at="2018-12", override=override, findings=(held,)),)))
    assert "A: At Risk (AR)\n" in text
    assert "* 1 milestone has no date (as at December 2018).\n" in text


def test_nothing_is_asked_of_what_is_no_exception() -> None:
    good = subject("A", OT, EO, findings=(finding("still a little late", OT, action="Hurry"),))
    text = text_of(telling(subjects=(good,), reasons={"a": Reason.REMEDIATED}))
    assert "ASKED" not in text
    assert "Hurry" not in text


def test_the_same_is_asked_once() -> None:
    twice = tuple(finding(why, rule=why, action="agree a plan") for why in ("one", "two"))
    text = text_of(telling(subjects=(subject("A", EO, OT, findings=twice),), reasons={"a": Reason.FIRST}))
    assert text.count("Agree a plan.") == 1


def test_the_owner_is_told_what_a_decision_replaced() -> None:
    text = text_of(owner_telling())
    block = text[text.index("Benefit rates and minimum income guarantee: On Target") :]
    assert "Better than last month: was Experiencing Obstacles. A decision of the PMO moved it." in block
    assert "* The PMO's judgement, not a rule: The profile is amended next month; activity is on track. Until" in block
    assert "The rules alone say Experiencing Obstacles.\n" in block
    assert "Beneath it, the rules find:\n* Savings of 2019/20 are £2.6m against £2.8m." in block


def test_a_changed_owner_learns_that_old_trouble_is_new_to_them() -> None:
    assert "Open since September 2018. You have not been told of this before." in text_of(owner_telling())
    assert "not been told" not in text_of(telling(subjects=(subject("A", EO, OT),), reasons={"a": Reason.FIRST}))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.ANOTHER, "There is a further reason since you were last told."),
        (Reason.REOPENED, "It had been put right, and is back."),
        (Reason.OVERRIDE_ENDED, "The PMO's judgement that stood here has ended."),
        (Reason.ESCALATED, "It has been open for long, and nobody has acknowledged it."),
        (Reason.REMINDER, "You were told of it before, and it still holds."),
    ],
)
def test_the_reason_for_the_mail_is_said_where_the_heading_does_not(reason: Reason, said: str) -> None:
    assert said in text_of(telling(reasons={"direct_payments": reason}))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (None, "It is back: it was Not rated last month."),
        ("closed", "It is back: it was Closed last month."),
        (OT, "It had been put right, and is back."),
    ],
)
def test_what_was_not_rated_or_closed_had_not_been_put_right(before: str | None, said: str) -> None:
    history = {"direct_payments": months(EO, before, EO)}
    assert said in text_of(telling(reasons={"direct_payments": Reason.REOPENED}, history=history))


def test_many_remarks_stand_under_one_heading() -> None:
    told = telling(subjects=(subject("A", EO, OT, remarks=("one is low", "two is late")),), reasons={"a": Reason.FIRST})
    assert "Also noted:\n- One is low.\n- Two is late.\n" in text_of(told)
    assert "Also noted: One is low. Two is late." in words_of(html_of(told))


def test_what_was_passed_on_says_from_whom_and_why_it_comes_to_this_reader() -> None:
    through = {"through": {"direct_payments": "owners"}, "through_whom": {"direct_payments": ("Direct Payments Lead",)}}
    for reason, said in (
        (Reason.ESCALATED, "nobody has acknowledged it. Passed on from the audience owners (Direct Payments Lead)."),
        (Reason.WORSENED, "was On Target. Passed on from the audience owners (Direct Payments Lead)."),
    ):
        told = telling(
            audience="leads", subjects=(subject("Direct Payments", EO, OT),), reasons={"direct_payments": reason},
            **through,
        )  # fmt: skip
        for words in (" ".join(text_of(told).split()), words_of(html_of(told))):
            assert said in words
            assert "You get this as the owner of what is listed, or of what it is part of." in words


def test_an_exception_without_findings_still_makes_a_message() -> None:
    told = telling(subjects=(subject("A", EO, OT),), reasons={"a": Reason.FIRST})
    assert "A: Experiencing Obstacles (EO)\nWorse than last month: was On Target.\n" in text_of(told)
    assert "<ul" not in html_of(told)


# ---- the last twelve periods


def test_the_last_twelve_periods_are_shown_as_a_picture_that_says_the_same_in_words() -> None:
    html = html_of(telling(history={"direct_payments": months(*[OT] * 7, *[EO] * 5)}))
    (picture,) = re.findall(r"<img[^>]*>", html)
    assert 'alt="On Target February to August 2018; Experiencing Obstacles September 2018 to January 2019."' in picture
    assert re.search(r'src="cid:[0-9a-f]{32}@council\.example"', picture)


def test_one_period_alone_is_no_picture() -> None:
    told = telling(history={"direct_payments": months(EO)})
    assert "<img" not in html_of(told)
    assert text_of(told) == text_of(telling())


# ---- the reply


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', html)]


def test_a_reply_is_begun_for_the_owner() -> None:
    link = urlsplit(links(html_of(telling()))[0])
    assert (link.scheme, link.path) == ("mailto", "pmo@council.example")
    fields = parse_qs(link.query, strict_parsing=True)
    about = "Improving Lives Portfolio, January 2019: Direct Payments (Experiencing Obstacles)"
    assert fields["subject"] == [about]
    assert fields["body"][0].startswith(f"About {about}\r\n\r\nWhat we are doing about it:\r\n")


@pytest.mark.parametrize("title", ["R&D?bcc=x@evil.example", "50% #1 & more", "a\r\nBcc: x", 'Zoë\'s "plan"', "a+b;c"])
def test_a_title_adds_nothing_to_the_link(title: str) -> None:
    told = telling(subjects=(DIRECT_PAYMENTS.model_copy(update={"title": title}),))
    for link in links(html_of(told)):
        parts = urlsplit(link)
        assert parts.scheme == "mailto"
        assert unquote(parts.path) == "pmo@council.example"
        assert not parts.fragment
        assert [field.partition("=")[0] for field in parts.query.split("&")] == ["subject", "body"]
        assert "+" not in link


def test_an_odd_address_adds_nothing_to_the_link() -> None:
    mail = MailSettings(allowed_domains=("council.example",), reply_to="pmo?bcc=x&y@council.example")
    assert links(html_of(telling(mail=mail)))[0].startswith("mailto:pmo%3Fbcc%3Dx%26y@council.example?subject=")


def test_a_reply_is_offered_for_exceptions_alone() -> None:
    good = telling(subjects=(subject("A", OT, EO),), reasons={"a": Reason.REMEDIATED})
    assert "Reply about" not in html_of(good)
    assert "Reply about Direct Payments" in html_of(telling())


# ---- whatever comes from a return is foreign


@pytest.mark.parametrize(
    "foreign", ["<script>alert(1)</script>", "</td></table>", "{{ message }}", "{% raw %}", "&lt;"]
)
def test_foreign_text_is_shown_and_not_obeyed(foreign: str) -> None:
    told = telling(
        subjects=(subject(foreign, EO, OT, findings=(finding(foreign, action=foreign),), remarks=(foreign,)),),
        portfolio_title=foreign,
        reasons={},
    )
    assert words_of(html_of(told)).count(foreign) >= 4
    assert text_of(told).count(foreign) >= 4


def test_foreign_text_can_not_pretend_to_be_another_part() -> None:
    forged = subject("A", EO, OT, findings=(finding("late\n\nBETTER\n\nB: On Target (OT)"),))
    lines = text_of(telling(subjects=(forged,), reasons={"a": Reason.FIRST})).splitlines()
    assert "BETTER" not in lines


def test_a_second_revision_says_that_it_holds() -> None:
    said = "revision 2: where an earlier message for January 2019 differs, this one holds."
    assert said in text_of(telling(revision=2))
    assert "this one holds" not in text_of(telling())


@pytest.mark.parametrize("told", [telling(), owner_telling(), digest_telling()], ids=["one", "owner", "digest"])
def test_the_html_is_fit_for_a_screen_reader(told: Telling) -> None:
    html = html_of(told)
    assert html.startswith('<!DOCTYPE html>\n<html lang="en-GB">')
    assert html.count("<h1") == 1
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", html))
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(re.search(r' alt="[^"]+"', picture) for picture in re.findall(r"<img[^>]*>", html))
    assert "<title>Improving Lives Portfolio" in html


@pytest.mark.parametrize("told", [telling(), owner_telling(), digest_telling()], ids=["one", "owner", "digest"])
def test_every_element_is_closed(told: Telling) -> None:
    html = re.sub(r"<!--.*?-->", "", html_of(told), flags=re.DOTALL)
    for tag in ("table", "tr", "td", "p", "ul", "li", "h2", "h3", "a", "span", "b"):
        opened, closed = len(re.findall(rf"<{tag}[ >]", html)), html.count(f"</{tag}>")
        assert opened == closed, tag
