"""What was missed, with the real program: runs oldest first, and the mails of the older ones held."""

from pathlib import Path

from engine.service.serve import Service
from tests.test_acceptance import Office

OF_STATUSES = ("owners", "programme_leads", "clt")  # the office's own mail, of what is wrong with returns, is not held


def test_the_mails_of_a_run_that_is_held_wait_for_somebody_with_the_reason(tmp_path: Path) -> None:
    office = Office(tmp_path)
    run = office.json("run", "improving_lives", "--hold", "it was missed")
    told = [one for one in run["messages"] if one["audience"] in OF_STATUSES]
    assert told
    assert {one["state"] for one in told} == {"held"}
    kept = [one for one in office.json("mail", "list")["messages"] if one["audience"] in OF_STATUSES]
    assert {one["detail"] for one in kept} == {"it was missed"}


def test_missed_runs_are_done_oldest_first_and_the_older_ones_mails_are_held(tmp_path: Path) -> None:
    office = Office(tmp_path)
    derive = '{do: run, portfolio: improving_lives, when: {every: month, on: 6th working day, at: "07:00"}}'
    (tmp_path / "config/schedule.yaml").write_text(f"derive: {derive}\n")
    office.edit("config/settings.yaml", "database:", "service: {catch_up: 1}\ndatabase:")
    Service(tmp_path, "2019-02-07T12:00", 30).look()
    Service(tmp_path, "2019-03-08T12:00", 30).look()  # down over the 8th of February and of March
    messages = office.json("--now", "2019-03-08T13:00", "mail", "list", "improving_lives")["messages"]
    states = {(one["period"], one["state"]) for one in messages if one["audience"] in OF_STATUSES}
    assert ("2019-01", "held") in states
    assert ("2019-01", "sent") not in states
