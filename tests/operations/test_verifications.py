"""The operations on verifications, as they are asked for in every envelope and answered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.functions import body_of, new_function
from tests.support.http_calls import Way
from tests.support.http_events import WAYS, HttpRequest
from tests.support.redis_server import RedisServer
from tests.support.verification_client import PHONE, START, Client, code_of
from tests.support.verifying import SECRET, wrong


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_whole_verification_in_every_envelope(
    function: Function, emulator: Emulator, way: Way
) -> None:
    client = Client(function, way)
    started = client("POST", "/verifications", START)
    (message,) = emulator.inbox.messages()
    assert started.status == 201
    assert started.body == {
        "id": started.body["id"],
        "status": "pending",
        "usageType": "SignIn",
        "expiresAt": started.body["expiresAt"],
        "attemptsLeft": 2,
        "sendsLeft": 4,
        "message": {
            "bizId": message.biz_id,
            "requestId": message.request_id,
            "templateCode": message.template_code,
        },
    }
    expires = time.strptime(started.body["expiresAt"], "%Y-%m-%dT%H:%M:%SZ")
    assert time.mktime(expires) - time.mktime(time.gmtime()) == pytest.approx(600, abs=2)
    path = f"/verifications/{started.body['id']}"
    again = client("POST", "/verifications/", START)
    assert again.status == 200
    assert again.body["id"] == started.body["id"]
    assert again.body["sendsLeft"] == 3
    code = code_of(emulator)
    mismatch = client("POST", f"{path}/check", {"code": wrong(code)})
    assert mismatch.status == 400
    assert mismatch.body == {
        "error": {
            "code": "verification_code.code_mismatch",
            "http_code": 400,
            "message": mismatch.body["error"]["message"],
            "attemptsLeft": 1,
        }
    }
    state = client("GET", path)
    assert (state.status, state.headers["content-type"]) == (200, "application/json")
    del started.body["message"]
    delivery = state.body.pop("delivery")
    assert state.body == {**started.body, "attemptsLeft": 1, "sendsLeft": 3}
    latest = emulator.inbox.messages()[0].biz_id
    assert (delivery["bizId"], delivery["state"]) == (latest, "accepted")
    approved = client("POST", f"{path}/check", {"code": code})
    assert approved.status == 200
    assert approved.body == {
        "id": started.body["id"],
        "status": "approved",
        "usageType": "SignIn",
    }
    repeated = client("POST", f"{path}/check", {"code": code})
    assert repeated.status == 404
    assert repeated.body["error"]["code"] == "verification_code.not_found"
    assert "sent" not in repeated.body["error"]


def test_a_check_by_number_approves_its_verification(client: Client, emulator: Emulator) -> None:
    started = client("POST", "/verifications", START).body
    body = {"phone": "+86 138-1234-5678", "usageType": "SignIn", "code": code_of(emulator)}
    answer = client("POST", "/verifications/check", body)
    assert (answer.status, answer.body["id"]) == (200, started["id"])


def test_used_up_attempts_are_429(client: Client, emulator: Emulator) -> None:
    path = f"/verifications/{client('POST', '/verifications', START).body['id']}/check"
    code = code_of(emulator)
    left = [client("POST", path, {"code": wrong(code)}).body["error"]["attemptsLeft"] for _ in "12"]
    assert left == [1, 0]
    answer = client("POST", path, {"code": code})
    assert (answer.status, answer.body["error"]["code"]) == (
        429,
        "verification_code.exceed_max_try",
    )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_cancellation_is_204_without_a_body(function: Function, way: Way) -> None:
    client = Client(function, _allowing_no_body(way))
    path = f"/verifications/{client('POST', '/verifications', START).body['id']}"
    answer = client("DELETE", path)
    assert (answer.status, answer.body) == (204, None)
    assert client("DELETE", path).status == 404
    assert client("GET", path).body["status"] == "cancelled"


def _allowing_no_body(way: Way) -> Way:
    """Read an empty body as None."""

    def call(handler: Callable[[Any, Any], Any], request: HttpRequest, context: object) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            loads = json.loads
            patch.setattr(
                "tests.support.http_events.json.loads", lambda text: loads(text) if text else None
            )
            return way(handler, request, context)

    return call


def test_a_direct_invocation_names_the_operation(function: Function, emulator: Emulator) -> None:
    def invoke(operation: str, **fields: str) -> Any:
        event = json.dumps({"operation": operation, **fields}).encode()
        return body_of(function.handle(event, FcContext()))

    started = invoke("startVerification", **START)
    assert invoke("getVerification", id=started["id"])["status"] == "pending"
    assert invoke("checkVerification", id=started["id"], code=code_of(emulator)) == {
        "id": started["id"],
        "status": "approved",
        "usageType": "SignIn",
    }
    started = invoke("startVerification", **START)
    assert invoke("cancelVerification", id=started["id"]) == {}
    by_number = invoke("checkVerification", **START, code="246810")
    assert by_number["error"]["code"] == "verification_code.not_found"
    assert "sent" not in by_number["error"]
    missing = invoke("getVerification")
    assert missing["error"]["code"] == "insufficient_request_parameters"


class TestIdempotencyKey:
    def test_a_start_is_answered_again(self, client: Client, emulator: Emulator) -> None:
        first = client("POST", "/verifications", START, idempotency_key="one")
        again = client("POST", "/verifications", START, idempotency_key="one")
        assert (again.status, again.body) == (first.status, first.body)
        assert len(emulator.inbox.messages()) == 1
        other = {**START, "usageType": "Register"}
        reused = client("POST", "/verifications", other, idempotency_key="one")
        assert (reused.status, reused.body["error"]["sent"]) == (422, False)

    def test_a_check_is_answered_again(self, client: Client, emulator: Emulator) -> None:
        path = f"/verifications/{client('POST', '/verifications', START).body['id']}/check"
        code = code_of(emulator)
        for body in ({"code": wrong(code)}, {"code": code}):
            answers = [client("POST", path, body, idempotency_key=body["code"]) for _ in "12"]
            assert answers[0] == answers[1]
        assert answers[0].status == 200
        assert client("POST", path, {"code": code}).status == 404

    def test_the_same_key_for_another_verification_is_another_request(
        self, client: Client, emulator: Emulator
    ) -> None:
        statuses = []
        for usage_type in ("SignIn", "Register"):
            body = {**START, "usageType": usage_type}
            started = client("POST", "/verifications", body).body["id"]
            path = f"/verifications/{started}/check"
            answer = client("POST", path, {"code": "246810"}, idempotency_key="one")
            statuses.append(answer.body.get("id", started) == started)
        assert statuses == [True, True]
        assert len(emulator.inbox.messages()) == 2

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\x00"])
    def test_a_malformed_key_is_400(self, client: Client, emulator: Emulator, key: str) -> None:
        assert client("POST", "/verifications", START, idempotency_key=key).status == 400
        assert emulator.inbox.messages() == ()


class TestLog:
    def test_no_line_holds_a_code_or_number(
        self, client: Client, emulator: Emulator, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        path = f"/verifications/{client('POST', '/verifications', START).body['id']}"
        code = code_of(emulator)
        for guess in (wrong(code), code):
            client("POST", f"{path}/check", {"code": guess})
        client("GET", path)
        client("DELETE", path)
        lines = [json.loads(record.getMessage()) for record in caplog.records]
        assert [(line["event"], line["outcome"]) for line in lines] == [
            ("sms", "accepted"),
            ("verification", "verification_code.code_mismatch"),
            ("verification", "approved"),
            ("verification", "approved"),
            ("verification", "verification_code.not_found"),
        ]
        for secret in (code, wrong(code), PHONE):
            assert secret not in caplog.text


@pytest.mark.usefixtures("_two_attempts")
def test_verifications_in_the_cloud_need_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FC_FUNCTION_NAME", "sms")
    client = Client(new_function())
    for answer in (
        client("POST", "/verifications", START),
        client("POST", "/verifications/check", {**START, "code": "246810"}),
    ):
        assert (answer.status, answer.body["error"]["code"]) == (500, "invalid_config")
        assert "SMS_CONNECTOR_STORE" in answer.body["error"]["message"]
    assert client("POST", "/", START).status == 200
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "memory://")
    assert Client(new_function())("POST", "/verifications", START).status == 201


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.mark.usefixtures("_two_attempts")
def test_instances_and_envelopes_share_a_store(
    emulator: Emulator,
    redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", redis.url)
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    http, gateway = Client(new_function()), Client(new_function(), WAYS["API Gateway"])
    direct = new_function()
    started = http("POST", "/verifications", START).body["id"]
    code = code_of(emulator)
    answer = gateway("POST", f"/verifications/{started}/check", {"code": wrong(code)})
    assert answer.body["error"]["attemptsLeft"] == 1
    event = {"operation": "checkVerification", **START, "code": code}
    assert body_of(direct.handle(json.dumps(event).encode(), FcContext()))["status"] == "approved"
    assert http("POST", f"/verifications/{started}/check", {"code": code}).status == 404


@pytest.mark.usefixtures("_two_attempts")
def test_a_store_that_is_away_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    client = Client(new_function())
    for path in ("/verifications", "/verifications/check"):
        answer = client("POST", path, {**START, "code": "246810"})
        assert (answer.status, answer.body["error"]["code"]) == (503, "general")
        assert int(answer.headers["retry-after"]) >= 1


def test_an_instance_remembers_from_one_call_to_the_next(
    server: RedisServer, client: Client, emulator: Emulator
) -> None:
    started = client("POST", "/verifications", START).body
    path = f"/verifications/{started['id']}/check"
    restore = server.remember()
    assert client("POST", path, {"code": code_of(emulator)}).status == 200
    restore()
    assert client("POST", path, {"code": code_of(emulator)}).status == 404


def test_a_usage_type_that_is_probably_misspelt_is_logged_once(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        client("POST", "/verifications", START | {"usageType": "signin"})
    events = [json.loads(record.getMessage()) for record in caplog.records]
    (notice,) = [event for event in events if event["event"] == "usage_type"]
    assert "SignIn" in notice["reason"]
