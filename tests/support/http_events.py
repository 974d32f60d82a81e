"""One HTTP request in each of the events that Function Compute makes of it."""

import base64
import http.client
import io
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

from sms_connector.function import Function
from sms_connector.invocation import read_invocation
from sms_connector.local import http_trigger_event as trigger
from sms_connector.provider.client import AccessKey
from sms_connector.web_mode.application import Application
from tests.support.web_mode import from_platform, listening


class HttpRequest(msgspec.Struct, frozen=True):
    """A request as a client makes it."""

    body: bytes = b""
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}


class HttpAnswer(msgspec.Struct, frozen=True):
    """An answer as a client sees it. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any


Handler = Callable[[Any, Any], Any]


def http_trigger_event(request: HttpRequest, *, encode: bool = False) -> dict[str, Any]:
    """The event of an FC 3.0 HTTP trigger."""
    headers = {name.title(): value for name, value in request.headers.items()}
    event = trigger.http_trigger_event(
        request.body,
        headers,
        method=request.method,
        path=request.path,
        raw_path=request.path,
        query=request.query,
        client_ip="203.0.113.7",
    )
    return event | _body(request, encode)


def api_gateway_event(request: HttpRequest, *, encode: bool = False) -> dict[str, Any]:
    """The event of an API Gateway trigger, with its booleans as strings."""
    body = _body(request, encode)
    return {
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "queryParameters": dict(request.query),
        "pathParameters": {},
        **body,
        "isBase64Encoded": str(body["isBase64Encoded"]).lower(),
    }


def _body(request: HttpRequest, encode: bool) -> dict[str, Any]:
    if encode:
        return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
    return {"body": request.body.decode(errors="replace"), "isBase64Encoded": False}


def wsgi_environ(request: HttpRequest, context: object) -> dict[str, Any]:
    """The environment of an HTTP function of FC 2.0."""
    query = urlencode(request.query)
    headers = {name.upper().replace("-", "_"): text for name, text in request.headers.items()}
    # PEP 3333: the only one of a client's headers that has no prefix, beside the length.
    content_type = headers.pop("CONTENT_TYPE", "")
    return {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": "203.0.113.7",
        "fc.context": context,
        "fc.request_uri": f"/2016-08-15/proxy/service/function{request.path}?{query}",
        "wsgi.input": io.BytesIO(request.body),
        **{f"HTTP_{name}": text for name, text in headers.items()},
    }


def through_http_trigger(handler: Handler, request: HttpRequest, context: object) -> HttpAnswer:
    return _read(handler(json.dumps(http_trigger_event(request)).encode(), context))


def through_http_trigger_in_base64(
    handler: Handler, request: HttpRequest, context: object
) -> HttpAnswer:
    return _read(handler(json.dumps(http_trigger_event(request, encode=True)).encode(), context))


def through_api_gateway(handler: Handler, request: HttpRequest, context: object) -> HttpAnswer:
    return _read(handler(json.dumps(api_gateway_event(request)).encode(), context))


def through_api_gateway_in_base64(
    handler: Handler, request: HttpRequest, context: object
) -> HttpAnswer:
    return _read(handler(json.dumps(api_gateway_event(request, encode=True)).encode(), context))


def through_wsgi(handler: Handler, request: HttpRequest, context: object) -> HttpAnswer:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        started.extend((status, headers))

    body = b"".join(handler(wsgi_environ(request, context), start_response))
    status, headers = started
    lower = {name.lower(): value for name, value in headers}
    length = int(lower.pop("content-length"))
    assert len(body) == (0 if request.method == "HEAD" else length)
    return HttpAnswer(int(status.split()[0]), lower, _decoded(lower, body.decode()))


def through_web_mode(handler: Handler, request: HttpRequest, context: object) -> HttpAnswer:
    """Over a socket, by the server of web mode, with what the platform adds to the headers."""
    role = read_invocation(context).role or AccessKey("", "")
    platform = from_platform(
        x_fc_access_key_id=role.id,
        x_fc_access_key_secret=role.secret,
        x_fc_security_token=role.security_token or "",
    )
    headers = {name.replace("_", "-"): text for name, text in platform.items()}
    query = f"?{urlencode(request.query)}" if request.query else ""
    function = cast(Function, SimpleNamespace(handle=handler))
    with listening(Application(function, None)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        target = f"{request.path or '/'}{query}"
        connection.request(request.method, target, request.body, {**headers, **request.headers})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
    lower = {name.lower(): value for name, value in answer.getheaders()}
    for name in ("content-length", "date", "connection"):
        lower.pop(name, None)
    return HttpAnswer(answer.status, lower, _decoded(lower, body))


def _read(reply: dict[str, Any]) -> HttpAnswer:
    assert reply["isBase64Encoded"] is False
    headers = {name.lower(): value for name, value in reply["headers"].items()}
    return HttpAnswer(reply["statusCode"], headers, _decoded(headers, reply["body"]))


def _decoded(headers: Mapping[str, str], body: str) -> Any:
    if not body:  # a 204, or the answer to a HEAD
        return None
    is_json = headers["content-type"] == "application/json"
    return json.loads(body) if is_json else body


WAYS: dict[str, Callable[[Handler, HttpRequest, object], HttpAnswer]] = {
    "HTTP trigger": through_http_trigger,
    "HTTP trigger, Base64": through_http_trigger_in_base64,
    "API Gateway": through_api_gateway,
    "API Gateway, Base64": through_api_gateway_in_base64,
    "FC 2.0": through_wsgi,
    "web mode": through_web_mode,
}
