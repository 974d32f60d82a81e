"""What the SMS service does, on the emulator, on a second stand-in, and on Alibaba Cloud itself.

The cases before the last cost nothing: each is refused, or queries.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone

import msgspec
import pytest

from sms_connector.errors import ConnectorError
from sms_connector.local.lookup import Lookup, ReviewedSign, ReviewedTemplate
from sms_connector.local.send.delivery import follow, look_up
from sms_connector.local.shanghai import day_of
from sms_connector.message import Sms, random_code
from sms_connector.phone import PhoneNumber, parse_phone
from sms_connector.provider.client import AccessKey
from sms_connector.provider.query import Refused
from sms_connector.provider.refusals import cause_of
from sms_connector.provider.sdk_call import NoAnswer
from sms_connector.sending.connector import SmsConnector

from .services import SERVICES, Service, running

NOBODY = PhoneNumber("13800138000", "CN")  # a service number of a carrier
HONG_KONG = PhoneNumber("85251234567", "HK")
NO_NUMBER = PhoneNumber("12345", "CN")

NO_SIGN, NO_TEMPLATE = "没有此签名", "SMS_100000000"


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with running(request.param) as started:
        yield started


def needs(service: Service, *names: str) -> None:
    for name in names:
        if not getattr(service, name):
            pytest.skip(f"set LIVE_{name.upper()} to try this")


def refused(service: Service, sms: Sms) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        SmsConnector(service.config()).sender()(sms)
    assert raised.value.sent is False
    assert raised.value.provider is not None
    assert raised.value.provider.request_id
    return raised.value


def code(error: ConnectorError) -> str:
    assert error.provider is not None
    return error.provider.code


def sms(service: Service, phone: PhoneNumber, template: str = "", sign: str = "") -> Sms:
    template, sign = template or service.template, sign or service.sign
    return Sms(phone, "Generic", template, random_code(), sign)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"id": "LTAI5tNobodyHasThisKey1"}, "InvalidAccessKeyId.NotFound"),
    ],
    ids=["wrong secret", "unknown key"],
)
def test_a_wrong_access_key_is_refused(
    service: Service, changes: dict[str, str], expected: str
) -> None:
    wrong = msgspec.structs.replace(service.key, **changes)
    stranger = msgspec.structs.replace(service, key=AccessKey(wrong.id, wrong.secret))
    error = refused(stranger, sms(service, NOBODY, NO_TEMPLATE, NO_SIGN))
    assert (error.code, code(error)) == ("invalid_config", expected)


def test_an_unknown_sign_is_refused(service: Service) -> None:
    error = refused(service, sms(service, NOBODY, NO_TEMPLATE, NO_SIGN))
    assert (error.code, code(error)) == ("invalid_config", "isv.SMS_SIGNATURE_ILLEGAL")


def test_an_unknown_template_is_refused(service: Service) -> None:
    needs(service, "sign")
    error = refused(service, sms(service, NOBODY, NO_TEMPLATE))
    assert (error.code, code(error)) == ("invalid_config", "isv.SMS_TEMPLATE_ILLEGAL")


def test_a_number_that_is_none_is_refused(service: Service) -> None:
    needs(service, "sign", "template")
    error = refused(service, sms(service, NO_NUMBER))
    expected = ("invalid_request_parameters", "isv.MOBILE_NUMBER_ILLEGAL")
    assert (error.code, code(error)) == expected


def test_a_mainland_template_does_not_send_abroad(service: Service) -> None:
    needs(service, "sign", "template")
    error = refused(service, sms(service, HONG_KONG))
    expected = ("invalid_request_parameters", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED")
    assert (error.code, code(error)) == expected


def test_a_query_for_what_the_account_does_not_have_names_it(service: Service) -> None:
    lookup = Lookup(service.config(), service.key)
    for answer, cause in (
        (lookup.sign(NO_SIGN), "sign"),
        (lookup.template(NO_TEMPLATE), "template"),
    ):
        assert isinstance(answer, Refused)
        assert cause_of(answer.provider.code) == cause


def test_a_sign_has_its_review_and_what_each_carrier_says(service: Service) -> None:
    needs(service, "sign")
    sign = Lookup(service.config(), service.key).sign(service.sign)
    assert isinstance(sign, ReviewedSign)
    assert (sign.status, sign.tag) in ((1, 2), (1, 3), (1, 4), (1, 5))
    states = {one.carrier: one.status for one in sign.registrations}
    for carrier in ("mobile", "unicom", "telecom"):
        assert states[carrier] in (-2, -1, 0, 1, 2, 3)


def test_a_template_has_its_review_its_type_and_its_text(service: Service) -> None:
    needs(service, "template")
    template = Lookup(service.config(), service.key).template(service.template)
    assert isinstance(template, ReviewedTemplate)
    assert (template.status, template.kind) == (1, 0)
    assert "${code}" in template.content


def test_a_number_that_got_nothing_has_no_delivery_state(service: Service) -> None:
    today = day_of(datetime.now(timezone.utc))
    assert Lookup(service.config(), service.key).send_detail(NOBODY, today, "0^0") is None


def test_the_number_verification_service_answers(service: Service) -> None:
    answer = Lookup(service.config(), service.key).number_verification()
    assert not isinstance(answer, NoAnswer)


def test_a_message_is_accepted_and_has_a_delivery_state(service: Service) -> None:
    needs(service, "sign", "template", "phone")
    phone = parse_phone(service.phone, strict=False)
    sent_at = datetime.now(timezone.utc)
    receipt = SmsConnector(service.config()).sender()(sms(service, phone))
    assert receipt.biz_id
    assert receipt.request_id
    lookup = Lookup(service.config(), service.key)
    time.sleep(0.1)
    *_, delivery = follow(lambda: look_up(lookup, phone, receipt.biz_id, sent_at))
    assert delivery.state == "delivered"
