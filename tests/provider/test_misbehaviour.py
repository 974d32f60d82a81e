"""Everything a server may do to a request: one outcome each, a true one, and no message twice."""

import gzip
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.provider.http1 import MAX_ANSWER_BYTES
from sms_connector.web.error_responses import STATUS
from tests.support.scripted_provider import Act, ScriptedProvider, close, hang, reset, stall
from tests.support.sending import connector_at, failure, send

Providers = Callable[..., ScriptedProvider]

BODY = b'{"Code":"OK","Message":"OK","RequestId":"REQUEST-1","BizId":"BIZ-1"}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
OK = b"HTTP/1.1 200 OK\r\n"
ANSWER = OK + LENGTH + b"\r\n" + BODY
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def say(*pieces: bytes, then: Act | None = None, pause: float = 0) -> Act:
    """Write these pieces, and then close, unless told to do something else."""

    def act(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        (then or close)(connection)

    return act


def drip(text: bytes, pause: float) -> Act:
    return say(*(text[at : at + 1] for at in range(len(text))), pause=pause)


def repeat(first: bytes, piece: bytes, pause: float = 0) -> Act:
    """Write the same piece again and again, until the other side closes."""

    def act(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(first)
            while True:
                connection.sendall(piece)
                time.sleep(pause)

    return act


def keep(_: socket.socket) -> None:
    """Keep the connection for the next request."""


def stop_listening_first(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RD)
    connection.sendall(ANSWER)


# An answer that is complete and valid, and whether its connection may be used again.
ACCEPTED: dict[str, tuple[Act, bool]] = {
    "a length": (say(ANSWER, then=keep), True),
    "a length with zeros before it": (say(ANSWER.replace(b": ", b": 000"), then=keep), True),
    "no reason phrase": (say(ANSWER.replace(b" OK\r", b"\r", 1), then=keep), True),
    "header names in capitals": (say(ANSWER.replace(LENGTH, LENGTH.upper()), then=keep), True),
    "spaces around a value": (say(ANSWER.replace(b": ", b":\t  "), then=keep), True),
    "one chunk": (say(chunks(BODY), then=keep), True),
    "a chunk for each byte": (say(chunks(*(bytes([b]) for b in BODY)), then=keep), True),
    "a chunk extension": (
        say(CHUNKED + b"%X ; a=b\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY), then=keep),
        True,
    ),
    "trailers": (say(chunks(BODY, end=b"0\r\nX-Sum: 1\r\n\r\n"), then=keep), True),
    "interim answers": (
        say(
            b"HTTP/1.1 100 Continue\r\n\r\n" * 9 + b"HTTP/1.1 103 \r\nA: b\r\n\r\n" + ANSWER,
            then=keep,
        ),
        True,
    ),
    "byte by byte, in time": (drip(ANSWER, 0.001), False),
    "in two halves": (say(ANSWER[:50], ANSWER[50:], pause=0.01), False),
    "no length, until the end": (say(OK + b"\r\n" + BODY), False),
    "HTTP/1.0, until the end": (say(b"HTTP/1.0 200 OK\r\n\r\n" + BODY), False),
    "HTTP/1.0 with a length": (say(ANSWER.replace(b"/1.1", b"/1.0"), then=keep), False),
    "Connection: close": (
        say(ANSWER.replace(OK, OK + b"Connection: x, Close\r\n"), then=keep),
        False,
    ),
    "bytes after the answer": (say(ANSWER + b"x", then=keep), False),
    "a second answer after it": (say(ANSWER + ANSWER, then=keep), False),
    "a second answer a moment later": (say(ANSWER, ANSWER, pause=0.01, then=keep), False),
    "a closed end after the answer": (say(ANSWER), False),
    "a reset after the answer": (say(ANSWER, b"", pause=0.01, then=reset), False),
    "an answer from one that stopped listening": (stop_listening_first, False),
}


@pytest.mark.parametrize(("act", "is_reused"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_valid_answer_is_accepted_and_its_connection_reused_only_if_it_ended_clean(
    provider: Providers, act: Act, is_reused: bool
) -> None:
    answering = provider(act)
    connector = connector_at(answering.endpoint, readTimeout=1000)
    for _ in range(2):
        assert send(connector).biz_id == "BIZ-1"
        time.sleep(0.05)
    assert len(answering.requests) == 2
    assert answering.connections == (1 if is_reused else 2)


def with_length(length: bytes) -> bytes:
    return OK + b"Content-Length: " + length + b"\r\n\r\n" + BODY


NO_LENGTH, NOT_HTTP = "no certain length", "not HTTP/1.1"
TOO_LONG, CHUNK, HEADER = "too long", "malformed chunk", "malformed header"
CONTROL, SENSE = "control characters", "could not be understood"

INVALID: dict[str, tuple[bytes, str]] = {
    "a banner": (b"SSH-2.0-OpenSSH_9.6\r\n", NOT_HTTP),
    "HTTP/0.9": (BODY + b"\r\n", NOT_HTTP),
    "a preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NOT_HTTP),
    "a version of HTTP/2": (ANSWER.replace(b"/1.1", b"/2", 1), NOT_HTTP),
    "an unknown version": (ANSWER.replace(b"/1.1", b"/1.2", 1), NOT_HTTP),
    "another protocol": (ANSWER.replace(b"HTTP", b"ICAP", 1), NOT_HTTP),
    "a status of two digits": (ANSWER.replace(b"200", b"20", 1), NOT_HTTP),
    "a status of four digits": (ANSWER.replace(b"200", b"2000", 1), NOT_HTTP),
    "a status beyond all classes": (ANSWER.replace(b"200", b"600", 1), NOT_HTTP),
    "a status below all classes": (ANSWER.replace(b"200", b"099", 1), NOT_HTTP),
    "a status with a sign": (ANSWER.replace(b"200", b"+20", 1), NOT_HTTP),
    "no status": (b"HTTP/1.1\r\n\r\n", NOT_HTTP),
    "an empty line first": (b"\r\n" + ANSWER, NOT_HTTP),
    "another protocol from now on": (b"HTTP/1.1 101 \r\n\r\n" + ANSWER, "another protocol"),
    "a header without a colon": (ANSWER.replace(OK, OK + b"nonsense\r\n"), HEADER),
    "a header without a name": (ANSWER.replace(OK, OK + b": nonsense\r\n"), HEADER),
    "a space in a header's name": (ANSWER.replace(b"Length:", b"Length :"), HEADER),
    "a folded header": (ANSWER.replace(OK, OK + b"A: b\r\n c: d\r\n"), HEADER),
    "a NUL in a header": (ANSWER.replace(OK, OK + b"A: \0\r\n"), CONTROL),
    "a bare CR in a header": (ANSWER.replace(OK, OK + b"A: b\rC: d\r\n"), CONTROL),
    "a bare LF in a header": (ANSWER.replace(OK, OK + b"A: b\nC: d\r\n"), CONTROL),
    "an empty length": (with_length(b""), NO_LENGTH),
    "a negative length": (with_length(b"-1"), NO_LENGTH),
    "a length with a sign": (with_length(b"+68"), NO_LENGTH),
    "a length with an underscore": (with_length(b"6_8"), NO_LENGTH),
    "a hexadecimal length": (with_length(b"0x44"), NO_LENGTH),
    "a length in superscript": (with_length("6²".encode("latin-1")), NO_LENGTH),
    "two lengths in one header": (with_length(b"68, 68"), NO_LENGTH),
    "two headers with a length": (ANSWER.replace(LENGTH, 2 * LENGTH), NO_LENGTH),
    "a length of the largest number": (with_length(b"9" * 5000), TOO_LONG),
    "a length over the bound": (with_length(b"%d" % MAX_ANSWER_BYTES), TOO_LONG),
    "a length and chunks": (chunks(BODY).replace(OK, OK + LENGTH), NO_LENGTH),
    "chunks of HTTP/1.0": (chunks(BODY).replace(b"/1.1", b"/1.0", 1), NO_LENGTH),
    "chunks that are compressed too": (chunks(BODY).replace(b": ", b": gzip, "), NO_LENGTH),
    "an unknown coding": (chunks(BODY).replace(b": chunked", b": x"), NO_LENGTH),
    "a length shorter than the body": (with_length(b"9"), SENSE),
    "no chunk size": (CHUNKED + b"\r\n" + BODY, CHUNK),
    "a chunk size that is no number": (CHUNKED + b"zz\r\n" + BODY, CHUNK),
    "a negative chunk size": (CHUNKED + b"-44\r\n" + BODY, CHUNK),
    "a chunk size with a prefix": (CHUNKED + b"0x44\r\n" + BODY, CHUNK),
    "a chunk size with an underscore": (CHUNKED + b"4_4\r\n" + BODY, CHUNK),
    "a chunk size of nine digits": (CHUNKED + b"000000044\r\n" + BODY, CHUNK),
    "a chunk of four gigabytes": (CHUNKED + b"FFFFFFFF\r\n" + BODY, TOO_LONG),
    "a chunk that is longer than its size": (CHUNKED + b"3\r\n" + BODY, CHUNK),
    "a malformed trailer": (chunks(BODY, end=b"0\r\nnonsense\r\n\r\n"), HEADER),
    "204 without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", SENSE),
    "304 without a body": (b"HTTP/1.1 304 Not Modified\r\n" + LENGTH + b"\r\n", SENSE),
    "a compressed answer": (
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(BODY),
        SENSE,
    ),
    "20 MB in 20 KB": (
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 20_000_000 + BODY),
        SENSE,
    ),
    "20 MB in chunks of 20 KB": (
        chunks(gzip.compress(b" " * 20_000_000)).replace(OK, OK + b"Content-Encoding: gzip\r\n"),
        SENSE,
    ),
    "lists within lists": (OK + b"\r\n" + b"[" * 60_000, SENSE),
    **{
        f"a redirect {status}": (
            b"HTTP/1.1 %d \r\nLocation: /\r\n%s\r\n%s" % (status, LENGTH, BODY),
            "redirect",
        )
        for status in (301, 302, 303, 307, 308)
    },
}

ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "a status line": (b"HTTP/1.1 200 ", b"x"),
    "one header": (OK + b"A: ", b"x"),
    "headers": (OK, b"A: b\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": (OK + b"\r\n", b" "),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "one chunk extension": (CHUNKED + b"1;", b"x"),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n"),
}


@pytest.mark.parametrize(("said", "reason"), INVALID.values(), ids=INVALID)
def test_an_invalid_answer_leaves_the_outcome_unknown(
    provider: Providers, said: bytes, reason: str
) -> None:
    answering = provider(say(said, then=hang if reason is not SENSE else close))
    error = failure(connector_at(answering.endpoint))
    assert (error.code, STATUS[error.kind], error.sent) == ("invalid_response", 502, None)
    assert reason in error.message
    assert (len(answering.requests), answering.connections) == (1, 1)


@pytest.mark.parametrize(("first", "piece"), ENDLESS.values(), ids=ENDLESS)
def test_an_answer_without_end_is_given_up_at_64_kib(
    provider: Providers, first: bytes, piece: bytes
) -> None:
    answering = provider(repeat(first, piece * 100))
    error = failure(connector_at(answering.endpoint))
    assert (error.code, STATUS[error.kind], error.sent) == ("invalid_response", 502, None)
    assert TOO_LONG in error.message
    assert (len(answering.requests), answering.connections) == (1, 1)


@pytest.mark.parametrize(("first", "piece"), ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_drips_in_is_given_up_when_the_time_is_up(
    provider: Providers, first: bytes, piece: bytes
) -> None:
    answering = provider(repeat(first, piece, pause=0.02))
    started = time.monotonic()
    error = failure(connector_at(answering.endpoint, readTimeout=200))
    assert time.monotonic() - started < 1
    assert (error.code, STATUS[error.kind], error.sent) == ("general", 504, None)
    assert "in time" in error.message
    assert len(answering.requests) == 1


BROKEN: dict[str, tuple[Act, int]] = {
    "silence": (hang, 504),
    "a closed connection": (close, 504),
    "a reset connection": (reset, 504),
    "a half-closed connection": (lambda connection: connection.shutdown(socket.SHUT_WR), 504),
    "an answer that stalls": (stall, 504),
    "lines that end in a bare LF": (say(ANSWER.replace(b"\r\n", b"\n")), 504),
    "a body shorter than its length": (say(with_length(b"99")), 502),
    "a body shorter than its length that stalls": (say(with_length(b"99"), then=hang), 504),
    "chunks that are cut off": (say(chunks(BODY)[:-3]), 502),
    "a stalling interim answer": (say(b"HTTP/1.1 100 \r\n\r\n", then=hang), 504),
}


@pytest.mark.parametrize(("act", "status"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_breaks_off_leaves_the_outcome_unknown(
    provider: Providers, act: Act, status: int
) -> None:
    answering = provider(act)
    error = failure(connector_at(answering.endpoint, readTimeout=200))
    assert (STATUS[error.kind], error.sent) == (status, None)
    assert (len(answering.requests), answering.connections) == (1, 1)


@pytest.mark.parametrize("end", [close, reset])
@pytest.mark.parametrize("whole", [ANSWER, chunks(BODY[:9], BODY[9:])], ids=["length", "chunks"])
def test_an_answer_cut_off_at_any_byte_is_never_taken_for_a_whole_one(
    provider: Providers, whole: bytes, end: Act
) -> None:
    cuts = iter(range(len(whole)))

    def cut(connection: socket.socket) -> None:
        say(whole[: next(cuts)], then=end)(connection)

    answering = provider(cut)
    connector = connector_at(answering.endpoint)
    for _ in whole:
        with pytest.raises(ConnectorError) as raised:
            send(connector)
        assert STATUS[raised.value.kind] in (502, 504)
        assert raised.value.sent is None
    assert len(answering.requests) == len(whole)


def test_a_request_is_not_repeated_where_the_answer_comes_before_it_was_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        connector = connector_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
        receipt = thread.submit(send, connector)
        connection, _ = listener.accept()
        with connection:
            connection.sendall(ANSWER)
            assert receipt.result().biz_id == "BIZ-1"
            assert connection.recv(65_536).count(b"SendSms") == 1
