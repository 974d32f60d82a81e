"""Every way in by HTTP, as Function Compute sees it."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.configs import config
from tests.support.functions import body_of, new_function
from tests.support.http_calls import LOGTO, NATIVE, SUPABASE, Ask, Way, each_way, post, signed
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest
from tests.support.scripted_provider import ScriptedProvider, answer

Configure = Callable[[dict[str, Any]], None]
Providers = Callable[..., ScriptedProvider]


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
        answered = ask(request_, way)
        assert answered.status == 200
        assert answered.headers == {"content-type": "application/json", "cache-control": "no-store"}
        assert answered.body.items() >= {"bizId": "BIZ-1", "requestId": "REQUEST-1", **body}.items()
        assert [sent["PhoneNumbers"] for sent in accepting.requests] == ["13812345678"]

    @each_way
    def test_supabase_signs_and_gets_an_empty_object(
        self, accepting: ScriptedProvider, ask: Ask, way: Way
    ) -> None:
        answered = ask(signed(SUPABASE), way)
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
        answered = ask(post(body), way)
        direct = body_of(new_function().handle(json.dumps(body).encode(), context))
        for error in (answered.body["error"], direct["error"]):
            error.get("provider", {}).pop("requestId", None)
        assert answered.body == direct
        assert answered.status == direct["error"]["http_code"]
        assert len(emulator.inbox.messages()) in (0, 2)

    def test_at_the_root_a_failure_has_the_form_of_the_caller_once_the_body_is_read(
        self, accepting: ScriptedProvider, ask: Ask
    ) -> None:
        body = {**LOGTO, "to": "12"}
        refused = ask(post(body))
        assert (refused.status, refused.headers["content-type"]) == (
            400,
            "text/plain; charset=utf-8",
        )
        unknown = ask(post(body, {"authorization": "Bearer stranger"}))
        assert (unknown.status, unknown.body["error"]["sent"]) == (401, False)
        assert ask(post(b"{")).body["error"]["http_code"] == 400
        assert accepting.connections == 0

    @each_way
    @pytest.mark.parametrize(
        ("code", "seconds"), [("isv.BUSINESS_LIMIT_CONTROL", "60"), ("ServiceUnavailable", "1")]
    )
    def test_retry_after_is_a_header(
        self, provider: Providers, configure: Configure, ask: Ask, way: Way, code: str, seconds: str
    ) -> None:
        configure(config(endpoint=provider(answer(200, {"Code": code})).endpoint))
        assert ask(post(NATIVE), way).headers["retry-after"] == seconds

    @each_way
    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 60_000, b"\xff", b"[]", b"null"])
    def test_a_body_that_is_not_a_json_object_is_refused(
        self, accepting: ScriptedProvider, ask: Ask, way: Way, body: bytes
    ) -> None:
        answered = ask(post(body), way)
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
        answered = ask(signed(body))
        assert answered.status == status
        assert set(answered.body["error"]) == {"http_code", "message"}
        assert answered.body["error"]["http_code"] == http_code
        assert ("retry-after" in answered.headers) is retried
        assert len(emulator.inbox.messages()) <= 1

    def test_a_supabase_retry_with_a_new_webhook_id_is_sent_once(
        self, accepting: ScriptedProvider, ask: Ask
    ) -> None:
        for _ in range(3):
            assert ask(signed(SUPABASE)).body == {}
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
