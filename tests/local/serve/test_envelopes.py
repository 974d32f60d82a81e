"""Requests on a real port, in each of the envelopes that Function Compute would put them in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.serve.invocation import INVOKE_THROUGH
from sms_connector.message import random_code
from tests.support.serving import serving

Configure = Callable[[dict[str, Any]], None]
Serve = Callable[..., requests.Response]

MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
KEY = {"Authorization": "a-key-for-tests"}


class TestTheFunction:
    @pytest.fixture(params=INVOKE_THROUGH)
    def url(
        self,
        request: pytest.FixtureRequest,
        example: dict[str, Any],
        configure: Configure,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Iterator[str]:
        configure(example)
        monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", KEY["Authorization"])
        with serving(request.param) as url:
            yield url

    def test_a_posted_message_is_sent(self, url: str, emulator: Emulator) -> None:
        code = random_code()
        message = {**MESSAGE, "code": code}
        answer = requests.post(f"{url}/?x=1", json=message, headers=KEY, timeout=5)
        (sms,) = emulator.inbox.messages()
        assert answer.status_code == 200
        assert answer.json()["bizId"] == sms.biz_id
        assert sms.template_param == {"code": code}
        assert answer.headers["Content-Type"] == "application/json"

    def test_an_error_has_its_http_status_and_headers(self, url: str) -> None:
        assert requests.post(url, json=MESSAGE, timeout=5).status_code == 401
        limited = {**MESSAGE, "phone": "19900000101"}
        answer = requests.post(url, json=limited, headers=KEY, timeout=5)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        answer = requests.put(url, json=MESSAGE, headers=KEY, timeout=5)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        too_large = requests.post(url, data=b" " * 70_000, headers=KEY, timeout=5)
        assert too_large.status_code == 413

    def test_health_is_answered(self, url: str) -> None:
        assert requests.get(f"{url}/health", timeout=5).json() == {"status": "ok"}
        head = requests.head(f"{url}/health", timeout=5)
        assert (head.status_code, head.content) == (405, b"")

    def test_a_body_that_is_not_utf8_is_answered(self, url: str) -> None:
        answer = requests.post(url, data=b'{"phone": "\xff"}', headers=KEY, timeout=5)
        assert answer.status_code == 400
        assert "JSON" in answer.json()["error"]["message"]

    def test_the_role_of_the_environment_signs_the_call(
        self,
        url: str,
        emulator: Emulator,
        example: dict[str, Any],
        configure: Configure,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        configure({key: value for key, value in example.items() if "accessKey" not in key})
        (sts,) = [key for key in emulator.account.access_keys if key.security_token]
        for name, value in (
            ("ACCESS_KEY_ID", sts.id),
            ("ACCESS_KEY_SECRET", sts.secret),
            ("SECURITY_TOKEN", sts.security_token or ""),
        ):
            monkeypatch.setenv(f"ALIBABA_CLOUD_{name}", value)
        message = {**MESSAGE, "code": random_code()}
        assert requests.post(url, json=message, headers=KEY, timeout=5).status_code == 200


@pytest.fixture
def serve_function(monkeypatch: pytest.MonkeyPatch) -> Callable[..., requests.Response]:
    """Serve a handler of the test's, in one envelope, and POST to it once."""

    def serve(
        envelope: str, handler: Callable[..., Any], initializer: Callable[[Any], Any] = bool
    ) -> requests.Response:
        module = ModuleType("function_of_a_test")
        module.handler = module.application = handler  # type: ignore[attr-defined]
        module.initializer = initializer  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        with serving(envelope, module=module.__name__) as url:
            headers = {"X-Twice": "a, b", "Cookie": "c=d"}
            return requests.post(f"{url}/a%20b/c?q=1&q=2&e=", "body", headers=headers, timeout=5)

    return serve


class TestEvents:
    def test_the_event_of_an_http_trigger(self, serve_function: Serve) -> None:
        event = serve_function("http3", lambda event, _: event).json()
        http = event["requestContext"]["http"]
        assert (event["rawPath"], http["path"], http["method"]) == ("/a%20b/c", "/a b/c", "POST")
        assert event["queryParameters"] == {"q": "1,2", "e": ""}
        assert (event["body"], event["isBase64Encoded"]) == ("body", False)
        assert event["headers"]["X-Twice"] == "a, b"
        assert (http["sourceIp"], http["protocol"]) == ("127.0.0.1", "HTTP/1.1")
        assert event["requestContext"]["timeEpoch"].isdigit()

    def test_the_event_of_an_api_gateway(self, serve_function: Serve) -> None:
        def handler(event: bytes, _context: Any) -> dict[str, Any]:
            return {"statusCode": 201, "body": event.decode()}

        answer = serve_function("apigw", handler)
        event = answer.json()
        assert answer.status_code == 201
        assert (event["path"], event["httpMethod"]) == ("/a b/c", "POST")
        assert event["queryParameters"] == {"q": "1,2", "e": ""}
        assert {"headers", "pathParameters", "body", "isBase64Encoded"} < event.keys()

    def test_the_environ_of_an_http_function(self, serve_function: Serve) -> None:
        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("202 Accepted", [("X-Own", "1"), ("Content-Length", "99")])
            seen = {key: value for key, value in environ.items() if isinstance(value, str)}
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
            request_id = environ["fc.context"].request_id
            return [json.dumps({**seen, "body": body}).encode(), b"\n", request_id.encode()]

        answer = serve_function("http2", application)
        environ, request_id = answer.text.split("\n")
        seen = json.loads(environ)
        assert (answer.status_code, answer.headers["X-Own"]) == (202, "1")
        assert answer.headers["X-Fc-Request-Id"] == request_id
        assert (seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/a b/c", "q=1&q=2&e=")
        assert seen["fc.request_uri"] == "/a%20b/c?q=1&q=2&e="
        assert (seen["HTTP_X_TWICE"], seen["REMOTE_ADDR"], seen["body"]) == (
            "a, b",
            "127.0.0.1",
            "body",
        )


class TestReplies:
    @pytest.mark.parametrize(
        ("returned", "body"),
        [
            ("text", b"text"),
            (b"\x00\xff", b"\x00\xff"),
            ({"b": 1, "a": 2}, b'{\n    "a": 2,\n    "b": 1\n}'),
            ({"statusCode": "none"}, b'{\n    "statusCode": "none"\n}'),
            (None, b"null"),
        ],
    )
    def test_a_return_value_without_a_status_is_a_200_or_a_503_of_the_gateway(
        self, serve_function: Serve, returned: object, body: bytes
    ) -> None:
        answer = serve_function("http3", lambda *_: returned)
        assert (answer.status_code, answer.content) == (200, body)
        assert serve_function("apigw", lambda *_: returned).status_code == 503

    @pytest.mark.parametrize("envelope", ["http3", "apigw"])
    def test_a_reply_may_be_base64(self, serve_function: Serve, envelope: str) -> None:
        reply = {"statusCode": 200, "isBase64Encoded": True, "body": "AP8=", "headers": {"A": "b"}}
        answer = serve_function(envelope, lambda *_: json.dumps(reply))
        assert (answer.content, answer.headers["A"]) == (b"\x00\xff", "b")


class TestFailures:
    @staticmethod
    def fail(*_: object) -> None:
        raise KeyError("a reason")

    @pytest.mark.parametrize("envelope", ["http3", "http2"])
    def test_an_exception_is_answered_with_its_stack_trace(
        self, serve_function: Serve, envelope: str
    ) -> None:
        answer = serve_function(envelope, self.fail)
        assert answer.status_code == 502
        assert answer.headers["X-Fc-Error-Type"] == "UnhandledInvocationError"
        shown = answer.json()
        assert (shown["errorMessage"], shown["errorType"]) == ("'a reason'", "KeyError")
        (place,) = shown["stackTrace"]
        assert place[0] == 'File "/code/tests/local/serve/test_envelopes.py"'
        assert place[2] == "in fail"

    def test_an_exception_is_logged_without_its_text(
        self, serve_function: Serve, caplog: pytest.LogCaptureFixture
    ) -> None:
        serve_function("http3", self.fail)
        assert "KeyError" in caplog.text
        assert "in fail" in caplog.text
        assert "a reason" not in caplog.messages[0].replace('KeyError("a reason")', "")

    def test_an_exception_behind_the_gateway_is_a_503_without_a_reason(
        self, serve_function: Serve
    ) -> None:
        answer = serve_function("apigw", self.fail)
        assert answer.status_code == 503
        assert "reason" not in answer.text

    @pytest.mark.parametrize("returned", [object(), {"statusCode": object()}])
    def test_a_return_value_that_json_cannot_represent_is_an_error(
        self, serve_function: Serve, returned: object
    ) -> None:
        assert serve_function("http3", lambda *_: returned).json()["errorType"] == "TypeError"

    def test_an_application_that_does_not_start_a_response_is_an_error(
        self, serve_function: Serve
    ) -> None:
        answer = serve_function("http2", lambda *_: [b""])
        assert (answer.status_code, answer.json()["errorType"]) == (502, "RuntimeError")

    def test_an_exception_of_the_initializer_fails_every_request(
        self, serve_function: Serve
    ) -> None:
        answer = serve_function("http3", lambda *_: "fine", self.fail)
        assert (answer.status_code, answer.json()["errorType"]) == (502, "KeyError")

    def test_a_handler_that_exits_is_an_error(self, serve_function: Serve) -> None:
        answer = serve_function("http3", lambda *_: sys.exit(1))
        assert (answer.status_code, answer.json()["errorType"]) == (502, "SystemExit")

    def test_a_missing_module_is_an_error(self) -> None:
        with serving(module="no_such_module") as url:
            answer = requests.get(url, timeout=5)
        assert answer.json()["errorType"] == "ModuleNotFoundError"
