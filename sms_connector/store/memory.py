"""The memory of one instance."""

import heapq
import threading
from collections.abc import Mapping, Sequence
from typing import Final, Generic, TypeVar

from ..clock import Clock
from .transaction import (
    ABSENT,
    MOST_AHEAD,
    Counter,
    Figure,
    Found,
    Result,
    Takes,
    Transaction,
    Write,
)

MOST_RECORDS: Final = 10_000
"""About 8 MB. A message needs one record for 30 seconds."""

MOST_COUNTERS: Final = 30_000
"""About 15 MB. A number needs three counters by default, the longest for a day."""

MOST_SPARE: Final = 10_000
"""About 4 MB: delivery states, kept for three days."""

MOST_FIGURES: Final = 1_000
"""Hashes: 31 days have 744 hours."""

_MICROSECONDS: Final = 1_000_000

_Value = TypeVar("_Value")


class Memory:
    """A store in this process. It is bounded: if full, it drops what expires soonest."""

    away = ""

    def __init__(self) -> None:
        self._clock = Clock()
        self._changed = threading.Condition()
        self._records: _Expiring[str] = _Expiring(MOST_RECORDS)
        self._spare: _Expiring[str] = _Expiring(MOST_SPARE)
        self._counters: _Expiring[Takes] = _Expiring(MOST_COUNTERS)
        self._figures: _Expiring[dict[str, int]] = _Expiring(MOST_FIGURES)

    def transact(self, transaction: Transaction) -> Result:
        with self._changed:
            now = self._now()
            found = tuple(self._find(record.key, now) for record in transaction.records)
            counted = tuple(tuple(self._takes(counter, now)) for counter in transaction.count)
            if any(
                record.expected and one.value not in record.expected
                for record, one in zip(transaction.records, found, strict=True)
            ):
                return Result(False, found, now, counted=counted)
            full, wait = self._fullest(transaction.take, now)
            if full is not None:
                refused = transaction.take[full].refused
                if refused is not None and wait > transaction.patience:
                    self._add(refused, now)
                return Result(False, found, now, full, wait, counted=counted)
            for counter in transaction.take:
                self._take(counter, now)
            for counter in transaction.give_back:
                for taken_at in transaction.taken_at:
                    self._give_back(counter, taken_at, now)
            begin = now + int(min(transaction.restamp_delay, MOST_AHEAD) * _MICROSECONDS)
            for counter in transaction.restamp:
                for taken_at in transaction.taken_at:
                    self._restamp(counter, taken_at, begin, now)
            for write in transaction.write:
                self._write(write, now)
            for figure in transaction.add:
                self._add(figure, now)
            return Result(True, found, now, taken_at=(now,), counted=counted)

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:  # noqa: ARG002
        with self._changed:
            self._changed.wait_for(lambda: self._find(key, self._now()).value != value, longest)

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        with self._changed:
            now = self._now()
            return tuple(dict(self._figures.get(key, now) or {}) for key in keys)

    def _now(self) -> int:
        return int(self._clock.now() * _MICROSECONDS)

    def _find(self, key: str, now: int) -> Found:
        for records in (self._records, self._spare):
            value = records.get(key, now)
            if value is not None:
                return Found(value, (records.expiry(key) - now) / _MICROSECONDS)
        return Found()

    def _write(self, write: Write, now: int) -> None:
        records = self._spare if write.is_spare else self._records
        if write.value == ABSENT:
            records.drop(write.key)
        elif not (write.if_absent and self._find(write.key, now).value):
            lease = now + int(write.lease * _MICROSECONDS)
            expiry = now + int(write.seconds * _MICROSECONDS)
            records.put(write.key, write.value, expiry, now, lease)
        self._changed.notify_all()

    def _add(self, figure: Figure, now: int) -> None:
        fields = self._figures.get(figure.key, now) or {}
        fields[figure.field] = fields.get(figure.field, 0) + figure.count
        self._figures.put(figure.key, fields, now + int(figure.seconds * _MICROSECONDS), now)

    def _fullest(self, counters: Sequence[Counter], now: int) -> tuple[int | None, float]:
        full, longest = None, 0
        for index, counter in enumerate(counters):
            takes = self._takes(counter, now)
            surplus = sum(number for _, number in takes) - counter.count
            for at, number in takes:
                if surplus < 0:
                    break
                surplus -= number
                wait = at + counter.seconds * _MICROSECONDS - now
                if wait > longest:
                    full, longest = index, wait
        return full, longest / _MICROSECONDS

    def _takes(self, counter: Counter, now: int) -> list[tuple[int, int]]:
        """Return the times of the takes in the window that ends now, each with their number."""
        begin = now - counter.seconds * _MICROSECONDS
        takes = self._counters.get(counter.key, now) or ()
        return [(at, number) for at, number in takes if at > begin]

    def _take(self, counter: Counter, now: int) -> None:
        at = _rounded_up(now, counter.step)
        self._keep(counter, _changed(self._takes(counter, now), at, 1), now)

    def _give_back(self, counter: Counter, taken_at: int, now: int) -> None:
        at = _rounded_up(taken_at, counter.step)
        takes = self._takes(counter, now)
        if any(when == at for when, _ in takes):
            self._keep(counter, _changed(takes, at, -1), now)

    def _restamp(self, counter: Counter, taken_at: int, begin: int, now: int) -> None:
        before, after = (_rounded_up(at, counter.step) for at in (taken_at, begin))
        takes = self._takes(counter, now)
        if after > before and any(when == before for when, _ in takes):
            self._keep(counter, _changed(_changed(takes, before, -1), after, 1), now)

    def _keep(self, counter: Counter, takes: list[tuple[int, int]], now: int) -> None:
        if takes:
            expiry = takes[-1][0] + counter.seconds * _MICROSECONDS
            self._counters.put(counter.key, tuple(takes), expiry, now)
        else:
            self._counters.drop(counter.key)


def _rounded_up(at: int, step: int) -> int:
    return -(-at // step) * step


def _changed(takes: Sequence[tuple[int, int]], at: int, by: int) -> list[tuple[int, int]]:
    """Return the takes with so many more at one time, oldest first."""
    numbers = dict(takes)
    numbers[at] = numbers.get(at, 0) + by
    return sorted(take for take in numbers.items() if take[1] > 0)


class _Expiring(Generic[_Value]):
    """Values that expire, and a bound on their number. Times are in microseconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[str, tuple[_Value, int, int]] = {}
        # Whatever was replaced or dropped stays in here until it comes to the top.
        self._by_expiry: list[tuple[int, str]] = []

    def get(self, key: str, now: int) -> _Value | None:
        entry = self._entries.get(key)
        return entry[0] if entry is not None and entry[1] > now else None

    def expiry(self, key: str) -> int:
        return self._entries[key][1]

    def put(self, key: str, value: _Value, expiry: int, now: int, lease: int = 0) -> None:
        self._entries[key] = value, expiry, lease
        heapq.heappush(self._by_expiry, (expiry, key))
        if len(self._by_expiry) > 2 * len(self._entries) + 100:
            self._by_expiry = [(entry[1], key) for key, entry in self._entries.items()]
            heapq.heapify(self._by_expiry)
        self._forget(now)

    def drop(self, key: str) -> None:
        self._entries.pop(key, None)

    def _forget(self, now: int) -> None:
        """Drop what has expired; then, if there is too much, what expires soonest."""
        leased = []
        while self._by_expiry and (self._by_expiry[0][0] <= now or len(self._entries) > self._most):
            expiry, key = heapq.heappop(self._by_expiry)
            entry = self._entries.get(key)
            if entry is None or entry[1] != expiry:
                continue
            if entry[2] > now:
                leased.append((expiry, key))
            else:
                del self._entries[key]
        for item in leased:
            heapq.heappush(self._by_expiry, item)
