"""Who is told of a project's months, and why: rows of letters (see months.py) with a decision for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.decisions import QUESTIONS
from engine.alerts.threshold import Threshold
from engine.model.alerts import Reason
from engine.model.workspace import Audience
from tests.alerts.months import DIGEST, GAR, OWNERS, STATUS, Office, giving, letters, play, run_of, subject, workspace

SHORT = {
    "first": "first", "closed": "closed", "restated": "restated", "worse": "worsened", "another": "another",
    "reopened": "reopened", "remedied": "remediated", "eased": "eased", "ended": "override ended",
    "told": "already told", "below": "better than this audience's threshold",
    "never": "never at this audience's threshold",
}  # fmt: skip
EASED = OWNERS.model_copy(update={"eased": True})
NO_REMEDY = OWNERS.model_copy(update={"remediated": False})
RED_ONLY = Audience(who="owners", at="red")
RED_EASED = Audience(who="owners", at="red", eased=True)
EVERYTHING = Audience(who="owners", at="green", eased=True)


def expect(row: str, words: str, audience: Audience = OWNERS) -> None:
    assert play(row, audience) == [SHORT[word] for word in words.split()]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("g", "never"),
        ("a", "first"),
        ("gga", "never never first"),
        ("aaa", "first told told"),
        ("ar", "first worse"),
        ("arr", "first worse told"),
        ("ag", "first remedied"),
        ("agg", "first remedied below"),
        ("aga", "first remedied worse"),
        ("agag", "first remedied worse remedied"),
        ("ra", "first told"),
        ("rag", "first told remedied"),
        ("rar", "first told told"),
    ],
)
def test_an_owner_is_told_once_of_each_change(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("_", "never"),
        ("_a", "never first"),
        ("a_", "first told"),
        ("a__a", "first told told told"),
        ("a_r", "first told worse"),
        ("a_g", "first told remedied"),
        ("g_g", "never never never"),
    ],
)
def test_missing_data_is_never_a_recovery_and_no_news(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("aB", "first another"),
        ("aBB", "first another told"),
        ("Ba", "first told"),
        ("BaB", "first told reopened"),
        ("aA", "first another"),
        ("af", "first another"),
        ("aBr", "first another worse"),
        ("aAa", "first another reopened"),
    ],
)
def test_another_case_is_told_though_the_status_is_no_worse(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words", "audience"),
    [
        ("rR", "first told", OWNERS),
        ("rRA", "first told told", OWNERS),
        ("rRAg", "first told told remedied", OWNERS),
        ("rA", "first told", OWNERS),
        ("rA", "first eased", EASED),
        ("rAr", "first told reopened", OWNERS),
        ("Ow", "first told", OWNERS),
        ("Owa", "first told ended", OWNERS),
        ("Owg", "first told remedied", OWNERS),
        ("ov", "first told", OWNERS),
        ("ovr", "first told worse", OWNERS),
    ],
)
def test_a_case_lower_than_what_was_told_or_beneath_an_override_is_no_news(
    row: str, words: str, audience: Audience
) -> None:
    expect(row, words, audience)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a_!A", "first restated reopened"),
        ("a_!_A", "first restated below reopened"),
        ("a_!_g", "first restated below below"),
        ("an!A", "first restated reopened"),
    ],
)
def test_what_was_told_to_be_not_rated_is_back_by_whatever_case(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ac", "first closed"),
        ("acc", "first closed below"),
        ("gc", "never never"),
        ("agc", "first remedied below"),
        ("aca", "first closed reopened"),
        ("an", "first below"),
        ("ana", "first below reopened"),
    ],
)
def test_the_end_of_a_project_is_told_where_trouble_was(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ar!", "first restated"),
        ("ag!", "first restated"),
        ("a_!", "first restated"),
        ("a_!a", "first restated reopened"),
        ("aa!", "first told"),
        ("ga!", "never first"),
        ("agg!", "first remedied below"),
        ("ac!", "first closed"),
    ],
)
def test_a_status_that_rules_moved_is_restated_and_not_called_worse(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("go", "never first"),
        ("oo", "first told"),
        ("og", "first remedied"),
        ("oa", "first another"),
        ("va", "first ended"),
        ("vr", "first worse"),
        ("rv", "first told"),
        ("ao", "first another"),
        ("fg", "first remedied"),
    ],
)
def test_what_a_person_decides_is_told_like_what_a_rule_finds(row: str, words: str) -> None:
    expect(row, words)


@pytest.mark.parametrize(
    ("row", "words", "audience"),
    [
        ("ra", "first eased", EASED),
        ("raa", "first eased told", EASED),
        ("rar", "first eased worse", EASED),
        ("rag", "first eased remedied", EASED),
        ("ag", "first below", NO_REMEDY),
        ("aga", "first below reopened", NO_REMEDY),
        ("agA", "first below another", NO_REMEDY),
        ("agr", "first below worse", NO_REMEDY),
        ("aar", "never never first", RED_ONLY),
        ("rR", "first told", RED_ONLY),
        ("ra", "first below", RED_ONLY),
        ("rag", "first below remedied", RED_ONLY),
        ("rar", "first below told", RED_ONLY),
        ("rgr", "first remedied worse", RED_ONLY),
        ("ra", "first eased", RED_EASED),
        ("raa", "first eased below", RED_EASED),
        ("rar", "first eased worse", RED_EASED),
        ("gag", "first worse eased", EVERYTHING),
    ],
)
def test_an_audience_sets_what_it_wants_to_see(row: str, words: str, audience: Audience) -> None:
    expect(row, words, audience)


def test_a_status_that_the_scheme_does_not_have_means_its_exceptions() -> None:
    threshold = Threshold(GAR, "at_risk")
    assert [threshold.sees(status) for status in ("green", "amber", "red", "closed", None)] == [
        False, True, True, False, False,
    ]  # fmt: skip


# ---- what a row of months can't say


def test_a_message_that_never_arrived_counts_as_not_told() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(run_of(subject("a"), period="2018-12"), sent=False)
    (decision,) = office.month(run_of(subject("a"))).decisions
    assert decision.reason is Reason.FIRST


def test_a_corrected_month_is_restated_to_those_who_were_told_of_it() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(run_of(subject("a")))
    _, again = office.revise(run_of(subject("r"), revision=2))
    assert [decision.reason for decision in again.decisions] == [Reason.RESTATED]
    _, undone = office.revise(run_of(subject("g"), revision=2))
    assert [decision.reason for decision in undone.decisions] == [Reason.RESTATED]


def test_a_revision_that_changes_no_status_sends_nothing() -> None:
    office = Office(workspace({"owners": OWNERS, "leaders": DIGEST}))
    office.month(run_of(subject("a")))
    _, again = office.revise(run_of(subject("a"), revision=2))
    assert again.messages == []
    assert {decision.reason for decision in again.decisions} == {Reason.ALREADY_TOLD}


def test_nobody_counts_as_told_in_history() -> None:
    office = Office(workspace({"owners": OWNERS}))
    run = run_of(subject("a", "meals", previous="a"), subject("g", "transport", parent=None, previous="a"))
    reasons = {decision.subject: decision.reason for decision in office.month(run).decisions}
    assert reasons == {"meals": Reason.FIRST, "transport": Reason.BELOW_THRESHOLD}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("agg", "first remedied below"),  # by whoever it is told, once
        ("acc", "first closed below"),
        ("aga", "first remedied worse"),
        ("aag", "first first remedied"),
        ("a_g", "first below remedied"),
        ("a__", "first below below"),
        ("gga", "never never first"),
    ],
)
def test_a_new_owner_hears_what_the_one_before_was_not_told(row: str, words: str) -> None:
    expect_of_owners(row, "mvv", words)


@pytest.mark.parametrize(
    ("row", "owners", "words"),
    [
        ("aagg", "mvvm", "first first remedied remedied"),  # back again: to each that it is over
        ("aggg", "mvmm", "first remedied remedied below"),
        ("agag", "mvvm", "first remedied worse remedied"),
    ],
)
def test_each_owner_who_heard_of_trouble_hears_that_it_is_over(row: str, owners: str, words: str) -> None:
    expect_of_owners(row, owners, words)


def expect_of_owners(row: str, owners: str, words: str) -> None:
    """`owners` is a letter a month: m the first owner, v another."""
    office, reasons = Office(workspace({"owners": OWNERS})), []
    for number, ((letter, _), owner) in enumerate(zip(letters(row), owners, strict=True)):
        office.workspace = workspace({"owners": OWNERS}, meals_owner={"m": "meals_lead", "v": "visits_lead"}[owner])
        previous = row[number - 1] if number else None
        told = office.month(run_of(subject(letter, previous=previous), period=f"2018-{number + 1:02}"))
        reasons += [decision.reason.value for decision in told.decisions]
    assert reasons == [SHORT[word] for word in words.split()]


# ---- whatever the months are

MONTHS = [letter + mark for letter in STATUS for mark in ("", "!")]
ROWS = st.lists(st.sampled_from(MONTHS), max_size=8).map("".join)
AUDIENCES = st.builds(
    Audience,
    who=st.just("owners"),
    at=st.sampled_from(["exceptions", "green", "red"]),
    remediated=st.booleans(),
    eased=st.booleans(),
)


@given(ROWS, AUDIENCES)
def test_the_same_month_told_again_sends_nothing(row: str, audience: Audience) -> None:
    office = Office(workspace({"owners": audience}))
    for number, (letter, mark) in enumerate(letters(row)):
        run = run_of(subject(letter, mark=mark), period=f"2018-{number + 1:02}")
        office.month(run)
        _, again = office.revise(run)
        assert again.messages == []


@given(ROWS, AUDIENCES)
def test_an_owner_never_believes_that_things_are_better_than_they_are(row: str, audience: Audience) -> None:
    office = Office(workspace({"owners": audience}))
    threshold = Threshold(GAR, audience.at)
    for number, (letter, mark) in enumerate(letters(row)):
        office.month(run_of(subject(letter, mark=mark), period=f"2018-{number + 1:02}"))
        if threshold.sees(STATUS[letter]):
            told = office.told[-1]
            assert (GAR.rank(told.status) or 0) >= (GAR.rank(STATUS[letter]) or 0)
            assert told.status != STATUS[letter] or giving(letter, office) <= set(told.cases)


def test_every_reason_but_those_of_what_could_not_be_told_has_its_question() -> None:
    not_asked = (Reason.NO_ADDRESS, Reason.NOT_MADE)
    assert [reason for reason, _ in QUESTIONS] == [reason for reason in Reason if reason not in not_asked]
