"""docs/benchmarks.md: the figures of one run, as absolute values and as ratios."""

import datetime
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import cost, rounds
from .chart import Group
from .rounds import Cold, Warm

OURS = "ours"


def write(
    cold: Mapping[str, Cold],
    warm: Mapping[str, Warm],
    load: Mapping[str, Mapping[int, float]],
    versions: str,
) -> str:
    """Write the page."""
    return f"""# Benchmarks

Made by `make bench` on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, on {machine()}, {versions}. Absolute figures move with the machine; the ratios are of one run, in which the contenders took turns, and each figure is the median of its rounds.

- **ours**: the package of `make package`, called as Function Compute calls it: the initializer, then direct invocations.
- **plain SDK**: the official SDK with all of requirements.txt installed and compiled, used as its own example shows.
- **Logto**: `@logto/connector-aliyun-sms` as published; the name of the provider leads to this machine.

All send over TLS to the [emulator](emulator.md), which checks every signature. All trust what the platform trusts, its bundle included.

![Cost of a start and of a message](benchmarks.svg)

## Cold start

From the start of the process to the first accepted message; {rounds.COLD_ROUNDS} rounds.

{_table(("", "CPU", "wall", "peak memory", *_ratios(cold)), [_cold_row(name, cold) for name in cold])}

## Warm

One message after the other, {rounds.WARM_MESSAGES} of them, {rounds.WARM_ROUNDS} rounds. Memory is what is held after the last.

{_table(("", "CPU per message", "p50", "p99", "memory", *_ratios(warm)), [_warm_row(name, warm) for name in warm])}

## Many at a time

Messages a second against a provider that takes 50 ms for each; {rounds.LOAD_ROUNDS} rounds.

{_table(("at a time", *load), [(str(width), *(f"{by[width]:.0f}" for by in load.values())) for width in rounds.AT_A_TIME])}

## What a thousand messages cost

{_costs(cold[OURS], warm[OURS])}
"""


def groups(cold: Mapping[str, Cold], warm: Mapping[str, Warm]) -> Sequence[Group]:
    """Give the figures of the chart."""
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
    """Name the processor, as Linux knows it, and its cores."""
    try:
        info = Path("/proc/cpuinfo").read_text("ascii")
    except OSError:
        info = ""
    model = re.search(r"model name\s*: (.*)", info)
    name = model[1].strip() if model else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    line = f"|{' --- |' * len(head)}"
    return "\n".join([f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in rows)])


def _ratios(measured: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        f"{what}, of {name}" for name in measured if name != OURS for what in ("CPU", "memory")
    )


def _cold_row(name: str, cold: Mapping[str, Cold]) -> tuple[str, ...]:
    own = cold[name]
    shares = [
        f"{share:.2f}"
        for other, each in cold.items()
        if other != OURS
        for share in (own.cpu / each.cpu, own.peak_mib / each.peak_mib)
    ]
    return (name, f"{own.cpu:.3f} s", f"{own.wall:.3f} s", f"{own.peak_mib:.0f} MiB", *shares)


def _warm_row(name: str, warm: Mapping[str, Warm]) -> tuple[str, ...]:
    own = warm[name]
    shares = [
        f"{share:.2f}"
        for other, each in warm.items()
        if other != OURS
        for share in (own.cpu / each.cpu, own.resident_mib / each.resident_mib)
    ]
    times = (f"{1000 * seconds:.2f} ms" for seconds in (own.cpu, own.p50, own.p99))
    return (name, *times, f"{own.resident_mib:.0f} MiB", *shares)


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
    return f"""Seconds are CPU seconds of this machine over the size's share of a core, plus {cost.PROVIDER_SECONDS * 1000:.0f} ms for the provider's answer. Yuan are seconds × (vCPU × {cost.CU_PER_VCPU_SECOND:g} + GB × {cost.CU_PER_GB_SECOND:g}) CU, and {cost.CU_PER_INVOCATION:g} CU for each invocation, at ¥{cost.YUAN_PER_CU:.5f} a CU: the public price of the first tier ({cost.PRICES_OF}), without discounts and free quota. The SMS itself, which the provider bills, is dearer by three orders of magnitude.

{_table(head, rows)}"""
