from typing import Any

import pytest

from sms_connector.callers import caller_of
from sms_connector.callers.supabase import Supabase
from sms_connector.errors import ConnectorError, invalid_config, invalid_parameter
from sms_connector.message import Message, Receipt

BODY: dict[str, Any] = {
    "user": {
        "id": "6481a5c1-3d37-4a56-9f6a-bee08c554965",
        "aud": "authenticated",
        "phone": "+8613812345678",
        "app_metadata": {"provider": "phone"},
        "identities": [],
    },
    "sms": {"otp": "246810"},
}


def test_the_user_s_phone_and_the_otp_make_a_message() -> None:
    caller = caller_of(BODY)
    assert isinstance(caller, Supabase)
    assert caller.message() == Message("+8613812345678", "Generic", "246810")


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("85251234567", "85251234567"), ("", "+8613812345678"), (None, "+8613812345678")],
)
def test_a_number_in_sms_is_the_new_one_and_counts(phone: str | None, expected: str) -> None:
    assert Supabase({**BODY, "sms": {"otp": "246810", "phone": phone}}).message().phone == expected


def test_the_usage_type_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_SUPABASE_USAGE_TYPE", "SignIn")
    assert Supabase(BODY).message().usage_type == "SignIn"


def test_a_usage_type_that_is_none_is_a_mistake_in_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_SUPABASE_USAGE_TYPE", "Sign In")
    with pytest.raises(ConnectorError, match="SMS_CONNECTOR_SUPABASE_USAGE_TYPE") as refusal:
        Supabase(BODY).message()
    assert refusal.value.code == "invalid_config"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sms": {}}, "`sms.otp` is required"),
        ({"sms": None}, "`sms.otp` is required"),
        ({"sms": []}, "`sms` must be an object"),
        ({"sms": {"otp": 246810}}, "`sms.otp` must be a string"),
        ({"user": {}}, "`user.phone` is required"),
        ({"user": None}, "`user.phone` is required"),
        ({"user": "x"}, "`user` must be an object"),
    ],
)
def test_a_field_at_fault_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConnectorError, match=told):
        Supabase({**BODY, **changes}).message()


def test_success_is_an_empty_object() -> None:
    accepted = Supabase(BODY).accepted(Receipt("BIZ-1", "REQUEST-1", "Generic", "SMS_1"))
    assert (accepted.status, accepted.body) == (200, {})


def error(code: Any, status: int, sent: bool | None, retry_after: int | None) -> ConnectorError:
    return ConnectorError(code, status, "for operators", sent=sent, retry_after=retry_after)


@pytest.mark.parametrize(
    ("status", "retry_after"), [(429, 1), (503, 1), (503, 2)], ids=["throttled", "down", "slow"]
)
def test_what_was_surely_not_sent_and_will_pass_soon_is_asked_for_again(
    status: int, retry_after: int
) -> None:
    refused = Supabase(BODY).refused(error("general", status, False, retry_after))
    assert refused.status == status
    assert refused.headers["Retry-After"] == str(retry_after)


@pytest.mark.parametrize(
    ("code", "status", "sent", "retry_after", "told"),
    [
        ("rate_limit_exceeded", 429, False, 3, "Too many messages"),
        ("rate_limit_exceeded", 429, False, 60, "Too many messages"),
        ("rate_limit_exceeded", 429, False, 86_400, "Too many messages"),
        ("usage_limit_exceeded", 503, False, None, "could not be sent"),
        ("invalid_request_parameters", 400, False, None, "phone number"),
        ("invalid_config", 500, False, None, "could not be sent"),
        ("general", 502, False, None, "could not be sent"),
        ("general", 504, None, None, "may be on its way"),
        ("general", 503, None, 1, "may be on its way"),
        ("invalid_response", 502, None, None, "may be on its way"),
    ],
)
def test_any_other_error_reaches_the_person_and_is_not_asked_for_again(
    code: str, status: int, sent: bool | None, retry_after: int | None, told: str
) -> None:
    refused = Supabase(BODY).refused(error(code, status, sent, retry_after))
    assert refused.status == 200
    assert "Retry-After" not in refused.headers
    body: Any = refused.body["error"]
    assert body["http_code"] == status
    assert told in body["message"]


@pytest.mark.parametrize(
    "refusal",
    [invalid_config("`signName` is required"), invalid_parameter("code", "must be 4 to 10")],
)
def test_a_person_is_not_told_what_only_an_operator_can_mend(refusal: ConnectorError) -> None:
    told = str(Supabase(BODY).refused(refusal).body)
    assert "signName" not in told
    assert "must be" not in told
