"""Slow clients, kept connections, a freeze and a stop: over sockets, from the package."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Thread

import pytest

from tests.support.scripted_provider import ScriptedProvider, accept
from tests.support.web_mode import Connection, WebProcess, events, from_platform, request
from tests.web_mode.conftest import KEY, Start

Providers = Callable[..., ScriptedProvider]

HEALTH = request(b"", "GET", "/health")


def message(number: int) -> bytes:
    fields = {"phone": f"1381234{number:04}", "usageType": "SignIn", "code": "246810"}
    return request(json.dumps(fields).encode(), Authorization=KEY, **from_platform(number=number))


def ask(connection: Connection, raw: bytes) -> int:
    connection.send(raw)
    return connection.response()[0]


def slowly(seconds: float) -> Callable[..., None]:
    def act(connection: object) -> None:
        time.sleep(seconds)
        accept(connection)  # type: ignore[arg-type]

    return act


STALLED = (
    b"",
    b"POST / HTTP/1.1\r\nHos",
    b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
)


def test_a_hundred_stalled_clients_hold_nobody_up(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint).port
    with ExitStack() as stack:
        stalled = [stack.enter_context(Connection(port)) for _ in range(100)]
        for number, connection in enumerate(stalled):
            connection.send(STALLED[number % len(STALLED)])
        began = time.monotonic()
        with Connection(port) as connection:
            for number in range(10):
                assert ask(connection, message(number)) == 200
        assert time.monotonic() - began < 5
        # They were waited for: the rest of what they send is read.
        stalled[2].send(bytes(99))
        assert stalled[2].response()[0] == 401


def test_a_hundred_messages_are_under_way_at_once_in_64_mib(
    provider: Providers, start: Start
) -> None:
    slow = provider(slowly(1))
    process = start(slow.endpoint)

    def send(number: int) -> int:
        with Connection(process.port) as connection:
            return ask(connection, message(number))

    began = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        assert set(pool.map(send, range(100))) == {200}
    # One after the other they would take 100 seconds.
    assert time.monotonic() - began < 20
    assert len(slow.requests) == 100
    assert peak_memory(process) < 64 * 1024
    assert process.stop(signal.SIGTERM) == 0
    assert [line for line in process.out if '"event":' not in line] == []  # none of the server's


def peak_memory(process: WebProcess) -> int:
    """Return the most memory that the process held, in KiB."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    return int(fields["VmHWM"].split()[0])


def test_log_lines_have_the_built_in_runtime_s_format_and_are_written_at_once(
    accepting: ScriptedProvider, start: Start
) -> None:
    process = start(accepting.endpoint)
    with Connection(process.port) as connection:
        ask(connection, message(7))
        time_and_id = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 1-6740f5c0-000000000007"
        line = process.find(rf'{time_and_id} \[INFO\] (\{{"event":"sms".*\}})$')
    fields = json.loads(line)
    assert (fields["phone"], fields["sent"]) == ("138****0007", True)
    assert "246810" not in "".join(process.out + process.err)


def test_nothing_is_logged_of_a_path_or_of_a_client_that_leaves(
    provider: Providers, start: Start
) -> None:
    slow = provider(slowly(0.5))
    process = start(slow.endpoint)
    with Connection(process.port) as connection:
        connection.send(request(b"{}", path="/reports/a-secret-token-of-a-path"))
        assert connection.response()[0] == 404
        connection.send(message(1))
        while not slow.requests:  # before that a stop would leave it unread
            time.sleep(0.01)
    assert process.stop(signal.SIGTERM) == 0
    assert events(process.out) == ["listening", "sms", "sms"]
    assert "secret-token" not in "".join(process.out + process.err)
    assert process.err == []


def test_a_stop_under_load_answers_what_is_under_way_and_exits_with_0(
    provider: Providers, start: Start
) -> None:
    slow = provider(slowly(1))
    process = start(slow.endpoint)
    with ExitStack() as stack:
        connections = [stack.enter_context(Connection(process.port)) for _ in range(40)]
        for number, connection in enumerate(connections):
            connection.send(message(number))
        # One client is still sending when the stop comes.
        late = stack.enter_context(Connection(process.port))
        late.send(message(99)[:-10])
        while len(slow.requests) < 40:
            time.sleep(0.01)
        codes: list[int] = []
        stopping = Thread(target=lambda: codes.append(process.stop(signal.SIGTERM)))
        stopping.start()
        wait_until_refused(process.port)
        assert [connection.response()[0] for connection in connections] == [200] * 40
        late.send(message(99)[-10:])
        assert late.response()[0] == 200
        stopping.join()
    assert codes == [0]
    assert len(slow.requests) == 41


def wait_until_refused(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            Connection(port).socket.close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # it was being made while the port closed
            pass
        time.sleep(0.01)
    raise AssertionError("the port is still open")


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
def test_a_post_on_a_kept_connection_is_answered_after_a_freeze(
    accepting: ScriptedProvider, start: Start, seconds: int
) -> None:
    process = start(accepting.endpoint)
    with Connection(process.port) as connection:
        assert ask(connection, message(1)) == 200
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        connection.send(message(2))
        process.send_signal(signal.SIGCONT)
        assert connection.response()[0] == 200
    assert len(accepting.requests) == 2


@pytest.mark.long(seconds=180)
def test_a_connection_is_still_open_after_three_idle_minutes(
    accepting: ScriptedProvider, start: Start
) -> None:
    """Waitress's own time-out is two, and it looks every half a minute."""
    with Connection(start(accepting.endpoint).port) as connection:
        assert ask(connection, message(1)) == 200
        time.sleep(180)
        assert ask(connection, message(2)) == 200
