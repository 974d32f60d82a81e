"""What the memory of an instance holds: a bounded number of bytes, and what to drop first."""

import heapq
import sys
from typing import Final, Literal

import msgspec

Value = str | bytes | dict[str, int]

Rank = Literal[0, 1, 2, 3, 4]
"""The order in which entries are dropped where there is no space left."""

UNNEEDED: Final[Rank] = 0
"""Nothing depends on it."""

OUTCOME: Final[Rank] = 1
"""What became of a request, once its lease is over: a repeated one would be a new one."""

LONG_COUNTER: Final[Rank] = 2
"""How much a single subject had, in a window longer than an hour."""

SHORT_COUNTER: Final[Rank] = 3
"""The same, in a window longer than a minute."""

NEVER: Final[Rank] = 4
"""A lease, a record that must stay, a counter of all or of the last minute."""

_OVERHEAD: Final = 400
"""Bytes of an entry beside its value: key, places in dict and heap, numbers. Measured: see
tests/store/test_memory_full.py."""

_FIELD: Final = 160
"""Bytes of a field of a hash."""


class _Entry(msgspec.Struct, gc=False):
    """Not tracked by the garbage collector: there are tens of thousands, never part of a cycle.

    ``due`` is when it expires or its lease ends, ``place`` which heap it is in until then.

    ``queued`` is its time in the heap: ``due``, or earlier if it was put again with a later one.
    """

    value: Value
    expiry: int
    rank: Rank
    size: int
    due: int
    place: Rank
    queued: int


class BoundedEntries:
    """Entries that expire, not more than ``most`` bytes of them. Times are in microseconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[str, _Entry] = {}
        # When an entry is due, by rank; those with a lease are in the last heap. What was dropped
        # or moved to another heap stays in here until it comes to the top.
        self._due: tuple[list[tuple[int, str]], ...] = ([], [], [], [], [])
        self._numbers = [0, 0, 0, 0, 0]
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str, now: int) -> Value | None:
        entry = self._entries.get(key)
        return entry.value if entry is not None and entry.expiry > now else None

    def expiry(self, key: str) -> int:
        return self._entries[key].expiry

    def growth(self, key: str, value: Value) -> int:
        """Return by how many bytes they would grow."""
        entry = self._entries.get(key)
        return _size(value) - (entry.size if entry is not None else 0)

    def put(self, key: str, value: Value, expiry: int, rank: Rank, lease: int = 0) -> None:
        """Keep a value. Until ``lease`` it is not dropped, whatever its rank."""
        due, place = (min(lease, expiry), NEVER) if lease else (expiry, rank)
        entry = _Entry(value, expiry, rank, _size(value), due, place, due)
        before = self._entries.get(key)
        self._entries[key] = entry
        self.size += entry.size
        self._numbers[place] += 1
        if before is not None:
            self.size -= before.size
            self._numbers[before.place] -= 1
        heap = self._due[place]
        if before is not None and before.place == place and before.queued <= due:
            entry.queued = before.queued
        else:
            heapq.heappush(heap, (due, key))
        if len(heap) > 2 * self._numbers[place] + 100:
            # A set: what was dropped and put again with the same time is in it twice.
            heap[:] = {(at, key) for at, key in heap if self._is_current(place, at, key)}
            heapq.heapify(heap)

    def drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size
            self._numbers[entry.place] -= 1

    def expire(self, now: int) -> None:
        """Forget what has expired, and which leases have ended."""
        for place, due in enumerate(self._due):
            while due and due[0][0] <= now:
                key, entry = self._popped(place)
                if entry is not None:
                    self.drop(key)
                    if entry.expiry > now:  # a lease that has ended
                        self.put(key, entry.value, entry.expiry, entry.rank)

    def make_space(self, needed: int, highest: Rank) -> Rank | None:
        """Drop entries up to a rank until so many bytes are free.

        Return the rank of the most important that was dropped, None if there was no need.
        Raises MemoryError if it is not enough.
        """
        dropped: Rank | None = None
        for rank in (UNNEEDED, OUTCOME, LONG_COUNTER, SHORT_COUNTER):
            while self.size + needed > self._most and rank <= highest and self._due[rank]:
                key, entry = self._popped(rank)
                if entry is not None:
                    self.drop(key)
                    dropped = rank
        if self.size + needed > self._most:
            raise MemoryError
        return dropped

    def _popped(self, place: int) -> tuple[str, _Entry | None]:
        """Take the first from a heap; no entry if it is not due yet, or no longer there."""
        at, key = heapq.heappop(self._due[place])
        if not self._is_current(place, at, key):
            return key, None
        entry = self._entries[key]
        if entry.due > at:
            entry.queued = entry.due
            heapq.heappush(self._due[place], (entry.due, key))
            return key, None
        return key, entry

    def _is_current(self, place: int, at: int, key: str) -> bool:
        entry = self._entries.get(key)
        return entry is not None and entry.place == place and entry.queued == at


def _size(value: Value) -> int:
    if isinstance(value, dict):
        return _OVERHEAD + _FIELD * len(value)
    return _OVERHEAD + sys.getsizeof(value)
