from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.local.check.config import check_config
from tests.support.configs import TEMPLATES, config

REQUIRED = ("Register", "SignIn", "ForgotPassword", "Generic")


def test_a_valid_config_shows_the_template_of_each_usage_type() -> None:
    checks = check_config(json.dumps(config()))
    assert [check for check in checks if not check.ok] == []
    shown = {check.subject: check.message for check in checks}
    assert shown["SignIn"] == "Sends SMS_SIGN_IN."
    assert shown["Generic"] == "Sends SMS_CHINA, abroad SMS_OVERSEAS."
    assert shown["BindMfa"] == "Falls back to Generic: SMS_CHINA, abroad SMS_OVERSEAS."
    assert [check.subject for check in checks[1:5]] == list(REQUIRED)


def test_a_usage_type_with_a_template_of_its_own_does_not_fall_back() -> None:
    own = {"usageType": "BindMfa", "templateCode": "SMS_MFA"}
    mine = {"usageType": "Payment", "templateCode": "SMS_PAY"}
    checks = check_config(json.dumps(config(templates=[*TEMPLATES, own, mine])))
    messages = [check.message for check in checks if check.subject in ("BindMfa", "Payment")]
    assert messages == ["Sends SMS_MFA.", "Sends SMS_PAY."]


def test_a_template_that_is_never_used_is_a_warning() -> None:
    later = {"usageType": "SignIn", "templateCode": "SMS_LATER"}
    checks = check_config(json.dumps(config(templates=[*TEMPLATES, later])))
    [check] = [check for check in checks if check.subject == "templates[4]"]
    assert check.ok
    assert "Never used" in check.message


@pytest.mark.parametrize(
    ("changes", "subject", "remedy"),
    [
        ({"accessKeyId": ...}, "accessKeyId", "ram.console.aliyun.com"),
        ({"accessKeySecret": "with space"}, "accessKeySecret", "ram.console.aliyun.com"),
        ({"signName": ""}, "signName", "签名管理"),
        ({"templates": TEMPLATES[:3]}, "templates", "usageType"),
        ({"templates": [*TEMPLATES, {"usageType": ""}]}, "templates[4].usageType", "SignIn"),
        (
            {"templates": [*TEMPLATES, {"usageType": "X", "templateCode": 1}]},
            "templates[4].templateCode",
            "模板管理",
        ),
        ({"templates": [*TEMPLATES, "SMS_1"]}, "templates[4]", "usageType"),
        ({"endpoint": "ftp://x"}, "endpoint", "default"),
        ({"readTimeout": 0}, "readTimeout", "default"),
    ],
)
def test_each_problem_has_its_path_and_a_remedy(
    changes: dict[str, Any], subject: str, remedy: str
) -> None:
    checks = check_config(json.dumps(config(**changes)))
    assert [check for check in checks if not check.ok] == checks
    [check] = [check for check in checks if check.subject == subject]
    assert remedy in check.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", b"\xff", "[" * 100_000])
def test_text_that_is_not_a_json_object_is_one_failed_check(text: str | bytes) -> None:
    [check] = check_config(text)
    assert (check.subject, check.ok) == ("config", False)


@pytest.mark.parametrize(
    ("endpoint", "local"),
    [
        ("http://127.0.0.1:8025", True),
        ("http://localhost:8025", True),
        ("https://[::1]:8025", True),
        ("dysmsapi.aliyuncs.com", False),
        ("https://127.0.0.1.example", False),
        (..., False),
    ],
)
def test_an_emulator_is_recognised_by_its_loopback_address(endpoint: object, local: bool) -> None:
    checks = check_config(json.dumps(config(endpoint=endpoint)))
    assert ("endpoint" in [check.subject for check in checks]) is local
