"""Which requests are let in, and by whose key they are signed: over sockets, from the package."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sms_connector.local.http_trigger_event import http_trigger_event
from tests.support.scripted_provider import ScriptedProvider
from tests.support.web_mode import Connection, from_platform, request
from tests.web_mode.conftest import KEY, Start

MESSAGE = {"phone": "13812345678", "usageType": "SignIn", "code": "246810"}
BODY = json.dumps(MESSAGE).encode()
INVOKE = "x-fc-control-path: /invoke\r\n"


def ask(port: int, raw: bytes) -> tuple[int, dict[str, str], Any]:
    with Connection(port) as connection:
        connection.send(raw)
        status, headers, body = connection.response()
        return status, headers, json.loads(body) if body else None


def raw(head: str, first: str = "POST /invoke") -> bytes:
    text = f"{first} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n{head}\r\n"
    return text.encode() + BODY


@pytest.mark.parametrize(
    ("head", "first"),
    [
        (INVOKE, "POST /invoke"),
        ("X-FC-Control-Path:\t/invoke \r\n", "POST /invoke"),
    ],
)
def test_a_post_to_invoke_with_the_platform_s_header_needs_no_credential(
    accepting: ScriptedProvider, start: Start, head: str, first: str
) -> None:
    status, headers, answer = ask(start(accepting.endpoint).port, raw(head, first))
    assert (status, headers["content-type"]) == (200, "application/json")
    assert answer["bizId"] == "BIZ-1"
    assert len(accepting.requests) == 1


FORGED = {
    "absent": ("", "POST /invoke", 404),
    "by HTTP": ("x-fc-control-path: /http-invoke\r\n", "POST /invoke", 404),
    "doubled": (INVOKE * 2, "POST /invoke", 404),
    "doubled, the other one first": (
        f"x-fc-control-path: /http-invoke\r\n{INVOKE}",
        "POST /invoke",
        404,
    ),
    "joined": ("x-fc-control-path: /invoke,/invoke\r\n", "POST /invoke", 404),
    "underscored": ("x_fc_control_path: /invoke\r\n", "POST /invoke", 404),
    "half underscored": ("x-fc-control_path: /invoke\r\n", "POST /invoke", 404),
    "underscored beside the true one": (
        "x-fc-control-path: /http-invoke\r\nx_fc_control_path: /invoke\r\n",
        "POST /invoke",
        404,
    ),
    "another case": ("x-fc-control-path: /Invoke\r\n", "POST /invoke", 404),
    "a slash at its end": ("x-fc-control-path: /invoke/\r\n", "POST /invoke", 404),
    "without a slash": ("x-fc-control-path: invoke\r\n", "POST /invoke", 404),
    "in two lines": ("x-fc-control-path: /in\r\n voke\r\n", "POST /invoke", 404),
    "another path": (INVOKE, "POST /", 401),
    "an encoded path": (INVOKE, "POST /%69nvoke", 404),
    "two slashes": (INVOKE, "POST //invoke", 404),
    "another method": (INVOKE, "PUT /invoke", 404),
    "another method of the message's path": (INVOKE, "GET /", 405),
    "the start of an instance": ("x-fc-control-path: /initialize\r\n", "POST /invoke", 404),
    "the start, asked by HTTP": ("x-fc-control-path: /http-invoke\r\n", "POST /initialize", 404),
    "the end, asked by HTTP": ("", "GET /pre-stop", 404),
    "the end, by POST": ("x-fc-control-path: /pre-stop\r\n", "POST /pre-stop", 404),
}


def test_everything_else_is_http_and_needs_a_credential(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint).port
    for name, (head, first, expected) in FORGED.items():
        status, _, answer = ask(port, raw(head, first))
        assert (name, status) == (name, expected)
        assert answer["error"]["sent"] is False
    assert accepting.connections == 0


def test_the_hooks_of_an_instance_s_life_answer_200_and_open_nothing(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint).port
    for path, method in (("/initialize", "POST"), ("/pre-stop", "GET")):
        status, _, body = ask(port, request(b"", method, path, **from_platform(path)))
        assert (path, status, body) == (path, 200, None)
    assert ask(port, request(BODY))[0] == 401
    assert accepting.connections == 0


def test_outside_function_compute_the_platform_s_headers_mean_nothing(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint, in_cloud=False).port
    assert ask(port, raw(INVOKE))[0] == 404
    assert ask(port, raw(INVOKE, "POST /"))[0] == 401
    for path, method in (("/initialize", "POST"), ("/pre-stop", "GET")):
        assert ask(port, request(b"", method, path, **from_platform(path)))[0] == 404
    assert ask(port, request(BODY, Authorization=KEY))[0] == 200
    assert len(accepting.requests) == 1


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"phone": "12", "usageType": "SignIn", "code": "246810"}, "invalid_request_parameters"),
        ({"operation": "none"}, "invalid_request_parameters"),
        ({"usageType": "SignIn"}, "insufficient_request_parameters"),
    ],
)
def test_a_direct_invocation_fails_as_the_handler_s_does(
    accepting: ScriptedProvider, start: Start, payload: object, error: str
) -> None:
    sent = request(json.dumps(payload).encode(), path="/invoke", **from_platform("/invoke"))
    status, headers, answer = ask(start(accepting.endpoint).port, sent)
    # 200, as `InvokeFunction` has it; `x-fc-status` would make a function error of it.
    assert (status, answer["error"]["code"]) == (200, error)
    assert "x-fc-status" not in headers


def test_an_event_of_http_that_arrives_as_an_invocation_needs_a_credential(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint).port
    replies = []
    for headers in ({}, {"Authorization": KEY}):
        event = json.dumps(http_trigger_event(BODY, headers)).encode()
        replies.append(ask(port, request(event, path="/invoke", **from_platform("/invoke")))[2])
    assert [reply["statusCode"] for reply in replies] == [401, 200]
    assert len(accepting.requests) == 1


def test_each_message_is_signed_by_the_keys_that_came_with_its_request(
    accepting: ScriptedProvider, start: Start
) -> None:
    """While forty are under way, the keys change with each, as they may when a role's expire."""
    keyless = {"accessKeyId": ..., "accessKeySecret": ...}
    process = start(accepting.endpoint, changes=keyless)

    def send(number: int) -> int:
        role = {
            "x_fc_access_key_id": f"STS.key-{number}",
            "x_fc_access_key_secret": f"secret-{number}",
            "x_fc_security_token": f"token-{number}",
        }
        body = json.dumps(MESSAGE | {"phone": f"138123456{number:02}"}).encode()
        platform = from_platform(number=number, **role)
        return ask(process.port, request(body, Authorization=KEY, **platform))[0]

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(send, range(40))) == {200}
    assert len(accepting.heads) == 40
    for head in accepting.heads:
        number = int(re.search(r"PhoneNumbers=138123456(\d\d)", head)[1])  # type: ignore[index]
        assert f"Credential=STS.key-{number}," in head
        assert f"token-{number}\r\n" in head
    assert "secret-" not in "".join(process.out + process.err)
