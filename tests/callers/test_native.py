from typing import Any

import msgspec
import pytest

from sms_connector.callers.native import Native
from sms_connector.errors import ConnectorError, invalid_config
from sms_connector.message import Message, Receipt
from tests.support.functions import AUDIENCE, request_of

RECEIPT = Receipt("BIZ-1", "REQUEST-1", "SignIn", "SMS_1")
BODY: dict[str, object] = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
BARE: dict[str, object] = {"phone": "13812345678", "usageType": "SignIn"}


def native(body: dict[str, object]) -> Native:
    return Native(request_of(body), AUDIENCE)


def test_phone_usage_type_code_and_ip_make_a_message() -> None:
    message = native({**BODY, "ip": "203.0.113.7"}).message()
    assert message == Message("13812345678", "SignIn", "246810", "203.0.113.7")


def test_unknown_fields_are_ignored() -> None:
    assert native({**BODY, "locale": {"a": []}}).message() == Message(
        "13812345678", "SignIn", "246810"
    )


def test_the_receipt_does_not_repeat_a_code_that_the_caller_gave() -> None:
    caller = native(BODY)
    caller.message()
    response = caller.accepted(RECEIPT)
    assert response.status == 200
    assert response.body == {
        "bizId": "BIZ-1",
        "requestId": "REQUEST-1",
        "usageType": "SignIn",
        "templateCode": "SMS_1",
    }


@pytest.mark.parametrize("code", [{}, {"code": None}])
def test_a_missing_code_is_to_be_made_and_is_returned(code: dict[str, object]) -> None:
    caller = native({**BARE, **code})
    assert caller.message().code is None
    body: Any = caller.accepted(msgspec.structs.replace(RECEIPT, code="246810")).body
    assert body["code"] == "246810"


@pytest.mark.parametrize("field", ["phone", "usageType"])
@pytest.mark.parametrize("value", [..., None])
def test_a_missing_field_is_named(field: str, value: object) -> None:
    body = {key: value for key, value in {**BODY, field: value}.items() if value is not ...}
    with pytest.raises(ConnectorError, match=f"`{field}` is required") as refusal:
        native(body).message()
    assert refusal.value.code == "insufficient_request_parameters"


@pytest.mark.parametrize("field", ["phone", "usageType", "code", "ip"])
@pytest.mark.parametrize("value", [5, 13812345678.0, True, [], ["13812345678"], {"a": 1}])
def test_a_field_of_the_wrong_type_is_named(field: str, value: object) -> None:
    with pytest.raises(ConnectorError, match=f"`{field}` must be a string") as refusal:
        native({**BODY, field: value}).message()
    assert refusal.value.code == "invalid_request_parameters"


@pytest.mark.parametrize(
    "ip", ["9.9.9.9, 10.0.0.1", "for=9.9.9.9", "9.9.9.0/24", "2400:3200:1:2::/64", "unknown", " "]
)
def test_an_ip_that_is_no_address_is_refused_and_not_repeated(ip: str) -> None:
    with pytest.raises(ConnectorError, match=r"^`ip` must be one IP address") as refusal:
        native({**BODY, "ip": ip}).message()
    assert refusal.value.code == "invalid_request_parameters"
    assert ip == " " or ip not in str(refusal.value)


def test_an_error_has_the_default_form() -> None:
    response = native(BODY).refused(invalid_config("Set the key."))
    assert response.status == 500
    assert response.body == {
        "error": {
            "code": "invalid_config",
            "http_code": 500,
            "message": "Set the key.",
            "sent": False,
        }
    }
