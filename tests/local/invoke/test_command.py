from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_mock import MockerFixture

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.invoke.command import invoke
from sms_connector.provider.client import AccessKey
from tests.support.commands import Ran, run, start
from tests.support.function_compute import FUNCTION, SERVICE, FunctionCompute
from tests.support.scripted_provider import ScriptedProvider, answer, close, hang, reset, stall

from .conftest import KEY

Configure = Callable[[dict[str, Any]], None]
Provider = Callable[..., ScriptedProvider]

PHONE, CODE = "13812345678", "246810"
KEYS = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY.id,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY.secret,
    "ALIBABA_CLOUD_SECURITY_TOKEN": KEY.security_token or "",
}
REQUEST = ("--phone", PHONE, "--usage-type", "SignIn", "--code", CODE)


def by_name(endpoint: str, *more: str, request: tuple[str, ...] = REQUEST, **environ: str) -> Ran:
    return run("invoke", *request, *named(endpoint), *more, **{**KEYS, **environ})


def by_url(url: str, *more: str, **environ: str) -> Ran:
    return run("invoke", *REQUEST, "--url", url, *more, **environ)


def has_no_secret(ran: Ran) -> bool:
    secrets = (KEY.secret, KEY.security_token or "", "Bearer")
    return not any(secret in ran.out + ran.err for secret in (*secrets, PHONE, CODE))


# --- by name, with the official client ------------------------------------------------------


@pytest.mark.parametrize("http", [(), ("--http",)])
def test_the_official_client_invokes_the_function_and_the_response_is_printed_in_full(
    fc: FunctionCompute, emulator: Emulator, http: tuple[str, ...]
) -> None:
    ran = by_name(fc.url, *http)
    assert (ran.code, ran.err) == (0, "Accepted.\n")
    [message] = emulator.inbox.messages()
    assert ran.json["bizId"] == message.biz_id
    [call] = fc.calls
    assert call.headers["x-fc-security-token"] == KEY.security_token
    assert "fc-sdk" in call.headers["user-agent"]
    assert ("/proxy/" in call.path) is bool(http)


def test_a_key_pair_without_a_token_is_enough(
    example: dict[str, Any], configure: Configure
) -> None:
    configure(example)
    with FunctionCompute(AccessKey(KEY.id, KEY.secret)) as fc:
        ran = by_name(f"{fc.url}/", ALIBABA_CLOUD_SECURITY_TOKEN="")
    assert ran.code == 0


def test_a_code_made_by_the_function_is_printed(fc: FunctionCompute, emulator: Emulator) -> None:
    ran = by_name(fc.url, request=REQUEST[:4])
    [message] = emulator.inbox.messages()
    assert message.template_param == {"code": ran.json["code"]}


@pytest.mark.parametrize(
    ("phone", "code", "error", "summary"),
    [
        ("123", 1, "invalid_request_parameters", "Not sent: invalid_request_parameters."),
        (number_for("isv.BUSINESS_LIMIT_CONTROL"), 1, "rate_limit_exceeded", "Not sent: rate_"),
        (number_for(Behaviour.RESET_AFTER), 3, "general", "Unknown: general."),
    ],
)
@pytest.mark.parametrize("http", [(), ("--http",)])
def test_an_error_of_the_function_is_printed_and_the_exit_code_separates_refused_from_unknown(
    fc: FunctionCompute, http: tuple[str, ...], phone: str, code: int, error: str, summary: str
) -> None:
    ran = by_name(fc.url, *http, request=("--phone", phone, *REQUEST[2:]))
    assert ran.code == code
    assert ran.json["error"]["code"] == error
    assert summary in ran.err
    assert len(fc.calls) == 1
    assert has_no_secret(ran)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"}, "SignatureNotMatch"),
        ({"ALIBABA_CLOUD_ACCESS_KEY_ID": "nobody"}, "InvalidAccessKeyID"),
        ({"ALIBABA_CLOUD_SECURITY_TOKEN": "expired-token"}, "InvalidSecurityToken"),
    ],
)
def test_a_refused_signature_sends_nothing_and_prints_no_secret(
    fc: FunctionCompute, emulator: Emulator, changes: dict[str, str], code: str
) -> None:
    ran = run("invoke", *REQUEST, *named(fc.url), **{**KEYS, **changes})
    assert ran.code == 1
    assert f"refused before the function ran (HTTP 403, {code})" in ran.err
    assert json.loads(ran.out)["ErrorCode"] == code
    assert has_no_secret(ran)
    assert "expired-token" not in ran.out
    assert emulator.inbox.messages() == ()


def test_a_missing_function_is_named_in_the_error(fc: FunctionCompute) -> None:
    ran = run(
        *("invoke", *REQUEST, "--endpoint", fc.url, "--service", SERVICE, "--function", "other"),
        **KEYS,
    )
    assert ran.code == 1
    assert "FunctionNotFound" in ran.err


def test_a_credential_missing_behind_a_signed_trigger_is_explained(
    fc: FunctionCompute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMS_CONNECTOR_ANONYMOUS")
    ran = by_name(fc.url, "--http")
    assert ran.code == 1
    assert ran.json["error"]["code"] == "authorization_failed"
    assert "SMS_CONNECTOR_ANONYMOUS=true" in ran.err


def test_a_call_by_name_needs_keys_in_the_environment() -> None:
    ran = by_name("http://127.0.0.1:1", ALIBABA_CLOUD_ACCESS_KEY_SECRET="")
    assert (ran.code, ran.out) == (1, "")
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET" in ran.err
    assert "Nothing was sent" in ran.err


# --- the outcome, by name and by URL --------------------------------------------------------


def invoked(*where: str) -> Ran:
    """Run the command in this process, which is faster."""
    result = CliRunner().invoke(invoke, [*REQUEST, *where, "--timeout", "1"], env=KEYS)
    return Ran(result.exit_code, result.stdout, result.stderr)


def named(endpoint: str) -> tuple[str, ...]:
    return ("--endpoint", endpoint, "--service", SERVICE, "--function", FUNCTION)


def at_url(url: str) -> tuple[str, ...]:
    return ("--url", url)


ERROR = {"code": "general", "http_code": 504, "message": "Failed"}


@pytest.mark.parametrize("where", [named, at_url])
@pytest.mark.parametrize(
    ("act", "code", "summary"),
    [
        (answer(200, {"bizId": "1^0", "templateCode": "SMS_1"}), 0, "Accepted."),
        (answer(200, {"error": {**ERROR, "sent": False}}), 1, "Not sent: general."),
        (answer(502, {"error": {**ERROR, "sent": None}}), 3, "Unknown: general."),
        (answer(502, {"error": ERROR}), 3, "Unknown: general."),
        (answer(200, "<html>welcome"), 3, "HTTP 200, and the response is not the function's"),
        (answer(200, {}), 3, "HTTP 200, and the response is not the function's"),
        (answer(502, "<html>"), 3, "HTTP 502, and the response is not the function's"),
        (answer(503, {"ErrorCode": "ServerBusy"}), 3, "HTTP 503"),
        *(
            (answer(status, "<html>"), 1, f"refused before the function ran (HTTP {status})")
            for status in (400, 401, 403, 404, 405, 413, 415)
        ),
        (answer(429, {"ErrorCode": "ResourceThrottled"}), 1, "(HTTP 429, ResourceThrottled)"),
        (
            answer(200, {"errorMessage": "out"}, headers="X-Fc-Error-Type: TimedOut\r\n"),
            3,
            "the function failed (TimedOut)",
        ),
        (answer(404, "{}", headers="X-Fc-Error-Type: Unhandled\r\n"), 3, "the function failed"),
        (answer(307, "", headers="Location: /again\r\n"), 3, "answered with a redirect"),
        (answer(302, "", headers="Location: /again\r\n"), 3, "answered with a redirect"),
        (answer(200, {"bizId": "1^0"}, cut_off=5), 3, "the connection broke"),
        (reset, 3, "the connection broke"),
        (close, 3, "the connection broke"),
        (hang, 3, "did not answer in time"),
        (stall, 3, "did not answer in time"),
    ],
)
def test_each_response_has_the_right_outcome_and_nothing_is_sent_twice(
    provider: Provider,
    where: Callable[[str], tuple[str, ...]],
    act: Any,
    code: int,
    summary: str,
) -> None:
    scripted = provider(act)
    ran = invoked(*where(scripted.endpoint))
    assert ran.code == code
    assert summary in ran.err
    assert scripted.connections == 1
    assert len(scripted.requests) == 1
    assert ran.err.count("\n") == 1
    assert has_no_secret(ran)
    if code == 3:
        assert "Check the delivery state" in ran.err


EVIL = "\x1b[2J\x9b2J\x7f\u202e"


@pytest.mark.parametrize("where", [named, at_url])
@pytest.mark.parametrize(
    "act",
    [
        answer(200, {"bizId": f"1^0{EVIL}"}),
        answer(502, {"error": {**ERROR, "code": f"general{EVIL}\nAccepted.", "message": EVIL}}),
        answer(502, f"<html>{EVIL}"),
        answer(403, {"ErrorCode": f"Denied{EVIL}"}),
    ],
)
def test_control_characters_of_a_response_are_escaped(
    provider: Provider, where: Callable[[str], tuple[str, ...]], act: Any
) -> None:
    ran = invoked(*where(provider(act).endpoint))
    assert "2J" in ran.out
    assert [char for char in ran.out + ran.err if not char.isprintable() and char != "\n"] == []
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("way", [by_name, by_url])
def test_a_refused_connection_is_reported_soon(
    way: Callable[..., Ran],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    started = time.monotonic()
    ran = way(f"http://127.0.0.1:{port}")
    assert time.monotonic() - started < 15  # the interpreter of a busy machine included
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("Not sent: the function could not be reached: the connection was refused.\n")


@pytest.mark.parametrize("where", [named, at_url])
def test_a_refused_connection_is_retried_once(
    mocker: MockerFixture, where: Callable[[str], tuple[str, ...]]
) -> None:
    connect = mocker.patch("socket.socket.connect", side_effect=ConnectionRefusedError)
    assert invoked(*where("http://127.0.0.1:1")).code == 1
    assert connect.call_count == 2


@pytest.mark.parametrize("where", [named, at_url])
def test_a_host_that_does_not_exist_sends_nothing(
    where: Callable[[str], tuple[str, ...]],
) -> None:
    ran = invoked(*where("http://function.invalid"))
    assert ran.code == 1
    assert "could not be reached" in ran.err


@pytest.mark.parametrize("where", [named, at_url])
def test_ctrl_c_while_the_function_is_silent_warns_that_the_message_may_have_gone_out(
    provider: Provider, where: Callable[[str], tuple[str, ...]]
) -> None:
    scripted = provider(hang)
    process = start("invoke", *REQUEST, *where(scripted.endpoint), **KEYS)
    while not scripted.requests and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (3, "")
    assert err == "Stopped. The message may have gone out: check before sending again.\n"


# --- by URL ---------------------------------------------------------------------------------
