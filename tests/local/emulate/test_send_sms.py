from __future__ import annotations

import json
from datetime import datetime, timezone

import msgspec
import pytest

from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, PHONE, rpc, sdk_client, sdk_request

VERIFICATION_SIGN = {"SignName": "码上验证"}
NOTIFICATION_SIGN = {"SignName": "码上通知"}
NOTIFICATION = {"TemplateCode": "SMS_200000301"}
OVERSEAS = {"PhoneNumbers": "85251234567", "TemplateCode": "SMS_200000102"}


@pytest.mark.parametrize("name", ["PhoneNumbers", "SignName", "TemplateCode"])
@pytest.mark.parametrize("value", ["", None], ids=["empty", "absent"])
def test_a_missing_parameter_is_refused_by_the_gateway(
    emulator: Emulator, name: str, value: str | None
) -> None:
    answer = rpc(emulator, {**GOOD, name: value})
    assert (answer.status_code, answer.json()["Code"]) == (400, f"Missing{name}")
    assert answer.json()["Message"] == f"{name} is mandatory for this action."


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PhoneNumbers": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": "+85251234567"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": f"{PHONE},"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": ",".join([PHONE] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"SignName": "没有"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"SignName": "码上审核"}, "isv.SIGN_STATE_ILLEGAL"),
        ({"SignName": "码上驳回"}, "isv.SIGN_STATE_ILLEGAL"),
        ({"TemplateCode": "SMS_0"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateCode": "SMS_200000201"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateCode": "SMS_200000202"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        (NOTIFICATION_SIGN, "isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
        (VERIFICATION_SIGN | NOTIFICATION, "isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
        ({"PhoneNumbers": "85251234567"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ({"TemplateCode": "SMS_200000102"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        # +1 381 is nowhere.
        (OVERSEAS | {"PhoneNumbers": "13812345678"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        (OVERSEAS | {"PhoneNumbers": "8613123456789"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ({"TemplateParam": "code"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": ""}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        # The provider's order: the first invalid parameter decides.
        ({"PhoneNumbers": "1", "SignName": "没有"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"SignName": "没有", "TemplateCode": "SMS_0"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"TemplateCode": "SMS_0", "TemplateParam": "code"}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ],
)
def test_an_invalid_message_is_refused_with_http_200(
    emulator: Emulator, changes: dict[str, str], code: str
) -> None:
    answer = sdk_client(emulator).send_sms(sdk_request(**changes))
    assert answer.status_code == 200
    assert answer.body.code == code
    assert answer.body.message
    assert answer.body.request_id
    assert answer.body.biz_id is None
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        VERIFICATION_SIGN,
        NOTIFICATION,
        NOTIFICATION_SIGN | NOTIFICATION,
        OVERSEAS,
        OVERSEAS | VERIFICATION_SIGN,
        OVERSEAS | NOTIFICATION_SIGN | {"TemplateCode": "SMS_200000105"},
        {"TemplateCode": "SMS_200000302"},
        {"TemplateCode": "SMS_200000401", "TemplateParam": ""},
    ],
)
def test_a_sign_and_a_template_that_match_are_accepted(
    emulator: Emulator, changes: dict[str, str]
) -> None:
    assert sdk_client(emulator).send_sms(sdk_request(**changes)).body.code == "OK"
    assert len(emulator.inbox.messages()) == 1


def test_the_inbox_has_the_sign_and_the_rendered_template(emulator: Emulator) -> None:
    request = sdk_request(
        PhoneNumbers="+8613812345678",
        TemplateCode="SMS_200000403",
        TemplateParam='{"code":"12ab","product":"Logto"}',
        OutId="order-1",
    )
    before = datetime.now(timezone.utc)
    answer = sdk_client(emulator).send_sms(request)
    [message] = emulator.inbox.messages()
    assert msgspec.structs.asdict(message) == {
        "phone": "13812345678",
        "sign_name": "码上登录",
        "template_code": "SMS_200000403",
        "template_param": {"code": "12ab", "product": "Logto"},
        "content": "【码上登录】您正在登录Logto，验证码为12ab。",
        "biz_id": answer.body.biz_id,
        "request_id": answer.body.request_id,
        "received_at": message.received_at,
        "out_id": "order-1",
        "parts": 1,
        "delivery_error": msgspec.UNSET,
    }
    assert before <= message.received_at <= datetime.now(timezone.utc)


@pytest.mark.parametrize("template_code", ["SMS_200000004", "SMS_200000102"])
def test_digits_that_two_regions_share_go_where_the_template_sends(
    emulator: Emulator, template_code: str
) -> None:
    request = sdk_request(PhoneNumbers="13123456789", TemplateCode=template_code)
    assert sdk_client(emulator).send_sms(request).body.code == "OK"
    [message] = emulator.inbox.messages()
    assert message.template_code == template_code


def test_several_numbers_get_one_message_each_and_share_a_biz_id(emulator: Emulator) -> None:
    numbers = "13812345678,+8613812345679,8613812345678"
    answer = sdk_client(emulator).send_sms(sdk_request(PhoneNumbers=numbers))
    received = [(message.phone, message.biz_id) for message in emulator.inbox.messages()]
    biz_id = answer.body.biz_id
    assert received == [("13812345679", biz_id), ("13812345678", biz_id)]


def test_one_invalid_number_refuses_the_whole_call(emulator: Emulator) -> None:
    answer = rpc(emulator, {**GOOD, "PhoneNumbers": f"{PHONE},1"})
    assert answer.json()["Code"] == "isv.MOBILE_NUMBER_ILLEGAL"
    assert emulator.inbox.messages() == ()


def test_a_locale_beside_the_code_fails_the_call(emulator: Emulator) -> None:
    param = json.dumps({"code": "123456", "locale": "zh-CN"})
    answer = rpc(emulator, {**GOOD, "TemplateParam": param})
    assert answer.json()["Code"] == "isv.TEMPLATE_PARAMS_ILLEGAL"
