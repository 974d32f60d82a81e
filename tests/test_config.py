import json
from typing import Any

import pytest

from sms_connector.config import ConnectorConfig, parse_config
from sms_connector.errors import ConnectorError
from sms_connector.phone import parse_phone
from sms_connector.web.http import STATUS
from tests.conftest import EXAMPLE
from tests.support.configs import KEY_SECRET, TEMPLATES, config


def parse(**changes: Any) -> ConnectorConfig:
    return parse_config(json.dumps(config(**changes)))


def problem(**changes: Any) -> str:
    with pytest.raises(ConnectorError) as refusal:
        parse(**changes)
    assert refusal.value.code == "invalid_config"
    assert STATUS[refusal.value.kind] == 500
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
    ("changes", "told"),
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
        ({"regionId": "cn hangzhou"}, "`regionId` must be a region"),
        ({"connectTimeout": 0}, "`connectTimeout` must be milliseconds"),
        ({"readTimeout": 60_001}, "`readTimeout` must be milliseconds"),
        ({"readTimeout": 1.5}, "`readTimeout` must be milliseconds"),
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
        ({"templates": TEMPLATES[:2]}, "UsageType (ForgotPassword, Generic) should be provided"),
        ({"templates": []}, "UsageType (Register, SignIn, ForgotPassword, Generic) should be"),
    ],
)
def test_each_problem_is_told_by_its_path(changes: dict[str, Any], told: str) -> None:
    assert told in problem(**changes)


def test_all_problems_are_told_at_once() -> None:
    told = problem(
        accessKeyId="with space", signName=..., readTimeout=-1, templates=[{"usageType": 1}]
    )
    assert told.count(";") == 5
    for path in ("accessKeyId", "signName", "readTimeout", "templates[0].usageType", "SignIn"):
        assert path in told


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "null", "[]", '"text"', b"\xff", '{"a": NaN}', "\ud800"]
)
def test_a_text_that_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(ConnectorError, match="JSON"):
        parse_config(text)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_config("\ufeff" + json.dumps(config())) == parse()


def test_no_value_of_a_config_is_repeated() -> None:
    told = problem(accessKeySecret="TOP secret", signName=5, endpoint="h://TOP-secret")
    assert "TOP" not in told
    assert KEY_SECRET not in repr(parse())


def test_both_keys_may_be_left_out_together() -> None:
    parsed = parse(accessKeyId=..., accessKeySecret=...)
    assert (parsed.access_key_id, parsed.access_key_secret) == (None, None)


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
