from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.invoke.command import invoke
from sms_connector.provider.client import AccessKey
from tests.support.commands import Ran, run, start
from tests.support.function_compute import FUNCTION, SERVICE, FunctionCompute
from tests.support.scripted_provider import ScriptedProvider, answer, close, hang, reset, stall

Configure = Callable[[dict[str, Any]], None]
Provider = Callable[..., ScriptedProvider]

PHONE, CODE = "13812345678", "246810"
KEY = AccessKey("LTAI-fc-key-id", "fc-key-secret", "fc-security-token")
KEYS = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY.id,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY.secret,
    "ALIBABA_CLOUD_SECURITY_TOKEN": KEY.security_token or "",
}
ASKED = ("--phone", PHONE, "--usage-type", "SignIn", "--code", CODE)


@pytest.fixture
def fc(
    example: dict[str, Any], configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FunctionCompute]:
    """Function Compute with the function deployed, sending by way of the emulator."""
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
    with FunctionCompute(KEY) as fc:
        yield fc


def by_name(endpoint: str, *more: str, asked: tuple[str, ...] = ASKED, **environ: str) -> Ran:
    return run("invoke", *asked, *named(endpoint), *more, **{**KEYS, **environ})


def by_url(url: str, *more: str, **environ: str) -> Ran:
    return run("invoke", *ASKED, "--url", url, *more, **environ)


def has_no_secret(ran: Ran) -> bool:
    secrets = (KEY.secret, KEY.security_token or "", "Bearer")
    return not any(secret in ran.out + ran.err for secret in (*secrets, PHONE, CODE))


# --- by name, with the official client ------------------------------------------------------


@pytest.mark.parametrize("http", [(), ("--http",)])
def test_the_official_client_invokes_the_function_and_its_answer_is_shown_in_full(
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


def test_a_code_that_the_function_made_is_shown(fc: FunctionCompute, emulator: Emulator) -> None:
    ran = by_name(fc.url, asked=ASKED[:4])
    [message] = emulator.inbox.messages()
    assert message.template_param == {"code": ran.json["code"]}


@pytest.mark.parametrize(
    ("phone", "code", "error", "told"),
    [
        ("123", 1, "invalid_request_parameters", "Not sent: invalid_request_parameters."),
        (number_for("isv.BUSINESS_LIMIT_CONTROL"), 1, "rate_limit_exceeded", "Not sent: rate_"),
        (number_for(Behaviour.RESET_AFTER), 3, "general", "Unknown: general."),
    ],
)
@pytest.mark.parametrize("http", [(), ("--http",)])
def test_what_the_function_refuses_is_shown_and_the_exit_code_tells_what_is_known(
    fc: FunctionCompute, http: tuple[str, ...], phone: str, code: int, error: str, told: str
) -> None:
    ran = by_name(fc.url, *http, asked=("--phone", phone, *ASKED[2:]))
    assert ran.code == code
    assert ran.json["error"]["code"] == error
    assert told in ran.err
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
def test_a_signature_that_is_refused_sends_nothing_and_shows_no_secret(
    fc: FunctionCompute, emulator: Emulator, changes: dict[str, str], code: str
) -> None:
    ran = run("invoke", *ASKED, *named(fc.url), **{**KEYS, **changes})
    assert ran.code == 1
    assert f"refused before the function ran (HTTP 403, {code})" in ran.err
    assert json.loads(ran.out)["ErrorCode"] == code
    assert has_no_secret(ran)
    assert "expired-token" not in ran.out
    assert emulator.inbox.messages() == ()


def test_a_function_that_is_not_there_is_named_as_the_trouble(fc: FunctionCompute) -> None:
    ran = run(
        *("invoke", *ASKED, "--endpoint", fc.url, "--service", SERVICE, "--function", "other"),
        **KEYS,
    )
    assert ran.code == 1
    assert "FunctionNotFound" in ran.err


def test_a_signed_trigger_of_a_function_that_asks_for_more_is_explained(
    fc: FunctionCompute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMS_CONNECTOR_ANONYMOUS")
    ran = by_name(fc.url, "--http")
    assert ran.code == 1
    assert ran.json["error"]["code"] == "authorization_failed"
    assert "SMS_CONNECTOR_ANONYMOUS=true" in ran.err


def test_keys_must_be_in_the_environment() -> None:
    ran = by_name("http://127.0.0.1:1", ALIBABA_CLOUD_ACCESS_KEY_SECRET="")
    assert (ran.code, ran.out) == (1, "")
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET" in ran.err
    assert "Nothing was sent" in ran.err


# --- what came of it: the same for both ways ------------------------------------------------


def invoked(*where: str) -> Ran:
    """Run the command in this process, which takes less time."""
    result = CliRunner().invoke(invoke, [*ASKED, *where, "--timeout", "1"], env=KEYS)
    return Ran(result.exit_code, result.stdout, result.stderr)


def named(endpoint: str) -> tuple[str, ...]:
    return ("--endpoint", endpoint, "--service", SERVICE, "--function", FUNCTION)


def at_url(url: str) -> tuple[str, ...]:
    return ("--url", url)


ERROR = {"code": "general", "http_code": 504, "message": "told"}


@pytest.mark.parametrize("where", [named, at_url])
@pytest.mark.parametrize(
    ("act", "code", "told"),
    [
        (answer(200, {"bizId": "1^0", "templateCode": "SMS_1"}), 0, "Accepted."),
        (answer(200, {"error": {**ERROR, "sent": False}}), 1, "Not sent: general."),
        (answer(502, {"error": {**ERROR, "sent": None}}), 3, "Unknown: general."),
        (answer(502, {"error": ERROR}), 3, "Unknown: general."),
        (answer(200, "<html>welcome"), 3, "HTTP 200, and the answer is not the function's"),
        (answer(200, {}), 3, "HTTP 200, and the answer is not the function's"),
        (answer(502, "<html>"), 3, "HTTP 502, and the answer is not the function's"),
        (answer(503, {"ErrorCode": "ServerBusy"}), 3, "HTTP 503"),
        (answer(403, "<html>who are you"), 1, "refused before the function ran (HTTP 403)"),
        (answer(429, {"ErrorCode": "ResourceThrottled"}), 1, "(HTTP 429, ResourceThrottled)"),
        (
            answer(200, {"errorMessage": "out"}, headers="X-Fc-Error-Type: TimedOut\r\n"),
            3,
            "the function broke off (TimedOut)",
        ),
        (answer(404, "{}", headers="X-Fc-Error-Type: Unhandled\r\n"), 3, "the function broke off"),
        (answer(307, "", headers="Location: /again\r\n"), 3, "answered with a redirect"),
        (answer(302, "", headers="Location: /again\r\n"), 3, "answered with a redirect"),
        (answer(200, {"bizId": "1^0"}, cut_off=5), 3, "the connection was refused or broke"),
        (reset, 3, "the connection was refused or broke"),
        (close, 3, "the connection was refused or broke"),
        (hang, 3, "did not answer in time"),
        (stall, 3, "did not answer in time"),
    ],
)
def test_no_outcome_is_ever_taken_for_another_and_nothing_is_sent_twice(
    provider: Provider,
    where: Callable[[str], tuple[str, ...]],
    act: Any,
    code: int,
    told: str,
) -> None:
    scripted = provider(act)
    ran = invoked(*where(scripted.endpoint))
    assert ran.code == code
    assert told in ran.err
    assert scripted.connections == 1
    assert len(scripted.requests) == 1
    assert ran.err.count("\n") == 1
    assert has_no_secret(ran)
    if code == 3:
        assert "Look at the delivery state" in ran.err


@pytest.mark.parametrize("way", [by_name, by_url])
def test_a_connection_that_is_refused_is_tried_once_more_and_soon_given_up(
    way: Callable[..., Ran],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    started = time.monotonic()
    ran = way(f"http://127.0.0.1:{port}")
    assert time.monotonic() - started < 4
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "Not sent: the function could not be reached: the connection was refused or broke.\n"
    )


@pytest.mark.parametrize("where", [named, at_url])
def test_a_host_that_does_not_exist_sends_nothing(
    where: Callable[[str], tuple[str, ...]],
) -> None:
    ran = invoked(*where("http://function.invalid"))
    assert ran.code == 1
    assert "could not be reached" in ran.err


@pytest.mark.parametrize("where", [named, at_url])
def test_ctrl_c_while_the_function_is_silent_says_that_it_may_have_gone_out(
    provider: Provider, where: Callable[[str], tuple[str, ...]]
) -> None:
    scripted = provider(hang)
    process = start("invoke", *ASKED, *where(scripted.endpoint), **KEYS)
    while not scripted.requests and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (3, "")
    assert err == "Stopped. The message may have gone out: look before sending again.\n"


# --- by URL ---------------------------------------------------------------------------------


@pytest.mark.parametrize("known", ["Bearer Zq8-authorization", "Bearer Zq8-authorization, Older"])
def test_a_url_gets_the_authorization_value_that_the_function_knows(
    fc: FunctionCompute, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    monkeypatch.delenv("SMS_CONNECTOR_ANONYMOUS")
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "Bearer Zq8-authorization")
    ran = by_url(f"{fc.url}/", SMS_CONNECTOR_AUTHORIZATION=known)
    assert (ran.code, ran.err) == (0, "Accepted.\n")
    [message] = emulator.inbox.messages()
    assert ran.json["bizId"] == message.biz_id
    assert json.loads(fc.calls[0].body) == {"phone": PHONE, "usageType": "SignIn", "code": CODE}


@pytest.mark.parametrize("value", ["", "Bearer Zq8-other"])
def test_a_credential_that_is_missing_or_wrong_is_explained_and_not_shown(
    fc: FunctionCompute, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.delenv("SMS_CONNECTOR_ANONYMOUS")
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "Bearer Zq8-authorization")
    ran = by_url(fc.url, SMS_CONNECTOR_AUTHORIZATION=value)
    assert ran.code == 1
    assert ran.json["error"]["code"] == "authorization_failed"
    assert "SMS_CONNECTOR_AUTHORIZATION" in ran.err
    assert has_no_secret(ran)


def test_a_password_of_a_netrc_never_takes_the_place_of_the_credential(
    fc: FunctionCompute, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    assert by_url(fc.url, NETRC=str(netrc)).code == 0
    assert "authorization" not in fc.calls[0].headers
    assert by_name(fc.url, NETRC=str(netrc)).code == 0


# --- the arguments --------------------------------------------------------------------------

NAMED = ("--endpoint", "http://x", "--service", "s", "--function", "f")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--url", "http://x"),
        ASKED,
        (*ASKED, "--url", "http://x", *NAMED),
        (*ASKED, "--url", "http://x", "--http"),
        (*ASKED, *NAMED[:4]),
        (*ASKED, *NAMED[2:]),
        (*ASKED, "--http"),
        (*ASKED, "--url", "ftp://x"),
        (*ASKED, "--url", "function.example"),
        (*ASKED, "--url", "http://user:password@x"),
        (*ASKED, *NAMED[2:], "--endpoint", "http://x/path"),
        (*ASKED, *NAMED, "--timeout", "0"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(invoke, arguments).exit_code == 2


@pytest.mark.parametrize("value", ["Bearer\nX: y", "Bearer 密码"])
def test_a_value_that_no_header_can_hold_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", value)
    result = CliRunner().invoke(invoke, [*ASKED, "--url", "http://127.0.0.1:1"])
    assert result.exit_code == 1
    assert "Bearer" not in result.output
