"""The same load on a stand-in for the dispatcher of Function Compute, in both modes.

``python -m tests.benchmarks.on_platform`` prints the figures as JSON. The environment names a
provider in another process, which takes 50 ms for each message.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import median, quantiles
from typing import Any, Final

from sms_connector.local.package.interpreter import Interpreter

from .contenders import runtime
from .instances import HandlerInstance, Instance, WebInstance

MODES: Final[Mapping[str, type[HandlerInstance | WebInstance]]] = {
    "handler": HandlerInstance,
    "web": WebInstance,
}
AT_A_TIME: Final = {1: 200, 10: 300, 50: 500}
"""Requests in all, for each number at a time."""

RANDOM_A_SECOND: Final = 10
RANDOM_REQUESTS: Final = 200
SINGLE_ROUNDS: Final = 15
SINGLE_REQUESTS: Final = 40


class Dispatcher:
    """Gives a request to the instance that was used last and has room, or starts one."""

    def __init__(self, start: Callable[[], Instance]) -> None:
        self.instances: list[Instance] = []
        self.seconds: list[float] = []
        self.cold = 0
        self._start = start
        self._lock = threading.Lock()

    def ask(self, event: bytes) -> None:
        """Have an event answered, and note how long that took."""
        began = time.monotonic()
        with self._lock:
            instance = self._choose()
            instance.begin()
            self.cold += not instance.is_ready
        answer = instance.answer(event)
        with self._lock:
            instance.end()
            self.seconds.append(time.monotonic() - began)
        if b"bizId" not in answer:
            raise SystemExit(answer)

    def _choose(self) -> Instance:
        for instance in reversed(self.instances):
            if instance.under_way < instance.most:
                return instance
        self.instances.append(self._start())
        return self.instances[-1]

    def report(self) -> dict[str, float]:
        """Return the figures, and stop all instances."""
        percentiles = quantiles(self.seconds, n=100)
        figures = {
            "instances": len(self.instances),
            "cold": self.cold,
            **{f"p{each}": 1000 * percentiles[each - 1] for each in (50, 95, 99)},
            "cpu": sum(each.cpu for each in self.instances),
            "mib": sum(each.peak_mib for each in self.instances),
            "billed": sum(each.busy_seconds for each in self.instances),
        }
        for each in self.instances:
            each.stop()
        return figures


def events() -> Iterator[bytes]:
    """Yield messages, each to a number of its own."""
    for number in count(int.from_bytes(os.urandom(3), "big")):
        fields = {"phone": f"138{number % 10**8:08}", "usageType": "SignIn", "code": "246810"}
        yield json.dumps(fields).encode()


def closed(dispatcher: Dispatcher, at_a_time: int, requests: int) -> None:
    """Ask for so many at a time: each client asks again as soon as it is answered."""
    messages = events()
    with ThreadPoolExecutor(at_a_time) as pool:
        list(pool.map(dispatcher.ask, (next(messages) for _ in range(requests))))


def at_random(dispatcher: Dispatcher) -> None:
    """Ask at random moments, whether earlier ones are answered or not: a Poisson process."""
    moments, messages = random.Random(1), events()
    with ThreadPoolExecutor(64) as pool:
        asked = []
        for _ in range(RANDOM_REQUESTS):
            time.sleep(moments.expovariate(RANDOM_A_SECOND))
            asked.append(pool.submit(dispatcher.ask, next(messages)))
        for each in asked:
            each.result()


def single(instance: Instance, width: int, requests: int) -> tuple[float, float]:
    """Return the CPU of a start with its first message, and that of a message after it."""
    dispatcher = Dispatcher(lambda: instance)
    closed(dispatcher, 1, 1)
    start = instance.cpu
    closed(dispatcher, width, requests)
    message = (instance.cpu - start) / requests
    instance.stop()
    return start, message


def measure(interpreter: Interpreter, environ: Mapping[str, str]) -> dict[str, Any]:
    """Measure all; the modes take turns."""
    loads: dict[str, Callable[[Dispatcher], None]] = {
        f"{width} at a time": lambda dispatcher, width=width, requests=requests: closed(  # type: ignore[misc]
            dispatcher, width, requests
        )
        for width, requests in AT_A_TIME.items()
    }
    loads[f"{RANDOM_A_SECOND} a second at random"] = at_random
    figures: dict[str, Any] = {}
    for load, ask in loads.items():
        for mode, start in MODES.items():
            dispatcher = Dispatcher(lambda start=start: start(interpreter, environ))  # type: ignore[misc]
            ask(dispatcher)
            figures.setdefault(load, {})[mode] = dispatcher.report()
    rounds: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    for _ in range(SINGLE_ROUNDS):
        for mode, start in MODES.items():
            rounds[mode].append(single(start(interpreter, environ), 1, SINGLE_REQUESTS))
    alone = {
        mode: {"start": median(each[0] for each in runs), "message": median(e[1] for e in runs)}
        for mode, runs in rounds.items()
    }
    busy = single(WebInstance(interpreter, environ), 50, 2 * AT_A_TIME[50])[1]
    return {"loads": figures, "alone": alone, "web, 50 at a time": busy}


if __name__ == "__main__":
    print(json.dumps(measure(runtime(), os.environ)))
