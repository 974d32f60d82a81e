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


@pytest.mark.parametrize(
    ("template", "sends"),
    [
        (
            {"templateCode": {"china": "SMS_1", "HK": "SMS_3", "overseas": "SMS_2"}},
            "SMS_1, abroad SMS_2, HK SMS_3, backup 100001",
        ),
        (
            {"templateCode": "SMS_1", "backup": {"templateCode": "100003", "signName": "赠送"}},
            "SMS_1, backup 100003",
        ),
        ({"templateCode": {"overseas": "SMS_2"}}, "abroad SMS_2"),
    ],
)
def test_the_codes_of_countries_and_the_backup_are_shown(
    template: dict[str, Any], sends: str
) -> None:
    backup = {"templateCode": "100001", "signName": "赠送"}
    whole = config(templates=[*TEMPLATES, {"usageType": "Own", **template}], backup=backup)
    shown = {check.subject: check.message for check in check_config(json.dumps(whole))}
    assert shown["Own"] == f"Sends {sends}."


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
        ({"testNumbers": [{}]}, "testNumbers[0].code", "a last day"),
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


def limit_checks(**changes: Any) -> dict[str, str]:
    checks = check_config(json.dumps(config(**changes)))
    assert all(check.ok for check in checks)
    return {check.subject: check.message for check in checks if check.subject.startswith("limits")}


def test_the_limits_are_shown_in_words() -> None:
    limits = {
        "countries": ["HK", "CN"],
        "perNumber": ["5/hour", "1/minute"],
        "perAddress": ["30/hour"],
        "perCountry": {"HK": ["500/day"], "*": ["200/day"]},
        "total": [],
        "conversion": {"atLeast": 20, "below": 0.1},
    }
    assert limit_checks(limits=limits) == {
        "limits.countries": "Countries that are sent to: CN, HK.",
        "limits.perNumber": "At most 1/minute, 5/hour per number.",
        "limits.perAddress": "At most 30/hour per address.",
        "limits.perPrefix": "No limit per prefix abroad.",
        "limits.perCountry.HK": "At most 500/day in the country HK.",
        "limits.perCountry.*": "At most 200/day per other country.",
        "limits.total": "No limit in total.",
        "limits.conversion": "Refuses a prefix abroad where fewer than 10% of 20 messages or more "
        "an hour are approved (verifications only).",
    }


MAINLAND_ONLY = [{**template, "templateCode": "100001"} for template in TEMPLATES]


@pytest.mark.parametrize(
    ("changes", "bounded"),
    [
        ({}, False),
        ({"limits": {"perNumber": ["1/day"], "perPrefix": ["1/day"]}}, False),
        ({"limits": {"total": ["1/day"]}}, True),
        ({"limits": {"total": []}}, False),
        ({"limits": {"perCountry": {"*": ["1/day"]}}}, True),
        ({"limits": {"perCountry": {"*": []}}}, False),
        ({"limits": {"perCountry": {"HK": ["1/day"]}}}, False),
        ({"limits": {"countries": ["CN"]}}, True),
        ({"limits": {"countries": ["CN", "HK"]}}, False),
        ({"limits": {"countries": ["CN", "HK"], "perCountry": {"HK": ["1/day"]}}}, True),
        ({"limits": {"countries": ["SG", "HK"], "perCountry": {"HK": ["1/day"]}}}, False),
        ({"templates": MAINLAND_ONLY}, True),
    ],
)
def test_a_config_that_lets_any_number_of_messages_abroad_is_warned_of(
    changes: dict[str, Any], bounded: bool
) -> None:
    assert ("limits" not in limit_checks(**changes)) is bounded


def test_an_endpoint_elsewhere_without_tls_is_warned_of() -> None:
    checks = check_config(json.dumps(config(endpoint="http://provider.example")))
    [check] = [check for check in checks if check.subject == "endpoint"]
    assert check.ok
    assert "unencrypted" in check.message


@pytest.mark.parametrize(
    ("changes", "warns"),
    [
        ({}, True),  # a template for overseas
        ({"strictPhoneRegionNumberCheck": True}, False),
        ({"limits": {"countries": ["CN"]}}, False),
        ({"templates": [{**one, "templateCode": "SMS_1"} for one in TEMPLATES]}, False),
        (
            {
                "templates": [{**one, "templateCode": "SMS_1"} for one in TEMPLATES],
                "limits": {"countries": ["CN", "US"]},
            },
            True,
        ),
    ],
)
def test_bare_digits_are_a_warning_where_messages_go_abroad(
    changes: dict[str, Any], warns: bool
) -> None:
    checks = check_config(json.dumps(config(**changes)))
    found = [check for check in checks if check.subject == "strictPhoneRegionNumberCheck"]
    assert [check.ok for check in found] == [True] * warns
