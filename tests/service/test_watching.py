"""/healthz and /metrics: what they say, and that they say it on loopback alone."""

import json
import socket
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.model.jobs import JobState, KeptJob, Standing
from engine.office import UsageError
from engine.service.http import Listener
from engine.service.metrics import Health, exposition, is_well

NOW = datetime(2019, 2, 8, 7, 10, tzinfo=UTC)
FAILED = KeptJob(
    job='derive "care"', slot="2019-02", day=NOW.date(), due=NOW, state=JobState.FAILED, token=4, tries=4, finished=NOW
)
DONE = FAILED.model_copy(update={"job": "backup", "state": JobState.DONE})
STANDING = Standing(
    messages={"sent": 12, "uncertain": 2, "pending": 1}, oldest_waiting=NOW - timedelta(minutes=9), ready=1,
    last_period_end={"care": date(2019, 1, 31)},
)  # fmt: skip
HEALTH = Health(NOW, 30, STANDING, (FAILED, DONE), (), {"care": 3})


def test_the_metrics_say_what_an_alarm_needs() -> None:
    lines = exposition(HEALTH, NOW).splitlines()
    assert "telltale_up 1" in lines
    assert 'telltale_last_completed_period_end_timestamp_seconds{portfolio="care"} 1548892800' in lines
    assert "telltale_oldest_pending_message_age_seconds 540" in lines
    assert "telltale_uncertain_messages 2" in lines
    assert 'telltale_messages{state="sent"} 12' in lines
    assert 'telltale_overdue_returns{portfolio="care"} 3' in lines
    assert 'telltale_job_failed{job="derive \\"care\\""} 1' in lines
    assert 'telltale_job_failed{job="backup"} 0' in lines
    assert 'telltale_job_last_done_timestamp_seconds{job="backup"} 1549609800' in lines
    helped = {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert {line.partition("{")[0].split()[0] for line in lines if line[0] != "#"} <= helped


@pytest.mark.parametrize(
    ("health", "later", "well", "why"),
    [
        (HEALTH, 60, True, "well"),
        (HEALTH, 600, False, "it last looked 600 s ago"),
        (None, 0, False, "it has not looked yet"),
        (Health(NOW, 30, None, wrong="The database x can't be reached"), 0, False, "The database x can't be reached"),
    ],
)
def test_it_is_well_while_it_looks_and_nothing_is_wrong(
    health: Health | None, later: int, well: bool, why: str
) -> None:
    assert is_well(health, NOW + timedelta(seconds=later)) == (well, why)


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_it_answers_on_loopback() -> None:
    health: list[Health | None] = [None]
    with Listener("127.0.0.1:0", lambda: health[0], lambda: NOW) as listener:
        assert get(listener.port, "/healthz") == (503, '{"ok": false, "why": "it has not looked yet"}\n')
        health[0] = HEALTH
        code, text = get(listener.port, "/healthz")
        assert (code, json.loads(text)["ok"]) == (200, True)
        assert get(listener.port, "/metrics")[1] == exposition(HEALTH, NOW)
        assert get(listener.port, "/")[0] == 404


def test_it_answers_on_the_loopback_of_ipv6() -> None:
    try:
        listener = Listener("[::1]:0", lambda: HEALTH, lambda: NOW)
    except UsageError:
        if socket.has_ipv6 and Path("/proc/net/if_inet6").exists():
            raise
        pytest.skip("there is no IPv6 here")
    with listener, socket.create_connection(("::1", listener.port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert b" 200 " in connection.recv(100)


def test_who_connects_and_says_nothing_holds_nobody_up() -> None:
    listener = Listener("127.0.0.1:0", lambda: HEALTH, lambda: NOW)
    with listener, socket.create_connection(("127.0.0.1", listener.port)):
        assert get(listener.port, "/healthz")[0] == 200


@pytest.mark.parametrize(
    "address",
    [
        "8437",
        "127.0.0.1:",
        "127.0.0.1:http",
        "127.0.0.1:99999",
        "no.such.host.example:1",
        "::1:0",
        "[127.0.0.1]:0",
        "[]:0",
    ],
)
def test_an_address_that_can_not_be_had_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        Listener(address, lambda: None, lambda: NOW)
