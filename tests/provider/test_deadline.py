"""How long a message takes at most: 4.4 seconds with the default time-outs, whatever happens."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pytest_mock import MockerFixture

from sms_connector.provider import wire
from sms_connector.provider.call import Stage, TrackedCall, WireError
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.error_responses import STATUS
from tests.support.scripted_provider import ScriptedProvider, accept, hang, stall
from tests.support.sending import connector_at, failure, send

Providers = Callable[..., ScriptedProvider]


@pytest.fixture
def deaf_endpoint() -> Iterator[str]:
    """An address that no connection can be made to: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for client in waiting:
            client.close()


def seconds(connector: SmsConnector) -> float:
    started = time.monotonic()
    failure(connector)
    return time.monotonic() - started


def resolve_to(mocker: MockerFixture, *ports: int) -> None:
    """Have every name resolve to these ports of this machine, in this order."""
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]
    mocker.patch("socket.getaddrinfo", return_value=addresses)


def port_of(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


def test_a_provider_that_accepts_and_then_hangs_is_given_up(provider: Providers) -> None:
    assert 2 < seconds(connector_at(provider(hang).endpoint)) < 4.7


@pytest.mark.parametrize("addresses", [1, 5])
def test_a_name_is_given_up_whose_addresses_are_all_dead(
    mocker: MockerFixture, deaf_endpoint: str, addresses: int
) -> None:
    resolve_to(mocker, *[port_of(deaf_endpoint)] * addresses)
    connector = connector_at("http://sms.example", connectTimeout=400, readTimeout=400)
    assert 0.3 < seconds(connector) < 1.0
    error = failure(connector)
    assert (STATUS[error.kind], error.sent) == (503, False)
    assert "in time" in error.message


def test_dead_addresses_leave_time_for_the_ones_after_them(
    mocker: MockerFixture, provider: Providers, deaf_endpoint: str
) -> None:
    living = provider(accept)
    resolve_to(mocker, 1, *[port_of(deaf_endpoint)] * 4, port_of(living.endpoint))
    connector = connector_at("http://sms.example", connectTimeout=300)
    assert send(connector).biz_id == "BIZ-1"


def test_an_answer_that_is_late_after_a_slow_second_connection_is_given_up(
    mocker: MockerFixture, provider: Providers
) -> None:
    silent = provider(hang)
    connect = socket.socket.connect
    tries = []

    def slow(self: socket.socket, address: Any) -> None:
        tries.append(address)
        time.sleep(min(0.95, self.gettimeout() or 0.95))
        if len(tries) == 1:
            raise TimeoutError
        connect(self, address)

    mocker.patch("socket.socket.connect", slow)
    endpoint = silent.endpoint.replace("localhost", "127.0.0.1")
    assert seconds(connector_at(endpoint)) < 4.7
    assert len(silent.requests) == 1


def test_nothing_is_sent_once_the_time_is_up(mocker: MockerFixture, provider: Providers) -> None:
    late = provider(accept)
    connect = socket.socket.connect

    def too_slow(self: socket.socket, address: Any) -> None:
        connect(self, address)
        time.sleep(0.5)

    mocker.patch("socket.socket.connect", too_slow)
    endpoint = late.endpoint.replace("localhost", "127.0.0.1")
    error = failure(connector_at(endpoint, connectTimeout=100, readTimeout=100))
    assert (STATUS[error.kind], error.sent) == (503, False)
    assert late.requests == []


@pytest.mark.parametrize("secure", [False, True])
def test_an_answer_that_begins_late_and_never_ends_is_given_up(
    provider: Providers, trusted: ssl.SSLContext, secure: bool
) -> None:
    def late(connection: socket.socket) -> None:
        time.sleep(0.5)
        stall(connection)

    stalling = provider(late, tls=trusted if secure else None)
    # Given its own time again when the answer began, it would take 1.1 seconds.
    assert 0.5 < seconds(connector_at(stalling.endpoint, readTimeout=600)) < 1.1


def test_a_tls_handshake_that_drips_in_sends_nothing() -> None:
    def drip(listener: socket.socket) -> None:
        for _ in range(4):  # two messages, each with its second attempt
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x3f\xff")  # the head of a record of 16 KB
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=drip, args=(listener,), daemon=True)
        dripping.start()
        endpoint = f"https://127.0.0.1:{listener.getsockname()[1]}"
        connector = connector_at(endpoint, connectTimeout=200, readTimeout=300)
        assert seconds(connector) < 1
        assert failure(connector).sent is False
        dripping.join(timeout=2)


def test_a_request_that_the_provider_does_not_read_is_given_up_while_it_is_written() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deadline = time.monotonic() + 0.3
        call = TrackedCall(
            connect_deadline=deadline, connect_seconds=1, deadline=deadline, read_seconds=1
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(WireError) as raised:
            wire.send("POST", url, {}, b"x" * 20_000_000, call)
        assert time.monotonic() < deadline + 0.2
        assert raised.value.stage is Stage.WRITING
