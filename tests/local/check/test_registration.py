"""Every state of a sign at every carrier, through `check` and the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.local.check import registration
from sms_connector.local.check.finding import Check, Registered
from sms_connector.local.emulate.registration import State
from tests.support.commands import run
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, answer

from .querying import asked, with_code

Provider = Callable[..., ScriptedProvider]

CARRIERS = {
    "mobile": "China Mobile (中国移动)",
    "unicom": "China Unicom (中国联通)",
    "telecom": "China Telecom (中国电信)",
}

# Sign of the emulator: level, what is said, what to do.
STATES = {
    State.REGISTERED: ("码上登录", "ok", "has registered the sign.", ""),
    State.UNPROVED: ("码上待验", "warn", "no message has proved yet", "Send a few codes"),
    State.UNDER_WAY: ("码上报备", "warn", "is registering the sign", "5 to 10 working days"),
    State.FAILED: ("码上失败", "fix", "企业名称与工商登记不一致", "submit the registration again"),
    State.LAPSED: ("码上失效", "fix", "for more than 6 months", "at least every 6 months"),
    State.NOT_SUBMITTED: ("码上未报", "fix", "no qualification (资质)", "Link a complete"),
}


def of_carriers(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.registration is not None]


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_shown_for_each_carrier_with_what_to_do(
    example: dict[str, Any], state: State
) -> None:
    name, level, words, remedy = STATES[state]
    found = of_carriers(asked(example | {"signName": name}))
    assert [check.registration for check in found] == [
        Registered(name, carrier, state.value) for carrier in CARRIERS
    ]
    for check, carrier in zip(found, CARRIERS.values(), strict=True):
        assert (check.subject, check.level) == ("signName", level)
        assert check.message.startswith(carrier)
        assert words in check.message
        assert remedy in check.remedy
        assert ("国内消息 → 签名管理" in check.remedy) is (level != "ok")


def test_every_documented_state_has_words() -> None:
    assert set(STATES) == set(State)
    texts = {*registration._WARNINGS, *registration._PROBLEMS, registration._REGISTERED}
    assert texts == {state.value for state in State}


def test_carriers_that_differ_are_shown_as_they_are(example: dict[str, Any]) -> None:
    found = of_carriers(asked(example | {"signName": "码上各异"}))
    assert [check.level for check in found] == ["ok", "ok", "fix"]


def test_a_sign_that_only_sends_abroad_needs_no_registration(example: dict[str, Any]) -> None:
    names = ("Register", "SignIn", "ForgotPassword", "Generic")
    code = {"china": "100001", "overseas": "SMS_200000102"}
    templates = [
        {"usageType": name, "templateCode": code, "signName": {"china": "码上速通"}}
        for name in names
    ]
    whole = example | {"signName": "码上失败", "templates": templates}
    checks = asked(whole)
    assert "The sign is approved (通用)." in [check.message for check in checks]
    assert of_carriers(checks) == []


@pytest.mark.parametrize(
    ("details", "levels"),
    [
        (None, ["warn"]),
        ([], ["warn"]),
        ([{"OperatorCode": "mobile", "RegisterStatus": 7}], ["warn"]),
        ([{"OperatorCode": "broadnet", "RegisterStatus": "3"}], ["ok"]),
        ([{"RegisterStatus": None, "RegisterStatusReasons": [{"ReasonCode": 5}]}], ["warn"]),
        (
            [
                {
                    "OperatorCode": "mobile",
                    "RegisterStatus": 0,
                    "RegisterStatusReasons": [
                        {"ReasonCode": "UNHEARD_OF", "ReasonDescList": ["13812345678", 5]},
                        {"ReasonCode": "no code"},
                    ],
                }
            ],
            ["fix"],
        ),
    ],
    ids=["missing", "empty", "unknown state", "a fourth carrier", "malformed", "unknown reason"],
)
def test_what_the_provider_does_not_say_is_a_warning_and_never_a_registration(
    provider: Provider, details: object, levels: list[str]
) -> None:
    body = {"Code": "OK", "SignStatus": 1, "SignIspRegisterDetailList": details}
    checks = asked(config(endpoint=provider(answer(200, body)).endpoint))
    found = [check for check in checks if check.subject == "signName"][1:]
    assert [check.level for check in found] == levels
    assert "13812345678" not in str(found)
    assert levels != ["fix"] or "(UNHEARD_OF, ****)" in found[0].message


def test_the_daily_alarm_reads_sign_carrier_and_status(example: dict[str, Any]) -> None:
    whole = json.dumps(example | {"signName": "码上失效"})
    ran = run("check", "--json", SMS_CONNECTOR_CONFIG=whole)
    assert ran.code == 1
    shown = [item for item in ran.json["checks"] if "registration" in item]
    assert [item["registration"] for item in shown] == [
        {"sign": "码上失效", "carrier": carrier, "status": 2} for carrier in CARRIERS
    ]
    assert {item["level"] for item in shown} == {"fix"}


def test_warnings_leave_the_exit_code_at_0(example: dict[str, Any]) -> None:
    whole = json.dumps(example | {"signName": "码上报备"})
    ran = run("check", "--json", SMS_CONNECTOR_CONFIG=whole)
    assert (ran.code, ran.json["ok"]) == (0, True)
    assert "warn" in {item["level"] for item in ran.json["checks"]}


@pytest.mark.parametrize(
    ("sign", "template", "level", "message"),
    [
        ("码上测试", "SMS_200000006", "warn", "It is a test sign (测试签名)"),
        ("码上试用", "SMS_200000004", "warn", "It is a trial sign (试用签名)"),
        ("码上测试", "SMS_200000004", "fix", "SMS_200000004 is no test template"),
        ("码上登录", "SMS_200000006", "fix", "SMS_200000006 is a test template"),
    ],
)
def test_a_test_or_trial_sign_is_called_one_and_must_fit_its_template(
    example: dict[str, Any], sign: str, template: str, level: str, message: str
) -> None:
    names = ("Register", "SignIn", "ForgotPassword", "Generic")
    templates = [{"usageType": name, "templateCode": template} for name in names]
    found = asked(example | {"signName": sign, "templates": templates})
    shown = [check for check in found if message in check.message]
    assert shown
    assert {check.level for check in shown} == {level}
    assert all(check.remedy for check in shown)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("SMS_200000004", "Its code is 4 to 6 digits."),
        ("SMS_200000005", "Its code is 4 to 6 letters and digits."),
    ],
)
def test_the_check_says_what_the_variable_of_a_template_takes(
    example: dict[str, Any], template: str, words: str
) -> None:
    checks = asked(with_code(example, template))
    [found] = [check for check in checks if check.subject == "templates[1].templateCode"]
    assert found.level == "ok"
    assert found.message.endswith(words)
