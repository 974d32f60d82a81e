"""Interleaved rounds: the contenders take turns, so that load on the machine meets all alike."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple

from tests.support.redis_server import RedisServer

from .contenders import Contender

COLD_ROUNDS = 15
WARM_ROUNDS = 15
WARM_MESSAGES = 400


class Cold(NamedTuple):
    """From the start of the process to the first accepted message."""

    cpu: float
    wall: float
    peak_mib: float


class Warm(NamedTuple):
    """One message after the other: seconds for each, and memory after the last."""

    cpu: float
    p50: float
    p99: float
    resident_mib: float


Environ = Mapping[str, str]


def cold(contenders: Sequence[Contender], environ: Environ) -> dict[str, Cold]:
    """Measure starts. The first round, which fills the machine's caches, is not counted."""
    reports = _reports(contenders, environ, COLD_ROUNDS + 1, "cold")
    return {
        name: Cold(
            median(report["cpu"] for report in runs[1:]),
            median(report["wall"] for report in runs[1:]),
            median(report["peak"] for report in runs[1:]) / 1024,
        )
        for name, runs in reports.items()
    }


def warm(contenders: Sequence[Contender], environ: Environ) -> dict[str, Warm]:
    """Measure messages that follow each other in one process."""
    reports = _reports(contenders, environ, WARM_ROUNDS, "warm", str(WARM_MESSAGES))
    return {
        name: Warm(
            median(report["cpu"] for report in runs),
            median(median(report["seconds"]) for report in runs),
            median(quantiles(report["seconds"], n=100)[98] for report in runs),
            median(report["resident"] for report in runs) / 1024,
        )
        for name, runs in reports.items()
    }


def calls_to_store(contender: Contender, environ: Environ, server: RedisServer) -> float:
    """Return the round trips to the server for each message."""

    def reads(messages: int) -> int:
        server.command("CONFIG", "RESETSTAT")
        contender.run(environ, "warm", str(messages))
        stats: dict[str, int] = server.command("INFO", "stats")
        return stats["total_reads_processed"]

    # The difference, so that what a start adds is not counted.
    return (reads(2 * WARM_MESSAGES) - reads(WARM_MESSAGES)) / WARM_MESSAGES


def _reports(
    contenders: Sequence[Contender], environ: Environ, rounds: int, *what: str
) -> dict[str, list[Mapping[str, Any]]]:
    reports: dict[str, list[Mapping[str, Any]]] = {each.name: [] for each in contenders}
    for _ in range(rounds):
        for contender in contenders:
            reports[contender.name].append(contender.run(environ, *what))
    return reports
