"""Audiences with a calendar of their own, told by the service with the real program: once an occurrence."""

from pathlib import Path

from tests.test_acceptance import Office

MONDAYS = '{every: week, on: Monday, at: "08:00", on_holiday: next working day}'
AUDIENCES = f"""
board: {{who: [clt_office], about: {{portfolio: improving_lives}}, at: exceptions, release: at once, when: {MONDAYS}}}
desk: {{who: [pmo], about: {{portfolio: improving_lives}}, tell: problems, when: {MONDAYS}}}
"""


def messages_after_a_look(office: Office, now: str) -> int:
    """How many messages have gone out after the service looked at that moment."""
    office.telltale("serve", "--once", "--now", now)
    folder = office.folder / "var/outbox"
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_audiences_with_a_calendar_are_told_once_an_occurrence_whoever_asks(tmp_path: Path) -> None:
    office = Office(tmp_path)
    (tmp_path / "config/audiences.yaml").write_text(AUDIENCES)
    (tmp_path / "config/schedule.yaml").write_text("{}\n")
    office.run()
    assert messages_after_a_look(office, "2019-05-24T12:00") == 0
    assert messages_after_a_look(office, "2019-05-27T12:00") == 0  # the Monday is a bank holiday
    assert messages_after_a_look(office, "2019-05-28T08:05") == 2
    (by_hand,) = office.json("mail", "tell", "board", "--now", "2019-05-28T10:00")["told"]
    assert (by_hand["state"], by_hand["occurrence"]) == ("told before", "2019-05-28")
    assert messages_after_a_look(office, "2019-05-28T12:00") == 2
    messages = office.json("mail", "list")["messages"]
    assert {(one["audience"], one["state"]) for one in messages} == {("board", "sent"), ("desk", "sent")}
