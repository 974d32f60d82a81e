from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_tea_openapi.exceptions import ClientException

from sms_connector.local.emulate.account import SIGNS, TEMPLATES
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, FailedDelivery
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.shanghai import SHANGHAI

from .calling import GOOD, PHONE, rpc, sdk_client, sdk_request


class Clock:
    """The real time, moved by some seconds: the SDK signs with the real one."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Emulator]:
    with Emulator(flow_control=False, clock=clock) as emulator:
        yield emulator


@pytest.fixture
def delivering(running: Emulator, clock: Clock) -> Emulator:
    clock.ahead = 0
    running.clear()
    return running


def details(emulator: Emulator, **changes: Any) -> models.QuerySendDetailsResponseBody:
    asked = {
        "phone_number": PHONE,
        "send_date": datetime.now(SHANGHAI).strftime("%Y%m%d"),
        "page_size": 10,
        "current_page": 1,
        **changes,
    }
    request = models.QuerySendDetailsRequest(**asked)
    return sdk_client(emulator).query_send_details(request).body


def test_a_message_is_waiting_and_then_delivered(delivering: Emulator, clock: Clock) -> None:
    sdk_client(delivering).send_sms(sdk_request(OutId="order-1"))
    [waiting] = details(delivering).sms_send_detail_dtos.sms_send_detail_dto
    assert (waiting.send_status, waiting.receive_date, waiting.err_code) == (1, None, None)
    clock.ahead += 2
    body = details(delivering)
    [delivered] = body.sms_send_detail_dtos.sms_send_detail_dto
    assert (body.code, body.total_count) == ("OK", "1")
    assert (delivered.send_status, delivered.err_code) == (3, "DELIVERED")
    assert (delivered.phone_num, delivered.out_id) == (PHONE, "order-1")
    assert delivered.template_code == "SMS_200000001"
    assert delivered.content.startswith("【码上登录】")
    sent, received = (
        datetime.strptime(date, "%Y-%m-%d %H:%M:%S")
        for date in (delivered.send_date, delivered.receive_date)
    )
    assert (received - sent).total_seconds() == 2
    assert abs((datetime.now(SHANGHAI).replace(tzinfo=None) - sent).total_seconds()) < 5


@pytest.mark.parametrize(
    ("number", "failure"),
    [(number, o) for number, o in MAGIC_NUMBERS.items() if isinstance(o, FailedDelivery)],
)
def test_a_message_to_a_magic_number_is_not_delivered(
    delivering: Emulator, clock: Clock, number: str, failure: FailedDelivery
) -> None:
    rpc(delivering, {**GOOD, "PhoneNumbers": number})
    [detail] = details(delivering, phone_number=number).sms_send_detail_dtos.sms_send_detail_dto
    assert detail.send_status == 1
    clock.ahead += 2
    [detail] = details(delivering, phone_number=number).sms_send_detail_dtos.sms_send_detail_dto
    assert (detail.send_status, detail.err_code) == (2, failure.err_code)


def test_details_are_filtered_by_number_day_and_biz_id(delivering: Emulator) -> None:
    receipts = [rpc(delivering).json()["BizId"] for _ in range(3)]
    rpc(delivering, {**GOOD, "PhoneNumbers": "13912345678"})
    assert details(delivering).total_count == "3"
    assert details(delivering, phone_number=f"+86{PHONE}").total_count == "3"
    assert details(delivering, phone_number="13912345678").total_count == "1"
    assert details(delivering, send_date="20200101").total_count == "0"
    assert details(delivering, biz_id=receipts[0]).total_count == "1"
    assert details(delivering, biz_id="0^0").total_count == "0"


def test_details_are_paged(delivering: Emulator) -> None:
    for number in range(3):
        rpc(delivering, {**GOOD, "OutId": str(number)})
    pages = [details(delivering, page_size=2, current_page=page) for page in (1, 2, 3)]
    out_ids = [
        [detail.out_id for detail in page.sms_send_detail_dtos.sms_send_detail_dto]
        for page in pages
    ]
    assert out_ids == [["2", "1"], ["0"], []]


@pytest.mark.parametrize("name", ["phone_number", "send_date", "page_size", "current_page"])
def test_details_need_every_mandatory_parameter(emulator: Emulator, name: str) -> None:
    parameter = name.title().replace("_", "")
    with pytest.raises(ClientException) as raised:
        details(emulator, **{name: None})
    assert raised.value.code == f"Missing{parameter}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone_number": "1"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"page_size": 51}, "isv.INVALID_PARAMETERS"),
        ({"page_size": 0}, "isv.INVALID_PARAMETERS"),
        ({"current_page": 0}, "isv.INVALID_PARAMETERS"),
        ({"current_page": "one"}, "isv.INVALID_PARAMETERS"),
        ({"current_page": "1" * 5000}, "isv.INVALID_PARAMETERS"),
    ],
)
def test_invalid_parameters_of_details_are_refused(
    emulator: Emulator, changes: dict[str, Any], code: str
) -> None:
    assert details(emulator, **changes).code == code


@pytest.mark.parametrize(
    ("name", "status", "usage", "reject_info"),
    [
        ("码上登录", 1, "通用", ""),
        ("码上验证", 1, "验证码", ""),
        ("码上通知", 1, "通知", ""),
        ("码上审核", 0, "通用", None),
        ("码上驳回", 2, "通用", "签名与主体无关"),
    ],
)
def test_a_sign_has_its_review_state(
    emulator: Emulator, name: str, status: int, usage: str, reject_info: str | None
) -> None:
    body = sdk_client(emulator).get_sms_sign(models.GetSmsSignRequest(sign_name=name)).body
    assert (body.code, body.sign_name) == ("OK", name)
    assert (body.sign_status, body.sign_usage) == (status, usage)
    assert body.audit_info.reject_info == reject_info


def test_signs_are_listed(emulator: Emulator) -> None:
    body = sdk_client(emulator).query_sms_sign_list(models.QuerySmsSignListRequest()).body
    counts = (body.total_count, body.current_page, body.page_size)
    assert (body.code, counts) == ("OK", (len(SIGNS), 1, 10))
    listed = [
        (sign.sign_name, sign.audit_status, sign.business_type) for sign in body.sms_sign_list
    ]
    assert listed[:5] == [
        ("码上登录", "AUDIT_STATE_PASS", "通用"),
        ("码上验证", "AUDIT_STATE_PASS", "验证码"),
        ("码上通知", "AUDIT_STATE_PASS", "通知"),
        ("码上审核", "AUDIT_STATE_INIT", "通用"),
        ("码上驳回", "AUDIT_STATE_NOT_PASS", "通用"),
    ]
    assert [sign.reason.reject_info for sign in body.sms_sign_list][3:5] == [
        "无审核备注",
        "签名与主体无关",
    ]


@pytest.mark.parametrize(
    ("code", "status", "kind", "intl_type"),
    [
        ("SMS_200000001", "1", "0", None),
        ("SMS_200000102", "1", "3", 2),
        ("SMS_200000105", "1", "3", 0),
        ("SMS_200000201", "0", "0", None),
        ("SMS_200000202", "2", "0", None),
        ("SMS_200000301", "1", "1", None),
        ("SMS_200000302", "1", "2", None),
    ],
)
def test_a_template_has_its_review_state_type_and_content(
    emulator: Emulator, code: str, status: str, kind: str, intl_type: int | None
) -> None:
    request = models.GetSmsTemplateRequest(template_code=code)
    body = sdk_client(emulator).get_sms_template(request).body
    assert (body.code, body.template_code) == ("OK", code)
    assert (body.template_status, body.template_type) == (status, kind)
    assert body.intl_type == intl_type
    assert "${code}" in body.template_content


def test_the_list_of_templates_is_paged(emulator: Emulator) -> None:
    client = sdk_client(emulator)
    pages = [
        client.query_sms_template_list(
            models.QuerySmsTemplateListRequest(page_index=page, page_size=10)
        ).body
        for page in (1, 2)
    ]
    assert {page.total_count for page in pages} == {len(TEMPLATES)}
    listed = [template for page in pages for template in page.sms_template_list]
    assert [template.template_code for template in listed] == [t.code for t in TEMPLATES]
    kinds = {t.template_code: (t.template_type, t.outer_template_type) for t in listed}
    assert kinds["SMS_200000001"] == (2, 0)
    assert kinds["SMS_200000301"] == (0, 1)
    assert kinds["SMS_200000302"] == (1, 2)
    assert kinds["SMS_200000102"] == (6, 3)
    reviews = {t.template_code: t.audit_status for t in listed}
    assert reviews["SMS_200000201"] == "AUDIT_STATE_INIT"
    assert reviews["SMS_200000202"] == "AUDIT_STATE_NOT_PASS"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Action": "GetSmsSign"}, "MissingSignName"),
        ({"Action": "GetSmsSign", "SignName": "没有"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"Action": "GetSmsTemplate"}, "MissingTemplateCode"),
        ({"Action": "GetSmsTemplate", "TemplateCode": "SMS_0"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"Action": "QuerySmsSignList", "PageSize": "51"}, "isv.INVALID_PARAMETERS"),
        ({"Action": "QuerySmsTemplateList", "PageIndex": "0"}, "isv.INVALID_PARAMETERS"),
    ],
)
def test_an_unknown_sign_or_template_is_refused(
    emulator: Emulator, parameters: dict[str, str], code: str
) -> None:
    assert rpc(emulator, parameters).json()["Code"] == code


def test_every_sign_and_template_can_be_queried(emulator: Emulator) -> None:
    client = sdk_client(emulator)
    for sign in SIGNS:
        answer = client.get_sms_sign(models.GetSmsSignRequest(sign_name=sign.name))
        assert answer.body.sign_status == sign.review.number
    for template in TEMPLATES:
        request = models.GetSmsTemplateRequest(template_code=template.code)
        assert client.get_sms_template(request).body.template_content == template.content
