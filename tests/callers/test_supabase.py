from typing import Any

import pytest

from sms_connector.callers import caller_of
from sms_connector.callers.sentences import Audience
from sms_connector.callers.supabase import Supabase
from sms_connector.errors import ConnectorError, Kind, invalid_config, invalid_parameter
from sms_connector.message import Message, Receipt
from tests.support.functions import AUDIENCE, request_of

# `SendSMSInput` of `internal/hooks/v0hooks/v0hooks.go` and `User` of `internal/models/user.go`
# (supabase/auth v2.196.0): numbers have their country code and no plus sign.
BODY: dict[str, Any] = {
    "metadata": {"uuid": "u", "time": "t", "name": "send-sms", "ip_address": "203.0.113.7"},
    "user": {
        "id": "6481a5c1-3d37-4a56-9f6a-bee08c554965",
        "aud": "authenticated",
        "role": "authenticated",
        "email": "",
        "phone": "8613812345678",
        "confirmation_sent_at": "2026-11-24T10:58:50.73237Z",
        "app_metadata": {"provider": "phone", "providers": ["phone"]},
        "user_metadata": {},
        "identities": [],
        "created_at": "2026-11-24T10:58:50.73237Z",
        "updated_at": "2026-11-24T10:58:50.73237Z",
        "is_anonymous": False,
    },
    "sms": {"otp": "246810", "phone": "8613812345678"},
}
OLD_SMS = {"otp": "246810"}
"""`SMS` before v2.180.0 (commit d475ac1f): it has no ``phone``."""


def supabase(body: object = BODY, audience: Audience = AUDIENCE) -> Supabase:
    return Supabase(request_of(body), audience)


def test_the_user_s_phone_the_otp_and_the_address_make_a_message() -> None:
    caller = caller_of(request_of(BODY), AUDIENCE)
    assert isinstance(caller, Supabase)
    assert caller.message() == Message("8613812345678", "Generic", "246810", "203.0.113.7")


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("85251234567", "85251234567"), ("", "8613812345678"), (None, "8613812345678")],
)
def test_a_number_in_sms_is_the_one_to_send_to(phone: str | None, expected: str) -> None:
    message = supabase({**BODY, "sms": {**OLD_SMS, "phone": phone}}).message()
    assert message.phone == expected


def phone_factor(phone: str) -> dict[str, Any]:
    """Return a factor as `internal/models/factor.go` has it."""
    return {
        "id": "5b0f27c3-5d0b-4b63-93a5-22c2e1f7c1d3",
        "created_at": "2026-11-24T10:58:50.73237Z",
        "updated_at": "2026-11-24T10:58:50.73237Z",
        "status": "verified",
        "factor_type": "phone",
        "phone": phone,
        "last_challenged_at": None,
    }


CHANGING = {**BODY["user"], "new_phone": "8613912345678"}
OTHER_FACTOR = {**BODY["user"], "factors": [phone_factor(""), phone_factor("8613912345678")]}
SAME_FACTOR = {**BODY["user"], "factors": [phone_factor(""), phone_factor("8613812345678")]}
MFA = {"sms_type": "mfa"}


@pytest.mark.parametrize(
    ("user", "sms"),
    [(CHANGING, {}), (CHANGING, {"phone": ""}), (CHANGING, MFA), (OTHER_FACTOR, MFA)],
    ids=["phone change", "phone change, empty", "second factor meanwhile", "another factor"],
)
def test_a_version_that_does_not_say_which_of_two_numbers_is_refused_by_name(
    user: dict[str, Any], sms: dict[str, Any]
) -> None:
    caller = supabase({**BODY, "user": user, "sms": {**OLD_SMS, **sms}})
    with pytest.raises(
        ConnectorError, match=r"`sms\.phone` is required.* 2\.180 or later"
    ) as raised:
        caller.message()
    shown: Any = caller.refused(raised.value).body
    assert shown["error"]["http_code"] == 400
    assert shown["error"]["message"].startswith("The message could not be sent")


@pytest.mark.parametrize(
    ("user", "sms", "phone"),
    [
        (CHANGING, {"phone": "8613912345678"}, "8613912345678"),
        (CHANGING, {"phone": "8613812345678"}, "8613812345678"),
        (OTHER_FACTOR, {**MFA, "phone": "8613912345678"}, "8613912345678"),
        (OTHER_FACTOR, {}, "8613812345678"),
        (SAME_FACTOR, MFA, "8613812345678"),
        ({**BODY["user"], "factors": None}, MFA, "8613812345678"),
        ({**BODY["user"], "new_phone": ""}, {}, "8613812345678"),
    ],
)
def test_a_message_whose_number_is_certain_goes_there(
    user: dict[str, Any], sms: dict[str, Any], phone: str
) -> None:
    assert supabase({**BODY, "user": user, "sms": {**OLD_SMS, **sms}}).message().phone == phone


@pytest.mark.parametrize(
    ("kind", "usage_type"), [(None, "SignIn"), ("mfa", "MfaVerification"), ("new", "SignIn")]
)
def test_the_usage_type_is_the_default_one_but_for_a_second_factor(
    kind: str | None, usage_type: str
) -> None:
    body = {**BODY, "sms": {"otp": "246810", "sms_type": kind}}
    assert supabase(body, Audience(default_usage_type="SignIn")).message().usage_type == usage_type


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sms": {}}, "`sms.otp` is required"),
        ({"sms": None}, "`sms.otp` is required"),
        ({"sms": []}, "`sms` must be an object"),
        ({"sms": {"otp": 246810}}, "`sms.otp` must be a string"),
        ({"user": {}, "sms": OLD_SMS}, "`user.phone` is required"),
        ({"user": None, "sms": OLD_SMS}, "`user.phone` is required"),
        ({"user": "x", "sms": OLD_SMS}, "`user` must be an object"),
    ],
)
def test_an_invalid_field_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConnectorError, match=message):
        supabase({**BODY, **changes}).message()


def test_success_is_an_empty_object() -> None:
    accepted = supabase().accepted(Receipt("BIZ-1", "REQUEST-1", "Generic", "SMS_1"))
    assert (accepted.status, accepted.body) == (200, {})


def error(kind: Kind, sent: bool | None, retry_after: int | None) -> ConnectorError:
    return ConnectorError(kind, "for operators", field="phone", sent=sent, retry_after=retry_after)


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [("rate_limited", 429, 1), ("unavailable", 503, 1), ("unavailable", 503, 2)],
)
def test_an_error_that_passes_within_two_seconds_makes_supabase_retry(
    kind: Kind, status: int, retry_after: int
) -> None:
    refused = supabase().refused(error(kind, False, retry_after))
    assert refused.status == status
    assert refused.headers["Retry-After"] == str(retry_after)


@pytest.mark.parametrize(
    ("kind", "status", "sent", "retry_after", "sentence"),
    [
        ("rate_limited", 429, False, 3, "Too many messages"),
        ("rate_limited", 429, False, 86_400, "Too many messages"),
        ("usage_limited", 422, False, None, "could not be sent"),
        ("invalid_parameter", 400, False, None, "phone number"),
        ("invalid_config", 422, False, None, "could not be sent"),
        ("refused", 422, False, None, "could not be sent"),
        ("unknown_outcome", 422, None, None, "may be on its way"),
        ("unavailable", 422, None, 1, "may be on its way"),
        ("invalid_response", 422, None, None, "may be on its way"),
    ],
)
def test_any_other_error_reaches_the_person_and_is_not_retried(
    kind: Kind, status: int, sent: bool | None, retry_after: int | None, sentence: str
) -> None:
    refused = supabase().refused(error(kind, sent, retry_after))
    assert refused.status == 200
    assert "Retry-After" not in refused.headers
    body: Any = refused.body
    assert body["error"]["http_code"] == status
    assert sentence in body["error"]["message"]


def test_the_sentence_is_in_the_language_of_the_setting() -> None:
    body: Any = supabase(audience=Audience(locale="zh-CN")).refused(invalid_config("x")).body
    assert body["error"]["message"] == "短信发送失败，请稍后再试。"


@pytest.mark.parametrize(
    "refusal",
    [invalid_config("`signName` is required"), invalid_parameter("code", "must be 4 to 10")],
)
def test_a_person_does_not_read_what_only_an_operator_can_change(refusal: ConnectorError) -> None:
    shown = str(supabase().refused(refusal).body)
    assert "signName" not in shown
    assert "must be" not in shown
