from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import ConnectorConfig, VerificationSettings, parse_config, read_config
from sms_connector.errors import ConnectorError
from sms_connector.limits.rules import Limits
from tests.conftest import EXAMPLE
from tests.support.configs import GIVEN_TEMPLATES, KEY_SECRET, TEMPLATES, config


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
        ("http://aliyuncs.com.example", "HTTP", "aliyuncs.com.example"),
        ("http://notaliyuncs.com", "HTTP", "notaliyuncs.com"),
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
        *(
            ({"templates": [*TEMPLATES, {"usageType": "X", "templateCode": code}]}, text)
            for code, text in (
                ({}, "`templates[4].templateCode` must be a template code, or an object with one"),
                ({"CN": "SMS_1"}, "`templates[4].templateCode.CN` is named china here"),
                ({"china": "S", "hk": "S"}, "`templates[4].templateCode.hk` is unknown: the keys"),
                ({"china": "S", "ZZ": "S"}, "`templates[4].templateCode.ZZ` is unknown: the keys"),
                ({"china": "S", "HK": "a b"}, "`templates[4].templateCode.HK` must be a template"),
                ({"china": "S", "HK": "100001"}, "`templates[4].templateCode.HK` must be an inter"),
                ({"china": "S", "overseas": None}, "`templates[4].templateCode.overseas` must be"),
            )
        ),
        ({"signName": {}}, "`signName` must be the name of a sign, or an object with one"),
        (
            {"signName": {"china": "甲", "JAPAN": "丙"}},
            "`signName.JAPAN` is unkn",
        ),
        ({"signName": {"china": "甲", "overseas": ""}}, "`signName.overseas` must be the name of"),
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
        (
            {"templates": [*TEMPLATES, {"usageType": "X", "templateCode": "154950909"}]},
            "`templates[4].templateCode` must begin with SMS_",
        ),
        (
            {
                "templates": [
                    *TEMPLATES,
                    {"usageType": "X", "templateCode": {"china": "10000", "overseas": "SMS_1"}},
                ]
            },
            "`templates[4].templateCode.china` must begin with SMS_",
        ),
        ({"templates": GIVEN_TEMPLATES, "signName": ...}, "`signName` is required"),
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


@pytest.mark.parametrize(
    ("changes", "is_valid"),
    [
        ({}, False),
        ({"templates": [*GIVEN_TEMPLATES[:3], TEMPLATES[3]]}, False),
        ({"templates": GIVEN_TEMPLATES}, True),
        ({"limits": {"countries": ["HK"]}}, True),
    ],
    ids=["SMS templates", "one SMS template", "given templates", "no message to the mainland"],
)
def test_made_codes_of_more_than_six_digits_need_templates_that_take_them(
    changes: dict[str, Any], is_valid: bool
) -> None:
    for digits in (6, 7, 8):
        whole = json.dumps(config(verification={"codeLength": digits}, **changes))
        found = [problem.path for problem in read_config(whole)[1]]
        assert found == ([] if is_valid or digits == 6 else ["verification.codeLength"])


def test_limits_and_verification_have_defaults() -> None:
    parsed = parse(limits=...)
    assert parsed.limits == parse(limits={}).limits == Limits()
    assert [rule.text for rule in parsed.limits.per_number] == ["1/minute", "5/hour", "10/day"]
    settings = parsed.verification
    assert settings == parse(verification={}).verification == VerificationSettings()
    assert (settings.code_length, settings.valid_seconds) == (6, 600)
    assert (settings.attempts, settings.sends) == (5, 5)


def test_a_verification_is_read() -> None:
    parsed = parse(
        verification={"codeLength": 4, "validSeconds": 86_400, "attempts": 1, "sends": 20}
    )
    assert parsed.verification == VerificationSettings(4, 86_400, 1, 20)


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
