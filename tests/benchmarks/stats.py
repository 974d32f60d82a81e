"""What the figures of a month cost: bytes of the answer, peak memory, seconds.

``python -m tests.benchmarks.stats [countries]`` fills a real store with figures of every hour of
31 days, asks a fresh process for them, and prints the costs as JSON. ``processor_seconds`` times
ten is about what a tenth of a core takes.
"""

import json
import os
import subprocess
import sys
from typing import Final

from sms_connector.config import parse_config
from sms_connector.limits.countries import COUNTRIES
from sms_connector.reports.figures import MOST_HOURS, Figures, hour_of
from sms_connector.settings import Settings
from sms_connector.store import open_stores
from sms_connector.store.transaction import Transaction
from tests.support.configs import config
from tests.support.redis_server import RedisServer

SECRET: Final = "0123456789abcdef0123456789abcdef"
USAGE_TYPES: Final = ("SignIn", "Register", "ForgotPassword", "Generic")
OUTCOMES: Final = ("accepted", "delivered", "failed", "approved", "limited:perNumber")

_ASK: Final = """
import json, os, resource, time
from sms_connector.function import Function
from sms_connector.local.fc_context import FcContext
from sms_connector.settings import read_settings
function = Function(read_settings(os.environ))
function.prepare(FcContext())
function.handle(b'{"operation": "getStats", "hours": 1}', FcContext())
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began, used = peak(), time.perf_counter(), time.process_time()
answer = function.handle(b'{"operation": "getStats", "hours": 744}', FcContext())
print(json.dumps({
    "rows": len(json.loads(answer).get("rows", ())),
    "bytes": len(answer),
    "mebibytes_more": round(peak() - before, 1),
    "seconds": round(time.perf_counter() - began, 2),
    "processor_seconds": round(time.process_time() - used, 2),
}))
"""


def cost_of_a_month(countries: int = 50) -> dict[str, float]:
    """Return the cost of 744 hours with so many countries, 4 usage types and 5 outcomes in each."""
    with RedisServer() as server:
        _fill(server.url, sorted(COUNTRIES)[:countries])
        environment = os.environ | {
            "SMS_CONNECTOR_STORE": server.url,
            "SMS_CONNECTOR_SECRET": SECRET,
            "SMS_CONNECTOR_CONFIG": json.dumps(config()),
        }
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", _ASK],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    cost: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return cost


def _fill(url: str, countries: list[str]) -> None:
    stores = open_stores(Settings(store=url, secrets=(SECRET,)))
    figures = Figures(stores.names, parse_config(json.dumps(config())))
    latest = hour_of(stores.shared.transact(Transaction()).now)
    for hour in range(latest - MOST_HOURS + 1, latest + 1):
        added = [
            figures.figure(hour, country, usage_type, outcome, place + 1)
            for place, country in enumerate(countries)
            for usage_type in USAGE_TYPES
            for outcome in OUTCOMES
        ]
        for first in range(0, len(added), 1_000):
            stores.shared.transact(Transaction(add=tuple(added[first : first + 1_000])))


if __name__ == "__main__":
    print(json.dumps(cost_of_a_month(*map(int, sys.argv[1:])), indent=2))
