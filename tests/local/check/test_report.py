"""`check --report`: shapes of a real account's answers, and nothing of the account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.check.report import report
from sms_connector.local.check.shapes import NOT_SHOWN, statuses_of, types_of
from sms_connector.local.emulate.account import ORDINARY_KEY, SIGNS, TEMPLATES
from sms_connector.provider.client import AccessKey
from tests.support import stand_in
from tests.support.commands import run
from tests.support.configs import config
from tests.support.stand_in import StandIn

NAMES = ("Register", "SignIn", "ForgotPassword", "Generic")
ROOT = Path(__file__).parents[3]


def calls(found: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [call for call in found["calls"] if call["action"] == action]


def values_of(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        for value in answer.values():
            yield from values_of(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from values_of(value)
    elif isinstance(answer, str):
        yield answer


def test_a_report_holds_no_value_of_the_account(example: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    whole = example | {"signName": "码上失败"}
    ran = run("check", "--report", str(file), SMS_CONNECTOR_CONFIG=json.dumps(whole))
    assert "read it before you pass it on" in ran.err
    text = file.read_text("utf-8")
    account = {ORDINARY_KEY.id, ORDINARY_KEY.secret, example["endpoint"], "127.0.0.1"}
    account |= {name for sign in SIGNS for name in (sign.name, sign.reject_info)}
    account |= {
        part for one in TEMPLATES for part in (one.code, one.name, one.content, one.reject_info)
    }
    account |= {"企业名称与工商登记不一致", "13800138000", "20043930001", "SIGN_1000", "200000"}
    assert [value for value in account if value and value in text] == []
    shown = json.loads(text)
    assert not re.search("[^\\x00-\\x7f]", text)
    assert [call["unlikeTheEmulator"] for call in shown["calls"]] == [[]] * len(shown["calls"])
    [sign] = calls(shown, "GetSmsSign")
    assert (sign["http"], sign["code"]) == (200, "OK")
    assert sign["statuses"]["RegisterStatus"] == ["0", "0", "0"]
    assert sign["statuses"]["OperatorCode"] == ["mobile", "unicom", "telecom"]
    assert sign["fields"]["SignIspRegisterDetailList[].RegisterStatus"] == "number"
    assert [call["code"] for call in calls(shown, "SendSms")] == ["isv.MOBILE_NUMBER_ILLEGAL"]


def test_a_report_names_what_another_service_answers_differently() -> None:
    with StandIn() as other:
        templates = [{"usageType": name, "templateCode": stand_in.TEMPLATE} for name in NAMES]
        whole = config(
            endpoint=other.endpoint,
            accessKeyId=stand_in.KEY_ID,
            accessKeySecret=stand_in.KEY_SECRET,
            signName=stand_in.SIGN,
            templates=templates,
        )
        parsed = parse_config(json.dumps(whole))
        found = report(parsed, AccessKey(stand_in.KEY_ID, stand_in.KEY_SECRET))
        refused = report(parsed, AccessKey("LTAI-nobody", "x"))
    text = json.dumps([found, refused], ensure_ascii=False)
    account = (stand_in.KEY_ID, stand_in.SIGN, stand_in.TEMPLATE, "LTAI")
    for value in (*account, "STAND-IN", "broadnet", "hidden", "0.045"):
        assert value not in text
    [sign] = calls(found, "GetSmsSign")
    assert "SignStatus: string, number in the emulator's answer" in sign["unlikeTheEmulator"]
    assert "Trace.Hops: not in the emulator's answer" in sign["unlikeTheEmulator"]
    assert sign["statuses"]["OperatorCode"][-1] == NOT_SHOWN
    assert calls(refused, "GetSmsSign")[0]["code"] == "InvalidAccessKeyId.NotFound"
    assert calls(refused, "GetSmsSign")[0]["http"] == 404


@pytest.mark.parametrize(
    "answer",
    [
        {"13812345678": {"SMS_200000001": "secret"}, "LTAI5tORrctvcL9cCE8zWn4e": 1},
        {"SignStatus": "13812345678", "OperatorCode": "码上登录", "ReasonCode": "SECRET_NAME"},
        {"RegisterStatus": 13812345678, "SignTag": {"a": 138}, "VerifyResult": "246810"},
    ],
)
def test_no_name_or_status_can_carry_a_value(answer: dict[str, Any]) -> None:
    text = json.dumps([types_of(answer), statuses_of(answer)], ensure_ascii=False)
    for value in ("138", "LTAI", "SMS_2", "码", "SECRET", "246810", "secret"):
        assert value not in text


def test_the_page_shows_a_report_as_it_is_written(example: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "emulator.md").read_text("utf-8")
    section = page[page.index("## Verified live") :]
    quoted = json.loads(section.split("```json\n")[1].split("```")[0])
    parsed = parse_config(json.dumps(example))
    found = report(parsed, AccessKey(ORDINARY_KEY.id, ORDINARY_KEY.secret))
    assert quoted == calls(found, "QuerySendDetails")[0]
