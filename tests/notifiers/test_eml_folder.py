"""Messages as files of a folder."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from engine.model.alerts import OutboxState, WholeMessage
from notifiers.folder import write_eml
from notifiers.outbox import DeliveryError
from tests.notifiers.reading import rendered
from tests.notifiers.samples import NOW, telling


def message(**changes: str | int | datetime) -> WholeMessage:
    """A message whose row says what is changed, whatever its bytes."""
    made = rendered(telling())
    if changes:
        key = sha256(str(changes).encode()).hexdigest()
        changes = {"dedupe_key": key, **changes, "message_id": f"<{key[:32]}@council.example>"}
    changed = made.model_copy(update=changes)
    body = made.body.replace(made.message_id.encode(), changed.message_id.encode())
    return WholeMessage(
        id="m", state=OutboxState.CLAIMED, rendered=changed.model_copy(update={"body": body}), run="r", queued=NOW
    )


def test_the_name_says_what_it_is(tmp_path: Path) -> None:
    path = write_eml(tmp_path / "var" / "outbox", message())
    assert path.name == "2019-01_improving_lives_owners_direct_payments_lead_r1.eml"
    assert path.read_bytes() == rendered(telling()).body


def test_the_same_message_again_is_the_same_file(tmp_path: Path) -> None:
    first = write_eml(tmp_path, message())
    before = first.stat().st_mtime_ns
    assert write_eml(tmp_path, message()) == first
    assert first.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_another_revision_is_another_file(tmp_path: Path) -> None:
    assert write_eml(tmp_path, message()) != write_eml(tmp_path, message(revision=2))


def test_a_message_that_is_there_already_is_delivered_and_never_overwritten(tmp_path: Path) -> None:
    path = write_eml(tmp_path, message())
    path.write_bytes(path.read_bytes() + b"a note of my own\r\n")
    before = path.read_bytes()
    assert write_eml(tmp_path, message()) == path
    assert path.read_bytes() == before


def test_a_second_reminder_has_its_day_in_its_name_and_a_third_of_the_day_a_number(tmp_path: Path) -> None:
    days = [NOW - timedelta(days=3), NOW, NOW]
    reminders = [message(audience="returns", date=day, dedupe_key=str(n)) for n, day in enumerate(days)]
    names = [write_eml(tmp_path, one).name for one in reminders]
    stem = "2019-01_improving_lives_returns_direct_payments_lead_r1"
    assert names == [f"{stem}.eml", f"{stem}_2019-02-08.eml", f"{stem}_2019-02-08_2.eml"]
    assert [write_eml(tmp_path, one).name for one in reminders] == names


def test_where_other_files_have_all_of_its_names_a_message_waits_until_one_is_moved(tmp_path: Path) -> None:
    first = write_eml(tmp_path, message())
    first.write_bytes(b"a shopping list")
    others = [first]
    for _ in range(99):
        others.append(write_eml(tmp_path, message()))
        others[-1].write_bytes(b"another")
    with pytest.raises(DeliveryError, match=f"as {others[-1].name}; move it away and run again") as error:
        write_eml(tmp_path, message())
    assert not error.value.for_good
    others[-1].unlink()
    assert write_eml(tmp_path, message()) == others[-1]


def test_two_messages_never_share_a_file(tmp_path: Path) -> None:
    one = message(portfolio="adults", audience="care_owners")
    other = message(portfolio="adults_care", audience="owners")
    paths = [write_eml(tmp_path, one), write_eml(tmp_path, other)]
    assert [path.read_bytes() for path in paths] == [one.rendered.body, other.rendered.body]
    assert write_eml(tmp_path, other) == paths[1]


def test_a_file_of_someone_else_under_the_name_is_left_alone(tmp_path: Path) -> None:
    name = "2019-01_improving_lives_owners_direct_payments_lead_r1.eml"
    (tmp_path / name).write_bytes(b"a shopping list")
    path = write_eml(tmp_path, message())
    assert path.name != name
    assert path.read_bytes() == message().rendered.body
    assert (tmp_path / name).read_bytes() == b"a shopping list"


@pytest.mark.parametrize(
    "foreign",
    ["../../etc/cron.d/x", "..", ".", "", "/etc/passwd", "C:\\windows\\x", "a/b", "a\\b", "a\x00b", "con", "a:b",
     "a\nb", "~", "$HOME", "Ü" * 300, "x" * 300, ".hidden", "-rf"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["portfolio", "audience", "recipient", "period"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, field: str, foreign: str) -> None:
    outbox = tmp_path / "outbox"
    path = write_eml(outbox, message(**{field: foreign}))
    assert path.parent == outbox
    assert [one.name for one in tmp_path.iterdir()] == ["outbox"]
    assert [one.name for one in outbox.iterdir()] == [path.name]
    assert path.name.isascii()
    assert len(path.name) < 255
    assert not path.name.startswith((".", "-"))


def test_names_that_differ_only_in_case_or_marks_stay_apart(tmp_path: Path) -> None:
    names = ["a b", "a-b", "A-B", "a/b", "x" * 60, "x" * 61]
    paths = {write_eml(tmp_path, message(recipient=name)).name.lower() for name in names}
    assert len(paths) == len(names)


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    outbox, elsewhere = tmp_path / "outbox", tmp_path / "elsewhere"
    outbox.mkdir()
    elsewhere.write_bytes(b"precious")
    (outbox / "2019-01_improving_lives_owners_direct_payments_lead_r1.eml").symlink_to(elsewhere)
    (outbox / ".2019-01_improving_lives_owners_direct_payments_lead_r1.eml.part").symlink_to(elsewhere)
    path = write_eml(outbox, message())
    assert elsewhere.read_bytes() == b"precious"
    assert not path.is_symlink()


def test_what_a_killed_program_left_half_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".2019-01_improving_lives_owners_direct_payments_lead_r1.eml.part").write_bytes(b"From: pm")
    path = write_eml(tmp_path, message())
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_program_killed_while_writing_leaves_no_half_message(tmp_path: Path, step: str) -> None:
    program = f"""
import os, pathlib, signal
from tests.notifiers.test_eml_folder import message
from notifiers.folder import write_eml
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
os.fsync = die if {step!r} == "fsync" else os.fsync
pathlib.Path.replace = die if {step!r} == "replace" else pathlib.Path.replace
write_eml(pathlib.Path({str(tmp_path)!r}), message())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -9
    assert list(tmp_path.glob("*.eml")) == []
    path = write_eml(tmp_path, message())
    assert path.read_bytes() == message().rendered.body
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("number", "said"), [(28, "No space left on device"), (30, "Read-only file system")])
def test_a_disk_that_refuses_is_said_in_a_sentence_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DeliveryError) as error:
        write_eml(tmp_path / "outbox", message())
    assert str(error.value) == f"a message can't be written to the folder outbox: {said}; it will be tried again"
    assert not error.value.for_good
    assert list((tmp_path / "outbox").glob("*.eml")) == []


def test_a_file_in_place_of_the_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("x", encoding="utf-8")
    with pytest.raises(DeliveryError, match="can't be written to the folder outbox: "):
        write_eml(tmp_path / "outbox", message())
