"""A page of another site in the same browser can neither read nor send, even with the token."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator

from .conftest import Open

ATTACKS = (Path(__file__).parent / "other_site.html").read_text("utf-8")


@pytest.fixture
def other_site() -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(ATTACKS.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def message(emulator: Emulator) -> dict[str, Any]:
    codes = ("Register", "SignIn", "ForgotPassword", "Generic")
    rows = [{"usageType": name, "code": "SMS_200000004", "overseas": ""} for name in codes]
    form = {
        "accessKeyId": "LTAI5tORrctvcL9cCE8zWn4e",
        "accessKeySecret": "",
        "signName": "码上登录",
        "templates": rows,
        "strict": False,
        "endpoint": emulator.url,
    }
    return {"form": form, "phone": "13812345678", "usageType": "SignIn"}


# Another port of this machine is the same site, but not the same origin.
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_site_can_neither_read_nor_send(
    other_site: ThreadingHTTPServer,
    console: Console,
    emulator: Emulator,
    file: Path,
    open_page: Open,
    host: str,
) -> None:
    # In the same browser, so that the page could use what the console left there.
    own = open_page(console.address)
    expect(own.locator("#panels")).to_be_visible()
    page = own.context.new_page()
    page.goto(f"http://{host}:{other_site.server_port}/")
    page.evaluate(
        "([origin, token, message]) => attack(origin, token, message)",
        [console.url, console.token, message(emulator)],
    )
    tried = json.loads(page.locator("#done").text_content() or "")
    assert len(tried) >= 12
    assert {name: result for name, result in tried.items() if not result.startswith("no")} == {}
    page.wait_for_timeout(500)
    assert emulator.inbox.messages() == ()
    assert not file.exists()
    # The console's own page can send the same message.
    sent = own.evaluate(
        """async ([token, message]) => {
          const headers = { "Content-Type": "application/json", "X-Console-Token": token };
          const body = JSON.stringify(message);
          return (await fetch("api/send", { method: "POST", headers, body })).status;
        }""",
        [console.token, message(emulator)],
    )
    assert sent == 200
    assert len(emulator.inbox.messages()) == 1
