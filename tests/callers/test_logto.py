from typing import Any

import pytest

from sms_connector.callers import caller_of
from sms_connector.callers.logto import Logto
from sms_connector.errors import ConnectorError, invalid_parameter
from sms_connector.message import Message, Receipt

# As @logto/connector-http-sms sends it; newer versions put more into the payload.
BODY: dict[str, Any] = {
    "to": "8613812345678",
    "type": "SignIn",
    "payload": {
        "code": "246810",
        "locale": "zh-CN",
        "uiLocales": "zh-CN en",
        "link": "https://example.com/a",
        "application": {"id": "app", "name": "App", "customData": {"a": [1]}},
        "user": {"id": "user", "primaryPhone": "8613812345678"},
    },
    "ip": "203.0.113.7",
}


@pytest.mark.parametrize(
    "changes", [{}, {"ip": ...}, {"extra": {"a": 1}}, {"payload": {"code": "246810"}}]
)
def test_to_type_and_code_make_a_message(changes: dict[str, Any]) -> None:
    body = {key: value for key, value in {**BODY, **changes}.items() if value is not ...}
    caller = caller_of(body)
    assert isinstance(caller, Logto)
    assert caller.message() == Message("8613812345678", "SignIn", "246810")


@pytest.mark.parametrize(
    "usage_type",
    [
        "SignIn",
        "Register",
        "ForgotPassword",
        "OrganizationInvitation",
        "Generic",
        "UserPermissionValidation",
        "BindNewIdentifier",
        "MfaVerification",
        "BindMfa",
        "Test",
    ],
)
def test_every_type_of_logto_is_a_usage_type(usage_type: str) -> None:
    assert Logto({**BODY, "type": usage_type}).message().usage_type == usage_type


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"to": None}, "`to` is required"),
        ({"to": 5}, "`to` must be a string"),
        ({"type": None}, "`type` is required"),
        ({"payload": None}, "`payload.code` is required"),
        ({"payload": {}}, "`payload.code` is required"),
        ({"payload": {"link": "https://example.com"}}, "`payload.code` is required"),
        ({"payload": {"code": 246810}}, "`payload.code` must be a string"),
        ({"payload": "246810"}, "`payload` must be an object"),
    ],
)
def test_a_field_at_fault_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConnectorError, match=told):
        Logto({**BODY, **changes}).message()


def test_errors_use_logto_s_names_for_the_fields() -> None:
    refused = Logto(BODY).refused(invalid_parameter("phone", "is not one mobile number"))
    assert refused.status == 400
    error: Any = refused.body["error"]
    assert error["message"] == "`to` is not one mobile number."


def test_a_body_with_a_phone_is_not_logto_s() -> None:
    assert not isinstance(caller_of({**BODY, "phone": "13812345678"}), Logto)


def test_an_error_keeps_its_retry_after() -> None:
    waiting = ConnectorError("general", 503, "wait", retry_after=1)
    assert Logto(BODY).refused(waiting).headers == {"Retry-After": "1"}


def test_success_is_a_200() -> None:
    assert Logto(BODY).accepted(Receipt("BIZ-1", "REQUEST-1", "SignIn", "SMS_1")).status == 200
