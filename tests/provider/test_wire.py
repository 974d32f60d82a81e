"""What never went out, what may have gone out, and what is left of a request afterwards."""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
import trustme
from alibabacloud_dysmsapi20170525.client import Client as SdkClient
from alibabacloud_dysmsapi20170525.models import GetSmsSignRequest
from alibabacloud_tea_openapi.utils_models import Config as SdkConfig
from pytest_mock import MockerFixture

from sms_connector import tls
from sms_connector.config import parse_config
from sms_connector.local.emulate.server import Emulator
from sms_connector.message import Sms
from sms_connector.phone import parse_phone
from sms_connector.provider import client, wire
from sms_connector.provider.call import Stage, TrackedCall, WireError, current_call, track
from sms_connector.provider.client import AccessKey, SmsClient, Times, tracked_call
from sms_connector.provider.do_action import install
from sms_connector.provider.sdk_call import NoAnswer
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.error_responses import STATUS
from tests.support.configs import config
from tests.support.scripted_provider import (
    Act,
    ScriptedProvider,
    accept,
    answer,
    close,
    hang,
)
from tests.support.sending import connector_at, failure, send
from tests.support.serving import PROJECT

Providers = Callable[..., ScriptedProvider]


class TestUnreachable:
    @pytest.mark.parametrize(
        ("endpoint", "why"),
        [
            ("http://127.0.0.1:1", "refused"),
            ("https://127.0.0.1:1", "refused"),
            ("http://[::1]:1", "refused"),
            ("https://no-such-host.invalid", "resolved"),
        ],
    )
    def test_a_message_that_got_no_connection_was_not_sent(self, endpoint: str, why: str) -> None:
        error = failure(connector_at(endpoint))
        assert (error.code, STATUS[error.kind], error.sent) == ("general", 503, False)
        assert error.retry_after
        assert why in error.message

    def test_a_tls_handshake_that_times_out_sent_nothing(self, provider: Providers) -> None:
        silent = provider(hang)
        endpoint = silent.endpoint.replace("http://", "https://")
        error = failure(connector_at(endpoint, connectTimeout=200))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert silent.requests == []

    def test_a_certificate_for_another_name_sent_nothing(
        self, provider: Providers, trusted: ssl.SSLContext
    ) -> None:
        stranger = provider(accept, tls=trusted)
        error = failure(connector_at(stranger.endpoint.replace("localhost", "127.0.0.1")))
        assert (STATUS[error.kind], error.sent) == (503, False)
        assert "certificate" in error.message
        assert stranger.requests == []

    @pytest.mark.parametrize("failures", [1, 2])
    def test_a_connection_that_could_not_be_made_is_retried_once(
        self, mocker: MockerFixture, provider: Providers, failures: int
    ) -> None:
        recovering = provider(accept)
        connect = socket.socket.connect
        tries = []

        def refuse(self: socket.socket, address: Any) -> None:
            tries.append(address)
            if len(tries) <= failures:
                raise ConnectionRefusedError
            connect(self, address)

        mocker.patch("socket.socket.connect", refuse)
        connector = connector_at(recovering.endpoint.replace("localhost", "127.0.0.1"))
        if failures == 1:
            assert send(connector).biz_id == "BIZ-1"
        else:
            assert failure(connector).sent is False
        assert len(tries) == 2
        assert len(recovering.requests) == 2 - failures


@pytest.mark.parametrize("trouble", [TimeoutError, ConnectionResetError, OSError, ssl.SSLError])
@pytest.mark.parametrize("written", [0, 1, 10_000])
def test_what_broke_while_it_was_written_may_have_gone_out(
    mocker: MockerFixture, provider: Providers, trouble: type[OSError], written: int
) -> None:
    accepting = provider(accept)
    write = socket.socket.send

    def write_and_break(self: socket.socket, data: Any) -> None:
        write(self, data[:written])
        raise trouble

    mocker.patch("socket.socket.send", write_and_break)
    error = failure(connector_at(accepting.endpoint, readTimeout=300))
    assert (STATUS[error.kind], error.sent) == (504, None)
    assert accepting.connections <= 1
    assert len(accepting.requests) <= 1


@pytest.mark.parametrize("step", [1, 7])
def test_a_request_that_is_written_in_pieces_arrives_whole(
    mocker: MockerFixture, provider: Providers, step: int
) -> None:
    accepting = provider(accept)
    write = socket.socket.send
    mocker.patch("socket.socket.send", lambda self, data: write(self, data[:step]))
    assert send(connector_at(accepting.endpoint)).biz_id == "BIZ-1"
    assert accepting.requests[0]["PhoneNumbers"] == "13812345678"


def test_without_an_endpoint_the_sdk_finds_the_one_of_the_region(mocker: MockerFixture) -> None:
    built = mocker.spy(client, "build_client")
    for region, endpoint in (
        (None, "dysmsapi.aliyuncs.com"),
        ("cn-hangzhou", "dysmsapi.aliyuncs.com"),
        ("ap-southeast-1", "dysmsapi.ap-southeast-1.aliyuncs.com"),
    ):
        SmsConnector(parse_config(json.dumps(config(regionId=region)))).prepare()
        assert built.spy_return._endpoint == endpoint


def test_a_call_of_another_client_of_the_sdk_works_as_before(emulator: Emulator) -> None:
    # The wire serves every client of the SDK in the process, also one that tracks nothing.
    install()
    key = emulator.account.access_keys[0]
    settings = SdkConfig(
        access_key_id=key.id,
        access_key_secret=key.secret,
        endpoint=emulator.url.removeprefix("http://"),
        protocol="HTTP",
    )
    request = GetSmsSignRequest(sign_name=emulator.account.signs[0].name)
    assert SdkClient(settings).get_sms_sign(request).body.code == "OK"
    assert current_call() is None


@pytest.mark.parametrize("secure", [False, True])
def test_an_ipv6_address_is_an_endpoint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, secure: bool
) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("::1").configure_cert(server)
    authority.cert_pem.write_to_path(str(tmp_path / "roots.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    tls.tls_context.cache_clear()
    with ScriptedProvider([accept], server if secure else None, host="::1") as six:
        assert send(connector_at(six.endpoint)).biz_id == "BIZ-1"
        assert f"\r\nhost: [::1]:{six.port}\r\n" in six.heads[0]
    tls.tls_context.cache_clear()


NUMBER, CODE, KEY = "13800009999", "975310", AccessKey("LTAI-Zq8-key-id", "Zq8-key-secret")

# Sends one message with each config, and then looks for its number (as a number, so that it does
# not find itself) in all that is alive, cycles that wait for a collection included.
WHAT_REMAINS = """
import gc, json, sys
from sms_connector.config import parse_config
from sms_connector.message import Sms
from sms_connector.phone import parse_phone
from sms_connector.provider.client import AccessKey, SmsClient, Times
number, key = 13800009990, AccessKey("LTAI-key-id", "key-secret")
def send(whole):
    sms = Sms(parse_phone(str(number + 9), strict=False), "SignIn", "SMS_1", "246810")
    parsed = parse_config(whole)
    return SmsClient(parsed).send(sms, key, Times.from_now(parsed))
def remains():
    for holder in gc.get_objects():
        for each in gc.get_referents(holder):
            text = each.decode("latin-1") if isinstance(each, (bytes, bytearray)) else each
            if isinstance(text, str) and str(number + 9) in text:
                yield repr(type(holder))
wholes = json.loads(sys.argv[1])
send(wholes[0])
gc.collect()
gc.disable()
print(json.dumps([[type(send(whole)).__name__, *remains()] for whole in wholes]))
"""


def test_nothing_of_a_request_outlives_its_call(provider: Providers) -> None:
    acts: dict[Act, str] = {
        accept: "ProviderAnswer",
        answer(200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}): "ProviderAnswer",
        answer(403, {"Code": "Forbidden.RAM"}): "ProviderAnswer",
        answer(500, {"Code": "InternalError"}): "ProviderAnswer",
        answer(200, "<html>"): "NoAnswer",
        answer(502, "<html>"): "NoAnswer",
        answer(302, "", headers="Location: /\r\n"): "NoAnswer",
        close: "NoAnswer",
        hang: "NoAnswer",
    }
    nowhere = ("http://127.0.0.1:1", "https://127.0.0.1:1", "http://no-such-host.invalid")
    endpoints = [*(provider(act).endpoint for act in acts), *nowhere]
    wholes = [json.dumps(config(endpoint=each, readTimeout=400)) for each in endpoints]
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WHAT_REMAINS, json.dumps(wholes)],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        timeout=30,
    )
    assert json.loads(ran.stdout) == [[kind] for kind in (*acts.values(), *["NoAnswer"] * 3)]


def test_the_wire_s_error_holds_a_stage_and_a_reason_and_no_traceback_of_the_request(
    provider: Providers,
) -> None:
    tracked = tracked_call(parse_config(json.dumps(config())), Times(1e9, 1e9))
    url = f"{provider(close).endpoint}/?PhoneNumbers={NUMBER}"
    with pytest.raises(WireError) as raised:
        wire.send("POST", url, {"x": KEY.secret}, CODE.encode(), tracked)
    error = raised.value
    assert (error.stage, error.reason) == (Stage.WRITING, "the connection broke")
    assert (error.__cause__, error.__context__) == (None, None)
    assert not any(secret in repr(error) for secret in (NUMBER, CODE, KEY.secret))


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "ftp://sms.example/",
        "http://a b/",
        "http://h:port/",
        "http://u:p@h/",
        "http://h:99999/",
    ],
)
def test_a_url_that_is_none_connects_to_nothing(mocker: MockerFixture, url: str) -> None:
    connect = mocker.patch("socket.socket.connect", side_effect=OverflowError)
    tracked = tracked_call(parse_config(json.dumps(config())), Times(1e9, 1e9))
    with pytest.raises(WireError) as raised:
        wire.send("POST", url, {}, b"", tracked)
    assert raised.value.stage is Stage.CONNECTING
    assert connect.call_count <= url.count("99999")


def test_calls_of_different_threads_are_tracked_apart() -> None:
    def call() -> TrackedCall:
        return TrackedCall(connect_deadline=0, connect_seconds=0, deadline=0, read_seconds=0)

    ours, theirs, seen = call(), call(), []

    def look() -> None:
        seen.append(current_call())
        with track(theirs):
            seen.append(current_call())

    with track(ours):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        seen.append(current_call())
    assert seen == [None, theirs, ours]


def test_a_call_that_never_reached_the_wire_is_not_called_unsent(
    mocker: MockerFixture, provider: Providers
) -> None:
    mocker.patch("darabonba.core.DaraCore.compose_url", side_effect=RuntimeError)
    parsed = parse_config(json.dumps(config(endpoint=provider(accept).endpoint)))
    sms = Sms(parse_phone("13812345678", strict=False), "SignIn", "SMS_1", "246810")
    outcome = SmsClient(parsed).send(sms, KEY, Times.from_now(parsed))
    assert isinstance(outcome, NoAnswer)
    assert outcome.reached is Stage.UNSEEN
