"""Silences, acknowledgements, reminders and escalation: rows of letters (see months.py), and what is in force."""

from datetime import UTC, date, datetime

import pytest

from engine.alerts.acts import in_force, lapsed
from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import HistoryPoint, Reason
from engine.model.workspace import About, Audience
from tests.alerts.months import (
    DIGEST,
    GAR,
    LONG_AGO,
    NOW,
    OWNERS,
    Office,
    month_name,
    play,
    play_all,
    run_of,
    silence,
    subject,
    workspace,
)
from tests.alerts.test_decisions_by_month import SHORT

MORE = SHORT | {"ended": "override ended", "escalated": "escalated", "remind": "reminder", "silent": "silenced",
                "known": "acknowledged", "held": "held for release", "-": ""}  # fmt: skip
EASED = OWNERS.model_copy(update={"eased": True})
NO_REMEDY = OWNERS.model_copy(update={"remediated": False})
REMINDED = OWNERS.model_copy(update={"remind_every": "3 periods"})


def expect(row: str, acts: str, words: str, audience: Audience = OWNERS) -> None:
    assert play(row, audience, acts) == [MORE[word] for word in words.split()]


@pytest.mark.parametrize(
    ("row", "acts", "words"),
    [
        ("ga", ".s", "never silent"),
        ("gaa", ".s.", "never silent first"),
        ("gag", ".s.", "never silent below"),
        ("aaa", ".s.", "first silent told"),
        ("ara", ".s.", "first silent told"),  # what came and went is no news
        ("arr", ".s.", "first silent worse"),
        ("aga", ".s.", "first silent told"),
        ("agg", ".s.", "first silent remedied"),
        ("agag", ".s..", "first silent told remedied"),
        ("aBB", ".s.", "first silent another"),
        ("aBa", ".s.", "first silent told"),
        ("acc", ".s.", "first silent closed"),
        ("rar", ".s.", "first silent told"),
        ("raa", ".s.", "first silent told"),
        ("a_g", ".s.", "first silent remedied"),
        ("a__", ".s.", "first silent told"),
        ("argar", ".sss.", "first silent silent silent worse"),
        ("arara", ".sss.", "first silent silent silent told"),
        ("ar!r", ".s.", "first silent worse"),
        ("ag!g", ".s.", "first silent remedied"),
        ("vaa", ".s.", "first silent ended"),
        ("aagg", "s.s.", "silent first silent remedied"),
    ],
)
def test_at_a_silences_end_there_is_one_message_if_what_is_true_is_not_what_was_told(
    row: str, acts: str, words: str
) -> None:
    expect(row, acts, words)


@pytest.mark.parametrize(
    ("row", "acts", "words"),
    [
        ("agaga", ".s...", "first silent told below reopened"),
        ("aggaa", ".s...", "first silent below reopened told"),
        ("agaa", ".s..", "first silent told told"),
    ],
)
def test_what_is_opened_again_after_a_silence_is_news_again(row: str, acts: str, words: str) -> None:
    expect(row, acts, words, NO_REMEDY)


@pytest.mark.parametrize(
    ("row", "acts", "words"),
    [
        ("aa", "SS", "silent silent"),
        ("AA", "SS", "first told"),
        ("aB", ".S", "first another"),  # the other rule's case is news
        ("AB", ".S", "first silent"),
        ("BB", "SS", "first silent"),
        ("ABB", ".S.", "first silent another"),
        ("rR", ".S", "first silent"),  # the other's is lower than what was told
        ("rAA", ".S.", "first silent told"),
        ("ag", ".S", "first silent"),  # what was told of it is silenced too
        ("agg", ".S.", "first silent remedied"),
        ("Ag", ".S", "first remedied"),
        ("ar", ".S", "first silent"),
        ("aR", ".S", "first worse"),  # then the whole is told as it is
    ],
)
def test_a_silence_of_a_rule_lets_the_news_of_others_through(row: str, acts: str, words: str) -> None:
    expect(row, acts, words)


@pytest.mark.parametrize(
    ("row", "acts", "words", "audience"),
    [
        ("aaa", ".kk", "first known known", OWNERS),
        ("ar", ".k", "first worse", OWNERS),
        ("arr", ".kk", "first worse told", OWNERS),  # it has lapsed
        ("araa", ".kkk", "first worse told told", OWNERS),  # and stays so
        ("aB", ".k", "first another", OWNERS),
        ("ag", ".k", "first remedied", OWNERS),
        ("ac", ".k", "first closed", OWNERS),
        ("a_", ".k", "first told", OWNERS),
        ("raa", ".k.", "first known eased", EASED),
        ("aga", "..k", "first remedied worse", OWNERS),
        ("agaa", ".kkk", "first remedied worse told", OWNERS),  # the case of then was closed
        ("aaaaa", ".kkk.", "first known known known remind", REMINDED),
        ("vaa", ".k.", "first known ended", OWNERS),
    ],
)
def test_an_acknowledgement_holds_back_all_but_what_is_worse(
    row: str, acts: str, words: str, audience: Audience
) -> None:
    expect(row, acts, words, audience)


@pytest.mark.parametrize(
    ("row", "acts", "words"),
    [
        ("aaaaaaa", "", "first told told remind told told remind"),
        ("aaraaaa", "", "first told worse told told remind told"),
        ("aaagaaa", "", "first told told remedied worse told told"),
        ("aaaaaaaa", "...s....", "first told told silent told told remind told"),
        ("aaaaaaaa", "..s.....", "first told silent remind told told remind told"),
        ("aaaaaaaa", "..ssss..", "first told silent silent silent silent remind told"),
        ("aaa_a", "", "first told told told remind"),
        ("a__a", "", "first told told remind"),
        ("agggg", "", "first remedied below below below"),
        ("ggggg", "", "never never never never never"),
    ],
)
def test_reminders_are_counted_in_published_periods_and_lapse_in_a_silence(row: str, acts: str, words: str) -> None:
    expect(row, acts, words, REMINDED)


UP = OWNERS.model_copy(update={"next_up": "clt"})
RED = DIGEST.model_copy(update={"at": "red"})


@pytest.mark.parametrize(
    ("row", "acts", "owners", "clt", "at"),
    [
        ("aaaa", "", "first told told told", "first told escalated told", DIGEST),
        ("aaaa", "", "first told told told", "never never escalated told", RED),
        ("aaag", "", "first told told remedied", "never never escalated remedied", RED),
        ("aaaar", "", "first told told told worse", "never never escalated told worse", RED),
        ("aaga", "", "first told remedied worse", "never never never never", RED),
        ("aagaaa", "", "first told remedied worse told told", "never never never never never escalated", RED),
        ("aaaaa", ".kkk.", "first known known known told", "never never never never escalated", RED),
        ("aaaaa", ".kkkk", "first known known known known", "never never never never never", RED),
        ("aaaa", "..s.", "first told silent told", "first told silent told", DIGEST),  # it has lapsed
        ("aaaa", "..s.", "first told silent told", "never never silent escalated", RED),
        ("aa_a", "", "first told told told", "never never never escalated", RED),
    ],
)
def test_what_stays_open_unacknowledged_is_passed_on_once(
    row: str, acts: str, owners: str, clt: str, at: Audience
) -> None:
    told = play_all(row, {"owners": UP, "clt": at}, acts)
    assert told == {
        "owners": [MORE[word] for word in owners.split()],
        "clt": [MORE[word] for word in clt.split()],
    }


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        ("late", [Reason.SILENCED, Reason.SILENCED, Reason.SILENCED]),
        ("another_rule", [Reason.FIRST, Reason.ALREADY_TOLD, Reason.ESCALATED]),
    ],
)
def test_a_silence_of_one_rule_keeps_only_its_own_cases_from_being_passed_on(rule: str, reasons: list[Reason]) -> None:
    office = Office(workspace({"owners": UP, "clt": DIGEST}))
    office.acts = [silence(rule=rule)]
    months = [office.month(run_of(subject("a"), period=month_name(number))).decisions for number in range(3)]
    assert [one.reason for decided in months for one in decided if one.audience == "clt"] == reasons


def test_an_acknowledgement_of_what_a_correction_made_worse_has_lapsed_for_good() -> None:
    act = silence(kind=ActKind.ACKNOWLEDGEMENT, period="2018-12", status="amber")
    corrected = [HistoryPoint(period="2018-12", status="red")]
    assert lapsed(act, subject("a"), corrected, GAR)
    assert not lapsed(act, subject("a"), [HistoryPoint(period="2018-12", status="amber")], GAR)


def test_what_an_audience_is_not_about_reaches_it_when_it_is_passed_on() -> None:
    leads = OWNERS.model_copy(update={"about": About(level="programmes")})
    told = play_all("aaaag", {"owners": UP.model_copy(update={"next_up": "leads"}), "leads": leads})
    assert told["leads"] == ["", "", "escalated", "already told", "remediated"]


def test_a_message_names_the_audience_and_the_people_that_passed_a_subject_on() -> None:
    office = Office(workspace({"owners": UP, "clt": RED}))
    months = [office.month(run_of(subject("a"), period=month_name(number))) for number in range(3)]
    (message,) = (one for one in months[-1].messages if one.audience == "clt")
    assert (message.through, message.through_whom) == ({"meals": "owners"}, {"meals": ("Meals Lead",)})


def test_what_waits_for_its_release_is_not_queued_again_nor_reminded_of() -> None:
    office = Office(workspace({"owners": REMINDED}))
    reasons = []
    for number, letter in enumerate("aaaar"):
        told = office.month(run_of(subject(letter), period=month_name(number)))
        office.told = [one.model_copy(update={"held": True}) for one in office.told]
        reasons.append(told.decisions[0].reason)
    assert reasons == [Reason.FIRST, *[Reason.HELD_FOR_RELEASE] * 3, Reason.WORSENED]


def test_an_acknowledgement_keeps_nothing_from_who_was_never_told() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(run_of(subject("a"), period="2018-12"))
    office.acts = [office.acknowledge("meals")]
    office.workspace = workspace({"owners": OWNERS, "leaders": DIGEST})
    reasons = {one.audience: one.reason for one in office.month(run_of(subject("a"))).decisions}
    assert reasons == {"owners": Reason.ACKNOWLEDGED, "leaders": Reason.FIRST}


@pytest.mark.parametrize(
    ("act", "silent"),
    [
        (silence("meals"), "meals"),
        (silence("older"), "older"),
        (silence("older", below=True), "meals older visits"),
        (silence("care", below=True), "care meals older transport visits"),
        (silence("meals", audience="leaders"), ""),
        (silence("meals", audience="owners"), "meals"),
    ],
)
def test_a_silence_is_on_a_subject_or_on_all_below_it_for_one_audience_or_all(act: OfficeAct, silent: str) -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.acts = [act]
    run = run_of(*(subject("a", ref, parent=None) for ref in ("care", "older", "meals", "visits", "transport")))
    decided = office.month(run).decisions
    assert sorted(one.subject for one in decided if one.reason is Reason.SILENCED) == silent.split()
    assert all(one.reason in (Reason.SILENCED, Reason.FIRST) for one in decided)


def test_a_silenced_subject_and_why_are_in_the_decision_and_in_a_digest_that_goes_anyway() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.acts = [silence("meals", until=date(2019, 3, 31))]
    told = office.month(run_of(subject("a"), subject("a", "transport", parent=None)))
    (message,) = told.messages
    assert [one.ref for one in message.subjects] == ["meals", "transport"]
    assert [act.why for act in message.acts["meals"]] == ["the system is being replaced"]
    said = {one.subject: one.sentence for one in told.decisions}
    assert said["meals"] == (
        "A silence is in force. By PMO until 31 March 2019, about all news of meals, for every audience: "
        "the system is being replaced."
    )


END = OfficeAct(number=2, kind=ActKind.END, portfolio="care", subject="meals", by="PMO", why="done", period="", ends=1,
          made=datetime(2019, 2, 1, tzinfo=UTC))  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "now", "stands"),
    [
        ([silence(until=date(2019, 2, 7))], NOW, True),
        ([silence(until=date(2019, 2, 6))], NOW, False),
        ([silence(made=datetime(2019, 2, 8, tzinfo=UTC))], NOW, False),  # not made yet
        ([silence(), END], NOW, False),
        ([silence(), END], LONG_AGO, True),  # not ended yet
    ],
)
def test_a_silence_is_in_force_from_when_it_is_made_to_its_last_day_or_its_end(
    acts: list[OfficeAct], now: datetime, stands: bool
) -> None:
    assert bool(in_force(acts, now, now.date()).silences) is stands
