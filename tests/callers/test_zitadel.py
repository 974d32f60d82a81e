"""Requests as ZITADEL's HTTP SMS provider makes and signs them."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from pytest_mock import MockerFixture

from sms_connector.callers.zitadel import Zitadel
from sms_connector.local.fc_context import FcContext
from tests.support.functions import AUDIENCE, new_function, request_of
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.redis_server import PROGRAM, RedisServer
from tests.support.zitadel import EVENTS, KEY, OTHER_KEY, body_of, signature

Ask = Callable[..., HttpAnswer]
Sent = Callable[[], list[tuple[str, str, str]]]


def sign(body: bytes, *keys: str, age: float = 0) -> dict[str, str]:
    return {"authorization": "", "zitadel_signature": signature(body, *keys, age=age)}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_signed_request_becomes_a_message(ask: Ask, sent: Sent, way: Any) -> None:
    body = body_of()
    answered = ask("/zitadel", body, way, **sign(body))
    assert answered.status == 200
    assert sent() == [("13812345678", "246810", answered.body["templateCode"])]


def test_a_signed_request_over_a_socket_becomes_a_message_and_its_replay_does_not(
    url: str, sent: Sent
) -> None:
    body = body_of()
    headers = {
        "User-Agent": "Go-http-client/1.1",
        "Content-Type": "application/json",
        "ZITADEL-Signature": signature(body, KEY),
        "Accept-Encoding": "gzip",
    }
    first, second = (
        requests.post(f"{url}/zitadel?usageType=SignIn", data=body, headers=headers, timeout=10)
        for _ in range(2)
    )
    assert (first.status_code, first.json()["usageType"]) == (200, "SignIn")
    assert (second.status_code, second.json()) == (200, first.json())
    assert [message[:2] for message in sent()] == [("13812345678", "246810")]


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_that_sends_a_code_becomes_a_message(ask: Ask, sent: Sent, event: str) -> None:
    body = body_of(event=event)
    assert ask("/zitadel", body, **sign(body)).status == 200
    assert [message[:2] for message in sent()] == [("13812345678", "246810")]


# The worker of `internal/handlers/notification_worker.go` adds `Code`, empty if it has no code.
@pytest.mark.parametrize("names", [("code", "oTP"), ("otp",), ("Code",)], ids="-".join)
def test_the_code_is_read_by_each_of_its_names(
    ask: Ask, sent: Sent, names: tuple[str, ...]
) -> None:
    body = body_of(names=names)
    assert ask("/zitadel", body, **sign(body)).status == 200
    assert sent()[0][1] == "246810"


def test_an_empty_code_leaves_the_one_of_a_second_factor() -> None:
    fields = json.loads(body_of())
    fields["args"]["code"] = ""
    assert Zitadel(request_of(fields), AUDIENCE).message().code == "246810"


@pytest.mark.parametrize("keys", [(KEY,), (OTHER_KEY,), (KEY, OTHER_KEY), ("unknown", KEY)])
def test_one_valid_signature_by_any_of_the_keys_is_enough(
    ask: Ask, sent: Sent, keys: tuple[str, ...]
) -> None:
    body = body_of()
    assert ask("/zitadel", body, **sign(body, *keys)).status == 200
    assert len(sent()) == 1


def test_a_shared_authorization_value_opens_the_path_too(ask: Ask, sent: Sent) -> None:
    assert ask("/zitadel", body_of()).status == 200
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("key", "age", "body"),
    [
        ("a-key-of-somebody-else", 0, body_of()),
        (KEY, 0, body_of(code="135790")),
        (KEY, 0, body_of() + b" "),
        (KEY, 330, body_of()),
        (KEY, -330, body_of()),
    ],
    ids=["another key", "another code", "a space more", "too old", "in the future"],
)
def test_without_a_valid_signature_nothing_is_sent(
    ask: Ask, sent: Sent, key: str, age: float, body: bytes
) -> None:
    answered = ask("/zitadel", body, **sign(body_of(), key, age=age))
    assert (answered.status, answered.body["error"]["sent"]) == (401, False)
    assert sent() == []


def test_without_a_signature_nothing_is_sent(ask: Ask, sent: Sent) -> None:
    assert ask("/zitadel", body_of(), authorization="").status == 401
    assert sent() == []


@pytest.mark.parametrize("path", ["/", "/supabase", "/logto", "/casdoor", "/verifications"])
def test_the_signature_opens_no_other_path(ask: Ask, sent: Sent, path: str) -> None:
    body = b'{"phone": "13812345678", "usageType": "SignIn", "code": "246810"}'
    answered = ask(path, body, **sign(body))
    shown = answered.body["error"]["http_code"] if path == "/supabase" else answered.status
    assert shown == 401
    assert sent() == []


def test_a_replay_sends_nothing_after_the_message_itself_is_forgotten(
    ask: Ask, sent: Sent, mocker: MockerFixture
) -> None:
    body = body_of()
    headers = sign(body, KEY, OTHER_KEY)
    first = ask("/zitadel", body, **headers)
    later = time.time() + 60  # the message is forgotten, the signature is still valid
    mocker.patch("sms_connector.clock.time.time", return_value=later)
    shorter = headers["zitadel_signature"].rpartition(",")[0]
    for replay in (headers, {**headers, "zitadel_signature": shorter}):
        for query in ({}, {"usageType": "Register"}):
            answered = ask("/zitadel", body, query=query, **replay)
            assert (answered.status, answered.body) == (200, first.body)
    assert len(sent()) == 1


def test_a_retry_with_a_new_signature_gets_the_first_outcome(
    ask: Ask, sent: Sent, mocker: MockerFixture
) -> None:
    body = body_of()
    first = ask("/zitadel", body, **sign(body, age=2))
    again = ask("/zitadel", body, **sign(body))
    assert (again.status, again.body) == (200, first.body)
    assert len(sent()) == 1
    mocker.patch("sms_connector.clock.time.time", return_value=time.time() + 60)
    assert ask("/zitadel", body, **sign(body)).status == 200
    assert len(sent()) == 2


@pytest.mark.usefixtures("_settings")
def test_forty_replays_at_once_on_four_instances_with_a_store_send_one_message(
    context: FcContext,
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = body_of()
    header = signature(body, KEY, OTHER_KEY)
    time_of, first, second = header.split(",")
    headers = [header, f"{time_of},{first}", f"{time_of},{second}", f"{second},{time_of}"]
    with RedisServer(PROGRAM) as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", f"redis://127.0.0.1:{server.port}")
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", "x" * 32)
        instances = [new_function() for _ in range(4)]

        def replay(number: int) -> tuple[int, Any]:
            # Each with a usage type of its own: for the window of 30 seconds, another message.
            query = {"usageType": f"Type{number}"}
            shown = {"zitadel-signature": headers[number % 4]}
            request = HttpRequest(body, "POST", "/zitadel", shown, query)
            handle = instances[number % 3].handle if number % 2 else instances[3].handle
            answered = WAYS["HTTP trigger"](handle, request, context)
            return answered.status, answered.body

        with ThreadPoolExecutor(40) as threads:
            answers = list(threads.map(replay, range(40)))
    assert [status for status, _ in answers] == [200] * 40
    assert len({str(answer) for _, answer in answers}) == 1
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (body_of(contextInfo={}), 400, "`contextInfo.recipientPhoneNumber` is required."),
        (body_of(contextInfo="x"), 400, "`contextInfo` must be an object."),
        (body_of(phone="12"), 400, "`contextInfo.recipientPhoneNumber` is not a valid mobile"),
        (body_of(args={}), 400, "`args.code` is required."),
        (body_of(code=""), 400, "`args.code` is required."),
        (body_of(code="1 2"), 400, "`args.oTP` must be 4 to 10 letters and digits."),
        (body_of(code="1 2", names=("code",)), 400, "`args.code` must be 4 to 10 letters and"),
        (b"[]", 400, "The request must be a JSON object."),
        (b"\xff", 400, "The request is not valid JSON."),
        (body_of(code="2" * 65_536), 413, "The body may be at most 65536 bytes."),
    ],
)
def test_an_invalid_request_is_refused_by_zitadel_s_names_and_nothing_is_sent(
    ask: Ask, sent: Sent, body: bytes, status: int, message: str
) -> None:
    answered = ask("/zitadel", body, WAYS["HTTP trigger, Base64"], **sign(body))
    assert (answered.status, answered.body["error"]["sent"]) == (status, False)
    assert answered.body["error"]["message"].startswith(message)
    assert sent() == []


def test_the_answer_comes_within_the_five_seconds_that_zitadel_waits() -> None:
    assert Zitadel.max_wait == 4.5
    assert Zitadel.waits_early is False
