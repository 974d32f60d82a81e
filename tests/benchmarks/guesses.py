"""Sixteen processes guess at once at one verification, 1,000 times: run as a module."""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.support.guessing import faults, guess_at_once
from tests.support.redis_server import RedisServer

ROUNDS = 1_000
PROCESSES = 16
ATTEMPTS = 5


def main() -> int:
    began = time.perf_counter()
    with RedisServer() as server:
        tallies = guess_at_once(server.address, ROUNDS, PROCESSES, ATTEMPTS)
    wrong = faults(tallies, ATTEMPTS)
    approvals = Counter(one.approved for one in tallies)
    guesses = Counter(len(one.left) for one in tallies)
    print(
        f"{ROUNDS} verifications, {PROCESSES} processes each, {time.perf_counter() - began:.0f} s"
    )
    print(f"approvals of each: {dict(sorted(approvals.items()))}")
    print(f"wrong guesses counted of each: {dict(sorted(guesses.items()))}")
    print(f"approved twice, or counted wrongly: {len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
