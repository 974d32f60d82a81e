"""Many requests at once: each has its own outcome, and log lines under its own request id."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.support.serving import ServeProcess

REQUESTS = 50

# By the outcome, as the log names it: status, and the number that leads to it.
OUTCOMES = {
    "rate_limit_exceeded": (429, "19900000101"),
    "usage_limit_exceeded": (503, "19900000105"),
    "invalid_request_parameters": (400, "19900000201"),
    "invalid_config": (500, "19900001001"),
    "invalid_response": (502, "19900002101"),
    "general": (504, "19900002003"),
}
SLOW = "19900002001"


def asked() -> list[tuple[str, int, str, str]]:
    """Give outcome, status, phone and code of each request: refused, slow and accepted ones."""
    refused = [(name, status, phone) for name, (status, phone) in OUTCOMES.items()] * 3
    slow = [("accepted", 200, SLOW)] * 12
    others = [("accepted", 200, f"138000000{n:02}") for n in range(REQUESTS)]
    chosen = [*refused, *slow, *others][:REQUESTS]
    return [(*each, f"{n:06}") for n, each in enumerate(chosen)]


def test_each_request_has_its_own_outcome_and_its_own_log_line() -> None:
    with ServeProcess("--emulator", "--emulator-port=0", "--web") as process:
        url = process.url
        inbox = process.find(r"GET (\S+/inbox)")
        authorization = process.find(r"^Authorization for this run: (\S+)")
        assert requests.get(f"{url}/health", timeout=20).status_code == 200

        def ask(phone: str, code: str) -> requests.Response:
            return requests.post(
                url,
                json={"phone": phone, "usageType": "SignIn", "code": code},
                headers={"Authorization": authorization},
                timeout=20,
            )

        began = time.monotonic()
        with ThreadPoolExecutor(REQUESTS) as pool:
            answers = list(pool.map(ask, *zip(*[each[2:] for each in asked()], strict=True)))
        # Twelve take a second each: all of them ran at the same time.
        assert time.monotonic() - began < 8
        messages = requests.get(inbox, timeout=5).json()
        for answer in answers:
            process.find(answer.headers["X-Fc-Request-Id"], in_err=True)

    received = {message["templateParam"]["code"]: message for message in messages}
    printed = [line for line in process.err if '"event":"sms"' in line]
    lines = dict(line.strip().split(" ", 3)[1::2] for line in printed)
    assert len(lines) == len(printed) == REQUESTS
    for (outcome, status, phone, code), answer in zip(asked(), answers, strict=True):
        body = answer.json()
        line = json.loads(lines[answer.headers["X-Fc-Request-Id"]])
        assert (answer.status_code, line["outcome"]) == (status, outcome)
        assert line["phone"] == f"{phone[:3]}****{phone[-4:]}"
        if outcome == "accepted":
            assert received[code]["phone"] == phone
            assert received[code]["bizId"] == body["bizId"]
            assert line["requestId"] == body["requestId"]
        else:
            assert body["error"]["code"] == outcome
            assert code not in received
            assert line["requestId"] == body["error"].get("provider", {}).get("requestId")
