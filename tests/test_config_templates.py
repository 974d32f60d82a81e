"""Which template, code and sign of a config a message is sent with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import ConnectorConfig, parse_config
from sms_connector.errors import ConnectorError
from sms_connector.phone import PhoneNumber, parse_phone
from tests.support.configs import KEY_SECRET, TEMPLATES, config


def parse(**changes: Any) -> ConnectorConfig:
    return parse_config(json.dumps(config(**changes)))


MAS_CONFIG = {
    "accessKeyId": "LTAI-test-key-id",
    "accessKeySecret": KEY_SECRET,
    "signName": "速通互联验证码",
    "templates": [
        {"usageType": "SignIn", "templateCode": "100001"},
        {"usageType": "Register", "templateCode": "100001"},
        {"usageType": "ForgotPassword", "templateCode": "100003"},
        {"usageType": "OrganizationInvitation", "templateCode": "100001"},
        {"usageType": "Generic", "templateCode": "100001"},
        {"usageType": "UserPermissionValidation", "templateCode": "100005"},
        {"usageType": "BindNewIdentifier", "templateCode": "100002"},
        {"usageType": "MfaVerification", "templateCode": "100001"},
        {"usageType": "BindMfa", "templateCode": "100001"},
    ],
}


@pytest.mark.parametrize("templates", [MAS_CONFIG["templates"], MAS_CONFIG["templates"][:5]])
def test_a_config_made_for_logto_s_other_connector_works_unchanged(templates: Any) -> None:
    parsed = parse_config(json.dumps(MAS_CONFIG | {"templates": templates}))
    assert parsed.template_for("ForgotPassword").code_for(MAINLAND) == "100003"


MAINLAND = parse_phone("13812345678")
HONG_KONG = parse_phone("+85251234567")
CHICAGO = parse_phone("+13123456789")
ONE_CODE = {"usageType": "One", "templateCode": "SMS_1"}
TWO_CODES = {"usageType": "Two", "templateCode": {"china": "SMS_1", "overseas": "SMS_2"}}
PNVS = {"usageType": "Pnvs", "templateCode": "100001"}
MIXED = {"usageType": "Mixed", "templateCode": {"china": "100001", "overseas": "SMS_2"}}


@pytest.mark.parametrize(
    ("template", "phone", "expected"),
    [
        (ONE_CODE, MAINLAND, "SMS_1"),
        (ONE_CODE, HONG_KONG, "SMS_1"),
        (ONE_CODE, CHICAGO, "has the digits of a mainland China mobile"),
        (TWO_CODES, MAINLAND, "SMS_1"),
        (TWO_CODES, HONG_KONG, "SMS_2"),
        (TWO_CODES, CHICAGO, "SMS_2"),
        (PNVS, MAINLAND, "100001"),
        (PNVS, HONG_KONG, "is outside mainland China"),
        (PNVS, CHICAGO, "has the digits of a mainland China mobile"),
        (MIXED, MAINLAND, "100001"),
        (MIXED, HONG_KONG, "SMS_2"),
        (MIXED, CHICAGO, "SMS_2"),
    ],
)
def test_a_number_that_the_template_cannot_reach_is_refused_before_a_call(
    template: dict[str, Any], phone: PhoneNumber, expected: str
) -> None:
    chosen = parse(templates=[*TEMPLATES, template]).template_for(template["usageType"])
    if " " not in expected:
        assert chosen.code_for(phone) == expected
        return
    with pytest.raises(ConnectorError, match=expected) as refusal:
        chosen.code_for(phone)
    assert (refusal.value.kind, refusal.value.field) == ("invalid_parameter", "phone")
    assert "`overseas`" in refusal.value.message
    assert phone.digits not in refusal.value.message


def test_a_template_may_have_a_sign_of_its_own() -> None:
    own = [{**TEMPLATES[0], "signName": "另一个签名"}, *TEMPLATES[1:]]
    parsed = parse(templates=own)
    assert parsed.template_for("Register").sign_name == "另一个签名"
    assert parsed.template_for("SignIn").sign_name is None


@pytest.mark.parametrize(
    ("codes", "signs"),
    [
        ("SMS_1", ["另一个签名"]),
        ("100001", ["另一个签名"]),
        ({"china": "SMS_1", "overseas": "SMS_2"}, ["另一个签名", "另一个签名"]),
        ({"china": "100001", "overseas": "SMS_2"}, ["另一个签名", None]),
    ],
)
def test_a_sign_beside_codes_of_two_services_is_the_number_verification_service_s(
    codes: Any, signs: list[str | None]
) -> None:
    own = {"usageType": "Own", "templateCode": codes, "signName": "另一个签名"}
    template = parse(templates=[*TEMPLATES, own]).template_for("Own")
    assert [template.sign_for(code) for code in template.codes] == signs


@pytest.mark.parametrize(
    ("usage_type", "meant"),
    [
        ("signin", "SignIn"),
        ("SIGNIN", "SignIn"),
        ("generic", "Generic"),
        ("SignIn", None),
        ("Payment", None),
        ("Sign_In", None),
    ],
)
def test_a_usage_type_that_differs_in_case_only_is_a_near_miss(
    usage_type: str, meant: str | None
) -> None:
    assert parse().near_miss(usage_type) == meant


@pytest.mark.parametrize(
    ("usage_type", "phone", "code"),
    [
        ("SignIn", "13812345678", "SMS_SIGN_IN"),
        ("SignIn", "+85251234567", "SMS_SIGN_IN"),
        ("Generic", "13812345678", "SMS_CHINA"),
        ("Generic", "+85251234567", "SMS_OVERSEAS"),
        ("MfaVerification", "13812345678", "SMS_CHINA"),
        ("BindMfa", "+85251234567", "SMS_OVERSEAS"),
    ],
)
def test_a_template_is_chosen_by_usage_type_else_generic_and_by_region(
    usage_type: str, phone: str, code: str
) -> None:
    assert parse().template_for(usage_type).code_for(parse_phone(phone)) == code


def test_the_first_of_two_templates_for_a_usage_type_counts() -> None:
    twice = [*TEMPLATES, {"usageType": "SignIn", "templateCode": "SMS_LATER"}]
    assert parse(templates=twice).template_for("SignIn").template_code == "SMS_SIGN_IN"
