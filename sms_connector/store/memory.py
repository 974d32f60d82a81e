"""The memory of one instance."""

import logging
import struct
import threading
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from .. import log
from ..clock import Clock
from .eviction import LONG_COUNTER, NEVER, OUTCOME, SHORT_COUNTER, UNNEEDED, BoundedEntries, Rank
from .outage import MemoryFullError
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

MOST_BYTES: Final = 32 * 1024 * 1024
"""What a memory holds at most. docs/limits.md says how much that is."""

_MINUTE: Final = 60
_HOUR: Final = 3_600
_LOGGED_EVERY: Final = 3_600
_MICROSECONDS: Final = 1_000_000

_DROPPED: Final[Mapping[Rank, str]] = {
    OUTCOME: "outcomes: a repeated message may be sent again",
    LONG_COUNTER: "limits of single subjects above an hour",
    SHORT_COUNTER: "limits of single subjects above a minute",
}
_REFUSED: Final = "nothing more: messages are refused"


class Memory:
    """A store in this process, of MOST_BYTES.

    If it is full, it drops what matters least first (see ``eviction.Rank``).
    Where there is nothing left to drop, it raises MemoryFullError, and nothing is done.
    """

    away = ""

    def __init__(self) -> None:
        self._clock = Clock()
        self._changed = threading.Condition()
        self._entries = BoundedEntries(MOST_BYTES)
        self._logged: dict[str, int] = {}

    def transact(self, transaction: Transaction) -> Result:
        with self._changed:
            now = self._now()
            self._entries.expire(now)
            found = tuple(self._find(record.key, now) for record in transaction.records)
            counted = tuple(tuple(self._takes(counter, now)) for counter in transaction.count)
            if any(
                record.expected and one.value not in record.expected
                for record, one in zip(transaction.records, found, strict=True)
            ):
                return Result(False, found, now, counted=counted)
            takes = [self._takes(counter, now) for counter in transaction.take]
            full, wait = _fullest(transaction.take, takes, now)
            if full is not None:
                refused = transaction.take[full].refused
                if refused is not None and wait > transaction.max_wait:
                    self._add(refused, now)
                return Result(False, found, now, full, wait, counted=counted)
            self._take(transaction, takes, now)
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
            return tuple(dict(self._fields(key, now)) for key in keys)

    def refusal(self, counters: Sequence[Counter]) -> tuple[int | None, float]:
        """Return the place of the counter that is full longest, None without one, and its wait."""
        with self._changed:
            now = self._now()
            return _fullest(counters, [self._takes(counter, now) for counter in counters], now)

    def _now(self) -> int:
        return int(self._clock.now() * _MICROSECONDS)

    def _find(self, key: str, now: int) -> Found:
        value = self._entries.get(key, now)
        if not isinstance(value, str):
            return Found()
        return Found(value, (self._entries.expiry(key) - now) / _MICROSECONDS)

    def _fields(self, key: str, now: int) -> dict[str, int]:
        fields = self._entries.get(key, now)
        return fields if isinstance(fields, dict) else {}

    def _write(self, write: Write, now: int) -> None:
        is_new = self._entries.get(write.key, now) is None
        if write.value == ABSENT:
            self._entries.drop(write.key)
        elif is_new or not write.if_absent:
            rank = UNNEEDED if write.is_unneeded else NEVER if write.must_stay else OUTCOME
            lease = now + int(write.lease * _MICROSECONDS) if write.lease else 0
            expiry = now + int(write.seconds * _MICROSECONDS)
            needed = self._entries.growth(write.key, write.value) if is_new else 0
            # There is space already for what must not be lost: see _take.
            must = write.must_stay or bool(lease)
            if must or self._has_space(needed, UNNEEDED if write.is_unneeded else OUTCOME):
                self._entries.put(write.key, write.value, expiry, rank, lease)
        self._changed.notify_all()

    def _add(self, figure: Figure, now: int) -> None:
        fields = self._fields(figure.key, now)
        is_new = figure.field not in fields
        needed = self._entries.growth(figure.key, {**fields, figure.field: 0}) if is_new else 0
        if self._has_space(needed, UNNEEDED):
            fields = self._fields(figure.key, now)  # it may have been dropped for the space
            fields[figure.field] = fields.get(figure.field, 0) + figure.count
            expiry = now + int(figure.seconds * _MICROSECONDS)
            self._entries.put(figure.key, fields, expiry, UNNEEDED)

    def _has_space(self, needed: int, highest: Rank) -> bool:
        """Make space for what need not be written, if that is possible."""
        try:
            if needed > 0:
                self._entries.make_space(needed, highest)
        except MemoryError:
            return False
        return True

    def _takes(self, counter: Counter, now: int) -> list[tuple[int, int]]:
        """Return the times of the takes in the window that ends now, each with their number."""
        begin = now - _window(counter)
        packed = self._entries.get(counter.key, now)
        takes = _unpacked(packed) if isinstance(packed, bytes) else ()
        return [(at, number) for at, number in takes if at > begin]

    def _take(
        self, transaction: Transaction, takes: Sequence[Sequence[tuple[int, int]]], now: int
    ) -> None:
        """Take from all counters, and make space for all that the transaction must write."""
        taken = [
            (counter, *_packed(_changed(before, (_rounded_up(now, counter.step), 1))))
            for counter, before in zip(transaction.take, takes, strict=True)
        ]
        guarded = {record.key for record in transaction.records if record.expected}
        needed = sum(self._entries.growth(one.key, packed) for one, packed, _ in taken) + sum(
            max(self._entries.growth(write.key, write.value), 0)
            for write in transaction.write
            if write.value and (write.must_stay or (write.lease and write.key in guarded))
        )
        if needed > 0:
            self._make_space(needed, now)
        for counter, packed, last in taken:
            self._entries.put(counter.key, packed, last + _window(counter), _rank(counter))

    def _make_space(self, needed: int, now: int) -> None:
        try:
            dropped = self._entries.make_space(needed, SHORT_COUNTER)
        except MemoryError:
            self._log(_REFUSED, now)
            raise MemoryFullError from None
        if dropped is not None and dropped in _DROPPED:
            self._log(_DROPPED[dropped], now)

    def _log(self, what: str, now: int) -> None:
        logged = self._logged.get(what, 0)
        if now >= logged + _LOGGED_EVERY * _MICROSECONDS:
            self._logged[what] = now
            level = logging.ERROR if what == _REFUSED else logging.WARNING
            logger = logging.getLogger("sms_connector")
            log.write(logger, level, "store", state="memory_full", drops=what)

    def _give_back(self, counter: Counter, taken_at: int, now: int) -> None:
        at = _rounded_up(taken_at, counter.step)
        takes = self._takes(counter, now)
        if any(when == at for when, _ in takes):
            self._keep(counter, _changed(takes, (at, -1)))

    def _restamp(self, counter: Counter, taken_at: int, begin: int, now: int) -> None:
        before, after = (_rounded_up(at, counter.step) for at in (taken_at, begin))
        takes = self._takes(counter, now)
        if after > before and any(when == before for when, _ in takes):
            self._keep(counter, _changed(takes, (before, -1), (after, 1)))

    def _keep(self, counter: Counter, takes: Sequence[tuple[int, int]]) -> None:
        if takes:
            packed, last = _packed(takes)
            self._entries.put(counter.key, packed, last + _window(counter), _rank(counter))
        else:
            self._entries.drop(counter.key)


def _fullest(
    counters: Sequence[Counter], takes: Sequence[Sequence[tuple[int, int]]], now: int
) -> tuple[int | None, float]:
    """Return the place of the counter that is full longest, None without one, and its wait."""
    full, longest = None, 0
    for index, (counter, taken) in enumerate(zip(counters, takes, strict=True)):
        surplus = sum(number for _, number in taken) - counter.count
        for at, number in taken:
            if surplus < 0:
                break
            surplus -= number
            wait = at + _window(counter) - now
            if wait > longest:
                full, longest = index, wait
    return full, longest / _MICROSECONDS


def _rank(counter: Counter) -> Rank:
    if counter.is_shared or counter.seconds <= _MINUTE:
        return NEVER
    return SHORT_COUNTER if counter.seconds <= _HOUR else LONG_COUNTER


def _window(counter: Counter) -> int:
    return counter.seconds * _MICROSECONDS


def _packed(takes: Sequence[tuple[int, int]]) -> tuple[bytes, int]:
    """Return the takes as bytes, and the time of the last."""
    return struct.pack(f"{2 * len(takes)}q", *chain.from_iterable(takes)), takes[-1][0]


def _unpacked(packed: bytes) -> Takes:
    numbers = struct.unpack(f"{len(packed) // 8}q", packed)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _rounded_up(at: int, step: int) -> int:
    return -(-at // step) * step


def _changed(takes: Sequence[tuple[int, int]], *changes: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the takes with so many more or fewer at some times, oldest first."""
    numbers = dict(takes)
    for at, by in changes:
        numbers[at] = numbers.get(at, 0) + by
    return sorted(take for take in numbers.items() if take[1] > 0)
