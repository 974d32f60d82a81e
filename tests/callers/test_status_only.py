"""What Casdoor, ZITADEL, FusionAuth and Keycloak have in common, and Supabase's usage type."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.callers import CALLERS
from sms_connector.local.emulate.magic import Behaviour, number_for
from tests.support.http_events import WAYS, HttpAnswer
from tests.support.serving import PROJECT

Ask = Callable[..., HttpAnswer]
Sent = Callable[[], list[tuple[str, str, str]]]


def bodies(phone: str = "+8613812345678") -> dict[str, object]:
    return {
        "casdoor": {"phoneNumber": phone, "code": "246810"},
        "fusionauth": {"phoneNumber": phone, "textMessage": "246810", "type": "SMS"},
        "keycloak": {"to": phone, "text": "246810"},
        "zitadel": {
            "contextInfo": {"recipientPhoneNumber": phone},
            "args": {"code": "246810"},
        },
    }


SERVICES = sorted(bodies())
SUPABASE = {"user": {"phone": "+8613812345678"}, "sms": {"otp": "246810"}}
SIGN_IN, REGISTER = "SMS_200000002", "SMS_200000001"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("service", [*SERVICES, "supabase"])
def test_the_usage_type_in_the_address_selects_the_template(
    ask: Ask, sent: Sent, way: Any, service: str
) -> None:
    body = json.dumps({**bodies(), "supabase": SUPABASE}[service]).encode()
    answered = ask(f"/{service}", body, way, query={"usageType": "SignIn"})
    assert answered.status == 200
    assert [message[2] for message in sent()] == [SIGN_IN]


@pytest.mark.parametrize("service", [*SERVICES, "supabase"])
@pytest.mark.parametrize("query", [{}, {"usageType": ""}, {"usagetype": "SignIn"}])
def test_without_a_usage_type_in_the_address_the_setting_selects_the_template(
    ask: Ask,
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    query: dict[str, str],
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_DEFAULT_USAGE_TYPE", "Register")
    body = json.dumps({**bodies(), "supabase": SUPABASE}[service]).encode()
    assert ask(f"/{service}", body, query=query).status == 200
    assert [message[2] for message in sent()] == [REGISTER]


def test_a_second_factor_of_supabase_has_its_own_usage_type_whatever_the_address_says(
    ask: Ask, sent: Sent
) -> None:
    body = {**SUPABASE, "sms": {"otp": "246810", "sms_type": "mfa"}}
    generic = ask("/supabase", json.dumps(body).encode(), query={"usageType": "SignIn"})
    assert generic.status == 200
    assert [message[2] for message in sent()] not in ([SIGN_IN], [])


@pytest.mark.parametrize("named", ["Sign In", "1st", "SignIn,Register", "x" * 65, "注册"])
@pytest.mark.parametrize("service", SERVICES)
def test_an_invalid_usage_type_in_the_address_is_refused(
    ask: Ask, sent: Sent, service: str, named: str
) -> None:
    answered = ask(
        f"/{service}", json.dumps(bodies()[service]).encode(), query={"usageType": named}
    )
    assert (answered.status, answered.body["error"]["sent"]) == (400, False)
    assert answered.body["error"]["message"].startswith("`usageType` must be a name such as")
    assert sent() == []


def test_an_invalid_usage_type_in_supabase_s_address_is_a_failure_too(ask: Ask, sent: Sent) -> None:
    answered = ask("/supabase", json.dumps(SUPABASE).encode(), query={"usageType": "Sign In"})
    assert (answered.status, answered.body["error"]["http_code"]) == (200, 400)
    assert sent() == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("number", "status", "code", "is_sent"),
    [
        (number_for("isv.MOBILE_NUMBER_ILLEGAL"), 400, "invalid_request_parameters", False),
        (number_for("isv.BUSINESS_LIMIT_CONTROL"), 429, "rate_limit_exceeded", False),
        (number_for("isv.SMS_TEMPLATE_ILLEGAL"), 500, "invalid_config", False),
        (number_for("isv.AMOUNT_NOT_ENOUGH"), 503, "usage_limit_exceeded", False),
        (number_for(Behaviour.RESET_AFTER), 504, "general", None),
    ],
)
def test_a_failure_has_its_status_and_the_default_body(
    ask: Ask, service: str, number: str, status: int, code: str, is_sent: bool | None
) -> None:
    answered = ask(f"/{service}", json.dumps(bodies(f"+86{number}")[service]).encode())
    error = answered.body["error"]
    assert (answered.status, error["http_code"]) == (status, status)
    assert (error["code"], error["sent"]) == (code, is_sent)
    assert ("retry-after" in answered.headers) == (status == 429)


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_code_again_is_one_message(ask: Ask, sent: Sent, service: str) -> None:
    body = json.dumps(bodies()[service]).encode()
    first, second = ask(f"/{service}", body), ask(f"/{service}", body)
    assert (first.status, first.body) == (second.status, second.body)
    assert len(sent()) == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_that_cannot_be_read_is_a_400(ask: Ask, sent: Sent, service: str) -> None:
    for body in (b"", b"\xff\xfe", b"[" * 60_000, b"null"):
        assert ask(f"/{service}", body).status == 400
    assert sent() == []


def test_every_service_has_a_page() -> None:
    assert not [name for name in CALLERS if not (PROJECT / "docs" / f"{name}.md").exists()]
