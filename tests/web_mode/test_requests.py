"""Requests that are not what they seem, and those that are large: over sockets, from the package.

Behind the platform, one connection carries the requests of many clients. A request whose end is
read in another place than the platform reads it would let its sender write the next one, headers
of the platform included (https://www.rfc-editor.org/rfc/rfc9112#section-11.2).
"""

from __future__ import annotations

import json
import time

import pytest

from tests.support.scripted_provider import ScriptedProvider
from tests.support.web_mode import Connection, from_platform, request
from tests.web_mode.conftest import KEY, Start

BODY = json.dumps({"phone": "13812345678", "usageType": "SignIn", "code": "246810"}).encode()
SMUGGLED = request(BODY, path="/invoke", **from_platform("/invoke"))
FIRST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

AMBIGUOUS = {
    "a length, and chunks": (
        FIRST + CHUNKED + b"Content-Length: %d\r\n\r\n0\r\n\r\n" % (len(SMUGGLED) + 5),
        400,
    ),
    "chunks, and a length": (
        FIRST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (FIRST + b"Content-Length: 0\r\nContent-Length: 9999\r\n\r\n", 400),
    "two lengths, joined": (FIRST + b"Content-Length: 0, 9999\r\n\r\n", 400),
    "a length with a sign": (FIRST + b"Content-Length: +0\r\n\r\n", 400),
    "a length in underscores": (FIRST + b"Content-Length: 1_0\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "another coding": (FIRST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    "a vertical tab": (FIRST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    "a space before the colon": (FIRST + b"Content-Length : 0\r\n\r\n", 400),
    "a bare line feed": (FIRST + b"A: b\nContent-Length: 0\r\n\r\n", 400),
    "a bare carriage return": (FIRST + b"A: b\rContent-Length: 0\r\n\r\n", 400),
    "a chunk's size in another base": (FIRST + CHUNKED + b"\r\n0x0\r\n\r\n", 400),
    "a negative chunk": (FIRST + CHUNKED + b"\r\n-1\r\n\r\n", 400),
    "a chunk without its end": (FIRST + CHUNKED + b"\r\n1\r\naXX0\r\n\r\n", 400),
    "an extension with a line feed": (FIRST + CHUNKED + b"\r\n0;a\nb\r\n\r\n", 400),
    "a method in lower case": (b"post / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400),
    "headers without an end": (FIRST + b"A: " + b"a" * 300_000, 400),
}


def test_a_request_that_can_be_read_in_two_ways_ends_its_connection(
    accepting: ScriptedProvider, start: Start
) -> None:
    port = start(accepting.endpoint).port
    for name, (ambiguous, expected) in AMBIGUOUS.items():
        with Connection(port) as connection:
            connection.send(ambiguous + SMUGGLED)
            status, headers, body = connection.response()
            assert (name, status) == (name, expected)
            assert headers["connection"] == "close"
            assert json.loads(body)["error"]["code"] == "invalid_request_parameters"
            assert connection.rest() == b""
    assert accepting.connections == 0


CHUNKS = {
    "one by one": b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n",
    "with an extension": b'%x;name="a;b"\r\n%b\r\n0;end\r\n\r\n' % (len(BODY), BODY),
    "with a trailer": b"%X\r\n%b\r\n0\r\nA: b\r\n\r\n" % (len(BODY), BODY),
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
def test_a_body_in_chunks_is_read_whole_and_the_next_request_is_another(
    accepting: ScriptedProvider, start: Start, chunks: bytes
) -> None:
    first = FIRST + b"Authorization: %b\r\n" % KEY.encode() + CHUNKED + b"\r\n"
    with Connection(start(accepting.endpoint).port) as connection:
        connection.send(first, *(chunks[place : place + 7] for place in range(0, len(chunks), 7)))
        status, _, body = connection.response()
        assert (status, json.loads(body)["bizId"]) == (200, "BIZ-1")
        connection.send(request(b"", "GET", "/health"))
        assert connection.response()[2] == b'{"status":"ok"}'
    assert len(accepting.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 70000\r\n\r\n",  # the function's own limit
        b"Content-Length: 2000000\r\n\r\n",  # the server's
        b"Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1e8480\r\n",
        b"Content-Length: 999999999999\r\n\r\n",
    ],
)
def test_a_body_that_is_too_large_gets_a_413_which_arrives(
    accepting: ScriptedProvider, start: Start, headers: bytes
) -> None:
    with Connection(start(accepting.endpoint).port) as connection:
        connection.send(FIRST + headers)
        if b"Expect" not in headers and b"9999" not in headers:
            size = 70_000 if b"70000" in headers else 2_000_000
            for _ in range(4):  # a server that answers before the end resets the connection
                connection.send(bytes(size // 4))
                time.sleep(0.1)
            connection.send(b"\r\n0\r\n\r\n" if b"chunked" in headers else b"")
        status, _, body = connection.response()
    assert status == 413
    assert json.loads(body)["error"]["sent"] is False
    assert accepting.connections == 0


def test_the_answer_to_a_head_has_no_body_that_the_next_one_could_be_read_in(
    accepting: ScriptedProvider, start: Start
) -> None:
    with Connection(start(accepting.endpoint).port) as connection:
        connection.send(request(b"", "HEAD", "/health"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.socket.recv(1)
        assert head.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nContent-Length: 1" in head
        connection.send(request(b"", "GET", "/health"))
        assert connection.response()[0] == 200
