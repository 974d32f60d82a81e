"""Only the page that the console served can read, send or save anything."""

from __future__ import annotations

import http.client
import inspect
import socket
from pathlib import Path

import pytest
import requests

from sms_connector.local.console import guard
from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator

from .calling import FORM, PHONE, Page

MESSAGE = {"form": FORM, "phone": PHONE, "usageType": "SignIn"}
CALLS = [
    ("GET", "/api/settings", None),
    ("GET", "/api/sent/name", None),
    ("POST", "/api/validate", MESSAGE),
    ("POST", "/api/check", FORM),
    ("POST", "/api/send", MESSAGE),
    ("POST", "/api/save", FORM),
]


@pytest.fixture
def message(emulator: Emulator) -> dict[str, object]:
    return {**MESSAGE, "form": {**FORM, "endpoint": emulator.url}}


@pytest.mark.parametrize("token", [None, "", "guess", "é"])
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_every_api_request_without_the_token_is_refused(
    page: Page,
    file: Path,
    emulator: Emulator,
    token: str | None,
    method: str,
    path: str,
    body: object,
) -> None:
    sent = None if token is None else token.encode().decode("latin-1")
    answer = page.request(method, path, body, X_Console_Token=sent)
    assert (answer.status_code, list(answer.json())) == (401, ["message"])
    assert not file.exists()
    assert emulator.inbox.messages() == ()


def test_the_token_in_the_url_does_not_open_the_api(console: Console, page: Page) -> None:
    """A URL ends up in histories and logs, so only the header counts."""
    answer = page.get(f"/api/settings?token={console.token}", X_Console_Token=None)
    assert answer.status_code == 401


def test_the_page_itself_needs_no_token(page: Page) -> None:
    for path in ("/", "/page/main.js"):
        assert page.get(path, X_Console_Token=None).status_code == 200


def test_each_console_has_a_new_token_of_256_bits(file: Path) -> None:
    tokens = {Console(file).token for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) >= 43 for token in tokens)


def test_the_token_is_compared_in_constant_time() -> None:
    source = inspect.getsource(guard)
    assert "compare_digest(headers.get(TOKEN_HEADER" in source
    assert "== self._token" not in source


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:{port}"]
)
@pytest.mark.parametrize("path", ["/", "/page/main.js", "/api/settings", "/api/send"])
def test_another_host_name_is_refused(console: Console, page: Page, host: str, path: str) -> None:
    """Another host name can be made to resolve to 127.0.0.1: DNS rebinding."""
    named = host.format(port=console.url.rsplit(":", 1)[1])
    method = "POST" if path == "/api/send" else "GET"
    answer = page.request(method, path, MESSAGE, Host=named, Origin=f"http://{named}")
    assert answer.status_code == 403


def test_a_request_without_a_host_header_is_refused(console: Console) -> None:
    address = console.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in raw.recv(100)


def test_the_host_localhost_is_accepted(console: Console, page: Page) -> None:
    name = console.url.removeprefix("http://").replace("127.0.0.1", "localhost")
    answer = page.get("/api/settings", Host=name, Origin=f"http://{name}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"]
)
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_origin_is_refused_even_with_the_token(
    page: Page, file: Path, emulator: Emulator, origin: str, method: str, path: str, body: object
) -> None:
    assert page.request(method, path, body, Origin=origin).status_code == 403
    assert not file.exists()
    assert emulator.inbox.messages() == ()


# `same-site` is another port of this machine.
@pytest.mark.parametrize("site", ["cross-site", "same-site", "unheard-of"])
@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/texts/en.json", "/api/settings"])
def test_a_request_marked_as_another_site_is_refused(page: Page, site: str, path: str) -> None:
    answer = page.get(path, Sec_Fetch_Site=site, Origin=None)
    assert answer.status_code == 403


def test_a_link_of_another_site_opens_the_page_and_nothing_else(page: Page) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert page.get("/", **link, Sec_Fetch_Dest="document", Origin=None).status_code == 200
    assert page.get("/", **link, Sec_Fetch_Dest="iframe", Origin=None).status_code == 403
    answer = page.get("/api/settings", **link, Sec_Fetch_Dest="document", Origin=None)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_content_types_that_a_form_of_another_site_can_send_are_refused(
    page: Page, message: object, emulator: Emulator, content_type: str
) -> None:
    answer = page.post("/api/send", message, Content_Type=content_type)
    assert answer.status_code == 415
    assert emulator.inbox.messages() == ()


def test_other_methods_than_post_send_and_save_nothing(
    page: Page, message: object, file: Path, emulator: Emulator
) -> None:
    for path in ("/api/send", "/api/save", "/api/check", "/api/validate"):
        for method in ("GET", "HEAD", "PUT", "OPTIONS"):
            assert page.request(method, path, message).status_code == 405
    assert not file.exists()
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/api/settings", "/api/none", "/none"])
@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_every_response_has_the_security_headers_and_allows_no_other_origin(
    page: Page, path: str, site: str
) -> None:
    headers = page.get(path, Sec_Fetch_Site=site).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert [name for name in headers if name.lower().startswith("access-control-")] == []
    assert "Server" not in headers


def test_a_cors_preflight_is_refused(page: Page) -> None:
    headers = {
        "Origin": "https://evil.example",
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "x-console-token,content-type",
    }
    answer = page.request("OPTIONS", "/api/send", None, **headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_body_that_is_too_large_or_has_no_length_is_refused(console: Console, page: Page) -> None:
    assert page.post("/api/save", {"x": "y" * guard.MAX_BODY}).status_code == 413
    connection = http.client.HTTPConnection(console.url.removeprefix("http://"), timeout=5)
    headers = {**page.headers, "Content-Type": "application/json"}
    connection.request("POST", "/api/save", iter([b"{}"]), headers, encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()


def test_the_console_listens_on_loopback_only(console: Console) -> None:
    assert console.url.startswith("http://127.0.0.1:")
    port = int(console.url.rsplit(":", 1)[1])
    # The whole of 127/8 is this machine, so an address of its own stands for another interface.
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_the_page_loads_nothing_from_other_hosts(page: Page) -> None:
    html = page.get("/").text
    assert "http:" not in html.replace("http://www.w3.org", "")
    assert "https:" not in html
    assert "<style" not in html
    assert " style=" not in html
    assert " on" not in "".join(part for part in html.split("<") if "=" in part and " on" in part)
    assert html.count("<script") == html.count('<script type="module" src="page/')


def test_files_outside_the_page_cannot_be_fetched(console: Console, page: Page) -> None:
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page//etc/passwd", "/page/"):
        request = requests.Request("GET", console.url, headers=page.headers).prepare()
        request.url = console.url + path
        with requests.Session() as session:
            assert session.send(request, timeout=5).status_code == 404
