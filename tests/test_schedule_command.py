"""`schedule` and `serve --once` as an operator uses them."""

from pathlib import Path

import pytest

from tests.test_acceptance import Office

SCHEDULE = """
derive: {do: run, portfolio: improving_lives, when: {every: month, on: 6th working day, at: "07:00"}}
backup: {do: backup, when: {every: working day, at: "19:00"}}
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    (tmp_path / "config/schedule.yaml").write_text(SCHEDULE)
    (tmp_path / "config/audiences.yaml").write_text("{}\n")
    return office


def test_a_job_that_is_not_among_the_next_is_listed_with_its_own_next(office: Office) -> None:
    said = office.telltale("schedule", "--next", "2", "--now", "2019-02-11T08:00")
    assert [line.split()[-1] for line in said.splitlines()[1:3]] == ["backup", "backup"]
    later = said[said.index("Later:") :]
    assert "Fri 8 March 2019" in later
    assert "derive improving_lives  for 2019-02" in later
    answer = office.json("schedule", "--next", "2", "--now", "2019-02-11T08:00")
    assert [(one["job"], one["occurrence"]) for one in answer["later"]] == [("derive improving_lives", "2019-03")]


def test_periods_that_nobody_judges_are_faults_of_a_year(office: Office) -> None:
    office.edit("config/schedule.yaml", "every: month, on: 6th", "every: quarter, on: 6th")
    said = office.telltale("schedule", "--check", "2019", expect=1)
    assert "no job runs 2019-01 of improving_lives" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("schedule", "--next", "3", "--check", "2019"), "give one of them"),
        (("serve", "--once", "--listen", "foo"), "it takes neither --listen nor --every"),
        (("serve", "--once", "--every", "10"), "it takes neither --listen nor --every"),
        (("serve", "--listen", "foo"), "'foo' is no address to listen on"),
    ],
)
def test_options_that_do_not_go_together_are_refused(office: Office, words: tuple[str, ...], said: str) -> None:
    assert said in office.telltale(*words, expect=2)


def test_a_look_says_what_it_did_and_what_comes_next(office: Office) -> None:
    said = office.telltale("serve", "--once", "--now", "2019-02-07T20:00")
    assert said == "Nothing was due.\nNext: derive improving_lives on Friday 8 February 2019 at 07:00 GMT.\n"
    said = office.telltale("serve", "--once", "--now", "2019-02-08T07:00")
    assert said.startswith(
        "derive improving_lives 2019-02: done.\nNext: backup on Friday 8 February 2019 at 19:00 GMT."
    )
    said = office.telltale("serve", "--once", "--now", "2019-02-09T07:00")
    assert said.startswith("backup 2019-02-08: done.\nNext: backup on Monday 11 February 2019 at 19:00 GMT.")


def test_a_look_that_can_not_use_the_database_ends_as_every_command_does(office: Office) -> None:
    (office.folder / "var").mkdir(exist_ok=True)
    (office.folder / "var/telltale.db").write_bytes(b"no database" * 1000)
    assert "is damaged" in office.telltale("serve", "--once", expect=3)
