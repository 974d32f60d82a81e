"""What the three HTTP envelopes promise together."""

import io
import json
from typing import Any

import pytest

from sms_connector.web.envelopes import envelope_of
from sms_connector.web.envelopes.api_gateway import ApiGateway
from sms_connector.web.envelopes.direct import Direct
from sms_connector.web.envelopes.event import read_event
from sms_connector.web.envelopes.http_trigger import HttpTrigger
from sms_connector.web.envelopes.wsgi import Wsgi
from sms_connector.web.http import LARGEST_REPORT, Request
from tests.support.http_events import (
    HttpRequest,
    api_gateway_event,
    http_trigger_event,
    wsgi_environ,
)

REQUEST = HttpRequest(
    body='{"phone":"1","名":"é"}'.encode(),
    method="POST",
    path="/a/b",
    headers={"authorization": "Bearer x", "webhook-id": "7"},
)
EVENTS: dict[str, tuple[type, Any]] = {
    "HTTP trigger": (HttpTrigger, http_trigger_event(REQUEST)),
    "HTTP trigger, Base64": (HttpTrigger, http_trigger_event(REQUEST, encode=True)),
    "API Gateway": (ApiGateway, api_gateway_event(REQUEST)),
    "API Gateway, Base64": (ApiGateway, api_gateway_event(REQUEST, encode=True)),
    "API Gateway with booleans": (
        ApiGateway,
        api_gateway_event(REQUEST, encode=True) | {"isBase64Encoded": True},
    ),
    "FC 2.0": (Wsgi, wsgi_environ(REQUEST, None)),
}


def opened(event: object) -> Request:
    return envelope_of(read_event(event, None)).open()


@pytest.mark.parametrize(("kind", "event"), EVENTS.values(), ids=EVENTS)
def test_every_envelope_yields_the_same_request(kind: type, event: Any) -> None:
    envelope = envelope_of(read_event(event, None))
    assert isinstance(envelope, kind)
    request = envelope.open()
    assert request.is_http
    assert (request.method, request.path, request.body) == ("POST", "/a/b", REQUEST.body)
    assert request.headers["authorization"] == "Bearer x"
    assert request.headers["webhook-id"] == "7"


PAYLOAD = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}


@pytest.mark.parametrize(
    "mark",
    [
        {"httpMethod": "POST"},
        {"rawPath": "/"},
        {"requestContext": {}},
        {"requestContext": None},
        {"headers": {}},
        {"queryParameters": {}},
        {"pathParameters": {}},
        {"isBase64Encoded": False},
        {"body": ""},
        {"path": "/"},
    ],
)
def test_an_event_that_looks_like_http_is_never_a_direct_invocation(mark: dict[str, Any]) -> None:
    event = json.dumps({**PAYLOAD, **mark}).encode()
    envelope = envelope_of(read_event(event, None))
    assert not isinstance(envelope, Direct)
    assert envelope.open().is_http


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ({"httpMethod": "POST"}, b""),
        ({"httpMethod": "POST", "body": None}, b""),
        ({"httpMethod": "POST", "body": {"phone": "1"}}, b""),
        ({"httpMethod": "POST", "body": "e30=", "isBase64Encoded": "true"}, b"{}"),
        ({"httpMethod": "POST", "body": "e30=", "isBase64Encoded": "True"}, b"{}"),
        ({"httpMethod": "POST", "body": "e30=", "isBase64Encoded": "false"}, b"e30="),
        ({"httpMethod": "POST", "body": "e30="}, b"e30="),
        ({"httpMethod": "POST", "body": "not Base64!", "isBase64Encoded": True}, None),
        ({"httpMethod": "POST", "body": "é", "isBase64Encoded": True}, None),
        ({"httpMethod": "POST", "body": "\ud800"}, b"\xed\xa0\x80"),
    ],
)
def test_a_body_is_bytes_whatever_wraps_it(event: dict[str, Any], body: bytes | None) -> None:
    assert opened(event).body == body


@pytest.mark.parametrize(
    "event",
    [
        {"requestContext": 5, "rawPath": 5, "headers": 5, "body": 5},
        {"requestContext": {"http": 5}, "headers": {"a": 5, "B": "b"}},
        {"httpMethod": ["POST"], "path": {}, "headers": []},
        {"httpMethod": None, "headers": None},
    ],
)
def test_fields_of_the_wrong_type_count_as_missing(event: dict[str, Any]) -> None:
    request = opened(event)
    assert (request.method, request.path) == ("", "")
    assert set(request.headers) <= {"b"}


def test_a_wsgi_body_is_read_no_further_than_is_needed_to_see_it_is_too_large() -> None:
    environ = wsgi_environ(HttpRequest(b"x" * (LARGEST_REPORT + 1000)), None)
    body = opened(environ).body
    assert body is not None
    assert len(body) == LARGEST_REPORT + 1


@pytest.mark.parametrize("length", ["", "x", "-5", None])
def test_a_wsgi_body_without_a_length_is_empty(length: str | None) -> None:
    environ = wsgi_environ(HttpRequest(b"{}"), None) | {"CONTENT_LENGTH": length}
    assert opened(environ).body == b""


def test_a_wsgi_path_may_come_from_the_request_uri() -> None:
    environ = {"wsgi.input": io.BytesIO(), "fc.request_uri": "/a/health?b=c"}
    assert opened(environ).path == "/a/health"


def test_the_context_of_a_wsgi_call_is_in_its_environment() -> None:
    context = object()
    assert read_event(wsgi_environ(REQUEST, context), None).context is context
