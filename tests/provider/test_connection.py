"""Which connections are used again, and what becomes of a message when one goes away."""

import json
import random
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_mock import MockerFixture

from sms_connector.provider import wire
from sms_connector.provider.call import Stage, TrackedCall, WireError
from tests.support.scripted_provider import ScriptedProvider, accept, close, reset
from tests.support.sending import connector_at, send
from tests.support.serving import PROJECT

Providers = Callable[..., ScriptedProvider]


def call(seconds: float = 5) -> TrackedCall:
    deadline = time.monotonic() + seconds
    return TrackedCall(
        connect_deadline=deadline, connect_seconds=1, deadline=deadline, read_seconds=seconds
    )


@pytest.mark.parametrize("secure", [False, True])
def test_a_connection_is_reused_by_the_next_message(
    provider: Providers, trusted: ssl.SSLContext, secure: bool
) -> None:
    lasting = provider(accept, tls=trusted if secure else None)
    connector = connector_at(lasting.endpoint)
    for _ in range(5):
        send(connector)
    assert (lasting.connections, len(lasting.requests)) == (1, 5)


def test_as_many_connections_are_kept_as_were_open_at_once(provider: Providers) -> None:
    all_are_there = threading.Barrier(20, timeout=5)

    def accept_together(connection: socket.socket) -> None:
        all_are_there.wait()
        accept(connection)

    lasting = provider(accept_together)
    connector = connector_at(lasting.endpoint)
    with ThreadPoolExecutor(20) as threads:
        for _ in range(3):
            list(threads.map(send, [connector] * 20))
    assert (lasting.connections, len(lasting.requests)) == (20, 60)


@pytest.mark.parametrize("clock", ["monotonic", "time"])
def test_a_connection_that_was_idle_for_over_ten_seconds_is_not_reused(
    mocker: MockerFixture, provider: Providers, clock: str
) -> None:
    lasting = provider(accept)
    connector = connector_at(lasting.endpoint)
    send(connector)
    later = getattr(time, clock)() + 11
    mocker.patch(f"sms_connector.clock.time.{clock}", return_value=later)
    send(connector)
    assert (lasting.connections, len(lasting.requests)) == (2, 2)


def test_connections_that_were_idle_for_too_long_are_closed_by_the_next_message(
    mocker: MockerFixture, provider: Providers
) -> None:
    closed = threading.Semaphore(0)

    def accept_and_wait(connection: socket.socket) -> None:
        accept(connection)
        if not connection.recv(1):
            closed.release()

    forgotten, next_one = provider(accept_and_wait), provider(accept)
    send(connector_at(forgotten.endpoint))
    mocker.patch("sms_connector.clock.time.time", return_value=time.time() + 11)
    send(connector_at(next_one.endpoint))
    assert closed.acquire(timeout=2)


def test_no_more_than_200_idle_connections_are_kept(
    mocker: MockerFixture, provider: Providers
) -> None:
    mocker.patch("sms_connector.provider.connection.MAX_IDLE_CONNECTIONS", 3)
    many = [provider(accept) for _ in range(5)]
    for round_ in range(2):
        for each in many[:: -1 if round_ else 1]:
            send(connector_at(each.endpoint))
    assert [each.connections for each in many] == [2, 2, 1, 1, 1]


class ForgetfulProvider(ScriptedProvider):
    """Resets any connection on which something is sent after more than ten idle seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__([self._accept_unless_forgotten])
        self._clock = clock
        self._last_used: dict[socket.socket, float] = {}
        self.resets = 0

    def _accept_unless_forgotten(self, connection: socket.socket) -> None:
        if self._clock() - self._last_used.get(connection, self._clock()) > 10:
            self.resets += 1
            reset(connection)
            return
        self._last_used[connection] = self._clock()
        accept(connection)


def test_no_message_is_lost_or_doubled_where_idle_connections_are_reset(
    mocker: MockerFixture,
) -> None:
    now = [1000.0]
    with ForgetfulProvider(clock=lambda: now[0]) as forgetful:
        connector = connector_at(forgetful.endpoint)
        mocker.patch("sms_connector.clock.time.time", side_effect=lambda: now[0])
        for idle in (0, 9, 11, 3600, 1, 86_400, 12, 9.9):
            now[0] += idle
            send(connector)
    assert len(forgetful.requests) == 8
    assert forgetful.resets == 0


@pytest.mark.parametrize("secure", [False, True])
def test_a_connection_that_the_provider_closed_is_replaced(
    provider: Providers, trusted: ssl.SSLContext, secure: bool
) -> None:
    def accept_and_close(connection: socket.socket) -> None:
        accept(connection)
        close(connection)

    closing = provider(accept_and_close, tls=trusted if secure else None)
    connector = connector_at(closing.endpoint)
    for _ in range(3):
        send(connector)
        time.sleep(0.05)
    assert (closing.connections, len(closing.requests)) == (3, 3)


def test_a_request_on_a_connection_that_closes_at_that_moment_is_never_sent_twice(
    provider: Providers,
) -> None:
    """Each outcome is compared with what the server has read; the moments are chosen at random."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)

    def accept_and_soon_close(connection: socket.socket) -> None:
        accept(connection)
        time.sleep(chance.choice((0, 0.0001, 0.0003)))
        chance.choice((close, reset))(connection)

    closing = provider(accept_and_soon_close)
    outcomes: dict[str, Stage | None] = {}
    for number in range(3000):
        attempt = call()
        try:
            wire.send("POST", f"{closing.endpoint}/{number}", {}, b"", attempt)
            outcomes[f"/{number}"] = None
        except WireError as error:
            outcomes[f"/{number}"] = error.stage
        time.sleep(chance.choice((0, 0.0001, 0.0003)))

    told = Counter(outcomes.values())
    read = Counter(closing.targets)
    assert max(read.values()) == 1, seed
    assert all(read[target] for target, stage in outcomes.items() if stage is None), seed
    assert set(told) <= {None, Stage.WRITING, Stage.ANSWERED}, seed
    assert told[None] > 1000, (seed, told)
    assert told[Stage.WRITING] > 0, (seed, told)


CROWD = """
import json, os, resource, sys, threading
from tests.support.sending import connector_at
from sms_connector.errors import ConnectorError
from sms_connector.message import Message
connector = connector_at(sys.argv[1], readTimeout=5000)
connector.prepare()
open_now = len(os.listdir("/proc/self/fd")) - 1
resource.setrlimit(resource.RLIMIT_NOFILE, (open_now + 24, open_now + 24))
together, outcomes = threading.Barrier(200), {}
def send(code):
    together.wait()
    try:
        connector.send(connector.compose(Message("13812345678", "SignIn", code)))
        outcomes[code] = True
    except ConnectorError as error:
        outcomes[code] = error.sent
threads = [threading.Thread(target=send, args=(f"{n:06}",)) for n in range(200)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_200_messages_at_once_with_24_descriptors_have_true_outcomes(provider: Providers) -> None:
    def accept_slowly(connection: socket.socket) -> None:
        time.sleep(0.05)
        accept(connection)

    crowded = provider(accept_slowly)
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CROWD, crowded.endpoint],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        timeout=60,
    )
    outcomes = json.loads(ran.stdout)
    received = Counter(json.loads(each["TemplateParam"])["code"] for each in crowded.requests)
    assert len(outcomes) == 200
    assert max(received.values()) == 1
    told = Counter(outcomes.values())
    assert told[True] >= 20
    assert told[False] >= 20
    for code, sent in outcomes.items():
        assert sent is None or received[code] == sent


def test_a_message_that_is_interrupted_does_not_give_its_connection_to_the_next(
    mocker: MockerFixture, provider: Providers
) -> None:
    lasting = provider(accept)
    connector = connector_at(lasting.endpoint)
    send(connector)
    mocker.patch("sms_connector.provider.http1.Incoming.head", side_effect=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        send(connector)
    mocker.stopall()
    send(connector)
    deadline = time.monotonic() + 20
    while len(lasting.requests) < 3:  # the one that was interrupted may be read last
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert lasting.connections == 2
