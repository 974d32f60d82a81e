"""Which template, code and sign of a config a message is sent with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import ConnectorConfig, parse_config, read_config
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
SINGAPORE = parse_phone("+6591234567")
CHICAGO = parse_phone("+13123456789")
ONE_CODE = {"usageType": "One", "templateCode": "SMS_1"}
TWO_CODES = {"usageType": "Two", "templateCode": {"china": "SMS_1", "overseas": "SMS_2"}}
PNVS = {"usageType": "Pnvs", "templateCode": "100001"}
SIGNS = {"china": "速通互联验证码", "overseas": "MyApp"}
MIXED = {
    "usageType": "Mixed",
    "templateCode": {"china": "100001", "overseas": "SMS_2"},
    "signName": SIGNS,
}
NAMED = {"usageType": "Named", "templateCode": {"china": "SMS_1", "HK": "SMS_3", "US": "SMS_4"}}
ALL = {"usageType": "All", "templateCode": {"china": "SMS_1", "overseas": "SMS_2", "HK": "SMS_3"}}
ABROAD = {"usageType": "Abroad", "templateCode": {"overseas": "SMS_2", "HK": "SMS_3"}}
GIVEN_AND_NAMED = {
    "usageType": "GivenAndNamed",
    "templateCode": {"china": "100001", "HK": "SMS_3"},
    "signName": SIGNS,
}


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
        (NAMED, MAINLAND, "SMS_1"),
        (NAMED, HONG_KONG, "SMS_3"),
        (NAMED, CHICAGO, "SMS_4"),
        (NAMED, SINGAPORE, "is outside mainland China"),
        (ALL, HONG_KONG, "SMS_3"),
        (ALL, SINGAPORE, "SMS_2"),
        (ALL, CHICAGO, "SMS_2"),
        (ABROAD, HONG_KONG, "SMS_3"),
        (ABROAD, SINGAPORE, "SMS_2"),
        (ABROAD, MAINLAND, "is in mainland China"),
        (GIVEN_AND_NAMED, MAINLAND, "100001"),
        (GIVEN_AND_NAMED, HONG_KONG, "SMS_3"),
        (GIVEN_AND_NAMED, CHICAGO, "is outside mainland China"),
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
    assert ("`china`" if phone.is_mainland else "`overseas`") in refusal.value.message
    assert phone.digits not in refusal.value.message


BY_COUNTRY = {"china": "我的应用", "overseas": "MyApp", "HK": "我的應用"}
ANYWHERE = [MAINLAND, HONG_KONG, SINGAPORE]


@pytest.mark.parametrize(
    ("top", "own", "codes", "signs"),
    [
        ("连接器", None, "SMS_1", ["连接器", "连接器", "连接器"]),
        ("连接器", "模板", "SMS_1", ["模板", "模板", "模板"]),
        (BY_COUNTRY, None, "SMS_1", ["我的应用", "我的應用", "MyApp"]),
        (BY_COUNTRY, "模板", "SMS_1", ["模板", "模板", "模板"]),
        (BY_COUNTRY, {"overseas": "模板"}, "SMS_1", ["我的应用", "模板", "模板"]),
        (BY_COUNTRY, {"HK": "模板"}, "SMS_1", ["我的应用", "模板", "MyApp"]),
        ("连接器", BY_COUNTRY, "SMS_1", ["我的应用", "我的應用", "MyApp"]),
        ({"china": "连接器"}, {"HK": "模板"}, {"china": "S", "HK": "S"}, ["连接器", "模板"]),
        ("连接器", {"china": "赠送"}, MIXED["templateCode"], ["赠送", "连接器", "连接器"]),
    ],
)
def test_a_sign_is_chosen_by_region_the_template_s_before_the_connector_s(
    top: Any, own: Any, codes: Any, signs: list[str]
) -> None:
    template = {"usageType": "Own", "templateCode": codes} | ({"signName": own} if own else {})
    required = [{**each, "signName": "其他"} for each in TEMPLATES]
    parsed = parse(signName=top, templates=[*required, template])
    chosen = [
        parsed.sign_for(parsed.template_for("Own"), phone) for phone in ANYWHERE[: len(signs)]
    ]
    assert chosen == signs


@pytest.mark.parametrize(
    ("top", "template", "path", "text"),
    [
        ("连接器", {**MIXED, "signName": "赠送"}, "templates[4].signName", "no sign serves both"),
        ("连接器", {**MIXED, "signName": {"china": "甲", "overseas": "甲"}}, None, '{"china": …'),
        ("连接器", {**MIXED, "signName": {"overseas": "连接器"}}, None, "your own as overseas"),
        ("连接器", {**GIVEN_AND_NAMED, "signName": "赠送"}, None, "both services"),
        ("连接器", {key: MIXED[key] for key in ("usageType", "templateCode")}, None, "both"),
        ({"china": "甲"}, ONE_CODE, "signName", "a sign for overseas: `templates[4]` sends there"),
        ({"overseas": "甲"}, PNVS, "signName", "a sign for china: `templates[4]`"),
        ({"china": "甲", "HK": "乙"}, NAMED, "signName", "a sign for US: `templates[4]`"),
    ],
)
def test_a_region_without_a_sign_or_with_one_of_another_service_is_a_problem(
    top: Any, template: dict[str, Any], path: str | None, text: str
) -> None:
    required = [{**each, "signName": "其他"} for each in TEMPLATES]
    whole = config(signName=top, templates=[*required, template])
    [found] = read_config(json.dumps(whole))[1]
    assert found.path == (path or "templates[4].signName")
    assert text in found.text


BACKUP = {"templateCode": "100001", "signName": "速通互联验证码"}


@pytest.mark.parametrize(
    ("backup", "problem"),
    [
        ("100001", "`backup` must be an object"),
        (None, "`backup` must be an object"),
        ({}, "`backup.templateCode` is required"),
        ({"templateCode": "100001"}, "`backup.signName` is required"),
        ({**BACKUP, "templateCode": "SMS_1"}, "`backup.templateCode` must be a template code of"),
        ({**BACKUP, "templateCode": "10001"}, "`backup.templateCode` must be a template code of"),
        ({**BACKUP, "templateCode": 100001}, "`backup.templateCode` must be a template code of"),
        ({**BACKUP, "signName": {"china": "甲"}}, "`backup.signName` must be the name of a sign"),
        ({**BACKUP, "signname": "甲"}, "`backup.signname` is unknown: the keys here are"),
    ],
)
def test_each_problem_of_a_backup_is_named_by_its_path(backup: Any, problem: str) -> None:
    found = [each.text for each in read_config(json.dumps(config(backup=backup)))[1]]
    assert found[0].startswith(problem)
    own = {"usageType": "Own", "templateCode": "SMS_1", "backup": backup}
    whole = config(templates=[*TEMPLATES, own])
    found = [each.text for each in read_config(json.dumps(whole))[1]]
    assert found[0].startswith(problem.replace("`backup", "`templates[4].backup", 1))


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
    assert parse(templates=twice).template_for("SignIn").codes == ("SMS_SIGN_IN",)
