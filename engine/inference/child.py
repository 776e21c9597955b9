"""The child process in which durable-rules judges: a crash, a hang or a leak of the engine ends here.

It reads requests on standard input and answers on standard output, each a frame: its length in four bytes, then JSON.
Its arguments are a file descriptor, to which it writes where it is (chunk and fact) before each fact, and the seconds
that a request may take: past them it ends, even where there is nobody left to end it. An exception is left to end it
too: what it wrote there, and its standard error, say where and why.
"""

import json
import os
import signal
import struct
import sys
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
POSITION = struct.Struct(">qq")  # chunk, fact; -1 before the chunk's first


def main() -> None:
    """Say whether the engine can be loaded, then answer until the other side closes."""
    position, seconds = int(sys.argv[1]), int(sys.argv[2])
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever anyone prints goes to standard error, never between the frames
    try:
        from engine.inference.durable import run_chunk
    except ImportError as why:
        send(replies, {"why_not": str(why)})
        return
    send(replies, {"why_not": None})
    while (chunks := receive(sys.stdin.buffer)) is not None:
        signal.alarm(seconds)
        results = []
        for number, (compiled, facts) in enumerate(chunks):

            def reached(fact: int, chunk: int = number) -> None:
                os.pwrite(position, POSITION.pack(chunk, fact), 0)

            reached(-1)
            results.append(run_chunk(compiled, facts, reached))
        signal.alarm(0)  # what was asked is done: a reader who takes his time is no reason to end
        send(replies, results)


def send(stream: BinaryIO, content: Any) -> None:
    """Write one frame."""
    body = json.dumps(content, separators=(",", ":")).encode()
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one frame; None at the end of the stream."""
    head = stream.read(LENGTH.size)
    if not head:
        return None
    return json.loads(stream.read(*LENGTH.unpack(head)))


if __name__ == "__main__":
    main()
