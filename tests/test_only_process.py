"""A second process on memory:// is noticed, though gunicorn says that there is one."""

from __future__ import annotations

import json
import signal
import time

import requests

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.serving import GunicornProcess

KEY = "a-key-for-tests"


def test_a_process_that_gunicorn_adds_does_not_count_by_itself(emulator: Emulator) -> None:
    settings = {
        "SMS_CONNECTOR_CONFIG": json.dumps(example_config(emulator.url)),
        "SMS_CONNECTOR_AUTHORIZATION": KEY,
        "SMS_CONNECTOR_STORE": "memory://",
    }
    answers: list[tuple[int, str]] = []

    def ask(url: str) -> int:
        body = {"phone": "13812345678", "usageType": "SignIn", "code": f"{len(answers):06}"}
        answer = requests.post(url, json=body, headers={"Authorization": KEY}, timeout=30)
        answers.append((answer.status_code, answer.text))
        return answer.status_code

    with GunicornProcess("--threads", "4", **settings) as server:
        assert ask(server.url) == 200
        server.send_signal(signal.SIGTTIN)
        deadline = time.monotonic() + 60
        while ask(server.url) != 500:  # each request may be accepted by either process
            assert time.monotonic() < deadline
        for _ in range(20):
            ask(server.url)
        (line,) = (one for one in server.log if "one process alone" in json.dumps(one))
        assert line["level"] == "ERROR"
    # The number has had its message of this minute, and the process that answers knows.
    assert [status for status, _ in answers if status == 200] == [200]
    assert {status for status, _ in answers} == {200, 429, 500}
    assert len(emulator.inbox.messages()) == 1
