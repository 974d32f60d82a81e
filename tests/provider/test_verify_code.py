"""Messages of the number verification service, over a real socket and to the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.local.emulate.pnvs_account import (
    GIVEN_SIGNS,
    GIVEN_TEMPLATES,
    PNVS_MAGIC_NUMBERS,
)
from sms_connector.local.emulate.server import Emulator
from sms_connector.message import Message
from sms_connector.provider.client import AccessKey
from sms_connector.provider.verify_code import CENTRAL_ENDPOINT, endpoint_of
from sms_connector.sending.connector import SmsConnector
from sms_connector.web.error_responses import STATUS, error_body
from tests.support import configs
from tests.support.configs import KEY_ID, config
from tests.support.scripted_provider import ScriptedProvider, answer
from tests.support.sending import MESSAGE, connector_at, failure, send

Providers = Callable[..., ScriptedProvider]

MODEL = {"VerifyCode": None, "BizId": "BIZ-1", "RequestId": "REQUEST-2"}
ACCEPTED = {
    "Code": "OK",
    "Message": "成功",
    "Success": True,
    "RequestId": "REQUEST-1",
    "Model": MODEL,
}
accept = answer(200, ACCEPTED)


def given_at(endpoint: str, **changes: Any) -> SmsConnector:
    return connector_at(endpoint, **{"templates": configs.GIVEN_TEMPLATES, **changes})


@pytest.fixture
def given(example: dict[str, Any]) -> dict[str, Any]:
    """A config that has a sign and templates of the emulated service."""
    return example | {"signName": GIVEN_SIGNS[0], "templates": [*configs.GIVEN_TEMPLATES]}


def test_a_template_code_of_digits_goes_out_by_send_sms_verify_code(provider: Providers) -> None:
    accepting = provider(accept)
    receipt = send(given_at(accepting.endpoint), Message("+86 138-1234-5678", "SignIn", "24Ab"))
    assert (receipt.biz_id, receipt.request_id) == ("BIZ-1", "REQUEST-1")
    assert receipt.template_code == "100001"
    assert accepting.requests == [
        {
            "PhoneNumber": "13812345678",
            "CountryCode": "86",
            "SignName": "阿里云短信测试",
            "TemplateCode": "100001",
            "TemplateParam": '{"code":"24Ab","min":"10"}',
        }
    ]
    (head,) = accepting.heads
    assert "x-acs-action: SendSmsVerifyCode\r\n" in head
    assert "x-acs-version: 2017-05-25\r\n" in head


@pytest.mark.parametrize(("minutes", "stated"), [(None, "10"), (1, "1"), (5, "5"), (1440, "1440")])
def test_the_message_states_how_long_the_code_is_valid(
    emulator: Emulator, given: dict[str, Any], minutes: int | None, stated: str
) -> None:
    connector = SmsConnector(parse_config(json.dumps(given)))
    connector.send(msgspec.structs.replace(connector.compose(MESSAGE), minutes=minutes))
    (message,) = emulator.inbox.messages()
    assert message.template_param == {"code": "246810", "min": stated}
    assert f"{stated}分钟内有效" in message.content


@pytest.mark.parametrize("template", GIVEN_TEMPLATES, ids=lambda template: template.code)
def test_each_given_template_is_sent_and_shown(
    emulator: Emulator, given: dict[str, Any], template: Any
) -> None:
    given["templates"][1:2] = [{"usageType": "SignIn", "templateCode": template.code}]
    receipt = send(SmsConnector(parse_config(json.dumps(given))), MESSAGE)
    (message,) = emulator.inbox.messages()
    assert (message.biz_id, message.template_code) == (receipt.biz_id, template.code)
    assert message.content == f"【{GIVEN_SIGNS[0]}】" + template.render(
        {"code": "246810", "min": "10"}
    )


def test_one_config_sends_by_both_services_each_with_its_own_sign(
    emulator: Emulator, example: dict[str, Any]
) -> None:
    codes = {"china": "100001", "overseas": "SMS_200000102"}
    example["templates"][1] = {
        "usageType": "SignIn",
        "templateCode": codes,
        "signName": {"china": GIVEN_SIGNS[1]},
    }
    connector = SmsConnector(parse_config(json.dumps(example)))
    for phone, usage_type in (
        ("13812345678", "SignIn"),
        ("+852 5123 4567", "SignIn"),
        ("13812345678", "Register"),
    ):
        send(connector, Message(phone, usage_type, "246810"))
    sent = [(each.template_code, each.sign_name) for each in emulator.inbox.messages()]
    assert sent[::-1] == [
        ("100001", GIVEN_SIGNS[1]),
        ("SMS_200000102", example["signName"]),
        ("SMS_200000001", example["signName"]),
    ]


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, CENTRAL_ENDPOINT),
        ("dysmsapi.aliyuncs.com", CENTRAL_ENDPOINT),
        ("https://dysmsapi-xman.cn-hongkong.aliyuncs.com:443/", CENTRAL_ENDPOINT),
        ("DYSMSAPI.ALIYUNCS.COM", CENTRAL_ENDPOINT),
        ("aliyuncs.com", CENTRAL_ENDPOINT),
        ("http://127.0.0.1:8025", "127.0.0.1:8025"),
        ("notaliyuncs.com", "notaliyuncs.com"),
        ("https://aliyuncs.com.example.org:8443", "aliyuncs.com.example.org:8443"),
    ],
)
def test_an_endpoint_of_the_sms_service_is_not_used_for_the_other(
    endpoint: str | None, host: str
) -> None:
    whole = config(endpoint=endpoint or ..., regionId="cn-hangzhou")
    assert endpoint_of(parse_config(json.dumps(whole))) == host


@pytest.mark.parametrize(
    ("changes", "biz_id"),
    [
        ({"Model": ...}, ""),
        ({"Model": None}, ""),
        ({"Model": []}, ""),
        ({"Model": {}}, ""),
        ({"Model": {"BizId": 5}}, ""),
        ({"BizId": "AT-THE-TOP"}, "BIZ-1"),
        ({"Success": ...}, "BIZ-1"),
        ({"Message": 5, "RequestId": None}, "BIZ-1"),
    ],
)
def test_an_accepted_message_is_accepted_whatever_else_the_answer_has(
    provider: Providers, changes: dict[str, Any], biz_id: str
) -> None:
    body = {key: value for key, value in (ACCEPTED | changes).items() if value is not ...}
    assert send(given_at(provider(answer(200, body)).endpoint)).biz_id == biz_id


def test_an_answer_that_is_ok_without_success_leaves_the_outcome_unknown(
    provider: Providers,
) -> None:
    error = failure(given_at(provider(answer(200, ACCEPTED | {"Success": False})).endpoint))
    assert (error.code, error.sent) == ("invalid_response", None)


def test_what_an_answer_quotes_is_masked(provider: Providers) -> None:
    quoted = f"to 13812345678 code 246810 by {KEY_ID}"
    said = {"Code": "isv.UNHEARD_OF", "Message": quoted, "RequestId": "R", "Success": False}
    error = failure(given_at(provider(answer(200, said)).endpoint))
    assert error.provider is not None
    assert error.provider.message == "to **** code **** by ****"


def test_a_connection_that_could_not_be_made_is_tried_once_more_and_nothing_was_sent() -> None:
    error = failure(given_at("http://127.0.0.1:9"))
    assert (error.code, STATUS[error.kind], error.sent) == ("general", 503, False)


MAGIC = {
    "FUNCTION_NOT_OPENED": ("invalid_config", "Enable the number verification service"),
    "biz.FREQUENCY": ("rate_limit_exceeded", "wait"),
    "FREQUENCY_FAIL": ("rate_limit_exceeded", "wait"),
    "BUSINESS_LIMIT_CONTROL": ("rate_limit_exceeded", "wait"),
    "MOBILE_NUMBER_ILLEGAL": ("invalid_request_parameters", "phone number"),
    "INVALID_PARAMETERS": ("invalid_request_parameters", "a parameter malformed"),
}


@pytest.mark.parametrize(("phone", "refusal"), PNVS_MAGIC_NUMBERS.items())
def test_each_refusal_of_the_service_says_what_to_do(
    emulator: Emulator, given: dict[str, Any], phone: str, refusal: Any
) -> None:
    connector = SmsConnector(parse_config(json.dumps(given)))
    with pytest.raises(ConnectorError) as raised:
        send(connector, Message(phone, "SignIn", "246810"))
    code, advice = MAGIC[refusal.code]
    assert (raised.value.code, raised.value.sent) == (code, False)
    assert advice in raised.value.message
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize(
    ("changes", "theirs"),
    [
        ({"signName": "码上登录"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": [{"usageType": "SignIn", "templateCode": "100099"}]}, "SMS_TEMPLATE"),
        ({"accessKeySecret": "wrong"}, "SignatureDoesNotMatch"),
    ],
)
def test_a_sign_of_one_s_own_an_unknown_template_and_a_wrong_key_are_config_errors(
    given: dict[str, Any], changes: dict[str, Any], theirs: str
) -> None:
    if "templates" in changes:
        changes = {"templates": [*changes["templates"], *given["templates"]]}
    error = failure(SmsConnector(parse_config(json.dumps(given | changes))))
    assert error.code == "invalid_config"
    assert error.provider is not None
    assert theirs in error.provider.code
    assert "246810" not in str(error_body(error))


@pytest.mark.parametrize(
    ("phone", "usage_type"), [("+85251234567", "SignIn"), ("+1 312 345 6789", "Register")]
)
def test_a_number_abroad_is_refused_before_a_call(
    provider: Providers, phone: str, usage_type: str
) -> None:
    accepting = provider(accept)
    with pytest.raises(ConnectorError, match="`overseas` template code") as raised:
        send(given_at(accepting.endpoint), Message(phone, usage_type, "246810"))
    assert (raised.value.code, raised.value.sent) == ("invalid_request_parameters", False)
    assert accepting.connections == 0


def test_the_role_of_the_function_signs_and_a_new_key_of_it_is_followed(
    emulator: Emulator, given: dict[str, Any]
) -> None:
    roleless = {key: value for key, value in given.items() if "accessKey" not in key}
    connector = SmsConnector(parse_config(json.dumps(roleless)))
    (sts,) = [key for key in emulator.account.access_keys if key.security_token]
    current = AccessKey(sts.id, sts.secret, sts.security_token)
    outdated = AccessKey(sts.id, sts.secret, "a-token-of-yesterday")
    connector.prepare(outdated)
    with pytest.raises(ConnectorError, match="role"):
        connector.send(connector.compose(MESSAGE), outdated)
    connector.send(connector.compose(MESSAGE), current)
    assert len(emulator.inbox.messages()) == 1


def test_the_same_message_within_thirty_seconds_is_one_and_limits_count_it(
    emulator: Emulator, given: dict[str, Any]
) -> None:
    given["limits"] = {"perNumber": ["1/hour"]}
    connector = SmsConnector(parse_config(json.dumps(given)))
    assert send(connector, MESSAGE) == send(connector, MESSAGE)
    error = failure_of(connector, Message("13812345678", "SignIn", "135790"))
    assert error.limit is not None
    assert (error.code, error.limit.value) == ("rate_limit_exceeded", "1/hour")
    assert len(emulator.inbox.messages()) == 1


def failure_of(connector: SmsConnector, message: Message) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        send(connector, message)
    return raised.value
