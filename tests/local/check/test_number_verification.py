from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.check.finding import Check
from sms_connector.local.check.provider import check_provider
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.given_templates import GIVEN_TEMPLATES
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, answer

Providers = Callable[..., ScriptedProvider]

NAMES = ("Register", "SignIn", "ForgotPassword", "Generic")


def templates(code: object, **others: object) -> list[dict[str, Any]]:
    return [{"usageType": name, "templateCode": others.get(name, code)} for name in NAMES]


def checks_at(endpoint: str, **changes: Any) -> list[Check]:
    key = {"accessKeyId": ORDINARY_KEY.id, "accessKeySecret": ORDINARY_KEY.secret}
    whole = config(**{"endpoint": endpoint, "signName": GIVEN_SIGNS[0], **key, **changes})
    return list(check_provider(parse_config(json.dumps(whole)), {}))


def failed(checks: list[Check]) -> list[tuple[str, str]]:
    return [(check.subject, check.message) for check in checks if not check.ok]


def test_a_config_of_given_templates_passes_and_says_what_was_not_checked(
    emulator: Emulator,
) -> None:
    checks = checks_at(emulator.url, templates=templates("100001", ForgotPassword="100003"))
    assert failed(checks) == []
    assert [check.subject for check in checks] == [
        "accessKeyId",
        "templates[0].templateCode",
        "signName",
        *(f"templates[{index}].templateCode" for index in range(4)),
    ]
    assert checks[0].message == "The provider accepts this key."
    assert checks[1].message == "The number verification service is enabled."
    assert "cannot be checked" in checks[2].message
    assert "赠送签名配置" in checks[2].remedy
    assert checks[5].message == "100003 is the given template for resetting the password."
    assert emulator.inbox.messages() == ()


def test_each_known_template_is_recognised_and_an_unknown_one_is_a_warning_by_its_path(
    emulator: Emulator,
) -> None:
    for code in (*GIVEN_TEMPLATES, "100099"):
        checks = checks_at(emulator.url, templates=templates("100001", SignIn=code))
        assert failed(checks) == []
        (found,) = [check for check in checks[2:] if check.subject == "templates[1].templateCode"]
        assert bool(found.remedy) == (code == "100099")
        assert code in found.message


def test_both_services_are_checked_where_a_config_has_templates_of_both(
    emulator: Emulator,
) -> None:
    mixed = templates("SMS_200000004", SignIn={"china": "100001", "overseas": "SMS_200000102"})
    mixed[1]["signName"] = {"china": GIVEN_SIGNS[1]}
    valid = {"validSeconds": 300}  # as the texts of the templates say
    checks = checks_at(emulator.url, signName="码上登录", templates=mixed, verification=valid)
    assert failed(checks) == []
    assert [check.subject for check in checks] == [
        "accessKeyId",
        *["signName"] * 4,
        "templates[0].templateCode",
        "templates[1].templateCode.overseas",
        "templates[2].templateCode",
        "templates[3].templateCode",
        "templates[1].templateCode.china",
        "templates[1].signName.china",
        "templates[1].templateCode.china",
    ]


def test_a_backup_and_the_signs_of_countries_are_checked_by_their_paths(emulator: Emulator) -> None:
    signs = {"china": "码上登录", "overseas": "码上登录", "HK": "码上驳回"}
    own = templates("SMS_200000004", SignIn={"china": "SMS_200000004", "overseas": "SMS_200000102"})
    own[0]["backup"] = {"templateCode": "100099", "signName": GIVEN_SIGNS[1]}
    backup = {"templateCode": "100001", "signName": GIVEN_SIGNS[0]}
    valid = {"validSeconds": 300}  # as the texts of the templates say
    more = {"backup": backup, "verification": valid}
    checks = checks_at(emulator.url, signName=signs, templates=own, **more)
    assert [subject for subject, _ in failed(checks)] == ["signName.HK"]
    shown = [check.subject for check in checks]
    assert shown == [
        "accessKeyId",
        "signName.HK",
        *["signName.china"] * 4,
        *("templates[0].templateCode", "templates[1].templateCode.china"),
        *("templates[1].templateCode.overseas", "templates[2].templateCode"),
        "templates[3].templateCode",
        *("templates[0].backup.templateCode", "templates[0].backup.signName", "backup.signName"),
        *("templates[0].backup.templateCode", "backup.templateCode"),
    ]
    assert [check.subject for check in checks if "known templates" in check.message] == [
        "templates[0].backup.templateCode"
    ]


@pytest.mark.parametrize("sign_name", ["码上登录", GIVEN_SIGNS[0]])
def test_one_sign_for_templates_of_both_services_fails(emulator: Emulator, sign_name: str) -> None:
    mixed = templates("SMS_200000004", SignIn="100001")
    found = failed(checks_at(emulator.url, signName=sign_name, templates=mixed))
    assert [subject for subject, _ in found] in (
        ["templates[1].templateCode"],
        ["signName", "templates[1].templateCode"],
    )
    assert "one of the two services refuses it" in found[-1][1]


REFUSED = [
    (403, "NoPermission", True, "no permission to query it", "dypns:CheckSmsVerifyCode"),
    (200, "FUNCTION_NOT_OPENED", False, "Enable the number verification service", "dypns.console"),
    (404, "InvalidAccessKeyId.NotFound", False, "accessKeyId", "Copy both keys"),
    (400, "SignatureDoesNotMatch", False, "accessKeySecret", "Copy both keys"),
    (429, "Throttling.User", False, "Not checked", "Try again"),
    (200, "UNHEARD_OF", True, "Not checked: the provider says UNHEARD_OF", "See"),
]


@pytest.mark.parametrize(("status", "code", "ok", "message", "remedy"), REFUSED)
def test_a_refusal_of_the_service_says_what_to_do(
    provider: Providers, status: int, code: str, ok: bool, message: str, remedy: str
) -> None:
    refusing = provider(answer(status, {"Code": code, "Message": "why", "RequestId": "R"}))
    checks = checks_at(refusing.endpoint, templates=templates("100001"))
    found = next(check for check in checks if check.message != "The provider accepts this key.")
    assert found.ok is ok
    assert message in found.message
    assert remedy in found.remedy
    assert [request["PhoneNumber"] for request in refusing.requests] == ["13800138000"]
    assert "x-acs-action: CheckSmsVerifyCode" in refusing.heads[0]


def test_an_unreachable_service_is_a_failure_of_the_endpoint() -> None:
    found = failed(checks_at("http://127.0.0.1:9", templates=templates("100001")))
    assert [subject for subject, _ in found] == ["endpoint"]
