"""The operations on verifications, as they are asked for in every envelope and answered."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.functions import body_of, new_function
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.redis_server import RedisServer
from tests.support.verifying import SECRET, wrong

PHONE = "13812345678"
START = {"phone": PHONE, "usageType": "SignIn"}
AUTHORIZATION = "a-key-for-tests"
WEBHOOK_SECRET = base64.b64encode(b"w" * 32).decode()

Way = Callable[[Callable[[Any, Any], Any], HttpRequest, object], HttpAnswer]
ONE_WAY = WAYS["HTTP trigger"]


@pytest.fixture(autouse=True)
def variables(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure({**example, "limits": {"perNumber": []}, "verification": {"attempts": 2}})
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_CONNECTOR_WEBHOOK_SECRETS", f"v1,whsec_{WEBHOOK_SECRET}")


@pytest.fixture
def function() -> Function:
    return new_function()


class Client:
    """Asks one function by HTTP, in one of its envelopes."""

    def __init__(self, function: Function, way: Way = ONE_WAY) -> None:
        self._function = function
        self._way = way

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> HttpAnswer:
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        sent = {"authorization": AUTHORIZATION} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        request = HttpRequest(raw, method, path, sent)
        return self._way(self._function.handle, request, FcContext())


@pytest.fixture
def client(function: Function) -> Client:
    return Client(function)


def code_of(emulator: Emulator, phone: str = PHONE) -> str:
    return emulator.inbox.messages(phone)[0].template_param["code"]


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


@pytest.mark.parametrize(
    "identity",
    ["x", "x" * 22, "..", "%2e%2e", "%00", "%FF%FE", "null", "0", "é", "a" * 5_000, "%F0%9F%98%80",
     "{id}", "'--", "check%2Fcheck"],
)  # fmt: skip
def test_an_id_of_any_wrong_shape_is_404(client: Client, identity: str) -> None:
    answers = [
        client("GET", f"/verifications/{identity}"),
        client("DELETE", f"/verifications/{identity}"),
        client("POST", f"/verifications/{identity}/check", {"code": "246810"}),
    ]
    assert {answer.status for answer in answers} == {404}
    assert {answer.body["error"]["code"] for answer in answers} == {"verification_code.not_found"}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"[]", 400, None),
        (b"\xff", 400, None),
        (b'{"a":' * 5_000, 400, None),
        (b'{"phone": "\\ud800", "usageType": "\\ud800", "code": "\\ud800"}', 400, None),
        ({}, 400, None),
        ({"phone": None, "usageType": "SignIn", "code": "246810"}, 400, "phone"),
        ({"phone": 13812345678, "usageType": "SignIn", "code": "246810"}, 400, "phone"),
        ({"phone": PHONE, "usageType": "", "code": "246810"}, 400, "usageType"),
        ({"phone": PHONE, "usageType": ["SignIn"], "code": "246810"}, 400, "usageType"),
        (b'{"phone": "1", "usageType": "SignIn", "code": "246810"}' + b" " * 65_536, 413, None),
    ],
)
@pytest.mark.parametrize(
    "path", ["/verifications", "/verifications/check", f"/verifications/{'x' * 22}/check"]
)
def test_hostile_bodies_are_refused(
    client: Client, emulator: Emulator, path: str, body: object, status: int, field: str | None
) -> None:
    answer = client("POST", path, body)
    if path.endswith("x/check") and isinstance(body, dict) and "code" in body:
        assert answer.status == 404
        return
    assert answer.status == status
    assert field is None or f"`{field}`" in answer.body["error"]["message"]
    assert ("sent" in answer.body["error"]) == (path == "/verifications")
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("code", [246810, None, ["246810"], {"code": "246810"}, True, "", "24681a"])
def test_a_malformed_code_is_400_and_not_counted(
    client: Client, emulator: Emulator, code: object
) -> None:
    path = f"/verifications/{client('POST', '/verifications', START).body['id']}"
    answer = client("POST", f"{path}/check", {"code": code})
    assert answer.status == 400
    assert "`code`" in answer.body["error"]["message"]
    assert client("GET", path).body["attemptsLeft"] == 2
    assert client("POST", f"{path}/check", {"code": code_of(emulator)}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/verifications", "POST"),
        ("GET", "/verifications/check", "POST"),
        ("POST", f"/verifications/{'x' * 22}", "DELETE, GET"),
        ("GET", f"/verifications/{'x' * 22}/check", "POST"),
    ],
)
def test_a_wrong_method_is_405(client: Client, method: str, path: str, allow: str) -> None:
    answer = client(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    # Left out where the path has no operation that sends.
    assert ("sent" in answer.body["error"]) is (path == "/verifications")


class TestCredentials:
    PATHS = (
        ("POST", "/verifications"),
        ("POST", "/verifications/check"),
        ("POST", f"/verifications/{'x' * 22}/check"),
        ("GET", f"/verifications/{'x' * 22}"),
        ("DELETE", f"/verifications/{'x' * 22}"),
    )

    @pytest.mark.parametrize(("method", "path"), PATHS)
    def test_without_a_credential_nothing_is_answered(
        self, client: Client, method: str, path: str
    ) -> None:
        answer = client(method, path, START, authorization="another")
        assert answer.status == 401
        assert ("sent" in answer.body["error"]) == (path == "/verifications")

    @pytest.mark.parametrize(("method", "path"), PATHS)
    def test_a_signature_opens_no_operation_on_verifications(
        self, client: Client, emulator: Emulator, method: str, path: str
    ) -> None:
        body = json.dumps({**START, "code": "246810"}).encode()
        now = str(int(time.time()))
        signed = b"msg_1." + now.encode() + b"." + body
        digest = hmac.digest(base64.b64decode(WEBHOOK_SECRET), signed, sha256)
        answer = client(
            method,
            path,
            body,
            authorization="",
            webhook_id="msg_1",
            webhook_timestamp=now,
            webhook_signature=f"v1,{base64.b64encode(digest).decode()}",
        )
        assert answer.status == 401
        assert emulator.inbox.messages() == ()


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


def test_verifications_in_the_cloud_need_a_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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


def test_a_store_that_is_away_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    client = Client(new_function())
    for path in ("/verifications", "/verifications/check"):
        answer = client("POST", path, {**START, "code": "246810"})
        assert (answer.status, answer.body["error"]["code"]) == (503, "general")
        assert int(answer.headers["retry-after"]) >= 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={name: _JSON | st.just(value) for name, value in {
        "phone": PHONE, "usageType": "SignIn", "code": "246810", "id": "x" * 22,
        "ip": "203.0.113.7",
        "idempotencyKey": "one"}.items()},
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    operation=st.sampled_from(
        ("startVerification", "checkVerification", "getVerification", "cancelVerification")
    ),
    fields=_FIELDS,
)
def test_no_payload_causes_an_unexpected_error(
    function: Function, operation: str, fields: dict[str, Any]
) -> None:
    event = json.dumps({**fields, "operation": operation}).encode()
    answer = body_of(function.handle(event, FcContext()))
    assert "Unexpected" not in answer.get("error", {}).get("message", "")
