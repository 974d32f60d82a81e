"""Every way in by HTTP, as Function Compute sees it."""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from sms_connector.callers import CALLERS
from sms_connector.function import Function
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.http_events import WAYS, Handler, HttpAnswer, HttpRequest
from tests.support.scripted_provider import ScriptedProvider, accept, answer

Configure = Callable[[dict[str, Any]], None]
Providers = Callable[..., ScriptedProvider]
Way = Callable[[Handler, HttpRequest, object], HttpAnswer]

NATIVE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
LOGTO = {"to": "8613812345678", "type": "SignIn", "payload": {"code": "246810", "a": {"b": 1}}}
SUPABASE = {"user": {"phone": "+8613812345678"}, "sms": {"otp": "246810"}}
SECRET = "v1,whsec_dGhlIGZpcnN0IHdlYmhvb2sgc2VjcmV0"
KEY = {"authorization": "Bearer open-sesame"}

each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def post(body: object, headers: dict[str, str] = KEY, path: str = "/") -> HttpRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpRequest(raw, "POST", path, headers)


def signed(body: object) -> HttpRequest:
    raw = json.dumps(body)
    now = datetime.fromtimestamp(time.time(), tz=timezone.utc)
    return post(
        body,
        {
            "webhook-id": "msg-1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET.removeprefix("v1,")).sign("msg-1", now, raw),
        },
    )


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings with one Authorization value and one webhook secret."""
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", KEY["authorization"])
    monkeypatch.setenv("SMS_CONNECTOR_WEBHOOK_SECRETS", SECRET)


@pytest.fixture
def ask(context: FcContext) -> Callable[[Way, HttpRequest], HttpAnswer]:
    """Make a request to one function, in one of the wrappings."""
    instance: list[Function] = []

    def call(way: Way, request: HttpRequest) -> HttpAnswer:
        if not instance:  # the first request comes once the test has made its settings
            instance.append(new_function())
        return way(instance[0].handle, request, context)

    return call


@pytest.fixture
def accepting(provider: Providers, configure: Configure) -> ScriptedProvider:
    accepting = provider(accept)
    configure(config(endpoint=accepting.endpoint))
    return accepting


Ask = Callable[[Way, HttpRequest], HttpAnswer]


@pytest.mark.usefixtures("locked")
class TestSending:
    @each_way
    @pytest.mark.parametrize(
        ("request_", "body"),
        [
            (post(NATIVE), {"usageType": "SignIn", "templateCode": "SMS_SIGN_IN"}),
            (post(NATIVE, path=""), {"usageType": "SignIn"}),
            (post(LOGTO), {"usageType": "SignIn", "templateCode": "SMS_SIGN_IN"}),
            (post(LOGTO, path="/logto"), {"usageType": "SignIn"}),
            (post(LOGTO, path="/logto/"), {"usageType": "SignIn"}),
        ],
        ids=["native", "native, no path", "Logto", "Logto's path", "a slash at the end"],
    )
    def test_a_post_to_a_path_of_the_table_sends(
        self,
        accepting: ScriptedProvider,
        ask: Ask,
        way: Way,
        request_: HttpRequest,
        body: dict[str, Any],
    ) -> None:
        answered = ask(way, request_)
        assert answered.status == 200
        assert answered.headers == {"content-type": "application/json", "cache-control": "no-store"}
        assert answered.body.items() >= {"bizId": "BIZ-1", "requestId": "REQUEST-1", **body}.items()
        assert [sent["PhoneNumbers"] for sent in accepting.requests] == ["13812345678"]

    @each_way
    def test_supabase_signs_and_gets_an_empty_object(
        self, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        answered = ask(way, signed(SUPABASE))
        assert (answered.status, answered.body) == (200, {})
        (sent,) = accepting.requests
        assert (sent["PhoneNumbers"], sent["TemplateCode"]) == ("13812345678", "SMS_CHINA")

    @each_way
    @pytest.mark.parametrize(
        "number",
        [
            "12",
            number_for("isv.BUSINESS_LIMIT_CONTROL"),
            number_for("isv.SMS_TEMPLATE_ILLEGAL"),
            number_for("isv.AMOUNT_NOT_ENOUGH"),
            number_for("ServiceUnavailable"),
            number_for("isv.UNHEARD_OF"),
            number_for(Behaviour.RESET_AFTER),
            number_for(Behaviour.HTML_502),
        ],
    )
    def test_the_answer_is_the_same_as_to_a_direct_invocation(
        self,
        emulator: Emulator,
        example: dict[str, Any],
        configure: Configure,
        ask: Ask,
        context: FcContext,
        way: Way,
        number: str,
    ) -> None:
        configure(example)
        body = {**NATIVE, "phone": number}
        answered = ask(way, post(body))
        direct = body_of(new_function().handle(json.dumps(body).encode(), context))
        for error in (answered.body["error"], direct["error"]):
            error.get("provider", {}).pop("requestId", None)
        assert answered.body == direct
        assert answered.status == direct["error"]["http_code"]
        assert len(emulator.inbox.messages()) in (0, 2)

    @each_way
    @pytest.mark.parametrize(
        ("code", "seconds"), [("isv.BUSINESS_LIMIT_CONTROL", "60"), ("ServiceUnavailable", "1")]
    )
    def test_retry_after_is_a_header(
        self, provider: Providers, configure: Configure, ask: Ask, way: Way, code: str, seconds: str
    ) -> None:
        configure(config(endpoint=provider(answer(200, {"Code": code})).endpoint))
        assert ask(way, post(NATIVE)).headers["retry-after"] == seconds

    @each_way
    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 60_000, b"\xff", b"[]", b"null"])
    def test_a_body_that_is_not_a_json_object_is_refused(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, body: bytes
    ) -> None:
        answered = ask(way, post(body))
        assert answered.status == 400
        assert answered.body["error"]["code"] == "invalid_request_parameters"
        assert accepting.connections == 0

    def test_the_same_message_through_another_envelope_is_sent_once(
        self, accepting: ScriptedProvider, context: FcContext
    ) -> None:
        function = new_function()
        receipts = [way(function.handle, post(NATIVE), context).body for way in WAYS.values()]
        receipts += [WAYS["FC 2.0"](function.handle, post(LOGTO), context).body]
        receipts += [body_of(function.handle(json.dumps(NATIVE).encode(), context))]
        assert all(receipt == receipts[0] for receipt in receipts)
        assert len(accepting.requests) == 1


@pytest.mark.usefixtures("locked")
class TestBeforeTheCredential:
    @each_way
    @pytest.mark.parametrize(
        "method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "x", ""]
    )
    def test_a_wrong_method_is_answered_with_the_right_one(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, method: str
    ) -> None:
        if way is WAYS["web mode"] and not method.isupper():
            return  # is not HTTP: the server answers it with 400
        answered = ask(way, HttpRequest(b"", method, "/", KEY))
        assert (answered.status, answered.headers["allow"]) == (405, "POST")
        if answered.body is not None:  # that of a HEAD may not be written to a socket
            assert answered.body["error"]["code"] == "invalid_request_parameters"
        assert accepting.connections == 0

    @pytest.mark.parametrize("caller", CALLERS)
    def test_a_wrong_method_is_a_405_in_the_form_of_any_caller(
        self, context: FcContext, caller: str
    ) -> None:
        request = HttpRequest(json.dumps(NATIVE).encode(), "PUT", f"/{caller}", KEY)
        answered = WAYS["HTTP trigger"](new_function().handle, request, context)
        assert (answered.status, answered.headers["allow"]) == (405, "POST")

    @each_way
    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_the_health_path_allows_get_alone(self, ask: Ask, way: Way, method: str) -> None:
        answered = ask(way, HttpRequest(b"", method, "/health", KEY))
        assert (answered.status, answered.headers["allow"]) == (405, "GET")

    @each_way
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize(
        "path",
        ["/any", "//", "/logto/x", "/LOGTO", "/verifications/check/x", "/health/x", "/a/health"],
    )
    def test_a_path_that_is_not_in_the_table_is_not_found(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, method: str, path: str
    ) -> None:
        answered = ask(way, HttpRequest(json.dumps(NATIVE).encode(), method, path, KEY))
        assert answered.status == 404
        assert answered.body["error"]["code"] == "invalid_request_parameters"
        assert answered.body["error"]["sent"] is False
        assert accepting.connections == 0

    @each_way
    def test_an_event_beyond_a_megabyte_is_refused_before_it_is_parsed(
        self, accepting: ScriptedProvider, context: FcContext, way: Way
    ) -> None:
        if way is WAYS["FC 2.0"]:
            return  # has no event: its body is read as far as the limit
        answered = way(new_function().handle, post(b"\xf0\x9f\x98\x80" * 400_000, {}), context)
        assert answered.status == 413
        assert answered.body["error"]["sent"] is False
        assert accepting.connections == 0

    @each_way
    @pytest.mark.parametrize(("size", "status"), [(64 * 1024, 400), (64 * 1024 + 1, 413)])
    def test_a_body_may_hold_64_kib(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, size: int, status: int
    ) -> None:
        answered = ask(way, post(b"x" * size))
        assert answered.status == status
        assert answered.body["error"]["code"] == "invalid_request_parameters"
        assert accepting.connections == 0

    @each_way
    def test_route_method_and_size_are_judged_before_the_credential(
        self, ask: Ask, way: Way
    ) -> None:
        assert ask(way, HttpRequest(b"", "POST", "/any", {})).status == 404
        assert ask(way, HttpRequest(b"", "PUT", "/", {})).status == 405
        assert ask(way, post(b"x" * 70_000, {})).status == 413

    @each_way
    def test_the_credential_is_judged_before_anything_else(
        self, configure: Configure, ask: Ask, way: Way
    ) -> None:
        configure({})
        for body in (b"", b"{", b"\xff", b"[" * 60_000, b"{}"):
            answered = ask(way, post(body, {"authorization": "wrong"}))
            assert answered.status == 401
            assert answered.body["error"]["code"] == "authorization_failed"

    def test_invalid_base64_is_judged_after_the_credential(self, context: FcContext) -> None:
        event = {"httpMethod": "POST", "body": "%", "isBase64Encoded": True}
        for headers, status in (({}, 401), (KEY, 400)):
            raw = json.dumps({**event, "headers": headers}).encode()
            reply: Any = new_function().handle(raw, context)
            assert reply["statusCode"] == status


class TestHealth:
    @each_way
    @pytest.mark.parametrize("path", ["/health", "/health/"])
    @pytest.mark.usefixtures("locked")
    def test_anyone_may_ask_whether_the_config_is_valid(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, path: str
    ) -> None:
        answered = ask(way, HttpRequest(b"", "GET", path))
        assert (answered.status, answered.body) == (200, {"status": "ok"})
        assert accepting.connections == 0

    @each_way
    @pytest.mark.parametrize(
        "broken", [{}, config(signName=...), config(accessKeyId=..., accessKeySecret=...)]
    )
    @pytest.mark.usefixtures("locked")
    def test_an_invalid_config_is_named_by_its_code_alone(
        self, configure: Configure, ask: Ask, way: Way, broken: dict[str, Any]
    ) -> None:
        configure(broken)
        answered = ask(way, HttpRequest(b"", "GET", "/health"))
        assert answered.status == 503
        assert answered.body == {"status": "unavailable", "errors": ["invalid_config"]}

    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"SMS_CONNECTOR_WEBHOOK_SECRETS": "malformed"},
            {"SMS_CONNECTOR_AUTHORIZATION": '"Bearer one",Bearer two'},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_DEFAULT_USAGE_TYPE": "Sign In"},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_BASE_PATH": "sms"},
            {"SMS_CONNECTOR_AUTHORIZATION": "x", "SMS_CONNECTOR_LOCALE": "fr"},
        ],
        ids=["no credential", "malformed secret", "quotes", "usage type", "base path", "locale"],
    )
    def test_settings_with_which_no_call_can_succeed_are_not_healthy(
        self,
        monkeypatch: pytest.MonkeyPatch,
        accepting: ScriptedProvider,
        ask: Ask,
        caplog: pytest.LogCaptureFixture,
        environ: dict[str, str],
    ) -> None:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        path = environ.get("SMS_CONNECTOR_BASE_PATH", "") + "/health"
        answered = ask(WAYS["HTTP trigger"], HttpRequest(b"", "GET", path))
        assert answered.body == {"status": "unavailable", "errors": ["invalid_config"]}
        ask(WAYS["HTTP trigger"], HttpRequest(b"", "GET", path))
        (line,) = map(json.loads, caplog.messages)
        assert line["event"] == "invalid_config"
        assert "SMS_CONNECTOR_" in line["reason"]
        assert accepting.connections == 0


class TestCredentials:
    @each_way
    @pytest.mark.parametrize(
        "headers", [{}, {"authorization": "Bearer wrong"}, {"webhook-id": "x"}]
    )
    @pytest.mark.usefixtures("locked")
    def test_a_missing_or_wrong_credential_is_a_401_and_nothing_is_sent(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, headers: dict[str, str]
    ) -> None:
        answered = ask(way, post(NATIVE, headers))
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
            assert ask(way, post(NATIVE, {"authorization": ""})).status == 401
        assert caplog.text.count("SMS_CONNECTOR_AUTHORIZATION") == 1
        assert accepting.connections == 0

    @each_way
    def test_the_anonymous_setting_admits_any_caller(
        self, monkeypatch: pytest.MonkeyPatch, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
        assert ask(way, post(NATIVE, {})).status == 200
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
            shown = str(ask(WAYS["HTTP trigger"], request)) + caplog.text
            for secret in ("open-sesame", "stranger", SECRET, "246810", "13812345678"):
                assert secret not in shown
        assert len(accepting.requests) == 1


@pytest.mark.usefixtures("locked")
class TestSupabase:
    @pytest.mark.parametrize(
        ("number", "status", "http_code", "retried"),
        [
            ("+8612", 200, 400, False),
            (number_for("isv.BUSINESS_LIMIT_CONTROL"), 200, 429, False),
            (number_for("isv.SMS_TEMPLATE_ILLEGAL"), 200, 422, False),
            (number_for("isv.AMOUNT_NOT_ENOUGH"), 200, 422, False),
            (number_for("isv.UNHEARD_OF"), 200, 422, False),
            (number_for(Behaviour.RESET_AFTER), 200, 422, False),
            (number_for(Behaviour.NO_CODE), 200, 422, False),
            (number_for("Throttling.User"), 429, 429, True),
            (number_for("ServiceUnavailable"), 503, 503, True),
        ],
    )
    def test_supabase_gets_responses_in_its_own_form(
        self,
        emulator: Emulator,
        example: dict[str, Any],
        configure: Configure,
        ask: Ask,
        number: str,
        status: int,
        http_code: int,
        retried: bool,
    ) -> None:
        configure(example)
        body = {**SUPABASE, "user": {"phone": number}}
        answered = ask(WAYS["HTTP trigger"], signed(body))
        assert answered.status == status
        assert set(answered.body["error"]) == {"http_code", "message"}
        assert answered.body["error"]["http_code"] == http_code
        assert ("retry-after" in answered.headers) is retried
        assert len(emulator.inbox.messages()) <= 1

    def test_a_supabase_retry_with_a_new_webhook_id_is_sent_once(
        self, accepting: ScriptedProvider, ask: Ask
    ) -> None:
        for _ in range(3):
            assert ask(WAYS["HTTP trigger"], signed(SUPABASE)).body == {}
        assert len(accepting.requests) == 1


@pytest.mark.usefixtures("locked")
def test_fifty_requests_at_once_each_get_their_own_outcome_and_log_lines(
    emulator: Emulator,
    example: dict[str, Any],
    configure: Configure,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    configure(example)
    function = new_function()
    ways = list(WAYS.values())
    fates = [
        (None, 200),
        ("isv.BUSINESS_LIMIT_CONTROL", 429),
        ("isv.SMS_TEMPLATE_ILLEGAL", 500),
        ("isv.UNHEARD_OF", 502),
        ("ServiceUnavailable", 503),
    ]
    answers: dict[int, HttpAnswer] = {}

    def one(n: int) -> None:
        code, _ = fates[n % 5]
        phone = number_for(code) if code else f"1391234{n:04}"
        request = post({**NATIVE, "phone": phone, "code": f"77{n:04}"})
        context = FcContext(logger=logging.getLogger(f"invocation-{n}"))
        answers[n] = ways[n // 5 % 5](function.handle, request, context)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = {record.name: json.loads(record.getMessage()) for record in caplog.records}
    inbox = {sms.request_id: sms for sms in emulator.inbox.messages()}
    assert len(inbox) == 10
    for n in range(50):
        code, status = fates[n % 5]
        assert answers[n].status == status
        line = lines[f"invocation-{n}"]
        if code is None:
            sms = inbox[answers[n].body["requestId"]]
            assert sms.template_param == {"code": f"77{n:04}"}
            assert line["requestId"] == sms.request_id
        else:
            assert answers[n].body["error"]["provider"]["code"] == code
            assert line["providerCode"] == code
            assert line["requestId"] == answers[n].body["error"]["provider"]["requestId"]
