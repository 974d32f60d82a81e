import pytest
from pytest_mock import MockerFixture

from sms_connector.callers.native import Native
from sms_connector.errors import ConnectorError, invalid_config
from sms_connector.message import Message, Receipt

RECEIPT = Receipt("BIZ-1", "REQUEST-1", "SignIn", "SMS_1")
BODY: dict[str, object] = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


def test_phone_usage_type_and_code_make_a_message() -> None:
    assert Native(BODY).message() == Message("13812345678", "SignIn", "246810")


def test_what_it_does_not_know_is_ignored() -> None:
    assert Native({**BODY, "ip": "203.0.113.7", "locale": {"a": []}}).message().code == "246810"


def test_the_receipt_goes_back_without_a_code_that_the_caller_gave() -> None:
    caller = Native(BODY)
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
def test_a_code_that_is_not_given_is_made_and_goes_back(code: dict[str, object]) -> None:
    caller = Native({"phone": "13812345678", "usageType": "SignIn", **code})
    made = caller.message().code
    assert made.isdecimal()
    assert len(made) == 6
    assert caller.accepted(RECEIPT).body["code"] == made


def test_a_made_code_keeps_its_leading_zeros(mocker: MockerFixture) -> None:
    mocker.patch("secrets.randbelow", return_value=7)
    assert Native({"phone": "13812345678", "usageType": "SignIn"}).message().code == "000007"


def test_made_codes_differ() -> None:
    bare: dict[str, object] = {"phone": "13812345678", "usageType": "SignIn"}
    assert len({Native(bare).message().code for _ in range(50)}) > 40


@pytest.mark.parametrize("field", ["phone", "usageType"])
@pytest.mark.parametrize("value", [..., None])
def test_a_field_that_is_missing_is_named(field: str, value: object) -> None:
    body = {**BODY, field: value}
    if value is ...:
        del body[field]
    with pytest.raises(ConnectorError, match=f"`{field}` is required") as refusal:
        Native(body).message()
    assert refusal.value.code == "insufficient_request_parameters"
    assert refusal.value.http_status == 400


@pytest.mark.parametrize("field", ["phone", "usageType", "code", "ip"])
@pytest.mark.parametrize("value", [5, 13812345678.0, True, [], ["13812345678"], {"a": 1}])
def test_a_field_of_the_wrong_type_is_named(field: str, value: object) -> None:
    with pytest.raises(ConnectorError, match=f"`{field}` must be a string") as refusal:
        Native({**BODY, field: value}).message()
    assert refusal.value.code == "invalid_request_parameters"


def test_a_failure_has_the_form_of_all_failures() -> None:
    response = Native(BODY).refused(invalid_config("mend it"))
    assert response.status == 500
    assert response.body == {
        "error": {
            "code": "invalid_config",
            "http_code": 500,
            "message": "mend it",
            "sent": False,
        }
    }
