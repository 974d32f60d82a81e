import json
from typing import Any

import pytest

from sms_connector.callers import caller_of
from sms_connector.callers.logto import Logto
from sms_connector.callers.sentences import Audience
from sms_connector.errors import (
    ConnectorError,
    Kind,
    invalid_config,
    invalid_parameter,
    invalid_request,
)
from sms_connector.message import Message, Receipt
from sms_connector.web.http import Request
from tests.support.functions import AUDIENCE, request_of

# `sendMessage` of `packages/connectors/connector-http-sms/src/index.ts` (0.2.1, as in Logto 1.42):
# all that it was given. For SMS the payload of 1.42 has `code`, `locale` and `uiLocales` alone; the
# rest is what its e-mails have, in case that SMS get it too.
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
CONSOLE_TEST = {"to": "8613812345678", "type": "Generic", "payload": {"code": "000000"}}


def logto(body: object, audience: Audience = AUDIENCE) -> Logto:
    return Logto(request_of(body), audience)


@pytest.mark.parametrize(
    ("changes", "ip"),
    [
        ({}, "203.0.113.7"),
        ({"ip": ...}, None),
        ({"extra": {"a": 1}}, "203.0.113.7"),
        ({"payload": {"code": "246810"}}, "203.0.113.7"),
    ],
)
def test_to_type_code_and_ip_make_a_message(changes: dict[str, Any], ip: str | None) -> None:
    body = {key: value for key, value in {**BODY, **changes}.items() if value is not ...}
    caller = caller_of(request_of(body), AUDIENCE)
    assert isinstance(caller, Logto)
    assert caller.message() == Message("8613812345678", "SignIn", "246810", ip)


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
    assert logto({**BODY, "type": usage_type}).message().usage_type == usage_type


@pytest.mark.parametrize(
    ("changes", "message"),
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
def test_an_invalid_field_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConnectorError, match=message):
        logto({**BODY, **changes}).message()


def test_a_body_with_a_phone_is_not_logto_s() -> None:
    request = request_of({**BODY, "phone": "13812345678"})
    assert not isinstance(caller_of(request, AUDIENCE), Logto)


def test_success_is_a_200() -> None:
    assert logto(BODY).accepted(Receipt("BIZ-1", "REQUEST-1", "SignIn", "SMS_1")).status == 200


class TestWhatAPersonReads:
    """Logto shows the body of a failure to the person who signs in."""

    @pytest.mark.parametrize(
        ("kind", "sent", "english", "chinese"),
        [
            ("rate_limited", False, "Too many messages", "过于频繁"),
            ("invalid_parameter", False, "cannot receive", "无法接收"),
            ("invalid_config", False, "could not be sent", "发送失败"),
            ("usage_limited", False, "could not be sent", "发送失败"),
            ("unauthorized", False, "could not be sent", "发送失败"),
            ("unknown_outcome", None, "may be on its way", "可能已发出"),
            ("bug", None, "may be on its way", "可能已发出"),
        ],
    )
    def test_an_error_is_one_sentence_in_the_language_of_the_request(
        self, kind: Kind, sent: bool | None, english: str, chinese: str
    ) -> None:
        error = ConnectorError(kind, "for the operator", field="phone", sent=sent)
        for locale, sentence in (("zh-CN", chinese), ("en", english), ("fr", english)):
            body = {**BODY, "payload": {"code": "246810", "locale": locale}}
            text = logto(body).refused(error).body
            assert isinstance(text, str)
            assert sentence in text
            assert "for the operator" not in text

    def test_without_a_locale_the_setting_counts(self) -> None:
        error = invalid_config("for the operator")
        body = {**BODY, "payload": {"code": "246810"}}
        assert "发送失败" in str(logto(body, Audience(locale="zh-CN")).refused(error).body)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"payload": 5}', None])
    def test_a_body_that_cannot_be_read_gets_a_sentence_too(self, body: bytes | None) -> None:
        response = Logto(Request(body), AUDIENCE).refused(invalid_request("Not JSON."))
        assert response.body == "The message could not be sent. Please try again later."

    def test_a_body_beyond_the_limit_is_not_parsed_for_its_language(self) -> None:
        body = json.dumps({"payload": {"locale": "zh-CN", "x": "x" * 70_000}}).encode()
        error = ConnectorError("too_large", "The body may be at most 65536 bytes.")
        assert "could not be sent" in str(Logto(Request(body), AUDIENCE).refused(error).body)

    def test_the_number_is_blamed_only_for_what_is_wrong_with_it(self) -> None:
        for field, sentence in (("code", "could not be sent"), ("phone", "cannot receive")):
            error = invalid_parameter(field, "is invalid")
            assert sentence in str(logto({**BODY, "payload": {}}).refused(error).body)

    def test_the_request_id_is_the_reference_for_the_operator(self) -> None:
        audience = Audience(reference="1-6740f5c0")
        text = str(logto(BODY, audience).refused(invalid_config("x")).body)
        assert text == "短信发送失败，请稍后再试。（参考号：1-6740f5c0）"

    def test_the_test_button_of_the_console_gets_the_operator_s_sentence(self) -> None:
        error = invalid_parameter("phone", "is not a valid mobile number")
        assert logto(CONSOLE_TEST).refused(error).body == "`to` is not a valid mobile number."
        assert "is not a valid" not in str(logto({**CONSOLE_TEST, "type": "SignIn"}).refused(error))

    def test_status_and_retry_after_stay_those_of_the_error(self) -> None:
        response = logto(BODY).refused(ConnectorError("unavailable", "wait", retry_after=1))
        assert (response.status, response.headers) == (503, {"Retry-After": "1"})
