"""Guesses at one number while the provider refuses every message: ``python -m tests.benchmarks.guess_budget``.

A refusal that is not the number's fault gives the limits back, so starts go on without end. Eight
threads guess by number, two start, over a real Redis server and a provider that answers after 50 ms
``Throttling.User``. Prints how many guesses were judged, and how many right ones were approved.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

from sms_connector.errors import ConnectorError, ProviderError
from sms_connector.message import Receipt, Sms
from sms_connector.store.redis import RedisStore
from tests.support.redis_server import RedisServer
from tests.support.verifying import PHONE, kind_of, sms_to, verifications

SECONDS = 10.0
PER_NUMBER = ["1/minute", "5/hour", "10/day"]


def refuse(_: Sms) -> Receipt:
    time.sleep(0.05)
    provider = ProviderError("Throttling.User", "Request was denied due to user flow control.", "R")
    raise ConnectorError("rate_limited", "too many at once", sent=False, provider=provider)


def main() -> None:
    kinds: Counter[str] = Counter()
    with RedisServer() as server:
        end = time.monotonic() + SECONDS

        def run(operation: str) -> None:
            service = verifications(
                RedisStore(server.address),
                limits={"perNumber": PER_NUMBER},
                verification={"codeLength": 4},
            )
            while time.monotonic() < end:
                if operation == "start":
                    kinds["start " + kind_of(service.start, sms_to(), refuse)] += 1
                else:
                    kinds["guess " + kind_of(service.check_number, PHONE, "SignIn", "1234")] += 1

        threads = [
            threading.Thread(target=run, args=("guess" if number % 5 else "start",))
            for number in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for kind, count in sorted(kinds.items()):
        print(f"{kind or 'ok'}: {count} ({count / SECONDS:.1f} a second)")
    judged = kinds["guess code_mismatch"] + kinds["guess "]
    print(f"judged: {judged} ({judged / SECONDS:.1f} a second), approved: {kinds['guess ']}")


if __name__ == "__main__":
    main()
