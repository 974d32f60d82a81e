"""Many messages with random outcomes over many instances, and what the emulator counted of them.

``python -m tests.support.adding_up 10000`` runs as many as it is told.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sms_connector.config import parse_config
from sms_connector.function import Function
from sms_connector.local.emulate.magic import Behaviour, Reporting, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.fc_context import FcContext
from sms_connector.phone import parse_phone
from sms_connector.settings import read_settings
from tests.support.functions import body_of
from tests.support.redis_server import RedisServer
from tests.support.serving import serving

INSTANCES = 8
TOKEN = "a-token-of-reports"
REFUSED = number_for("isv.MOBILE_NUMBER_ILLEGAL")
LOST = number_for(Behaviour.RESET_AFTER)
FAILED = number_for("MK:0001")
NEVER = number_for(Reporting.NEVER)
SPECIAL = (
    *(REFUSED, LOST, FAILED, NEVER),
    *(number_for(Reporting.TWICE), number_for(Reporting.OUT_OF_ORDER)),
)
USAGE_TYPES = ("SignIn", "Register", "ForgotPassword", "MadeUp")

Counts = Counter[tuple[str, str, str]]
"""By country, usage type and outcome."""


@contextmanager
def _environ(**variables: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run(messages: int, seed: int) -> tuple[Counts, Counts]:
    """Send messages; return what the emulator counted, and the figures."""
    with RedisServer() as server:
        common = {
            "SMS_CONNECTOR_STORE": server.url,
            "SMS_CONNECTOR_SECRET": "a-secret-of-32-characters-or-more",
            "SMS_CONNECTOR_REPORT_TOKEN": TOKEN,
            "SMS_CONNECTOR_CONFIG": _config("http://127.0.0.1:1"),
        }
        with (
            _environ(**common),
            serving() as url,
            Emulator(
                flow_control=False, delivery_delay=0.3, reports=f"{url}/reports/{TOKEN}"
            ) as emulator,
        ):
            settings = read_settings({**common, "SMS_CONNECTOR_CONFIG": _config(emulator.url)})
            instances = [Function(settings) for _ in range(INSTANCES)]
            chance = random.Random(seed)
            sent = [_message(number, chance) for number in range(messages)]
            with ThreadPoolExecutor(INSTANCES) as pool:
                list(pool.map(lambda one: _invoke(chance.choice(instances), one), sent))
            expected = _expected(emulator, sent)
            deadline = time.monotonic() + 20 + messages / 100
            while (found := _figures(instances[0])) != expected and time.monotonic() < deadline:
                time.sleep(0.1)
            return expected, found


def _config(endpoint: str) -> str:
    return json.dumps(example_config(endpoint) | {"limits": {"perNumber": []}})


def _message(number: int, chance: random.Random) -> dict[str, str]:
    ordinary = f"138{chance.randrange(10**8):08}"
    phone = chance.choice((*SPECIAL, *(ordinary for _ in SPECIAL)))
    usage_type = chance.choice(USAGE_TYPES)
    return {"phone": phone, "usageType": usage_type, "code": f"{number:06}"}


def _invoke(function: Function, fields: Mapping[str, object]) -> object:
    return body_of(function.handle(json.dumps(fields).encode(), FcContext()))


def _expected(emulator: Emulator, sent: list[dict[str, str]]) -> Counts:
    counts: Counts = Counter()
    config = parse_config(_config(emulator.url))
    number = parse_phone("13812345678")
    usage_types = {one.code_for(number): one.usage_type for one in config.templates}
    for message in emulator.inbox.messages():
        usage_type = usage_types[message.template_code]
        lost = message.phone == LOST
        counts["CN", usage_type, "unknown" if lost else "accepted"] += 1
        if message.phone != NEVER:
            outcome = "failed" if message.phone == FAILED else "delivered"
            counts["CN", "unknown" if lost else usage_type, outcome] += 1
    for one in sent:
        if one["phone"] == REFUSED:
            usage_type = one["usageType"] if one["usageType"] != "MadeUp" else "Generic"
            counts["CN", usage_type, "refused:invalid_request_parameters"] += 1
    return counts


def _figures(function: Function) -> Counts:
    counts: Counts = Counter()
    answer: object = _invoke(function, {"operation": "getStats", "hours": 2})
    assert isinstance(answer, dict)
    for row in answer["rows"]:
        counts[row["country"], row["usageType"], row["outcome"]] += row["count"]
    return counts


if __name__ == "__main__":
    began = time.monotonic()
    counted, shown = run(int(sys.argv[1]), seed=1)
    for what, count in sorted(counted.items()):
        print(*what, count, shown[what])  # noqa: T201
    same = counted == shown
    print("equal" if same else "NOT EQUAL", f"{time.monotonic() - began:.0f} s")  # noqa: T201
    sys.exit(not same)
