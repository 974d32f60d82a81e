"""The wire: what never went out, how long it takes at most, which connections are used again."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client as SdkClient
from alibabacloud_dysmsapi20170525.models import GetSmsSignRequest
from alibabacloud_tea_openapi.utils_models import Config as SdkConfig
from pytest_mock import MockerFixture
from requests import Session
from urllib3 import HTTPConnectionPool

from sms_connector.config import parse_config
from sms_connector.local.emulate.server import Emulator
from sms_connector.provider import client, wire
from sms_connector.provider.wire import WatchedAdapter
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.http import STATUS
from tests.support.configs import config
from tests.support.scripted_provider import (
    ScriptedProvider,
    accept,
    answer,
    close,
    hang,
    reset,
    stall,
)
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


class TestUnreachable:
    @pytest.mark.parametrize(
        ("endpoint", "why"),
        [
            ("http://127.0.0.1:1", "refused"),
            ("https://127.0.0.1:1", "refused"),
            ("https://no-such-host.invalid", "resolved"),
        ],
    )
    def test_without_a_connection_nothing_was_sent(self, endpoint: str, why: str) -> None:
        error = failure(connector_at(endpoint))
        assert (error.code, STATUS[error.kind], error.sent) == ("general", 503, False)
        assert error.retry_after
        assert why in error.message

    def test_a_connection_that_times_out_sent_nothing(self, deaf_endpoint: str) -> None:
        error = failure(connector_at(deaf_endpoint, connectTimeout=200))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert "in time" in error.message

    def test_a_tls_handshake_that_times_out_sent_nothing(self, provider: Providers) -> None:
        silent = provider(hang)
        endpoint = silent.endpoint.replace("http://", "https://")
        error = failure(connector_at(endpoint, connectTimeout=200))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert silent.requests == []

    def test_a_certificate_that_is_not_trusted_gets_nothing(
        self, provider: Providers, trusted: ssl.SSLContext
    ) -> None:
        stranger = provider(accept, tls=trusted)
        error = failure(connector_at(stranger.endpoint.replace("localhost", "127.0.0.1")))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert "certificate" in error.message
        assert stranger.requests == []

    def test_a_connection_that_could_not_be_made_is_tried_once_more(
        self, mocker: MockerFixture, provider: Providers
    ) -> None:
        recovering = provider(accept)
        connect = socket.socket.connect
        tries = []

        def refuse_once(self: socket.socket, address: Any) -> None:
            tries.append(address)
            if len(tries) == 1:
                raise ConnectionRefusedError
            connect(self, address)

        mocker.patch("socket.socket.connect", refuse_once)
        receipt = send(connector_at(recovering.endpoint.replace("localhost", "127.0.0.1")))
        assert receipt.biz_id == "BIZ-1"
        assert len(tries) == 2
        assert len(recovering.requests) == 1


class TestTime:
    """With the default time-outs, every answer comes within 4.5 seconds."""

    def seconds(self, connector: SmsConnector) -> float:
        started = time.monotonic()
        failure(connector)
        return time.monotonic() - started

    def test_from_a_provider_that_accepts_and_then_hangs(self, provider: Providers) -> None:
        assert 2 < self.seconds(connector_at(provider(hang).endpoint)) < 4.5

    def test_from_one_that_cannot_be_connected_to(self, deaf_endpoint: str) -> None:
        assert self.seconds(connector_at(deaf_endpoint)) < 4.5

    def test_from_one_that_hangs_after_a_slow_second_connection(
        self, mocker: MockerFixture, provider: Providers
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
        assert self.seconds(connector_at(silent.endpoint.replace("localhost", "127.0.0.1"))) < 4.5
        assert len(silent.requests) == 1

    def test_nothing_is_sent_once_the_time_is_up(
        self, mocker: MockerFixture, provider: Providers
    ) -> None:
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

    def test_from_one_whose_answer_begins_late_and_never_ends(self, provider: Providers) -> None:
        def late(connection: socket.socket) -> None:
            time.sleep(2.3)
            stall(connection)

        assert self.seconds(connector_at(provider(late).endpoint)) < 4.5

    def test_a_longer_time_out_makes_it_no_longer_than_it_says(self, provider: Providers) -> None:
        silent = provider(hang)
        assert 0.5 < self.seconds(connector_at(silent.endpoint, readTimeout=600)) < 1.5


class TestHalfWritten:
    @pytest.mark.parametrize("trouble", [TimeoutError, ConnectionResetError, OSError])
    def test_what_broke_while_it_was_written_may_have_gone_out(
        self, mocker: MockerFixture, provider: Providers, trouble: type[OSError]
    ) -> None:
        accepting = provider(accept)
        write = http.client.HTTPConnection.send

        def write_and_break(self: http.client.HTTPConnection, data: Any) -> None:
            write(self, data)
            raise trouble

        mocker.patch("http.client.HTTPConnection.send", write_and_break)
        error = failure(connector_at(accepting.endpoint, readTimeout=300))
        assert (STATUS[error.kind], error.sent) == (504, None)
        assert len(accepting.requests) <= 1


class TestTls:
    def test_a_certificate_that_the_platform_trusts_is_trusted(
        self, provider: Providers, trusted: ssl.SSLContext
    ) -> None:
        secure = provider(accept, tls=trusted)
        assert send(connector_at(secure.endpoint)).biz_id == "BIZ-1"

    def test_without_an_endpoint_the_sdk_finds_the_region_s(self, mocker: MockerFixture) -> None:
        built = mocker.spy(client, "build_client")
        for region, endpoint in (
            (None, "dysmsapi.aliyuncs.com"),
            ("cn-hangzhou", "dysmsapi.aliyuncs.com"),
            ("ap-southeast-1", "dysmsapi.ap-southeast-1.aliyuncs.com"),
        ):
            SmsConnector(parse_config(json.dumps(config(regionId=region)))).prepare()
            assert built.spy_return._endpoint == endpoint


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


class TestProxies:
    def test_a_proxy_of_the_environment_is_used(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers
    ) -> None:
        proxy = provider(accept)
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        assert send(connector_at("http://sms.example")).biz_id == "BIZ-1"
        assert proxy.targets[0].startswith("http://sms.example/?")

    def test_what_one_that_hangs_was_given_may_have_gone_out(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers
    ) -> None:
        proxy = provider(hang)
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        error = failure(connector_at("http://sms.example", readTimeout=300))
        assert (STATUS[error.kind], error.sent) == (504, None)
        assert len(proxy.requests) == 1

    def test_one_is_asked_for_the_whole_url_even_after_a_direct_request(
        self, provider: Providers
    ) -> None:
        direct, proxy = provider(accept), provider(accept)
        with Session() as session, wire.watch(time.monotonic() + 5):
            session.mount("http://", WatchedAdapter(tls=False))
            assert session.get(f"{direct.endpoint}/first").ok
            assert session.get("http://sms.example/second", proxies={"http": proxy.endpoint}).ok
        assert direct.targets == ["/first"]
        assert proxy.targets == ["http://sms.example/second"]

    def test_one_that_lets_nothing_through_sent_nothing(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers
    ) -> None:
        proxy = provider(answer(403, ""))
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        error = failure(connector_at("https://sms.example"))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert "proxy" in error.message

    def test_an_emulator_on_this_machine_is_reached_directly(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert send(connector_at(provider(accept).endpoint)).biz_id == "BIZ-1"

    def test_but_not_one_whose_name_only_begins_like_it(
        self, monkeypatch: pytest.MonkeyPatch, provider: Providers
    ) -> None:
        proxy = provider(accept)
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        assert send(connector_at("http://localhost.example")).biz_id == "BIZ-1"

    def test_so_is_what_no_proxy_names(
        self, monkeypatch: pytest.MonkeyPatch, mocker: MockerFixture, provider: Providers
    ) -> None:
        direct = provider(accept)
        resolve = socket.getaddrinfo
        mocker.patch(
            "socket.getaddrinfo",
            side_effect=lambda _host, *more, **named: resolve("127.0.0.1", *more, **named),
        )
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "sms.example")
        endpoint = direct.endpoint.replace("localhost", "sms.example")
        assert send(connector_at(endpoint)).biz_id == "BIZ-1"


class TestDiscretion:
    def test_the_library_below_learns_neither_phone_nor_code(
        self, mocker: MockerFixture, provider: Providers
    ) -> None:
        urlopen = mocker.spy(HTTPConnectionPool, "urlopen")
        asked = provider(accept)
        send(connector_at(asked.endpoint))
        assert urlopen.call_args.kwargs["url"] == "/"
        assert asked.requests[0]["PhoneNumbers"] == "13812345678"

    def test_and_an_endpoint_closed_in_between_is_opened_again(self, provider: Providers) -> None:
        asked = provider(accept)
        with Session() as session:
            session.mount("http://", WatchedAdapter(tls=False))
            for _ in range(2):
                assert session.get(f"{asked.endpoint}/path?name=value#fragment").ok
                session.close()
        assert asked.connections == 2
        assert asked.targets == ["/path?name=value"] * 2

    def test_even_if_it_is_asked_while_it_closes(
        self, mocker: MockerFixture, provider: Providers
    ) -> None:
        asked = provider(accept)
        with Session() as session:
            adapter = WatchedAdapter(tls=False)
            session.mount("http://", adapter)
            clear = adapter.poolmanager.clear

            def clear_late() -> None:
                session.get(asked.endpoint)
                clear()

            mocker.patch.object(adapter.poolmanager, "clear", clear_late)
            adapter.close()
            session.get(asked.endpoint)
            assert asked.connections == 2


class TestBystanders:
    def test_a_call_that_nobody_watches_works_as_before(self, emulator: Emulator) -> None:
        # The adapter serves every client of the SDK in the process, a tool's among them.
        wire.install()
        key = emulator.account.access_keys[0]
        config = SdkConfig(
            access_key_id=key.id,
            access_key_secret=key.secret,
            endpoint=emulator.url.removeprefix("http://"),
            protocol="HTTP",
        )
        request = GetSmsSignRequest(sign_name=emulator.account.signs[0].name)
        assert SdkClient(config).get_sms_sign(request).body.code == "OK"


class TestFrozenInstances:
    def test_connections_are_used_again_while_they_are_fresh(self, provider: Providers) -> None:
        lasting = provider(accept)
        connector = connector_at(lasting.endpoint)
        for _ in range(5):
            send(connector)
        assert (lasting.connections, len(lasting.requests)) == (1, 5)

    def test_so_are_as_many_as_were_open_at_once(self, provider: Providers) -> None:
        all_are_there = threading.Barrier(20, timeout=5)

        def accept_together(connection: socket.socket) -> None:
            all_are_there.wait()
            accept(connection)

        lasting = provider(accept, accept_together)
        connector = connector_at(lasting.endpoint)
        send(connector)  # of threads that start together, each might make a session
        with ThreadPoolExecutor(20) as threads:
            for _ in range(2):
                list(threads.map(send, [connector] * 20))
        assert (lasting.connections, len(lasting.requests)) == (20, 41)

    @pytest.mark.parametrize("clock", ["monotonic", "time"])
    def test_a_connection_that_was_idle_for_long_is_not_used_again(
        self, mocker: MockerFixture, provider: Providers, clock: str
    ) -> None:
        # What a thawed instance meets: the first byte on the old connection is answered by a reset.
        lasting = provider(accept)
        connector = connector_at(lasting.endpoint)
        send(connector)
        later = getattr(time, clock)() + 11
        mocker.patch(f"sms_connector.provider.wire.time.{clock}", return_value=later)
        send(connector)
        assert (lasting.connections, len(lasting.requests)) == (2, 2)

    def test_no_message_is_lost_or_doubled_where_idle_connections_are_reset(
        self, mocker: MockerFixture
    ) -> None:
        now = [1000.0]
        with ForgetfulProvider(clock=lambda: now[0]) as forgetful:
            connector = connector_at(forgetful.endpoint)
            mocker.patch("sms_connector.provider.wire.time.time", side_effect=lambda: now[0])
            for idle in (0, 9, 11, 3600, 1, 86_400, 12, 9.9):
                now[0] += idle
                send(connector)
        assert len(forgetful.requests) == 8
        assert forgetful.resets == 0

    def test_a_connection_the_provider_closed_is_replaced(self, provider: Providers) -> None:
        def accept_and_close(connection: socket.socket) -> None:
            accept(connection)
            close(connection)

        closing = provider(accept_and_close)
        connector = connector_at(closing.endpoint)
        for _ in range(3):
            send(connector)
            time.sleep(0.05)
        assert (closing.connections, len(closing.requests)) == (3, 3)
