"""What a Python program reports of itself: CPU time and memory, as the kernel counts them."""

import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator

WARM_UP = 20

Send = Callable[[str], None]
"""Sends one message with this code. Codes differ, because the function sends the same one once."""


def run(start: Callable[[], Send]) -> None:
    """Do what the arguments say: ``cold`` or ``warm MESSAGES``.

    ``start`` imports and builds what is needed for the first message.
    """
    codes = (f"{number:06}" for number in itertools.count())
    send = start()
    send(next(codes))
    match sys.argv[1:]:
        case ["cold"]:
            report: dict[str, object] = {
                "cpu": _cpu(),
                "wall": time.time() - float(os.environ["STARTED"]),
            }
        case ["warm", messages]:
            report = _warm(send, codes, int(messages))
        case _:
            raise SystemExit("cold or warm")
    print(json.dumps(report | _memory()), flush=True)
    # The exit of the interpreter is not part of a start, and an instance never gets there.
    os._exit(0)


def _warm(send: Send, codes: Iterator[str], messages: int) -> dict[str, object]:
    for code in itertools.islice(codes, WARM_UP):
        send(code)
    seconds = []
    before = _cpu()
    for code in itertools.islice(codes, messages):
        started = time.perf_counter()
        send(code)
        seconds.append(time.perf_counter() - started)
    return {"cpu": (_cpu() - before) / messages, "seconds": seconds}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory() -> dict[str, int]:
    with open("/proc/self/status", encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {"peak": int(fields["VmHWM"].split()[0]), "resident": int(fields["VmRSS"].split()[0])}
