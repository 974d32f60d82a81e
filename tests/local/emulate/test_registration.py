"""Registration with the carriers, test signs, and the region that calls come from."""

from __future__ import annotations

import re

import pytest
from alibabacloud_dysmsapi20170525 import models

from sms_connector.local.emulate.account import BOUND_NUMBERS, SIGNS, AccountSign
from sms_connector.local.emulate.registration import CARRIERS, carrier_of
from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, call_api, rpc, sdk_client

MOBILE, UNICOM, TELECOM = "13912345678", "13012345678", "18912345678"
NUMBERS = {"mobile": MOBILE, "unicom": UNICOM, "telecom": TELECOM}
TEST = {"SignName": "码上测试", "TemplateCode": "SMS_200000006"}


def code_of(emulator: Emulator, **changes: str) -> str:
    return str(rpc(emulator, {**GOOD, **changes}).json()["Code"])


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_sign_says_where_it_is_registered_and_is_delivered_there(
    emulator: Emulator, sign: AccountSign
) -> None:
    request = models.GetSmsSignRequest(sign_name=sign.name)
    body = sdk_client(emulator).get_sms_sign(request).body
    assert body.sign_tag == sign.tag.value
    details = body.sign_isp_register_detail_list
    assert [detail.operator_code for detail in details] == list(CARRIERS)
    assert [detail.register_status for detail in details] == [s.value for s in sign.registration]
    for detail in details:
        [reason] = detail.register_status_reasons
        assert re.fullmatch("[A-Z_]+", reason.reason_code)
        if sign.review.number != 1 or sign.tag.value == "4" or sign.scene.value == "通知":
            continue
        assert code_of(emulator, SignName=sign.name, PhoneNumbers=NUMBERS[detail.operator_code])
        message = emulator.inbox.messages()[0]
        stopped = message.delivery_error == "PORT_NOT_REGISTERED"
        # Failed, lapsed and never submitted: the carrier stops the message.
        assert stopped is (detail.register_status in (0, 2, -2))


def test_a_message_abroad_needs_no_registration(emulator: Emulator) -> None:
    abroad = {"PhoneNumbers": "85251234567", "TemplateCode": "SMS_200000102"}
    assert code_of(emulator, SignName="码上失败", **abroad) == "OK"
    assert not isinstance(emulator.inbox.messages()[0].delivery_error, str)


@pytest.mark.parametrize(
    ("digits", "carrier"),
    [
        *((f"{prefix}12345678"[:11], "mobile") for prefix in ("139", "150", "178", "188", "198")),
        *((f"{prefix}12345678"[:11], "unicom") for prefix in ("130", "155", "166", "176", "186")),
        *((f"{prefix}12345678"[:11], "telecom") for prefix in ("133", "153", "177", "189", "199")),
    ],
)
def test_a_number_belongs_to_the_carrier_that_it_was_given_to(digits: str, carrier: str) -> None:
    assert carrier_of(digits) == carrier


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({**TEST, "PhoneNumbers": BOUND_NUMBERS[0]}, "OK"),
        ({**TEST, "PhoneNumbers": ",".join(BOUND_NUMBERS)}, "OK"),
        (TEST, "isv.SMS_TEST_NUMBER_LIMIT"),
        ({**TEST, "PhoneNumbers": f"{BOUND_NUMBERS[0]},{MOBILE}"}, "isv.SMS_TEST_NUMBER_LIMIT"),
        ({**TEST, "SignName": "码上登录"}, "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT"),
        ({**TEST, "TemplateCode": "SMS_200000001"}, "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT"),
        ({"SignName": "码上试用"}, "OK"),
    ],
)
def test_a_test_sign_goes_with_a_test_template_to_bound_numbers(
    emulator: Emulator, changes: dict[str, str], code: str
) -> None:
    assert code_of(emulator, **changes) == code


def test_from_outside_the_mainland_nothing_is_sent_to_the_mainland() -> None:
    pnvs = {"PhoneNumber": MOBILE, "SignName": "码上速通", "TemplateCode": "100001"}
    values = {"TemplateParam": '{"code":"246810","min":"5"}'}
    with Emulator(outside_mainland=True, flow_control=False) as emulator:
        abroad = {"PhoneNumbers": "85251234567", "TemplateCode": "SMS_200000102"}
        assert code_of(emulator) == "isv.DENY_IP_RANGE"
        assert code_of(emulator, **abroad) == "OK"
        answer = call_api(emulator, "SendSmsVerifyCode", {**pnvs, **values})
        assert answer["Code"] == "isv.DENY_IP_RANGE"
