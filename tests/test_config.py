from __future__ import annotations

import json
from typing import Any

import phonenumbers
import pytest

from sms_connector.config import ConnectorConfig, VerificationSettings, parse_config, read_config
from sms_connector.errors import ConnectorError
from sms_connector.limits.countries import COUNTRIES
from sms_connector.limits.rules import Conversion, Limits, Rule
from sms_connector.phone import PhoneNumber, parse_phone
from tests.conftest import EXAMPLE
from tests.support.configs import KEY_SECRET, TEMPLATES, config


def parse(**changes: Any) -> ConnectorConfig:
    return parse_config(json.dumps(config(**changes)))


def problem(**changes: Any) -> str:
    with pytest.raises(ConnectorError) as refusal:
        parse(**changes)
    assert refusal.value.kind == "invalid_config"
    assert refusal.value.sent is False
    return refusal.value.message


def test_a_config_made_for_logto_works_unchanged() -> None:
    logto = config(
        templates=[{"type": 2, **template} for template in TEMPLATES],
        strictPhoneRegionNumberCheck=False,
        somethingNewer={"nested": [1]},
    )
    parsed = parse_config(json.dumps(logto))
    assert parsed.access_key_secret == KEY_SECRET
    assert [template.usage_type for template in parsed.templates] == [
        "Register",
        "SignIn",
        "ForgotPassword",
        "Generic",
    ]


def test_the_example_is_a_valid_config() -> None:
    assert parse_config(EXAMPLE.read_bytes()).protocol == "HTTP"


def test_left_out_settings_have_defaults() -> None:
    parsed = parse()
    assert parsed.strict_phone_region_number_check is False
    assert (parsed.endpoint, parsed.region_id, parsed.protocol) == (None, None, "HTTPS")
    assert 2 * parsed.connect_timeout + parsed.read_timeout <= 4_400


@pytest.mark.parametrize(
    ("endpoint", "protocol", "host"),
    [
        ("dysmsapi.aliyuncs.com", "HTTPS", "dysmsapi.aliyuncs.com"),
        ("proxy.example:8443", "HTTPS", "proxy.example:8443"),
        ("https://proxy.example:8443/", "HTTPS", "proxy.example:8443"),
        ("http://127.0.0.1:8025", "HTTP", "127.0.0.1:8025"),
        ("http://[::1]:8025", "HTTP", "[::1]:8025"),
    ],
)
def test_an_endpoint_is_a_host_with_or_without_protocol(
    endpoint: str, protocol: str, host: str
) -> None:
    parsed = parse(endpoint=endpoint)
    assert (parsed.protocol, parsed.host) == (protocol, host)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"signName": ...}, "`signName` is required"),
        ({"signName": ""}, "`signName` must be the name of a sign"),
        ({"signName": 5}, "`signName` must be the name of a sign"),
        ({"accessKeyId": " LTAI"}, "`accessKeyId` must be an access key, without spaces"),
        ({"accessKeySecret": "a\nb"}, "`accessKeySecret` must be an access key, without spaces"),
        ({"accessKeyId": ...}, "give both `accessKeyId` and `accessKeySecret`, or neither"),
        ({"accessKeySecret": ...}, "give both `accessKeyId` and `accessKeySecret`, or neither"),
        ({"accessKeySecret": None}, "give both `accessKeyId` and `accessKeySecret`, or neither"),
        ({"accessKeyId": "LTAI\n"}, "`accessKeyId` must be an access key, without spaces"),
        ({"signName": "sign\n"}, "`signName` must be the name of a sign"),
        ({"endpoint": "x.example\n"}, "`endpoint` must be a host"),
        ({"endpoint": "http://localhost:99999"}, "`endpoint` must be a host"),
        ({"endpoint": "https://."}, "`endpoint` must be a host"),
        ({"regionId": "cn-hangzhou\n"}, "`regionId` must be a region"),
        ({"endpoint": "ftp://x"}, "`endpoint` must be a host"),
        ({"endpoint": "https://x/path"}, "`endpoint` must be a host"),
        ({"endpoint": "https://u:p@x"}, "`endpoint` must be a host"),
        ({"endpoint": "http://dysmsapi.aliyuncs.com"}, "`endpoint` must not be http://"),
        ({"endpoint": "http://DYSMSAPI.Aliyuncs.com:80/"}, "`endpoint` must not be http://"),
        ({"endpoint": "http://aliyuncs.com/"}, "`endpoint` must not be http://"),
        ({"regionId": "cn hangzhou"}, "`regionId` must be a region"),
        ({"connectTimeout": 0}, "`connectTimeout` must be milliseconds"),
        ({"readTimeout": 60_001}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": 1.5}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": 1000.0}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": True}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": 10**30}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": "1000"}, "`readTimeout` must be milliseconds"),
        ({"strictPhoneRegionNumberCheck": "yes"}, "must be true or false"),
        ({"templates": ...}, "`templates` is required"),
        ({"templates": {}}, "`templates` must be a list of templates"),
        ({"templates": [*TEMPLATES, 7]}, "`templates[4]` must be an object"),
        ({"templates": [*TEMPLATES, {}]}, "`templates[4].usageType` is required"),
        ({"templates": [*TEMPLATES, {}]}, "`templates[4].templateCode` is required"),
        (
            {"templates": [*TEMPLATES, {"usageType": [], "templateCode": "SMS_1"}]},
            "`templates[4].usageType` must be a usage type",
        ),
        (
            {"templates": [*TEMPLATES, {"usageType": "X", "templateCode": ""}]},
            "`templates[4].templateCode` must be a template code",
        ),
        (
            {"templates": [*TEMPLATES, {"usageType": "X", "templateCode": {"china": "SMS_1"}}]},
            "`templates[4].templateCode` must be a template code",
        ),
        (
            {"templates": [*TEMPLATES, {"usageType": "X", "templateCode": "S", "signName": ""}]},
            "`templates[4].signName` must be the name of a sign",
        ),
        (
            {
                "templates": [
                    *TEMPLATES,
                    {"usageType": "X", "templateCode": {"china": "SMS_1", "overseas": "100001"}},
                ]
            },
            "`templates[4].templateCode.overseas` must be an international template",
        ),
        ({"templates": TEMPLATES[:2]}, "UsageType (ForgotPassword, Generic) should be provided"),
        ({"templates": []}, "UsageType (Register, SignIn, ForgotPassword, Generic) should be"),
    ],
)
def test_each_problem_is_named_by_its_path(changes: dict[str, Any], text: str) -> None:
    assert text in problem(**changes)


def test_all_problems_are_reported_at_once() -> None:
    text = problem(
        accessKeyId="with space",
        signName=...,
        readTimeout=-1,
        templates=[{"usageType": 1}],
        limits={"perNubmer": [], "total": ["5"], "conversion": {}},
        verification={"sends": 0},
    )
    assert text.count(";") == 10
    for path in ("accessKeyId", "signName", "readTimeout", "templates[0].usageType", "SignIn"):
        assert path in text


_RULE = "must be <count>/<second|minute|hour|day> or <count>/<n>s"
_COUNTRY = "must be the ISO 3166 code of a country"


@pytest.mark.parametrize(
    ("limits", "path", "text"),
    [
        (None, "limits", "must be an object"),
        ([], "limits", "must be an object"),
        ({"perNubmer": ["5/hour"]}, "limits.perNubmer", "is unknown: the keys here are countries"),
        ({"per number 138": []}, "limits", "has an unknown key"),
        ({"a" * 1_000: []}, "limits", "has an unknown key"),
        ({"perNumber": "5/hour"}, "limits.perNumber", "must be a list of rules"),
        ({"perNumber": None}, "limits.perNumber", "must be a list of rules"),
        ({"perNumber": ["0/minute"]}, "limits.perNumber[0]", _RULE),
        ({"perNumber": ["1/day", "5/fortnight"]}, "limits.perNumber[1]", _RULE),
        ({"perAddress": ["five/hour"]}, "limits.perAddress[0]", _RULE),
        ({"perPrefix": [5]}, "limits.perPrefix[0]", _RULE),
        ({"total": [True]}, "limits.total[0]", _RULE),
        ({"total": [["5/hour"]]}, "limits.total[0]", _RULE),
        ({"total": ["9" * 400 + "/day"]}, "limits.total[0]", _RULE),
        ({"perCountry": ["5/hour"]}, "limits.perCountry", "must be an object"),
        ({"perCountry": {"hk": []}}, "limits.perCountry.hk", "is unknown"),
        ({"perCountry": {"UK": []}}, "limits.perCountry.UK", "is unknown"),
        ({"perCountry": {"+852": []}}, "limits.perCountry", "has an unknown key"),
        ({"perCountry": {"HK": ["1.5/day"]}}, "limits.perCountry.HK[0]", _RULE),
        ({"perCountry": {"*": "1/day"}}, "limits.perCountry.*", "must be a list of rules"),
        ({"countries": []}, "limits.countries", "must be a list of countries, with one at least"),
        ({"countries": "CN"}, "limits.countries", "must be a list of countries"),
        ({"countries": ["CN", "cn"]}, "limits.countries[1]", _COUNTRY),
        ({"countries": ["EU"]}, "limits.countries[0]", _COUNTRY),
        ({"countries": ["*"]}, "limits.countries[0]", _COUNTRY),
        ({"countries": [86]}, "limits.countries[0]", _COUNTRY),
        ({"countries": [["CN"]]}, "limits.countries[0]", _COUNTRY),
        ({"conversion": None}, "limits.conversion", "must be an object"),
        ({"conversion": {"below": 0.1}}, "limits.conversion.atLeast", "is required"),
        ({"conversion": {"atLeast": 20}}, "limits.conversion.below", "is required"),
        *(
            ({"conversion": {"atLeast": value, "below": 0.1}}, "limits.conversion.atLeast", "must")
            for value in (0, -1, 1.5, 20.0, True, "20", None, 10**30)
        ),
        *(
            ({"conversion": {"atLeast": 20, "below": value}}, "limits.conversion.below", "must")
            for value in (-0.1, 1.1, 2, 10**400, True, "0.1", None)
        ),
        (
            {"conversion": {"atLeast": 20, "below": 0.1, "belwo": 0.2}},
            "limits.conversion.belwo",
            "is unknown: the keys here are atLeast, below",
        ),
    ],
)
def test_each_problem_of_the_limits_is_named_by_its_path(
    limits: object, path: str, text: str
) -> None:
    config_read, problems = read_config(json.dumps(config(limits=limits)))
    assert config_read is None
    [found] = problems
    assert found.path == path
    assert found.text.startswith(f"`{path}` {text}")


@pytest.mark.parametrize(
    ("verification", "path"),
    [
        (None, "verification"),
        (5, "verification"),
        ({"codeLenght": 6}, "verification.codeLenght"),
        *(
            ({"codeLength": value}, "verification.codeLength")
            for value in (3, 9, 6.0, True, "6", None, 10**30)
        ),
        *(({"validSeconds": value}, "verification.validSeconds") for value in (0, 86_401, 0.5)),
        *(({"attempts": value}, "verification.attempts") for value in (0, 21, -1)),
        *(({"sends": value}, "verification.sends") for value in (0, 21, False)),
    ],
)
def test_each_problem_of_the_verification_is_named_by_its_path(
    verification: object, path: str
) -> None:
    [found] = read_config(json.dumps(config(verification=verification)))[1]
    assert found.path == path


def test_limits_and_verification_have_defaults() -> None:
    parsed = parse()
    assert parsed.limits == parse(limits={}).limits == Limits()
    assert [rule.text for rule in parsed.limits.per_number] == ["1/minute", "5/hour", "10/day"]
    settings = parsed.verification
    assert settings == parse(verification={}).verification == VerificationSettings()
    assert (settings.code_length, settings.valid_seconds) == (6, 600)
    assert (settings.attempts, settings.sends) == (5, 5)


def test_limits_and_verification_are_read() -> None:
    parsed = parse(
        limits={
            "countries": ["CN", "HK"],
            "perNumber": [],
            "perAddress": ["30/hour"],
            "perPrefix": ["100/hour", "50/3600s"],
            "perCountry": {"HK": ["500/day"], "*": [], "CN": ["1/10s"]},
            "total": ["20000/day"],
            "conversion": {"atLeast": 20, "below": 1},
        },
        verification={"codeLength": 4, "validSeconds": 86_400, "attempts": 1, "sends": 20},
    )
    assert parsed.limits == Limits(
        countries=frozenset({"CN", "HK"}),
        per_number=(),
        per_address=(Rule("perAddress", "30/hour", 30, 3_600),),
        per_prefix=(Rule("perPrefix", "50/3600s", 50, 3_600),),
        per_country={
            "HK": (Rule("perCountry", "500/day", 500, 86_400),),
            "*": (),
            "CN": (Rule("perCountry", "1/10s", 1, 10),),
        },
        total=(Rule("total", "20000/day", 20_000, 86_400),),
        conversion=Conversion(20, 1.0),
    )
    assert parsed.verification == VerificationSettings(4, 86_400, 1, 20)


def test_every_country_with_numbers_may_be_named() -> None:
    assert phonenumbers.SUPPORTED_REGIONS <= COUNTRIES
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)
    # ISO 3166 has 249 codes; AC, TA and XK come on top.
    assert len(COUNTRIES) == 252


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "null", "[]", '"text"', b"\xff", '{"a": NaN}', "\ud800"]
)
def test_a_text_that_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(ConnectorError, match="JSON"):
        parse_config(text)


def test_a_number_too_large_for_any_computer_is_a_problem_and_no_crash() -> None:
    huge = json.dumps(config()).removesuffix("}") + ', "readTimeout": ' + "9" * 5_000 + "}"
    with pytest.raises(ConnectorError):
        parse_config(huge)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_config("\ufeff" + json.dumps(config())) == parse()


def test_no_value_of_a_config_is_repeated() -> None:
    text = problem(
        accessKeySecret="TOP secret",
        signName=5,
        endpoint="h://TOP-secret",
        limits={"total": ["TOP"], "countries": ["TOP"], "TOP-secret": 1, "conversion": "TOP"},
        verification={"sends": "TOP"},
    )
    assert "TOP" not in text
    assert KEY_SECRET not in repr(parse())


def test_both_keys_may_be_left_out_together() -> None:
    parsed = parse(accessKeyId=..., accessKeySecret=...)
    assert (parsed.access_key_id, parsed.access_key_secret) == (None, None)


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
