"""`lookupNumber`: over a socket, with the memory and with a real Redis, asked of the emulator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from sms_connector.clock import shanghai_date
from sms_connector.local.emulate.server import Emulator
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.redis_server import RedisServer
from tests.support.scripted_provider import ScriptedProvider, answer, reset
from tests.support.serving import serving
from tests.support.verifying import SECRET

PHONE = "+8613812345678"
KEY = {"authorization": "a-key-for-tests"}
LIMITS = {
    "perNumber": ["1/minute", "5/hour"],
    "perCountry": {"CN": ["1000/day"]},
    "total": ["20000/day"],
}
Ask = Callable[..., requests.Response]


@pytest.fixture
def settings(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure({**example, "limits": LIMITS})
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", KEY["authorization"])


@pytest.fixture(params=["memory", "Redis"])
def redis(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RedisServer | None]:
    if request.param == "memory":
        yield None
        return
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        yield server


@pytest.fixture
def ask(redis: RedisServer | None, settings: None) -> Iterator[Ask]:  # noqa: ARG001
    with serving() as url:

        def call(path: str = "/lookup", **fields: Any) -> requests.Response:
            return requests.post(url + path, json=fields, headers=KEY, timeout=10)

        yield call


def seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def test_a_lookup_shows_what_keeps_a_number_from_a_code(
    ask: Ask, emulator: Emulator, redis: RedisServer | None
) -> None:
    started = ask("/verifications", phone=PHONE, usageType="SignIn").json()
    again = ask("/verifications", phone=PHONE, usageType="SignIn")
    assert again.status_code == 429
    if redis is not None:
        redis.command("CONFIG", "RESETSTAT")
    before = None if redis is None else redis.command("DBSIZE")
    answered = ask(phone="tel:138 1234 5678")
    assert answered.status_code == 200
    if redis is not None:
        # One round trip; the others are the server's own, of connecting.
        assert redis.command("INFO", "commandstats")["cmdstat_evalsha"]["calls"] == 1
        assert redis.command("DBSIZE") == before
    found = answered.json()
    assert list(found) == ["country", "templates", "limits", "verifications", "messages"]
    assert found["country"] == "CN"
    assert found["templates"]["SignIn"] == "SMS_200000002"
    used = {(one["rule"], one["value"]): one for one in found["limits"]}
    assert {key: one["used"] for key, one in used.items()} == {
        ("perNumber", "1/minute"): 1,
        ("perNumber", "5/hour"): 1,
        ("perCountry", "1000/day"): 1,
        ("total", "20000/day"): 1,
    }
    assert [key for key, one in used.items() if "freeAt" in one] == [("perNumber", "1/minute")]
    (verification,) = found["verifications"]
    assert verification == {
        "usageType": "SignIn",
        "status": "pending",
        "attemptsLeft": started["attemptsLeft"],
        "sendsLeft": started["sendsLeft"],
        "expiresAt": started["expiresAt"],
    }
    free_at = seconds(used["perNumber", "1/minute"]["freeAt"])
    # Retry-After is to the same moment.
    now = datetime.now(timezone.utc).timestamp()
    assert free_at - now == pytest.approx(float(again.headers["retry-after"]), abs=5)
    (message,) = found["messages"]
    assert message["templateCode"] == "SMS_200000002"
    assert message["state"] in ("accepted", "delivered")  # the emulator delivers in two seconds
    assert seconds(message["at"]) == pytest.approx(now, abs=10)
    code = emulator.inbox.messages("13812345678")[0].template_param["code"]
    for hidden in (code, "13812345678", started["id"], started["message"]["bizId"]):
        assert hidden not in answered.text


def test_a_lookup_changes_nothing(ask: Ask) -> None:
    ask(phone=PHONE)
    first = ask(phone=PHONE).json()
    assert first == ask(phone=PHONE).json()
    assert ask("/", phone=PHONE, usageType="SignIn", code="246810").status_code == 200


def test_a_used_up_verification_and_a_failed_message_are_shown(ask: Ask) -> None:
    phone = "+8613800000103"
    started = ask("/verifications", phone=phone, usageType="SignIn")
    path = f"/verifications/{started.json()['id']}/check"
    for _ in range(5):
        ask(path, code="000000")
    found = ask(phone=phone).json()
    assert found["verifications"][0]["status"] in ("exhausted", "approved")
    assert found["verifications"][0]["attemptsLeft"] == 0


@pytest.mark.parametrize(
    ("fields", "code", "name"),
    [
        ({}, "insufficient_request_parameters", "phone"),
        ({"phone": "12"}, "invalid_request_parameters", "phone"),
        ({"phone": PHONE, "days": 0}, "invalid_request_parameters", "days"),
        ({"phone": PHONE, "days": 31}, "invalid_request_parameters", "days"),
        ({"phone": PHONE, "days": "3"}, "invalid_request_parameters", "days"),
        ({"phone": PHONE, "days": True}, "invalid_request_parameters", "days"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_an_invalid_request_names_its_field(fields: dict[str, Any], code: str, name: str) -> None:
    payload = json.dumps({"operation": "lookupNumber", **fields}).encode()
    error = body_of(new_function().handle(payload, None))["error"]
    assert (error["code"], "sent" in error) == (code, False)
    assert f"`{name}`" in error["message"]


def direct(**fields: object) -> Any:
    payload = json.dumps({"operation": "lookupNumber", **fields}).encode()
    return body_of(new_function().handle(payload, None))


def test_where_no_template_serves_a_number_the_answer_says_why(
    example: dict[str, Any], configure: Callable[[dict[str, Any]], None]
) -> None:
    configure({**example, "limits": {"countries": ["CN"]}})
    found = direct(phone="+85251234567")
    assert set(found["templates"].values()) == {
        "`phone` is in a country that messages are not sent to: `limits.countries` in the "
        "connector config lists the allowed ones."
    }
    assert "problem" not in found


def test_a_test_number_is_named_as_one(
    example: dict[str, Any], configure: Callable[[dict[str, Any]], None]
) -> None:
    until = shanghai_date(datetime.now(timezone.utc).timestamp())
    configure({**example, "testNumbers": [{"phone": PHONE, "code": "424242", "until": until}]})
    answered = direct(phone=PHONE)
    assert set(answered["templates"].values()) == {
        f"A test number until {until}: no message goes to it."
    }
    assert "424242" not in str(answered)


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (
            answer(403, {"Code": "Forbidden.RAM", "Message": "no"}),
            "Give the access key or role the permission dysms:QuerySendDetails.",
        ),
        (reset, "The provider could not be queried"),
    ],
    ids=["no permission", "no connection"],
)
def test_without_the_provider_s_answer_messages_are_left_out(
    provider: Callable[..., ScriptedProvider],
    configure: Callable[[dict[str, Any]], None],
    refusal: Any,
    problem: str,
) -> None:
    configure(config(endpoint=provider(refusal, refusal, refusal).endpoint))
    found = direct(phone=PHONE)
    assert "messages" not in found
    assert problem in found["problem"]
    assert found["country"] == "CN"


DETAIL = {
    "PhoneNum": "13812345678",
    "TemplateCode": "SMS_1",
    "Content": "【码上登录】您的登录验证码为246810",
    "OutId": "OUT-1",
    "SendStatus": 2,
    "ErrCode": "MK:0001",
    "ReceiveDate": "2026-11-24 18:00:03",
}
"""The fields of QuerySendDetails: https://help.aliyun.com/document_detail/419277.html."""


def test_messages_are_the_newest_50_of_all_days(
    provider: Callable[..., ScriptedProvider], configure: Callable[[dict[str, Any]], None]
) -> None:
    def page(day: int, number: int) -> Any:
        details = [
            {**DETAIL, "SendDate": f"2026-11-{day} 18:{minute:02}:00"} for minute in range(number)
        ]
        listed = {"SmsSendDetailDTO": details}
        return answer(200, {"Code": "OK", "SmsSendDetailDTOs": listed, "TotalCount": number})

    scripted = provider(page(24, 30), page(23, 30), page(22, 30))
    configure(config(endpoint=scripted.endpoint))
    found = direct(phone=PHONE, days=30)
    messages = found["messages"]
    assert [one["at"] for one in messages] == sorted((one["at"] for one in messages), reverse=True)
    assert len(messages) == 50
    assert len(scripted.requests) == 2  # older ones are not asked for
    assert messages[0] == {
        "at": "2026-11-24T10:29:00Z",
        "templateCode": "SMS_1",
        "state": "failed",
        "carrierCode": "MK:0001",
        "meaning": "the number is not in use",
    }
    assert re.search("246810|13812345678|OUT-1", str(found)) is None


def test_a_lookup_is_503_while_the_store_is_away(
    settings: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    assert direct(phone=PHONE)["error"]["http_code"] == 503


def test_a_prefix_that_nobody_converts_is_shown(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sms_connector.verification import conversion

    # The times of messages are rounded up to hundredths of the hour.
    monkeypatch.setattr(conversion, "TYPING_SECONDS", -60)
    limits = {"perNumber": [], "conversion": {"atLeast": 2, "below": 0.5}}
    configure({**example, "limits": limits})
    function = new_function()

    def call(**fields: object) -> Any:
        return body_of(function.handle(json.dumps(fields).encode(), None))

    for last in range(3):
        phone = f"+8525123456{last}"
        call(operation="startVerification", phone=phone, usageType="SignIn")
    (rule,) = [
        one
        for one in call(operation="lookupNumber", phone="+85251234569")["limits"]
        if one["rule"] == "conversion"
    ]
    assert (rule["value"], rule["used"]) == ("0.5", 2)
    assert seconds(rule["freeAt"]) > datetime.now(timezone.utc).timestamp()


def test_a_number_in_the_provider_s_own_fields_is_hidden(
    provider: Callable[..., ScriptedProvider], configure: Callable[[dict[str, Any]], None]
) -> None:
    detail = {**DETAIL, "TemplateCode": "13812345678", "ErrCode": "E:13812345678", "SendDate": ""}
    listed = {"SmsSendDetailDTO": [detail]}
    listing = answer(200, {"Code": "OK", "SmsSendDetailDTOs": listed, "TotalCount": 1})
    configure(config(endpoint=provider(listing).endpoint))
    (message,) = direct(phone=PHONE, days=1)["messages"]
    assert (message["at"], message["templateCode"]) == (None, "****")
    assert "13812345678" not in str(message)
