"""The access lines of requests, and hostile requests."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from sms_connector.local.serve import app
from tests.support.serving import serving


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def url(lines: list[str]) -> Iterator[str]:
    with serving(lines=lines) as url:
        yield url


def raw(url: str, request: bytes) -> bytes:
    """Send bytes as they are, and return the beginning of the response."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request)
        return connection.recv(1000) if request.endswith((b"\r\n\r\n", b"}")) else b""


class TestAccessLine:
    def test_an_access_line_has_time_method_path_status_and_milliseconds(
        self, url: str, lines: list[str]
    ) -> None:
        requests.post(f"{url}/logto", timeout=5)
        (line,) = lines
        assert re.fullmatch(r"\d\d:\d\d:\d\d  POST  /logto  401  \d+ ms", line)

    @pytest.mark.parametrize("path", ["/reports/a-secret-token", "/sms/reports/a-secret-token/"])
    def test_an_access_line_has_no_report_token(
        self, url: str, lines: list[str], path: str
    ) -> None:
        requests.post(url + path, timeout=5)
        (line,) = lines
        assert path.replace("a-secret-token", "****") in line

    @pytest.mark.parametrize(
        "path",
        [
            "/13812345678",
            "/send?phone=13812345678&code=246810",
            "/%31%33%38%31%32%33%34%35%36%37%38/246810",
            "/a\x1b[31m%0a%0d%1b[0m",
            "/%E4%BD%A0%ff",
            "/" + "long" * 1000,
        ],
    )
    def test_an_access_line_has_no_number_and_no_control_character(
        self, url: str, lines: list[str], path: str
    ) -> None:
        requests.get(url + path, timeout=5)
        (line,) = lines
        assert "12345678" not in line
        assert "246810" not in line
        assert line.isprintable()
        assert line.isascii()
        assert len(line) < 150


class TestHostileRequests:
    def test_a_body_above_the_limit_of_function_compute_is_413(
        self, url: str, lines: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app, "LARGEST_REQUEST", 100_000)
        answer = requests.post(url, data=b"x" * 100_001, timeout=5)
        assert answer.status_code == 413
        assert "  413  " in lines[0]
        assert requests.post(url, data=b"x" * 100_000, timeout=5).json()["error"]["sent"] is False

    def test_a_client_that_disconnects_is_logged_as_gone(self, url: str, lines: list[str]) -> None:
        raw(url, b"POST /half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        deadline = time.monotonic() + 5
        while not lines and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "  POST  /half  gone  " in lines[0]

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (b"nonsense\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", b"405"),
            (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
            (b"GET http://other/health HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
            (b"GET /../../health HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2, 3\r\n\r\n{}", b"400"),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n{}", b"400"),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: \xff\xfe\r\n\r\n", b"401"),
            (
                b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"2\r\n{}\r\n0\r\n\r\n",
                b"401",
            ),
        ],
    )
    def test_a_malformed_request_is_answered_and_the_server_goes_on(
        self, url: str, request_: bytes, status: bytes
    ) -> None:
        assert raw(url, request_).startswith(b"HTTP/1.1 " + status)
        assert requests.get(f"{url}/health", timeout=5).status_code == 503
