"""A message that goes out by its backup, through the whole function."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, answer
from tests.support.serving import serving
from tests.support.verifying import SECRET

Configure = Callable[[dict[str, Any]], None]
Invoke = Callable[..., Any]
Providers = Callable[..., ScriptedProvider]

BACKUP = {"templateCode": "100001", "signName": GIVEN_SIGNS[0]}
EVENT = {"phone": "13812345678", "usageType": "SignIn"}
HEADERS = {"Authorization": "a-key-for-tests"}


@pytest.fixture
def lapsed(example: dict[str, Any], configure: Configure) -> None:
    """A config whose own sign is refused."""
    configure({**example, "signName": "失效的签名", "backup": BACKUP})


@pytest.mark.usefixtures("lapsed")
def test_the_response_names_the_template_that_was_sent_and_the_log_says_why(
    emulator: Emulator, invoke: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    request = {**EVENT, "idempotencyKey": "one"}
    answered, again = invoke(request), invoke(request)
    (message,) = emulator.inbox.messages()
    assert (
        answered
        == again
        == {
            "bizId": message.biz_id,
            "requestId": message.request_id,
            "usageType": "SignIn",
            "templateCode": "100001",
            "code": message.template_param["code"],
        }
    )
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [line["event"] for line in lines] == ["sms", "sms"]
    for line in lines:
        assert line.pop("milliseconds") >= 0
        assert line.pop("reason").startswith("The account of the access key has no approved sign")
        assert line == {
            "event": "sms",
            "outcome": "accepted",
            "sent": True,
            "requestId": message.request_id,
            "usageType": "SignIn",
            "templateCode": "100001",
            "phone": "138****5678",
            "backup": True,
            "providerCode": "isv.SMS_SIGNATURE_ILLEGAL",
        }


def test_the_log_says_why_the_backup_was_refused_too(
    provider: Providers,
    configure: Configure,
    invoke: Invoke,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals = [answer(200, {"Code": code}) for code in ("isv.OUT_OF_SERVICE", "SIGN_NAME_ILLEGAL")]
    configure(config(endpoint=provider(*refusals).endpoint, backup=BACKUP))
    assert invoke(EVENT)["error"]["code"] == "usage_limit_exceeded"
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert (line["providerCode"], line["backupRefused"]) == (
        "isv.OUT_OF_SERVICE",
        "SIGN_NAME_ILLEGAL",
    )


@pytest.mark.usefixtures("lapsed")
def test_a_verification_whose_code_went_out_by_the_backup_is_approved(
    emulator: Emulator,
    example: dict[str, Any],
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verification = {"codeLength": 4, "validSeconds": 300}
    lapsed = {"signName": "失效的签名", "backup": BACKUP, "verification": verification}
    configure(example | lapsed)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", HEADERS["Authorization"])
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "memory://")
    with serving("http3") as url:
        started = requests.post(f"{url}/verifications", json=EVENT, headers=HEADERS, timeout=10)
        assert started.status_code == 201
        (message,) = emulator.inbox.messages()
        assert started.json()["message"] == {
            "bizId": message.biz_id,
            "requestId": message.request_id,
            "templateCode": "100001",
        }
        assert "5分钟内有效" in message.content
        code = message.template_param["code"]
        assert len(code) == 4
        check = f"{url}/verifications/{started.json()['id']}/check"
        approved = requests.post(check, json={"code": code}, headers=HEADERS, timeout=10)
        assert (approved.status_code, approved.json()["status"]) == (200, "approved")
