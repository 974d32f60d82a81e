"""What the store costs: processor time for each message, here and on the server.

``python -m tests.benchmarks.store`` prints the figures as JSON.
"""

import json
import multiprocessing
import subprocess
import sys
import time
from statistics import median
from typing import Any, Final

from sms_connector.limits.rules import Limits, Rule, read_rule
from sms_connector.message import Receipt, Sms
from sms_connector.phone import PhoneNumber
from sms_connector.sending.at_most_once import AtMostOnce
from sms_connector.settings import Settings
from sms_connector.store import open_stores
from tests.support.redis_server import RedisServer

SECRET: Final = "0123456789abcdef0123456789abcdef"
ROUNDS: Final = 5
MESSAGES: Final = 1_000

_IMPORT = (
    "import hashlib, json, logging, msgspec, socket, ssl, time;"
    "before = time.process_time();"
    "import valkey.connection;"
    "print(time.process_time() - before)"
)


def import_milliseconds() -> float:
    """Return the processor time of importing the client, which only a server needs."""
    command = [sys.executable, "-c", _IMPORT]
    runs = [subprocess.run(command, capture_output=True, check=True) for _ in range(ROUNDS)]  # noqa: S603
    return median(float(run.stdout) for run in runs) * 1_000


def microseconds_per_message(url: str, rules: Limits) -> float:
    """Return the processor time that a message takes besides the call of the provider."""
    once = _at_most_once(url)
    runs = []
    for round_number in range(ROUNDS + 1):
        messages = [_message(round_number * MESSAGES + n) for n in range(MESSAGES)]
        counted = [rules.counted(sms.phone, None) for sms in messages]
        before = time.process_time()
        for sms, rules_of_message in zip(messages, counted, strict=True):
            once.send(sms, _accept, rules_of_message)
        runs.append((time.process_time() - before) / MESSAGES * 1e6)
    return median(runs[1:])


def admissions(
    server: RedisServer, rules: Limits, processes: int, seconds: float
) -> dict[str, float]:
    """Let many processes send at once; every message is accepted. Return rates of all of them."""
    context = multiprocessing.get_context("spawn")
    counts = context.Array("q", processes)
    end = context.Value("d", 0.0)
    start = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_admit, args=(server.url, rules, number, counts, end, start))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    end.value = time.time() + 3_600
    start.wait()
    begin, before = time.time(), server.cpu_seconds
    end.value = begin + seconds
    for worker in workers:
        worker.join()
    elapsed, used = time.time() - begin, server.cpu_seconds - before
    total = sum(counts[:])
    return {
        "messages a second": total / elapsed,
        "server microseconds a message": used / total * 1e6,
        "messages a second that fill one core of the server": total / used,
    }


def report() -> dict[str, object]:
    """Measure everything."""
    default = Limits()
    six = Limits(
        per_prefix=_rules("perPrefix", "20000/hour"),
        per_country={"*": _rules("perCountry", "10000000/day")},
        total=_rules("total", "10000000/day"),
    )
    figures: dict[str, object] = {"client import, ms": import_milliseconds()}
    for name, rules in (("three limits", default), ("six limits", six)):
        figures[f"memory, {name}, us"] = microseconds_per_message("", rules)
        with RedisServer() as server:
            figures[f"server, {name}, us"] = microseconds_per_message(server.url, rules)
        with RedisServer() as server:
            figures[f"16 processes, {name}"] = admissions(server, rules, 16, 4)
    return figures


def _rules(name: str, text: str) -> tuple[Rule, ...]:
    rule = read_rule(name, text)
    return (rule,) if rule else ()


def _at_most_once(url: str) -> AtMostOnce:
    stores = open_stores(Settings(store=url, secrets=(SECRET,)))
    return AtMostOnce(stores.sending, stores.names, 4.4)


def _message(number: int) -> Sms:
    return Sms(PhoneNumber(f"44{number:010}", "GB"), "SignIn", "SMS_1", "246810")


def _accept(sms: Sms) -> Receipt:
    return Receipt(
        "9006195645684001^0", "F655A8D5-B967-440B-8683-DAD6FF8DE990", sms.usage_type, "S"
    )


def _admit(url: str, rules: Limits, number: int, counts: Any, end: Any, start: Any) -> None:
    once = _at_most_once(url)
    start.wait()
    sent = 0
    while time.time() < end.value:
        sms = _message(number * 1_000_000 + sent)
        once.send(sms, _accept, rules.counted(sms.phone, None))
        sent += 1
    counts[number] = sent


if __name__ == "__main__":
    print(json.dumps(report(), indent=2))
