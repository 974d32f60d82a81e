"""Sent once, within limits, by key: as callers of the function see it."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_mock import MockerFixture

from sms_connector.local.fc_context import FcContext
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.scripted_provider import ScriptedProvider, accept, answer
from tests.support.webhooks import SECRET, signed_headers

Configure = Callable[[dict[str, Any]], None]
Providers = Callable[..., ScriptedProvider]
Invoke = Callable[..., Any]

BARE = {"phone": "13812345678", "usageType": "SignIn"}
EVENT = {**BARE, "code": "246810"}
REFUSAL = {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "no"}

each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@pytest.fixture
def accepting(provider: Providers, configure: Configure) -> ScriptedProvider:
    accepting = provider(accept)
    configure(config(endpoint=accepting.endpoint, limits={"perNumber": []}))
    return accepting


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, context: FcContext) -> Callable[..., HttpAnswer]:
    """Post to one instance, by the HTTP trigger unless another way is given."""
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "one,two")
    monkeypatch.setenv("SMS_CONNECTOR_WEBHOOK_SECRETS", SECRET)
    instance: list[Any] = []

    def call(
        body: object, path: str = "/", way: Any = WAYS["HTTP trigger"], **headers: str
    ) -> HttpAnswer:
        if not instance:
            instance.append(new_function())
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = HttpRequest(raw, "POST", path, {"authorization": "one", **names})
        return way(instance[0].handle, request, context)  # type: ignore[no-any-return]

    return call


Post = Callable[..., HttpAnswer]


class TestIdempotencyKeys:
    @each_way
    def test_the_same_key_gets_the_first_answer_with_the_same_made_code(
        self, accepting: ScriptedProvider, post: Post, way: Any
    ) -> None:
        first = post(BARE, way=way, idempotency_key="k")
        assert first.status == 200
        assert len(first.body["code"]) == 6
        assert post(BARE, way=way, idempotency_key="k").body == first.body
        assert len(accepting.requests) == 1

    @pytest.mark.parametrize(
        ("path", "headers"),
        [
            ("/", {}),
            ("/", {"idempotency_key": "other"}),
            ("/", {"idempotency_key": "k", "authorization": "two"}),
        ],
        ids=["no key", "another key", "another credential"],
    )
    def test_a_key_belongs_to_its_credential(
        self, accepting: ScriptedProvider, post: Post, path: str, headers: dict[str, str]
    ) -> None:
        post(EVENT, idempotency_key="k")
        assert post({**EVENT, "code": "135790"}, path, **headers).status == 200
        assert len(accepting.requests) == 2

    def test_a_key_with_another_body_is_a_422(
        self, accepting: ScriptedProvider, post: Post
    ) -> None:
        post(EVENT, idempotency_key="k")
        answered = post({**EVENT, "code": "135790"}, idempotency_key="k")
        assert (answered.status, answered.body["error"]["sent"]) == (422, False)
        assert len(accepting.requests) == 1

    def test_a_key_whose_message_was_not_sent_may_try_again(
        self, provider: Providers, configure: Configure, post: Post
    ) -> None:
        recovering = provider(answer(200, REFUSAL), accept)
        configure(config(endpoint=recovering.endpoint, limits={"perNumber": []}))
        assert post(EVENT, idempotency_key="k").status == 400
        assert post(EVENT, idempotency_key="k").status == 200
        assert len(recovering.requests) == 2

    @pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
    def test_an_invalid_key_is_refused(
        self, accepting: ScriptedProvider, post: Post, key: str
    ) -> None:
        answered = post(EVENT, idempotency_key=key)
        assert answered.status == 400
        assert "`Idempotency-Key`" in answered.body["error"]["message"]
        assert accepting.connections == 0

    def test_a_direct_payload_has_the_key_as_a_field(
        self, accepting: ScriptedProvider, invoke: Invoke
    ) -> None:
        keyed = {**BARE, "idempotencyKey": "k"}
        assert invoke(keyed) == invoke(keyed)
        assert len(accepting.requests) == 1
        assert "`idempotencyKey`" in invoke({**BARE, "idempotencyKey": 5})["error"]["message"]

    def test_a_webhook_that_is_replayed_does_nothing(
        self, accepting: ScriptedProvider, post: Post
    ) -> None:
        body = json.dumps({"user": {"phone": "+8613812345678"}, "sms": {"otp": "246810"}}).encode()
        headers = {name.replace("-", "_"): text for name, text in signed_headers(body).items()}
        for _ in range(3):
            answered = post(body, "/supabase", authorization="", **headers)
            assert (answered.status, answered.body) == (200, {})
        # The same id with another key in a header that is not signed is the same webhook.
        assert post(body, "/supabase", authorization="", idempotency_key="x", **headers).body == {}
        assert len(accepting.requests) == 1

    def test_a_webhook_that_is_replayed_on_another_route_does_nothing(
        self, mocker: MockerFixture, accepting: ScriptedProvider, post: Post
    ) -> None:
        body = json.dumps({"user": {"phone": "+8613812345678"}, "sms": {"otp": "246810"}}).encode()
        headers = {name.replace("-", "_"): text for name, text in signed_headers(body).items()}
        assert post(body, "/", authorization="", **headers).body == {}
        later = time.time() + 60  # the message itself is forgotten, the signature is still valid
        mocker.patch("sms_connector.clock.time.time", return_value=later)
        assert post(body, "/supabase", authorization="", **headers).body == {}
        assert len(accepting.requests) == 1


class TestLimits:
    def test_a_full_rule_is_named_with_the_time_to_wait(
        self, provider: Providers, configure: Configure, post: Post
    ) -> None:
        accepting = provider(accept)
        configure(config(endpoint=accepting.endpoint, limits={"perNumber": ["2/hour"]}))
        assert [post({**EVENT, "code": f"13579{n}"}).status for n in range(2)] == [200, 200]
        answered = post({**EVENT, "code": "135799"})
        assert answered.status == 429
        assert 3500 < int(answered.headers["retry-after"]) <= 3601
        error = answered.body["error"]
        assert (error["code"], error["sent"]) == ("rate_limit_exceeded", False)
        assert error["limit"] == {"rule": "perNumber", "value": "2/hour"}
        assert len(accepting.requests) == 2

    def test_the_default_is_one_message_a_minute_for_a_number(
        self, provider: Providers, configure: Configure, post: Post
    ) -> None:
        configure(config(endpoint=provider(accept).endpoint, limits=...))
        assert post(EVENT).status == 200
        assert post({**EVENT, "code": "135790"}).body["error"]["limit"]["value"] == "1/minute"

    def test_a_country_that_is_not_allowed_is_a_400(
        self, provider: Providers, configure: Configure, post: Post
    ) -> None:
        accepting = provider(accept)
        configure(config(endpoint=accepting.endpoint, limits={"countries": ["CN"]}))
        answered = post({**EVENT, "phone": "+852 5123 4567", "usageType": "Generic"})
        assert answered.status == 400
        assert answered.body["error"]["limit"] == {"rule": "countries", "value": "HK"}
        assert accepting.connections == 0

    def test_a_message_two_seconds_too_early_waits_for_its_turn(
        self, provider: Providers, configure: Configure, post: Post
    ) -> None:
        accepting = provider(accept)
        configure(config(endpoint=accepting.endpoint, limits={"perNumber": ["1/2s"]}))
        assert [post({**EVENT, "code": f"13579{n}"}).status for n in range(2)] == [200, 200]
        supabase = {"user": {"phone": "+8613812345678"}, "sms": {"otp": "561166"}}
        assert post(supabase).body["error"]["http_code"] == 429

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({**EVENT, "ip": "203.0.114.7"}, "/"),
            ({"to": "13812345678", "type": "SignIn", "payload": {"code": "1357"},
              "ip": "::ffff:203.0.114.7"}, "/logto"),
            ({"user": {"phone": "+8613812345678"}, "sms": {"otp": "1357"},
              "metadata": {"ip_address": "203.0.114.7"}}, "/supabase"),
        ],
        ids=["native", "Logto", "Supabase"],
    )  # fmt: skip
    def test_each_caller_s_address_is_counted(
        self,
        provider: Providers,
        configure: Configure,
        post: Post,
        caplog: pytest.LogCaptureFixture,
        body: dict[str, Any],
        path: str,
    ) -> None:
        limits = {"perNumber": [], "perAddress": ["1/hour"]}
        accepting = provider(accept)
        configure(config(endpoint=accepting.endpoint, limits=limits))
        post({**EVENT, "phone": "13912345678", "ip": "203.0.114.7"})
        post(body, path)
        assert len(accepting.requests) == 1
        assert json.loads(caplog.messages[-1])["outcome"] == "rate_limit_exceeded"

    @pytest.mark.parametrize("ip", ["9.9.9.9, 10.0.0.1", "for=9.9.9.9", "9.9.9.0/24"])
    def test_a_service_s_text_that_is_no_address_is_counted_and_logged_once(
        self, provider: Providers, configure: Configure, post: Post,
        caplog: pytest.LogCaptureFixture, ip: str,
    ) -> None:  # fmt: skip
        caplog.set_level(logging.WARNING)
        accepting = provider(accept)
        limits = {"perNumber": [], "perAddress": ["3/hour"]}
        configure(config(endpoint=accepting.endpoint, limits=limits))
        for code in range(1000, 1012):
            body = {"to": BARE["phone"], "type": "SignIn", "payload": {"code": str(code)}, "ip": ip}
            post(body, "/logto")
        assert len(accepting.requests) == 3
        lines = [json.loads(message) for message in caplog.messages]
        (line,) = [line for line in lines if line["event"] == "address"]
        assert "no IP address" in line["reason"]
        assert "9.9.9" not in caplog.text

    @pytest.mark.parametrize("path", ["/", "/verifications"])
    def test_in_our_own_form_it_is_refused(
        self, accepting: ScriptedProvider, post: Post, path: str
    ) -> None:
        answered = post({**BARE, "ip": "9.9.9.9, 10.0.0.1"}, path)
        assert answered.status == 400
        assert answered.body["error"]["message"].startswith("`ip` must be one IP address")
        assert accepting.requests == []


class TestUsageTypes:
    def test_a_usage_type_that_differs_only_in_case_is_logged_once(
        self, accepting: ScriptedProvider, invoke: Invoke, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        for code in ("135790", "135791"):
            assert invoke({**EVENT, "usageType": "signin", "code": code})["templateCode"] == (
                "SMS_CHINA"
            )
        (line,) = (json.loads(message) for message in caplog.messages)
        assert line["event"] == "usage_type"
        assert "SignIn" in line["reason"]
        assert len(accepting.requests) == 2


class TestAStoreThatIsAway:
    @pytest.fixture
    def away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://:Zq8-password@127.0.0.1:1/0")
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", "s" * 32)

    @pytest.mark.usefixtures("away")
    def test_messages_are_sent_once_by_the_memory_of_the_instance(
        self, accepting: ScriptedProvider, invoke: Invoke, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert invoke(EVENT) == invoke(EVENT)
        assert len(accepting.requests) == 1
        assert "Zq8-password" not in caplog.text

    @pytest.mark.usefixtures("away", "accepting")
    def test_health_reports_a_store_that_is_away_and_stays_ok(
        self, post: Post, context: FcContext
    ) -> None:
        post(EVENT)
        request = HttpRequest(b"", "GET", "/health")
        answered = WAYS["HTTP trigger"](new_function().handle, request, context)
        assert (answered.status, answered.body) == (200, {"status": "ok", "store": "away"})

    def test_a_store_without_a_secret_is_an_invalid_config(
        self, monkeypatch: pytest.MonkeyPatch, accepting: ScriptedProvider, context: FcContext
    ) -> None:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1/0")
        answered = body_of(new_function().handle(json.dumps(EVENT).encode(), context))
        assert answered["error"]["code"] == "invalid_config"
        assert "SMS_CONNECTOR_SECRET" in answered["error"]["message"]
        assert accepting.connections == 0
