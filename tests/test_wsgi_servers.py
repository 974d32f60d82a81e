"""The WSGI application under real gunicorn and waitress, with a real store."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.redis_server import RedisServer
from tests.support.serving import PROJECT, GunicornProcess, ServerProcess

KEY = "a-key-for-tests"
PHONE = "13812345678"
SLOW = number_for(Behaviour.SLOW)
HUNG = number_for(Behaviour.HUNG)
TIMEOUT = 30


@pytest.fixture(scope="module")
def store() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def settings(emulator: Emulator, store: RedisServer) -> dict[str, str]:
    """The settings of a server with the store, without limits, and with time on a busy machine."""
    store.command("FLUSHALL")
    changes = {"limits": {"perNumber": []}, "readTimeout": 20_000}
    config = example_config(emulator.url) | changes
    return {
        "SMS_CONNECTOR_CONFIG": json.dumps(config),
        "SMS_CONNECTOR_AUTHORIZATION": KEY,
        "SMS_CONNECTOR_STORE": store.url,
        "SMS_CONNECTOR_SECRET": "0123456789abcdef0123456789abcdef",
    }


def limited(settings: dict[str, str]) -> dict[str, str]:
    config = json.loads(settings["SMS_CONNECTOR_CONFIG"])
    del config["limits"]
    return settings | {"SMS_CONNECTOR_CONFIG": json.dumps(config)}


def post(url: str, body: Mapping[str, Any], **headers: str) -> requests.Response:
    """Post on a connection of its own, which any worker may accept."""
    headers = {"Authorization": KEY, **headers}
    return requests.post(url, json=body, headers=headers, timeout=TIMEOUT)


def message(code: str, phone: str = PHONE) -> dict[str, str]:
    return {"phone": phone, "usageType": "SignIn", "code": code}


def wait_until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def codes_received(emulator: Emulator) -> Counter[str]:
    return Counter(sms.template_param["code"] for sms in emulator.inbox.messages())


class Senders:
    """Threads that send messages of different codes, one after the other, until they are stopped.

    A thread also ends when the server takes no more connections. ``outcomes`` has for each code
    the status, or 0 where there was no answer.
    """

    def __init__(self, url: str, phone: str, threads: int = 8) -> None:
        self.outcomes: dict[str, int] = {}
        self._url, self._phone = url, phone
        self._codes = count(100_000)
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(threads)]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _send(self) -> None:
        while not self._stopped.is_set():
            code = str(next(self._codes))
            try:
                self.outcomes[code] = post(self._url, message(code, self._phone)).status_code
            except requests.ConnectionError:
                self.outcomes[code] = 0
                return

    def await_more(self, number: int) -> None:
        """Wait until so many more messages have an outcome."""
        wanted = len(self.outcomes) + number
        wait_until(lambda: len(self.outcomes) >= wanted)

    @property
    def answered(self) -> Counter[str]:
        return Counter(code for code, status in self.outcomes.items() if status == 200)


WORKERS = ("--workers", "4", "--threads", "8")


@pytest.mark.parametrize("options", [(), ("--preload",)], ids=["", "preload"])
def test_workers_share_claims_limits_and_verifications(
    emulator: Emulator, settings: dict[str, str], options: tuple[str, ...]
) -> None:
    access = ("--access-logfile", "-", "--access-logformat", "%(p)s %(U)s")
    with (
        GunicornProcess(*WORKERS, *options, *access, **limited(settings)) as server,
        ThreadPoolExecutor(16) as pool,
    ):
        server.find_many("Booting worker", 4)

        # The same message, sixteen times at once.
        same = list(pool.map(lambda _: post(server.url, message("246810")), range(16)))
        assert {answer.status_code for answer in same} == {200}
        assert len({answer.json()["bizId"] for answer in same}) == 1
        assert codes_received(emulator) == {"246810": 1}

        # Different messages to one number, which may get one a minute.
        phone = "13812345679"
        different = list(
            pool.map(lambda code: post(server.url, message(f"{code}", phone)), range(1000, 1016))
        )
        assert Counter(answer.status_code for answer in different) == {200: 1, 429: 15}
        assert codes_received(emulator).total() == 2

        # Verifications, until one was checked by another worker than started it.
        for number in count(13_900_000_000):
            started = post(f"{server.url}/verifications", {"phone": f"{number}", "usageType": "A"})
            assert started.status_code == 201
            code = emulator.inbox.messages()[0].template_param["code"]
            path = f"/verifications/{started.json()['id']}/check"
            checks = [post(server.url + path, {"code": code}).status_code for _ in range(2)]
            assert checks == [200, 404]
            check = server.find(rf"^(\S+) {path}$")
            start = re.findall(r"^(\S+) /verifications$", "".join(server.out), re.M)[-1]
            if start != check:
                break
        assert server.stop(signal.SIGTERM) == 0


def test_log_lines_name_the_request_and_nothing_personal(
    emulator: Emulator, settings: dict[str, str]
) -> None:
    with GunicornProcess(**settings) as server:
        answer = post(server.url, message("246810"), **{"X-Request-Id": "a-trace-of-the-caller"})
        assert answer.headers["X-Request-Id"] == "a-trace-of-the-caller"
        logto = {"to": PHONE, "type": "SignIn", "payload": {"code": "1"}}
        refused = post(f"{server.url}/logto", logto)
        assert refused.headers["X-Request-Id"] in refused.text
        wait_until(lambda: len(server.log) == 2)
        assert [line["httpRequestId"] for line in server.log] == [
            "a-trace-of-the-caller",
            refused.headers["X-Request-Id"],
        ]
    (sms,) = emulator.inbox.messages()
    assert server.log[0]["requestId"] == sms.request_id
    assert not re.search(f"246810|{PHONE}|{KEY}", "".join(server.out + server.err))


def test_a_body_in_chunks_is_read(emulator: Emulator, settings: dict[str, str]) -> None:
    text = json.dumps(message("246810")).encode()
    headers = {"Authorization": KEY}
    with GunicornProcess(**settings) as server:
        chunks = iter((text[:20], text[20:]))
        answer = requests.post(server.url, data=chunks, headers=headers, timeout=TIMEOUT)
        assert answer.status_code == 200
        endless = (bytes(64 * 1024) for _ in range(40))
        answer = requests.post(server.url, data=endless, headers=headers, timeout=TIMEOUT)
        assert answer.status_code == 413
    assert codes_received(emulator) == {"246810": 1}


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"2\r\n{}XX", b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n"])
def test_malformed_chunks_are_a_400_of_the_client_and_not_a_bug(
    settings: dict[str, str], chunks: bytes
) -> None:
    headers = f"Host: x\r\nAuthorization: {KEY}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with GunicornProcess(**settings) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), TIMEOUT) as client:
            client.sendall(f"POST / HTTP/1.1\r\n{headers}".encode() + chunks)
            assert client.recv(1024).startswith(b"HTTP/1.1 400 ")
        wait_until(lambda: server.log)
        assert [line["event"] for line in server.log] == ["sms"]


def test_a_stop_answers_what_was_sent_and_sends_nothing_that_is_not_answered(
    emulator: Emulator, settings: dict[str, str]
) -> None:
    with (
        GunicornProcess("--workers", "2", "--threads", "4", **settings) as server,
        Senders(server.url, SLOW) as senders,
    ):
        # Each message takes a second, so some are under way.
        wait_until(lambda: codes_received(emulator).total() > len(senders.outcomes) > 0)
        assert server.stop(signal.SIGTERM) == 0
        senders.join()
    assert set(senders.outcomes.values()) == {200, 0}
    assert codes_received(emulator) == senders.answered


def test_a_reload_loses_no_request(emulator: Emulator, settings: dict[str, str]) -> None:
    with GunicornProcess("--workers", "2", "--threads", "4", **settings) as server:
        server.find_many("Booting worker", 2)
        with Senders(server.url, PHONE) as senders:
            for reload in (1, 2):
                senders.await_more(8)
                server.send_signal(signal.SIGHUP)
                server.find_many("Worker exiting", 2 * reload)
            senders.await_more(8)
    assert set(senders.outcomes.values()) == {200}
    assert codes_received(emulator) == senders.answered


def test_a_reload_on_memory_refuses_nobody(emulator: Emulator, settings: dict[str, str]) -> None:
    settings = settings | {"SMS_CONNECTOR_STORE": "memory://"}
    with GunicornProcess("--threads", "8", **settings) as server:
        server.find_many("Booting worker", 1)
        with Senders(server.url, PHONE) as senders:
            senders.await_more(8)
            server.send_signal(signal.SIGHUP)
            server.find_many("Worker exiting", 1)
            senders.await_more(8)
    assert set(senders.outcomes.values()) == {200}
    assert codes_received(emulator) == senders.answered


def test_waitress_serves_one_process_with_verifications_in_memory(
    emulator: Emulator, settings: dict[str, str]
) -> None:
    settings = settings | {"SMS_CONNECTOR_STORE": "memory://"}
    command = ("-m", "waitress", "--listen=127.0.0.1:0", "sms_connector.wsgi:application")
    with ServerProcess(*command, project=PROJECT, own_group=False, **settings) as server:
        url = server.find(r"Serving on (\S+)", in_err=True)
        body = {"phone": PHONE, "usageType": "SignIn"}
        started = post(f"{url}/verifications", body)
        assert started.status_code == 201
        code = emulator.inbox.messages()[0].template_param["code"]
        answer: Any = post(f"{url}/verifications/check", {**body, "code": code})
        assert answer.json()["status"] == "approved"
        wait_until(lambda: sum(line.startswith("{") for line in server.err) == 2)
        # waitress sets up the root logger, which must not write each line again.
        assert not [line for line in server.err if re.match(r"\w+:sms_connector", line)]


def test_a_message_under_way_is_sent_but_not_answered_when_waitress_stops(
    emulator: Emulator, settings: dict[str, str]
) -> None:
    command = ("-m", "waitress", "--listen=127.0.0.1:0", "sms_connector.wsgi:application")
    with (
        ServerProcess(*command, project=PROJECT, own_group=False, **settings) as server,
        Senders(server.find(r"Serving on (\S+)", in_err=True), HUNG, threads=1) as senders,
    ):
        wait_until(lambda: codes_received(emulator).total() == 1)
        server.stop(signal.SIGTERM)
        senders.join()
    assert list(senders.outcomes.values()) == [0]
    assert codes_received(emulator).total() == 1
