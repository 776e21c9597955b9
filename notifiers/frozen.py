"""The few changes that a frozen message may see, each by a person's act: its date, and a name of its own."""

import re
from datetime import datetime
from email.utils import format_datetime

from engine.model.alerts import Rendered


def dated(rendered: Rendered, now: datetime) -> Rendered:
    """The message with another date: one that was held is as new as its release to whoever gets it."""
    body = _with_header(rendered.body, b"Date", format_datetime(now))
    return rendered.model_copy(update={"date": now, "body": body})


def once_more(rendered: Rendered, now: datetime, time: int) -> Rendered:
    """The message as it is sent for the second time, third time …: a Message-ID that was seen is thrown away."""
    name, at, domain = rendered.message_id.strip("<>").rpartition("@")
    message_id = f"<{name.partition('.')[0]}.{time}{at}{domain}>"
    renamed = _with_header(rendered.body, b"Message-ID", message_id)
    return dated(rendered.model_copy(update={"message_id": message_id, "body": renamed}), now)


def _with_header(body: bytes, name: bytes, value: str) -> bytes:
    """The message with one header's line exchanged, however it was folded. It has that header once."""
    head, end, rest = body.partition(b"\r\n\r\n")
    line = rb"(?m)^" + name + rb":[^\r\n]*(?:\r\n[ \t][^\r\n]*)*"
    return re.sub(line, lambda _: name + b": " + value.encode("ascii"), head, count=1) + end + rest
