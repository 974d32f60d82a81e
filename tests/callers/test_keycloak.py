"""Requests as the SMS authenticator of keycloak-mfa-plugins makes them.

v26.7.1-1, `sms-authenticator/src/main/java/netzbegruenung/keycloak/authenticator`: the bodies are
those of `gateway/ApiSmsService.java` with the defaults of `SmsAuthenticatorFactory.java`, and
`SmsAuthenticator.java` and `PhoneValidationRequiredAction.java` send the same text.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

from tests.support.http_events import WAYS, HttpAnswer

Ask = Callable[..., HttpAnswer]
Sent = Callable[[], list[tuple[str, str, str]]]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# `theme-resources/messages/messages_en.properties`
TEXT = "Your SMS code is 246810 and is valid for 5 minutes."


def json_body(text: str = TEXT, to: str = "+8613812345678") -> bytes:
    """The plugin puts the values between quotation marks, and escapes nothing in them."""
    return f'{{"text":"{text}","to":"{to}","from":"Keycloak"}}'.encode()


def form_body(text: str = TEXT, to: str = "+8613812345678", token: str = "") -> bytes:
    """``token``: with Basic authentication, the secret is in the form too, under an empty name."""
    return f"{token}text={quote_plus(text)}&to={quote_plus(to)}&from=Keycloak".encode()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [(JSON, json_body()), (FORM, form_body()), (FORM, form_body(token="=changeme&"))],
    ids=["JSON", "form", "form with a token"],
)
def test_the_one_run_of_digits_in_the_text_is_the_code(
    ask: Ask, sent: Sent, way: Any, content_type: str, body: bytes
) -> None:
    answered = ask("/keycloak", body, way, content_type=content_type)
    assert answered.status == 200
    assert sent() == [("13812345678", "246810", answered.body["templateCode"])]


@pytest.mark.parametrize(
    "text",
    [
        # `smsAuthText` of each `theme-resources/messages/messages_*.properties`
        "El vostre codi SMS és 246810 i és vàlid durant 5 minuts.",
        "Ihr SMS Code lautet 246810 und ist gültig für 60 Minuten.",
        "Su código SMS es 246810 y es válido durante 5 minutos.",
        "Vahvistuskoodisi on 246810 ja se on voimassa 5 minuuttia.",
        "Votre code de vérification est 246810 et est valide pendant 5 minutes.",
        "Il tuo codice SMS è 246810 ed è valido per 5 minuti.",
        "Uw SMS-code is 246810 en is geldig voor 5 minuten.",
        "Twój kod SMS to 246810 i jest ważny przez 5 minut.",
        "Ваш SMS-код: 246810. Код действителен 5 минут.",
        # Of one's own theme
        "验证码246810，5分钟内有效。",
        "Your code is 246810\n\n@example.com #246810",
    ],
)
def test_the_code_is_found_in_a_text_of_any_language(ask: Ask, sent: Sent, text: str) -> None:
    assert ask("/keycloak", form_body(text), content_type=FORM).status == 200
    assert [message[1] for message in sent()] == ["246810"]


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8", ";charset=gb18030"])
def test_the_code_is_found_in_a_text_of_another_charset(ask: Ask, sent: Sent, charset: str) -> None:
    encoded = quote_plus("验证码246810，5分钟内有效。", encoding="gb18030")
    body = f"text={encoded}&to=%2B8613812345678&from=Keycloak".encode()
    assert ask("/keycloak", body, content_type=FORM.upper() + charset).status == 200
    assert [message[1] for message in sent()] == ["246810"]


@pytest.mark.parametrize(
    ("content_type", "body"), [(JSON, json_body()), (FORM, form_body())], ids=["JSON", "form"]
)
def test_the_plugin_s_own_bytes_over_a_socket_become_a_message(
    url: str, sent: Sent, content_type: str, body: bytes
) -> None:
    # Java's client asks for HTTP/2 on a connection without TLS.
    headers = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
        "User-Agent": "Java-http-client/21",
        "Content-Type": content_type,
        "Authorization": "Bearer open-sesame",
    }
    answered = requests.post(
        f"{url}/keycloak?usageType=MfaVerification", data=body, headers=headers, timeout=10
    )
    assert (answered.status_code, answered.json()["usageType"]) == (200, "MfaVerification")
    assert [message[:2] for message in sent()] == [("13812345678", "246810")]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "message"),
    [
        (FORM, form_body("Code 246810, or 135790."), 400, "`text` has more than one run of 4 to"),
        (FORM, form_body("Code 246, 12345678901."), 400, "`text` has no run of 4 to 10 digits"),
        (FORM, form_body(""), 400, "`text` has no run of 4 to 10 digits"),
        (FORM, form_body(to="12"), 400, "`to` is not a valid mobile number"),
        (FORM, b"text=246810&from=Keycloak", 400, "`to` is required."),
        (FORM, b"to=%2B8613812345678", 400, "`text` is required."),
        (FORM, form_body() + b"&to=%2B85251234567", 400, "`to` must be a string."),
        (FORM, b"&".join([b"a=1"] * 101), 400, "The form has more than 100 fields."),
        (FORM, form_body("1" * 65_536), 413, "The body may be at most 65536 bytes."),
        (JSON, json_body('Say "246810"'), 400, "The request is not valid JSON."),
        (JSON, b'{"text": "246810", "to": ["+8613812345678"]}', 400, "`to` must be a string."),
        ("multipart/form-data; boundary=x", b"--x--", 400, "The request is not valid JSON."),
    ],
)
def test_an_invalid_request_is_refused_without_its_text_and_nothing_is_sent(
    ask: Ask, sent: Sent, content_type: str, body: bytes, status: int, message: str
) -> None:
    answered = ask("/keycloak", body, content_type=content_type)
    error = answered.body["error"]
    assert (answered.status, error["sent"]) == (status, False)
    assert error["message"].startswith(message)
    assert "246810" not in str(answered.body)
    assert sent() == []


def test_a_form_in_an_event_whose_base64_is_broken_is_refused(ask: Ask, sent: Sent) -> None:
    def broken(handler: Any, request: Any, context: Any) -> HttpAnswer:
        def handle(event: bytes, context: Any) -> Any:
            fields = json.loads(event) | {"body": "!", "isBase64Encoded": True}
            return handler(json.dumps(fields).encode(), context)

        return WAYS["HTTP trigger"](handle, request, context)

    answered = ask("/keycloak", b"", broken, content_type=FORM)
    assert answered.status == 400
    assert answered.body["error"]["message"] == "The request is not a valid form."
    assert sent() == []
