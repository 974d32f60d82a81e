"""Nobody but the page that the console served may read, send or save anything."""

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

TRIAL = {"form": FORM, "phone": PHONE, "usageType": "SignIn"}
CALLS = [
    ("GET", "/api/settings", None),
    ("GET", "/api/sent/name", None),
    ("POST", "/api/validate", TRIAL),
    ("POST", "/api/check", FORM),
    ("POST", "/api/send", TRIAL),
    ("POST", "/api/save", FORM),
]


@pytest.fixture
def trial(emulator: Emulator) -> dict[str, object]:
    return {**TRIAL, "form": {**FORM, "endpoint": emulator.url}}


@pytest.mark.parametrize("token", [None, "", "guess", "é"])
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_the_token_nothing_is_answered(
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


def test_the_token_in_the_address_opens_nothing_but_the_page(console: Console, page: Page) -> None:
    """Only the header counts: an address ends up in histories and logs."""
    answer = page.get(f"/api/settings?token={console.token}", X_Console_Token=None)
    assert answer.status_code == 401


def test_the_token_is_long_and_new_each_time(file: Path) -> None:
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
    """A stranger's name can be made to point here: DNS rebinding."""
    named = host.format(port=console.origin.rsplit(":", 1)[1])
    method = "POST" if path == "/api/send" else "GET"
    answer = page.request(method, path, TRIAL, Host=named, Origin=f"http://{named}")
    assert answer.status_code == 403


def test_no_host_at_all_is_refused(console: Console) -> None:
    address = console.origin.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in raw.recv(100)


def test_localhost_is_this_machine_too(console: Console, page: Page) -> None:
    name = console.origin.removeprefix("http://").replace("127.0.0.1", "localhost")
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
def test_what_the_browser_calls_another_site_is_refused(page: Page, site: str, path: str) -> None:
    answer = page.get(path, Sec_Fetch_Site=site, Origin=None)
    assert answer.status_code == 403


def test_a_link_may_lead_to_the_page(page: Page) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert page.get("/", **link, Sec_Fetch_Dest="document", Origin=None).status_code == 200
    assert page.get("/", **link, Sec_Fetch_Dest="iframe", Origin=None).status_code == 403
    answer = page.get("/api/settings", **link, Sec_Fetch_Dest="document", Origin=None)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_what_a_form_of_another_site_can_send_is_refused(
    page: Page, trial: object, emulator: Emulator, content_type: str
) -> None:
    answer = page.post("/api/send", trial, Content_Type=content_type)
    assert answer.status_code == 415
    assert emulator.inbox.messages() == ()


def test_a_get_sends_and_saves_nothing(
    page: Page, trial: object, file: Path, emulator: Emulator
) -> None:
    for path in ("/api/send", "/api/save", "/api/check", "/api/validate"):
        for method in ("GET", "HEAD", "PUT", "OPTIONS"):
            assert page.request(method, path, trial).status_code == 405
    assert not file.exists()
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/api/settings", "/api/none", "/none"])
@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_every_answer_has_the_headers_and_lets_no_other_origin_in(
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


def test_asking_first_gets_no_leave(page: Page) -> None:
    """What a browser sends before a request with a header of its own: a CORS preflight."""
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
    connection = http.client.HTTPConnection(console.origin.removeprefix("http://"), timeout=5)
    headers = {**page.headers, "Content-Type": "application/json"}
    connection.request("POST", "/api/save", iter([b"{}"]), headers, encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()


def test_it_listens_on_loopback_only(console: Console) -> None:
    assert console.origin.startswith("http://127.0.0.1:")
    port = int(console.origin.rsplit(":", 1)[1])
    # The whole of 127/8 is this machine, so an address of its own stands for another interface.
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_the_page_asks_no_other_host_for_anything(page: Page) -> None:
    html = page.get("/").text
    assert "http:" not in html.replace("http://www.w3.org", "")
    assert "https:" not in html
    assert "<style" not in html
    assert " style=" not in html
    assert " on" not in "".join(part for part in html.split("<") if "=" in part and " on" in part)
    assert html.count("<script") == html.count('<script type="module" src="page/')


def test_nothing_outside_the_page_can_be_fetched(console: Console, page: Page) -> None:
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page//etc/passwd", "/page/"):
        request = requests.Request("GET", console.origin, headers=page.headers).prepare()
        request.url = console.origin + path
        with requests.Session() as session:
            assert session.send(request, timeout=5).status_code == 404
