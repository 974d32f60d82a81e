"""The emulator pushes delivery reports, and the function takes them: over real sockets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.magic import Reporting, number_for
from sms_connector.local.emulate.report_pusher import ReportPusher
from sms_connector.local.emulate.server import Emulator
from tests.support.serving import ServeProcess

from .calling import GOOD, PHONE, rpc

DELAY = 0.1


class Address:
    """What takes the reports: answers as it is told, and keeps what came."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.answers = [b'{"code": 0, "msg": "ok"}']
        self.url = ""

    def take(self, body: bytes) -> bytes:
        self.bodies += json.loads(body)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def wait(self, number: int) -> list[Any]:
        deadline = time.monotonic() + 10
        while len(self.bodies) < number and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(2 * DELAY)
        return self.bodies


@contextmanager
def listening() -> Iterator[Address]:
    address = Address()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = address.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address.url = f"http://127.0.0.1:{server.server_port}/reports"
        yield address
        server.shutdown()


@pytest.mark.parametrize(
    ("phone", "success"),
    [
        (PHONE, [True]),
        (number_for("MK:0001"), [False]),
        (number_for(Reporting.LATE), [True]),
        (number_for(Reporting.TWICE), [True, True]),
        (number_for(Reporting.OUT_OF_ORDER), [True, False]),
        (number_for(Reporting.NEVER), []),
    ],
)
def test_a_number_says_which_reports_its_message_gets(phone: str, success: list[bool]) -> None:
    with (
        listening() as address,
        Emulator(delivery_delay=DELAY, flow_control=False, reports=address.url) as emulator,
    ):
        biz_id = rpc(emulator, {**GOOD, "PhoneNumbers": phone}).json()["BizId"]
        bodies = address.wait(len(success))
    assert [body["success"] for body in bodies] == success
    assert {(body["phone_number"], body["biz_id"]) for body in bodies} <= {(phone, biz_id)}


@pytest.mark.parametrize("answer", [b'{"code": 1}', b"[]", b"no", b""])
def test_a_report_that_is_not_taken_is_pushed_again(answer: bytes, emulator: Emulator) -> None:
    said: list[str] = []
    rpc(emulator, GOOD)
    (message,) = emulator.inbox.messages()
    with listening() as address:
        address.answers = [answer, b'{"code": 0}']
        with ReportPusher(address.url, DELAY, said.append, (0.05, 0.05)) as pusher:
            pusher.add(message)
            assert len(address.wait(2)) == 2
            assert pusher.pushed == 1
    assert len(said) == 1


def test_serve_with_an_emulator_shows_deliveries_by_itself() -> None:
    # In web mode: one of several instances could get the report of a message that another sent.
    with ServeProcess("--emulator", "--emulator-port=0", "--web") as served:
        headers = {"Authorization": served.find(r"^Authorization for this run: (\S+)")}
        body = {"phone": "+8613812345678", "usageType": "SignIn"}
        sent = requests.post(served.url, json=body, headers=headers, timeout=10).json()
        path = f"{served.url}/messages/{sent['bizId'].replace('^', '%5E')}"
        deadline = time.monotonic() + 15
        state = ""
        while state != "delivered" and time.monotonic() < deadline:
            state = requests.get(path, headers=headers, timeout=10).json()["state"]
            time.sleep(0.1)
    assert state == "delivered"
