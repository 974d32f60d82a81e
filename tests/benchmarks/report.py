"""docs/benchmarks.md: the figures of one run, absolute and as ratios."""

import datetime
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import cost, rounds
from .chart import Group
from .contenders import LOGTO, OURS, PLAIN_SDK, WITH_STORE
from .rounds import Cold, Warm


class Steps(NamedTuple):
    """The figures of the function in each state on the way to the package, in this order."""

    cold: Mapping[str, Cold]
    warm: Mapping[str, Warm]


def write(
    cold: Mapping[str, Cold],
    warm: Mapping[str, Warm],
    on_platform: Mapping[str, Any],
    calls_to_store: float,
    admissions: Mapping[str, float],
    verification: Mapping[str, Any],
    steps: Steps,
    versions: str,
) -> str:
    """Return the page."""
    return f"""# Benchmarks

Written by `make bench` on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, on {machine()}, {versions}. Absolute figures depend on the machine; ratios are of one run, in which the programs took turns. Each figure is the median of its rounds.

- **ours**: the package of `make package`, called as Function Compute calls it: the initializer, then direct invocations. Each message writes its log line.
- **{WITH_STORE}**: the same, with a [store](store.md): a Redis on this machine.
- **plain SDK**: the official SDK with all of requirements.txt installed and compiled, used as in its own example.
- **floor**: the least that Python can do: `http.client` and one signature, nothing else. No config, no checks, no log.
- **Logto**: `@logto/connector-aliyun-sms` as published; the provider's name resolves to this machine.

All send over TLS to the [emulator](emulator.md), which checks every signature. All trust the roots of the platform.

![Cost of a start and of a message](benchmarks.svg)

## Cold start

From the start of the process to the first accepted message; {rounds.COLD_ROUNDS} rounds.

{_table(("", "CPU", "wall", "peak memory", *_RATIOS), _cold_rows(cold))}

## Warm

One message after the other, {rounds.WARM_MESSAGES} of them, {rounds.WARM_ROUNDS} rounds. Memory is what is held after the last.

{_table(("", "CPU per message", "p50", "p99", "memory", *_RATIOS), _warm_rows(warm))}

## With a store

{_table(("CPU", "added by a store", f"{WITH_STORE}, of {OURS}", f"of {PLAIN_SDK}", f"of {LOGTO}"), _store_rows(cold, warm))}

A start with a store imports its client; a start without one does not. Each message is {calls_to_store:.1f} calls to the store: one before SendSms and one after it. Of 16 processes at one server, each message takes {admissions["server microseconds a message"]:.0f} µs of a core of the server: one is full at {admissions["messages a second that fill one core of the server"]:,.0f} messages a second. The provider's limit is 5,000.

## A verification

Through the whole function, log line included, at a store on this machine. A start sends its message to a provider in another process.

{_table(("", "CPU", "ratio"), _verification_rows(verification))}

Checks a second of {_rates(verification)}, on the cores that the server has too.

## On the platform

The same load on a stand-in for the dispatcher of Function Compute, with a provider that takes 50 ms: **handler** is the built-in runtime with one request per instance, **web** is [web mode](deploy.md#two-modes) with 100. Each instance has a core of this machine as far as there are cores; with the share of one that `s.yaml` gives, a start takes ten times as long. Billed are the seconds in which an instance has a request. CPU and memory are those of all instances together.

{_table(("load", "mode", "instances", "requests on a cold start", "p50", "p95", "p99", "CPU", "memory", "billed"), _platform_rows(on_platform))}

{_platform_text(on_platform)}

## What each step bought

The same function in each state on the way from a plain install to the package; each row has the steps of the rows above it too.

{_table(("", "CPU of a start", "saved", "peak memory", "CPU per message", "saved"), _step_rows(steps))}

Most of what is left of a start is Python itself, OpenSSL, the TLS handshake and the SDK's own modules. The largest part that sending does not need is `asyncio`, which `darabonba.core` imports: it is a part of Python, which the package cannot replace.

## What a thousand messages cost

{_costs(cold[OURS], warm[OURS])}
"""


def _platform_rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for load, by_mode in figures["loads"].items():
        for mode, each in by_mode.items():
            yield (
                load,
                mode,
                *(str(each[name]) for name in ("instances", "cold")),
                *(f"{each[name]:.0f} ms" for name in ("p50", "p95", "p99")),
                f"{each['cpu']:.1f} s",
                f"{each['mib']:.0f} MiB",
                f"{each['billed']:.1f} s",
            )


def _platform_text(figures: Mapping[str, Any]) -> str:
    handler, web = (figures["alone"][mode] for mode in ("handler", "web"))
    busy = figures["web, 50 at a time"]
    return (
        f"One at a time, a start with its first message takes {1000 * web['start']:.0f} ms of CPU "
        f"in web mode, {web['start'] / handler['start']:.2f} of the handler's, and a message "
        f"{1000 * web['message']:.2f} ms, {web['message'] / handler['message']:.2f} of the "
        f"handler's. With 50 at a time in one instance a message takes {1000 * busy:.2f} ms: a "
        f"quarter of a core sends {0.25 / busy:.0f} a second."
    )


def _verification_rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    bare, message = figures["bare_calls"], figures["message"]
    yield "two calls of the store's client alone, `GET` and `EVALSHA`", f"{bare:.0f} µs", "1.00"
    yield "a check", f"{figures['check']:.0f} µs", f"{figures['check'] / bare:.2f}"
    yield "a message with a store", f"{message:.0f} µs", "1.00"
    yield "a start", f"{figures['start']:.0f} µs", f"{figures['start'] / message:.2f}"


def _rates(figures: Mapping[str, Any]) -> str:
    rates = figures["checks_a_second"].items()
    return ", ".join(f"{count} processes: {rate:,.0f}" for count, rate in rates)


def groups(cold: Mapping[str, Cold], warm: Mapping[str, Warm]) -> Sequence[Group]:
    """Return the figures of the chart."""
    return (
        Group("Cold start, CPU", "s", 2, {name: each.cpu for name, each in cold.items()}),
        Group("Cold start, memory", "MiB", 0, {name: each.peak_mib for name, each in cold.items()}),
        Group("CPU per message", "ms", 2, {name: each.cpu * 1e3 for name, each in warm.items()}),
        Group(
            f"Memory after {rounds.WARM_MESSAGES} messages",
            "MiB",
            0,
            {name: each.resident_mib for name, each in warm.items()},
        ),
    )


def machine() -> str:
    """Return the model of the processor and the number of its cores."""
    try:
        info = Path("/proc/cpuinfo").read_text("ascii")
    except OSError:
        info = ""
    model = re.search(r"model name\s*: (.*)", info)
    name = model[1].strip() if model else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


_RATIOS = ("ours, of its CPU", "of its memory")


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    line = f"|{' --- |' * len(head)}"
    return "\n".join([f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in rows)])


def _cold_rows(cold: Mapping[str, Cold]) -> Iterator[Sequence[str]]:
    ours = cold[OURS]
    for name, each in cold.items():
        ratios = f"{ours.cpu / each.cpu:.2f}", f"{ours.peak_mib / each.peak_mib:.2f}"
        figures = f"{each.cpu:.3f} s", f"{each.wall:.3f} s", f"{each.peak_mib:.0f} MiB"
        yield (name, *figures, *ratios)


def _warm_rows(warm: Mapping[str, Warm]) -> Iterator[Sequence[str]]:
    ours = warm[OURS]
    for name, each in warm.items():
        ratios = f"{ours.cpu / each.cpu:.2f}", f"{ours.resident_mib / each.resident_mib:.2f}"
        times = (f"{1000 * seconds:.2f} ms" for seconds in (each.cpu, each.p50, each.p99))
        yield (name, *times, f"{each.resident_mib:.0f} MiB", *ratios)


def _store_rows(cold: Mapping[str, Cold], warm: Mapping[str, Warm]) -> Iterator[Sequence[str]]:
    each: Sequence[tuple[str, Mapping[str, Cold | Warm], str]] = (
        ("a start", cold, ".0f"),
        ("a message", warm, ".2f"),
    )
    for what, measured, digits in each:
        cpu = measured[WITH_STORE].cpu
        added = 1000 * (cpu - measured[OURS].cpu)
        others = (measured.get(name) for name in (OURS, PLAIN_SDK, LOGTO))
        ratios = (f"{cpu / other.cpu:.2f}" if other else "" for other in others)
        yield (what, f"{added:{digits}} ms", *ratios)


def _step_rows(steps: Steps) -> Iterator[Sequence[str]]:
    before: tuple[Cold, Warm] | None = None
    for name, cold in steps.cold.items():
        warm = steps.warm[name]
        start, message = cold.cpu * 1000, warm.cpu * 1000
        saved = ("", "")
        if before is not None:
            # Adding 0 turns -0.0 into 0.0.
            saved = (
                f"{before[0].cpu * 1000 - start:.0f} ms",
                f"{round(before[1].cpu * 1000 - message, 2) + 0:.2f} ms",
            )
        before = cold, warm
        yield (
            name,
            f"{start:.0f} ms",
            saved[0],
            f"{cold.peak_mib:.0f} MiB",
            f"{message:.2f} ms",
            saved[1],
        )


def _costs(cold: Cold, warm: Warm) -> str:
    rows = []
    for size in cost.SIZES:
        each = cost.cost(size, warm.cpu, cold.cpu)
        rows.append(
            (
                f"{size.vcpu} vCPU, {size.gb * 1024:.0f} MB",
                f"{each.message_seconds * 1000:.0f} ms",
                f"{each.start_seconds:.1f} s",
                f"¥{each.messages_yuan:.4f}",
                f"¥{each.starts_yuan:.4f}",
            )
        )
    head = ("size", "a message", "a start", "1,000 messages", "1,000 starts")
    return f"""Seconds are CPU seconds of this machine over the size's share of a core, plus {cost.PROVIDER_SECONDS * 1000:.0f} ms for the provider's answer. Yuan are seconds × (vCPU × {cost.CU_PER_VCPU_SECOND:g} + GB × {cost.CU_PER_GB_SECOND:g}) CU, and {cost.CU_PER_INVOCATION:g} CU for each invocation, at ¥{cost.YUAN_PER_CU:.5f} a CU: the public price of the first tier ({cost.PRICES_OF}), without discounts and free quota. The SMS itself costs about a thousand times as much.

{_table(head, rows)}"""
