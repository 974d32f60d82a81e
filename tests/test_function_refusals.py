"""What is refused before an operation runs: path, method, size, credential."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sms_connector.callers import CALLERS
from sms_connector.local.fc_context import FcContext
from sms_connector.web.auth import UNKNOWN_VALUE, UNSENDABLE
from tests.support.functions import new_function
from tests.support.http_calls import KEY, NATIVE, Ask, Way, each_way, post, signed
from tests.support.http_events import WAYS, HttpRequest
from tests.support.scripted_provider import ScriptedProvider
from tests.support.serving import serving
from tests.support.webhooks import SECRET
from tests.support.zitadel import signature as zitadel_signature

BODY = json.dumps(NATIVE).encode()

Configure = Callable[[dict[str, Any]], None]


@pytest.mark.usefixtures("locked")
class TestBeforeTheCredential:
    """Path, method and size, in every envelope; tests/web/test_routes.py has all paths."""

    @each_way
    @pytest.mark.parametrize(
        ("request_", "status", "allow"),
        [
            (HttpRequest(b"", "POST", "/any", {}), 404, None),
            (HttpRequest(b"", "GET", "//", {}), 404, None),
            (HttpRequest(b"", "PUT", "/", {}), 405, "POST"),
            (HttpRequest(b"", "DELETE", "/", {}), 405, "POST"),
            (HttpRequest(b"", "POST", "/health", {}), 405, "GET"),
            (post(b"x" * (64 * 1024 + 1), {}), 413, None),
            (post(b"x" * 64 * 1024, KEY), 400, None),
        ],
        ids=lambda value: f"{value.method} {value.path}" if isinstance(value, HttpRequest) else "",
    )
    def test_what_is_wrong_with_a_request_is_answered_before_its_credential_is_judged(
        self,
        accepting: ScriptedProvider,
        ask: Ask,
        way: Way,
        request_: HttpRequest,
        status: int,
        allow: str | None,
    ) -> None:
        answered = ask(request_, way)
        assert (answered.status, answered.headers.get("allow")) == (status, allow)
        assert answered.body["error"]["code"] == "invalid_request_parameters"
        assert answered.body["error"].get("sent") == (None if request_.path == "/health" else False)
        assert accepting.connections == 0

    @pytest.mark.parametrize("caller", CALLERS)
    def test_a_wrong_method_is_a_405_in_the_form_of_any_caller(self, ask: Ask, caller: str) -> None:
        answered = ask(HttpRequest(json.dumps(NATIVE).encode(), "PUT", f"/{caller}", KEY))
        assert (answered.status, answered.headers["allow"]) == (405, "POST")

    @each_way
    def test_an_event_beyond_a_megabyte_is_refused_before_it_is_parsed(
        self, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        if way is WAYS["FC 2.0"]:
            return  # has no event: its body is read as far as the limit
        answered = ask(post(b"\xf0\x9f\x98\x80" * 400_000, {}), way)
        assert answered.status == 413
        assert answered.body["error"]["sent"] is False
        assert accepting.connections == 0

    @each_way
    def test_the_credential_is_judged_before_anything_else(
        self, configure: Configure, ask: Ask, way: Way
    ) -> None:
        configure({})
        for body in (b"", b"{", b"\xff", b"[" * 60_000, b"{}"):
            answered = ask(post(body, {"authorization": "wrong"}), way)
            assert answered.status == 401
            assert answered.body["error"]["code"] == "authorization_failed"

    def test_invalid_base64_is_judged_after_the_credential(self, context: FcContext) -> None:
        event = {"httpMethod": "POST", "body": "%", "isBase64Encoded": True}
        for headers, status in (({}, 401), (KEY, 400)):
            raw = json.dumps({**event, "headers": headers}).encode()
            reply: Any = new_function().handle(raw, context)
            assert reply["statusCode"] == status


class TestCredentials:
    @each_way
    @pytest.mark.parametrize(
        "headers", [{}, {"authorization": "Bearer wrong"}, {"webhook-id": "x"}]
    )
    @pytest.mark.usefixtures("locked")
    def test_a_missing_or_wrong_credential_is_a_401_and_nothing_is_sent(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, headers: dict[str, str]
    ) -> None:
        answered = ask(post(NATIVE, headers), way)
        assert answered.status == 401
        assert answered.body == {
            "error": {
                "code": "authorization_failed",
                "http_code": 401,
                "message": "The credential is missing or not valid.",
                "sent": False,
            }
        }
        assert accepting.connections == 0

    @each_way
    def test_without_any_credential_set_every_call_is_a_401_and_the_log_says_once_what_to_set(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(3):
            assert ask(post(NATIVE, {"authorization": ""}), way).status == 401
        assert caplog.text.count("SMS_CONNECTOR_AUTHORIZATION") == 1
        assert accepting.connections == 0

    @each_way
    def test_the_anonymous_setting_admits_any_caller(
        self, monkeypatch: pytest.MonkeyPatch, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
        assert ask(post(NATIVE, {}), way).status == 200
        assert len(accepting.requests) == 1

    def test_a_direct_invocation_needs_no_credential(
        self, accepting: ScriptedProvider, context: FcContext
    ) -> None:
        assert "bizId" in str(new_function().handle(json.dumps(NATIVE).encode(), context))
        assert len(accepting.requests) == 1

    @pytest.mark.usefixtures("locked")
    def test_an_event_with_any_http_key_needs_a_credential(
        self, accepting: ScriptedProvider, context: FcContext
    ) -> None:
        for key in ("body", "headers", "httpMethod", "path", "rawPath", "requestContext"):
            reply: Any = new_function().handle(
                json.dumps({**NATIVE, key: "POST"}).encode(), context
            )
            assert reply["statusCode"] in (401, 404, 405)
        assert accepting.connections == 0

    @pytest.mark.usefixtures("locked")
    def test_neither_the_log_nor_an_answer_holds_a_credential(
        self, accepting: ScriptedProvider, ask: Ask, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for request in (post(NATIVE), post(NATIVE, {"authorization": "Bearer stranger"})):
            shown = str(ask(request)) + caplog.text
            for secret in ("open-sesame", "stranger", SECRET, "246810", "13812345678"):
                assert secret not in shown
        assert len(accepting.requests) == 1


@pytest.mark.usefixtures("locked")
def test_corners_over_a_socket(
    monkeypatch: pytest.MonkeyPatch,
    accepting: ScriptedProvider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", '"quoted"')
    signatures = {**signed(NATIVE).headers, "zitadel-signature": zitadel_signature(BODY)}
    with serving() as url:
        method = requests.put(f"{url}/supabase", BODY, headers=signatures, timeout=5)
        start = requests.post(f"{url}/verifications", BODY, headers=signatures, timeout=5)
        unknown = requests.post(url, BODY, headers={"Authorization": "quoted"}, timeout=5)
        health = requests.get(f"{url}/health", timeout=5)
    assert (method.status_code, method.headers["allow"]) == (405, "POST")
    assert (start.status_code, unknown.status_code) == (401, 401)
    assert health.json() == {"status": "unavailable", "errors": ["invalid_config"]}
    lines = [json.loads(message) for message in caplog.messages if message[0] == "{"]
    reasons = [line["reason"] for line in lines if line["event"] != "sms"]
    opens = "A signature opens the sending of messages alone."
    assert reasons == [UNSENDABLE, opens, UNKNOWN_VALUE]
    assert accepting.connections == 0
