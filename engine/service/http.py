"""/healthz and /metrics: read only, from what the service knew when it last looked; no request touches the database."""

import json
import socket
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from engine.office import UsageError
from engine.service.metrics import Health, exposition, is_well

SLOWEST = 5.0  # seconds that a reader may take to say what it wants


def address_of(text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT, or of [HOST]:PORT for IPv6. Raises UsageError."""
    host, _, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare) != (bare != host) or not port.isascii() or not port.isdecimal():
        raise UsageError(f"{text!r} is no address to listen on; write it as 127.0.0.1:8437 or [::1]:8437")
    return bare, int(port)


def _server(host: str) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

    return Server


class Listener:
    """Answers on an address while it is open."""

    def __init__(self, address: str, health: Callable[[], Health | None], clock: Callable[[], datetime]) -> None:
        """`address` is HOST:PORT; port 0 takes any that is free. Raises UsageError where it can't be had."""
        host, port = address_of(address)

        class Handler(BaseHTTPRequestHandler):
            timeout = SLOWEST
            server_version, sys_version = "telltale", ""

            def do_GET(self) -> None:
                now = clock()
                if self.path == "/metrics":
                    self._answer(200, "text/plain; version=0.0.4; charset=utf-8", exposition(health(), now))
                elif self.path == "/healthz":
                    well, why = is_well(health(), now)
                    self._answer(200 if well else 503, "application/json", json.dumps({"ok": well, "why": why}) + "\n")
                else:
                    self._answer(404, "text/plain; charset=utf-8", "there is /healthz and /metrics\n")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Who looks is not logged: it would be most of the log."""

            def _answer(self, code: int, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        try:
            self._server = _server(host)((host, port), Handler)
        except (OSError, OverflowError) as error:
            raise UsageError(f"nothing can listen on {address} ({error}); name another with --listen") from None
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
