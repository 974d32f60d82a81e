"""Invocations by URL, and arguments that contradict each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.invoke.command import invoke
from tests.support.function_compute import FunctionCompute

from .test_command import CODE, PHONE, REQUEST, by_name, by_url, has_no_secret


@pytest.mark.parametrize("known", ["Bearer Zq8-authorization", "Bearer Zq8-authorization, Older"])
def test_a_url_is_called_with_the_first_authorization_value(
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
def test_a_missing_or_wrong_credential_is_explained_and_not_printed(
    fc: FunctionCompute, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.delenv("SMS_CONNECTOR_ANONYMOUS")
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "Bearer Zq8-authorization")
    ran = by_url(fc.url, SMS_CONNECTOR_AUTHORIZATION=value)
    assert ran.code == 1
    assert ran.json["error"]["code"] == "authorization_failed"
    assert "SMS_CONNECTOR_AUTHORIZATION" in ran.err
    assert has_no_secret(ran)


def test_a_netrc_password_is_never_sent(fc: FunctionCompute, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    assert by_url(fc.url, NETRC=str(netrc)).code == 0
    assert "authorization" not in fc.calls[0].headers
    assert by_name(fc.url, NETRC=str(netrc)).code == 0


NAMED = ("--endpoint", "http://x", "--service", "s", "--function", "f")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--url", "http://x"),
        REQUEST,
        (*REQUEST, "--url", "http://x", *NAMED),
        (*REQUEST, "--url", "http://x", "--http"),
        (*REQUEST, *NAMED[:4]),
        (*REQUEST, *NAMED[2:]),
        (*REQUEST, "--http"),
        (*REQUEST, "--url", "ftp://x"),
        (*REQUEST, "--url", "function.example"),
        (*REQUEST, "--url", "http://user:password@x"),
        (*REQUEST, *NAMED[2:], "--endpoint", "http://x/path"),
        (*REQUEST, *NAMED, "--timeout", "0"),
    ],
)
def test_contradictory_or_invalid_arguments_are_refused(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(invoke, arguments).exit_code == 2


@pytest.mark.parametrize("value", ["Bearer\nX: y", "Bearer 密码"])
def test_an_invalid_header_value_is_refused_and_not_printed(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", value)
    result = CliRunner().invoke(invoke, [*REQUEST, "--url", "http://127.0.0.1:1"])
    assert result.exit_code == 1
    assert "Bearer" not in result.output
