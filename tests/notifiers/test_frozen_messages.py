"""The few changes that a frozen message may see."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from engine.model.alerts import Rendered
from notifiers.frozen import dated, once_more
from tests.notifiers.reading import parsed, rendered
from tests.notifiers.samples import NOW, telling

LATER = NOW + timedelta(days=3)


def others(message: Rendered) -> dict[str, str]:
    return {name: value for name, value in parsed(message).items() if name not in ("Date", "Message-ID")}


def test_a_message_that_was_held_is_as_new_as_its_release() -> None:
    before = rendered(telling())
    after = dated(before, LATER)
    assert parsedate_to_datetime(parsed(after)["Date"]) == LATER == after.date
    assert parsed(after)["Message-ID"] == parsed(before)["Message-ID"]
    assert others(after) == others(before)
    assert after.body.partition(b"\r\n\r\n")[2] == before.body.partition(b"\r\n\r\n")[2]
    assert after.id == before.id


def test_a_message_sent_once_more_has_a_name_of_its_own_each_time() -> None:
    before = rendered(telling())
    second = once_more(before, LATER, 2)
    third = once_more(second, LATER, 3)
    ids = [one.message_id for one in (before, second, third)]
    assert len(set(ids)) == 3
    assert [str(parsed(one)["Message-ID"]) for one in (before, second, third)] == ids
    assert third.message_id.replace(".3@", "@") == before.message_id
    assert others(third) == others(before)


def test_words_of_the_message_that_look_like_headers_are_left_alone() -> None:
    message = rendered(telling())
    body = message.body + b"Date: yesterday\r\nMessage-ID: <mine@council.example>\r\n"
    changed = once_more(message.model_copy(update={"body": body}), LATER, 2)
    assert changed.body.endswith(b"Date: yesterday\r\nMessage-ID: <mine@council.example>\r\n")


def test_a_long_name_that_was_folded_is_exchanged_whole() -> None:
    message = rendered(telling())
    folded = message.body.replace(b"Message-ID: <", b"Message-ID:\r\n <")
    changed = once_more(message.model_copy(update={"body": folded}), LATER, 2)
    assert changed.body.count(b"Message-ID:") == 1
    assert str(parsed(changed)["Message-ID"]) == changed.message_id
