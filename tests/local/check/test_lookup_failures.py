"""What a query that fails says about the settings."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.local.check.finding import Check
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, answer, hang, reset

from .querying import asked, failed

Provider = Callable[..., ScriptedProvider]


def checked_at(provider: Provider, *acts: Any, **changes: Any) -> list[Check]:
    return asked(config(endpoint=provider(*acts).endpoint, **changes))


def refuse(status: int, code: str, message: str = "Refused") -> Any:
    return answer(status, {"Code": code, "Message": message, "RequestId": "REQUEST-1"})


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (reset, "the connection broke"),
        (hang, "it did not answer in time"),
        (answer(302, "", headers="Location: /\r\n"), "it answered with a redirect"),
        (answer(200, "<html>"), "its answer could not be understood"),
        (answer(200, []), "its answer could not be understood"),
        (answer(200, {"RequestId": "1"}), "its answer could not be understood"),
        (answer(502, "<html>"), "its answer could not be understood"),
    ],
)
def test_a_provider_without_a_valid_answer_fails_the_check_of_the_endpoint(
    provider: Provider, act: Any, message: str
) -> None:
    [check] = checked_at(provider, act, readTimeout=300)
    assert (check.subject, check.ok) == ("endpoint", False)
    assert check.message == f"The provider could not be queried: {message}."
    assert "endpoint" in check.remedy


def test_an_emulator_that_is_not_running_is_named_with_the_command_that_starts_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    [check] = asked(config(endpoint=f"http://127.0.0.1:{port}"))
    assert (check.subject, check.ok) == ("endpoint", False)
    assert check.message == f"Nothing listens on 127.0.0.1:{port}."
    assert check.remedy == "Run `python -m sms_connector emulate`."


@pytest.mark.parametrize(
    ("status", "code", "subject", "message"),
    [
        (400, "InvalidTimeStamp.Expired", "accessKeyId", "clock"),
        (400, "InvalidSecurityToken.Expired", "accessKeyId", "token"),
        (200, "isv.PRODUCT_UN_SUBSCRIPT", "accessKeyId", "Enable the SMS service"),
        (200, "isv.OUT_OF_SERVICE", "accessKeyId", "no balance"),
        (200, "isv.SECURITY_FROZEN_ACCOUNT", "accessKeyId", "sent nothing for a long time"),
        (200, "isv.DENY_IP_RANGE", "accessKeyId", "mainland region"),
        (200, "isv.ACCOUNT_ABNORMAL", "accessKeyId", "not in order"),
        (429, "Throttling.User", "signName", "the provider says Throttling.User"),
        (503, "ServiceUnavailable", "signName", "the provider says ServiceUnavailable"),
    ],
)
def test_a_problem_of_the_whole_account_is_reported_once(
    provider: Provider, status: int, code: str, subject: str, message: str
) -> None:
    [check] = checked_at(provider, refuse(status, code))
    assert (check.subject, check.ok) == (subject, False)
    assert message in check.message
    assert check.remedy


@pytest.mark.parametrize("code", ["Forbidden.RAM", "NoPermission", "isp.RAM_PERMISSION_DENY"])
def test_a_key_without_read_permission_fails_with_the_permission_it_lacks(
    provider: Provider, code: str
) -> None:
    checks = checked_at(provider, refuse(403, code))
    assert checks[0] == Check("accessKeyId", True, "The provider accepts this key.")
    assert len(checks) == 7
    for check in checks[1:]:
        assert not check.ok
        assert "no permission to query" in check.message
        assert "AliyunDysmsReadOnlyAccess" in check.remedy


def test_an_unknown_provider_code_is_shown_without_secrets(provider: Provider) -> None:
    quoted = "No. Zq8-test-key-secret LTAI-test-key-id 13812345678\nsecond line"
    checks = checked_at(provider, refuse(400, "Unheard.Of", quoted))
    assert all(not check.ok for check in checks)
    assert checks[0].message == ("Not checked: the provider says Unheard.Of: No. **** **** ****")


@pytest.mark.parametrize(
    "body",
    [
        {"SignStatus": "soon", "SignUsage": 5, "AuditInfo": None},
        {"SignStatus": None},
        {"SignStatus": 10, "AuditInfo": {"RejectInfo": None}},
    ],
)
def test_a_malformed_answer_about_a_sign_is_never_an_approval(
    provider: Provider, body: dict[str, Any]
) -> None:
    checks = checked_at(provider, answer(200, {"Code": "OK", "RequestId": "1", **body}))
    assert "signName" in [check.subject for check in failed(checks)]
