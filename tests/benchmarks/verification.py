"""What a verification costs, through the whole function and at a real Redis server.

``python -m tests.benchmarks.verification ENDPOINT`` prints the figures as JSON. The endpoint is of a provider
in another process, which accepts everything.
"""

from __future__ import annotations

import itertools
import json
import logging
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from valkey import Valkey

from sms_connector.function import Function
from sms_connector.local.example import example_config
from sms_connector.settings import read_settings
from tests.support.redis_server import RedisServer

SERIES: Final = 5
CHECKS: Final = 2_000
MESSAGES: Final = 60
PROCESSES: Final = (2, 4, 8)
SECONDS: Final = 3.0

_SECRET: Final = "0123456789abcdef0123456789abcdef"


class Figures(NamedTuple):
    """Microseconds of CPU, and checks a second for each number of processes."""

    bare_calls: float
    check: float
    message: float
    start: float
    checks_a_second: Mapping[int, float]


def measure(endpoint: str) -> Figures:
    """Measure all, in a process that does nothing else."""
    logging.basicConfig(stream=open(os.devnull, "w"), level=logging.INFO)  # noqa: SIM115
    with RedisServer() as server:
        environ = _environ(endpoint, server.url)
        client = Valkey("127.0.0.1", server.port)
        sha = str(client.script_load("return 1"))
        bare = _cost(CHECKS, lambda _: (client.get("key"), client.evalsha(sha, 1, "key")))
        call = _caller(environ)
        phones = (f"138{number:08}" for number in itertools.count())
        guesses = itertools.cycle(_guesses(call, phones))
        check = _cost(CHECKS, lambda _: call(next(guesses)))
        message = _cost(MESSAGES, lambda _: call(_event("send", next(phones))))
        start = _cost(MESSAGES, lambda _: call(_event("startVerification", next(phones))))
        rates = {count: _rate(environ, count) for count in PROCESSES}
    return Figures(bare, check, message, start, rates)


def _environ(endpoint: str, store: str) -> dict[str, str]:
    config = example_config(endpoint)
    config |= {"limits": {"perNumber": []}, "verification": {"attempts": 20, "sends": 20}}
    return {
        "SMS_CONNECTOR_CONFIG": json.dumps(config),
        "SMS_CONNECTOR_STORE": store,
        "SMS_CONNECTOR_SECRET": _SECRET,
    }


def _caller(environ: Mapping[str, str]) -> Callable[[bytes], Any]:
    function = Function(read_settings(environ))
    return lambda event: function.handle(event, None)


def _event(operation: str, phone: str) -> bytes:
    fields = {"operation": operation, "phone": phone, "usageType": "SignIn"}
    return json.dumps(fields).encode()


def _guesses(call: Callable[[bytes], Any], phones: Iterator[str]) -> list[bytes]:
    """Start some verifications, and return events that guess at each. A few are used up."""
    starts = [json.loads(call(_event("startVerification", next(phones)))) for _ in range(100)]
    fields = [{"operation": "checkVerification", "code": "0000", "id": one["id"]} for one in starts]
    return [json.dumps(one).encode() for one in fields]


def _cost(count: int, step: Callable[[int], object]) -> float:
    """Return the CPU of this process for one step, in microseconds: the median of some series."""
    series = []
    for _ in range(SERIES):
        began = time.process_time()
        for index in range(count):
            step(index)
        series.append((time.process_time() - began) / count * 1e6)
    return statistics.median(series)


def _rate(environ: Mapping[str, str], processes: int) -> float:
    """Return the checks a second of so many processes together."""
    context = multiprocessing.get_context("spawn")
    barrier, counts = context.Barrier(processes), context.Array("q", processes)
    workers = [
        context.Process(target=_check_for_a_while, args=(environ, barrier, counts, place))
        for place in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return float(sum(counts[:]) / SECONDS)


def _check_for_a_while(environ: dict[str, str], barrier: Any, counts: Any, place: int) -> None:
    logging.disable()
    call = _caller(environ)
    phones = (f"139{place}{number:07}" for number in itertools.count())
    guesses = itertools.cycle(_guesses(call, phones))
    barrier.wait()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        call(next(guesses))
        counts[place] += 1


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])._asdict()))
