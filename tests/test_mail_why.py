"""`mail why`: why anybody got a mail about a subject, or got none, what was told, and what brings the next."""

import sqlite3
from pathlib import Path

import pytest

from engine import app
from tests.test_people_decide import BOARD, Deciding, answer
from tests.test_runs_over_months import MONTHS, PEOPLE


@pytest.fixture
def months(tmp_path: Path) -> Deciding:
    return Deciding(tmp_path)


def said_of(months: Deciding, capsys: pytest.CaptureFixture[str], now: str, subject: str = "north") -> str:
    """What is said of a subject, on one line."""
    capsys.readouterr()
    months.telltale(now, "mail", "why", subject)
    return " ".join(capsys.readouterr().out.split())


def test_why_says_for_each_reader_what_was_decided_told_and_is_next(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write(
        "config/audiences.yaml",
        "owners: {who: owners, about: {level: projects}, remind_every: 3 periods}\n"
        f"leads: {{who: owners, about: {{level: programmes}}}}\n{BOARD}",
    )
    months.month("2019-01", "80", "100")
    months.month("2019-02", "80", "100")
    capsys.readouterr()
    months.telltale("2019-03-09", "mail", "why", "north", "--format", "json")
    owners, leads, board = answer(capsys)["audiences"]
    (person,) = owners["people"]
    decided, told = person["decided"], person["told"]
    assert (decided["reason"], decided["occurrence"], decided["since_occurrence"]) == (
        "already told",
        "2019-02",
        "2019-02",
    )
    assert (told["period"], told["status"], told["state"]) == ("2019-01", "amber", "sent")
    assert "A reminder, with the run of 2019-04, where it is then as it is now." in person["next"]
    assert leads["nobody"] == "It is told of programmes, and this is a project."
    assert (board["people"][0]["decided"], board["people"][0]["now"]["reason"]) == (None, "first")


def test_why_names_the_silence_and_its_end(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.month("2019-01", "100", "100")
    months.decide("silence", "north", until="2019-03-20")
    months.month("2019-02", "80", "100")
    capsys.readouterr()
    months.telltale("2019-03-09", "mail", "why", "north")
    said = " ".join(capsys.readouterr().out.split())
    assert "Silenced (2019-02, decided on 2019-03-08): A silence is in force. By PMO until 20 March 2019, about" in said
    assert "Was never told of it." in said
    assert "The first run or telling after 20 March 2019, the silence's last day, where what is true then is" in said


def test_a_person_without_an_address_is_asked_about_all_the_same(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/people.yaml", PEOPLE.replace(", email: north@council.example", ""))
    months.month("2019-01", "80", "100")
    capsys.readouterr()
    months.telltale(MONTHS["2019-01"], "mail", "why", "north")
    said = capsys.readouterr().out
    assert "North Lead, without an address" in said
    assert "Nobody with an address" in said


# ---- what has not arrived has told nobody


def held_board(months: Deciding) -> str:
    """A board whose digest of January is held; the message's id, as it is shown."""
    months.write("config/audiences.yaml", "board: {who: [lead], about: {level: projects}, release: by hand}\n")
    months.month("2019-01", "80", "100")
    return message_of(months)


def message_of(months: Deciding) -> str:
    with app.open_the_store(months.office("2019-02-08")) as store:
        return store.outbox()[0].id[:8]


def test_a_message_that_is_held_has_told_nobody(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    message = held_board(months)
    said = said_of(months, capsys, "2019-02-09")
    assert f"Not told yet of 2019-01, Amber: message {message} is held for release since 2019-02-08." in said
    assert "Was never told of it." in said
    assert "Told last" not in said
    months.telltale("2019-02-09", "mail", "release", "--all", "--by", "Head")
    said = said_of(months, capsys, "2019-02-10")
    assert f"Told last of 2019-01: Amber (message {message}, sent on 2019-02-09)." in said
    assert "Not told yet" not in said


def test_beside_what_is_held_stands_what_was_told_before(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    first = held_board(months)
    months.telltale("2019-02-09", "mail", "release", "--all", "--by", "Head")
    months.month("2019-02", "30", "100")
    second = message_of(months)
    said = said_of(months, capsys, "2019-03-09")
    assert f"Told last of 2019-01: Amber (message {first}, sent on 2019-02-09)." in said
    assert f"Not told yet of 2019-02, Red: message {second} is held for release since 2019-03-08." in said
    capsys.readouterr()
    months.telltale("2019-03-09", "mail", "why", "north", "--format", "json")
    ((person,),) = (audience["people"] for audience in answer(capsys)["audiences"])
    assert (person["told"]["message"][:8], person["told"]["state"]) == (first, "sent")
    assert [(one["message"][:8], one["state"], one["period"]) for one in person["untold"]] == [
        (second, "held", "2019-02")
    ]


def test_what_was_thrown_away_is_said_to_count_as_never_told(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    message = held_board(months)
    months.telltale("2019-02-09", "mail", "release", "--all", "--discard", "--by", "Head", "--why", "by phone")
    said = said_of(months, capsys, "2019-02-09")
    assert f"Not told of 2019-01, Amber: message {message} was thrown away, and counts as never told." in said
    assert (
        "The next run that publishes would send this reader a message: it is at this audience's threshold, "
        "and this reader was never told of it." in said
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("pending", "Not told yet of 2019-01, Amber: message {} has not gone out yet."),
        ("retry", "Not told yet of 2019-01, Amber: message {} could not be sent so far, and is tried again."),
        ("uncertain", "Perhaps told of 2019-01, Amber: whether message {} went out is not known."),
        ("dead", "Not told of 2019-01, Amber: message {} could not be delivered, and counts as never told."),
    ],
)
def test_each_state_of_a_message_says_whether_anybody_knows(
    months: Deciding, capsys: pytest.CaptureFixture[str], state: str, words: str
) -> None:
    message = held_board(months)
    with sqlite3.connect(months.root / "var/telltale.db") as database:
        database.execute("UPDATE outbox SET state = ?", (state,))
    said = said_of(months, capsys, "2019-02-09")
    assert words.format(message) in said
    assert "Told last" not in said


# ---- silences, with what they are about


def test_of_two_silences_both_are_said_the_one_that_lasts_longer_first(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.month("2019-01", "100", "100")
    months.decide("silence", "north", until="2019-03-20")
    months.decide("silence", "programme", "--below", "--audience", "owners", until="2019-04-30")
    months.decide("silence", "north", "--rule", "short", until="2019-12-31")  # no longer needed: all of it is silenced
    months.month("2019-02", "80", "100")
    said = said_of(months, capsys, "2019-03-09")
    assert (
        "A silence is in force. By PMO until 30 April 2019, about all news of programme and what lies below it, for "
        "the audience owners: a system is being replaced. By PMO until 20 March 2019, about all news of north, for "
        "every audience: a system is being replaced." in said
    )
    assert "Silence 3. By PMO until 31 December 2019, about what the rule short finds of north, for every" in said


# ---- what would happen now


def test_what_would_bring_a_message_now_is_a_sentence(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.write("config/audiences.yaml", BOARD)
    months.month("2019-01", "80", "100")
    said = said_of(months, capsys, "2019-02-09")
    assert "Nothing was decided for this reader yet." in said
    assert (
        "The next telling (telltale mail tell board) would send this reader a message: it is at this audience's "
        "threshold, and this reader was never told of it." in said
    )


def test_what_is_better_than_what_was_told_is_said_to_be_so_and_only_what_is_worse_than_that_is_next(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.month("2019-01", "30", "100")
    assert months.month("2019-02", "80", "100").messages == ()
    said = said_of(months, capsys, "2019-03-09")
    assert "no news since what was told. It is better than that, of which only an audience with `eased: yes` is" in said
    assert "It gets worse" not in said
    assert "What brings the next: - A case that was closed is opened again. - It is no exception any more." in said


# ---- what could not be made


def test_why_says_that_an_address_was_refused_and_the_next_run_tells_once_it_is_mended(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/people.yaml", PEOPLE.replace("north@council.example", "north@elsewhere.example"))
    assert months.month("2019-01", "80", "100").messages == ()
    said = said_of(months, capsys, "2019-02-09")
    assert "No message could be made (2019-01, decided on 2019-02-08): There is news, and no message could be" in said
    assert "made of it. 'north@elsewhere.example' is outside the domains that mail may go to; correct it in" in said
    assert "The next run that publishes would send this reader a message, once one can be made: it is at" in said
    months.write("config/people.yaml", PEOPLE)
    assert months.told(months.run("2019-01", now="2019-02-10")) == {"north": "first"}
    assert "First (2019-01, decided on 2019-02-10)" in said_of(months, capsys, "2019-02-11")
