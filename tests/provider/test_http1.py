"""The text of a request, and the reader of answers against bytes that nobody thought of."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_connector.provider.http1 import (
    MAX_ANSWER_BYTES,
    Answer,
    BadAnswerError,
    Incoming,
    compose_request,
)

ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
    b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nhello",
)


def read(pieces: Iterable[bytes]) -> Answer:
    coming = iter(pieces)
    incoming = Incoming(lambda size: next(coming, b"")[:size])
    return incoming.body(incoming.head())


def test_a_request_is_composed_with_its_length_and_without_compression() -> None:
    composed = compose_request("POST", "/a?b=c", {"host": "h", "x": 1, "Content-Length": 9}, b"hi")
    assert composed == (
        b"POST /a?b=c HTTP/1.1\r\nhost: h\r\nx: 1\r\n"
        b"accept-encoding: identity\r\ncontent-length: 2\r\n\r\nhi"
    )


@pytest.mark.parametrize(
    ("method", "target", "name", "value"),
    [
        ("POST\r\n", "/", "a", "b"),
        ("POST", "/ HTTP/1.1\r\nx: y", "a", "b"),
        ("POST", "/ HTTP/1.1", "a", "b"),
        ("POST", "/\t", "a\r\n", "b"),
        ("POST", "/", "a", "b\r\nx: y"),
        ("POST", "/", "a", "b\r\n\r\nPOST / HTTP/1.1"),
        ("POST", "/", "a", "b\nx: y"),
        ("POST", "/", "a", "b\rx: y"),
        ("POST", "/", "a", "b\0"),
        ("POST", "/", "a", "签名"),
        ("POST", "/签名", "a", "b"),
        ("POST", "/", "a\r\nx", "b"),
    ],
)
def test_what_would_be_more_than_one_request_is_refused(
    method: str, target: str, name: str, value: str
) -> None:
    with pytest.raises(ValueError, match=r"^$") as raised:
        compose_request(method, target, {"host": "h", name: value}, b"")
    assert not isinstance(raised.value, UnicodeError)  # which would quote it


@settings(deadline=None)
@given(st.sampled_from(ANSWERS), st.data())
def test_the_same_answer_is_read_however_its_bytes_arrive(
    whole: bytes, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    answer = read(pieces)
    assert (answer.head.status, answer.body) == (200, b"hello")


@settings(deadline=None)
@given(st.binary())
def test_random_bytes_are_never_an_answer(said: bytes) -> None:
    with pytest.raises((BadAnswerError, ConnectionError)):
        read([said])


@settings(deadline=None)
@given(st.sampled_from(ANSWERS[:2]), st.data())
def test_an_answer_with_one_byte_changed_is_read_or_refused_but_never_crashes(
    whole: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    try:
        answer = read([changed])
    except (BadAnswerError, ConnectionError):
        return
    assert 200 <= answer.head.status < 600


@pytest.mark.parametrize("over", [0, 1])
def test_the_bound_is_exact(over: int) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    body = b"x" * (MAX_ANSWER_BYTES - len(head) + over)
    whole = head + body
    pieces = [whole[at : at + 1000] for at in range(0, len(whole), 1000)]
    if over:
        with pytest.raises(BadAnswerError, match="too long"):
            read(pieces)
    else:
        assert read(pieces).body == body
