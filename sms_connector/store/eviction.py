"""What the memory of an instance holds: a bounded number of bytes, and what to drop first."""

import heapq
import sys
from typing import Final, Literal

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

_Entry = tuple[Value, int, int, Rank, int]
"""Value, expiry, end of the lease, rank, and size in bytes."""


class BoundedEntries:
    """Entries that expire, not more than ``most`` bytes of them. Times are in microseconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[str, _Entry] = {}
        # When an entry expires or its lease ends, by rank. Whatever was replaced or dropped stays
        # in here until it comes to the top.
        self._due: tuple[list[tuple[int, str]], ...] = ([], [], [], [], [])
        self._numbers = [0, 0, 0, 0, 0]
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str, now: int) -> Value | None:
        entry = self._entries.get(key)
        return entry[0] if entry is not None and entry[1] > now else None

    def expiry(self, key: str) -> int:
        return self._entries[key][1]

    def growth(self, key: str, value: Value) -> int:
        """Return by how many bytes they would grow."""
        entry = self._entries.get(key)
        return _size(value) - (entry[4] if entry is not None else 0)

    def put(self, key: str, value: Value, expiry: int, rank: Rank, lease: int = 0) -> None:
        """Keep a value. Until ``lease`` it is not dropped, whatever its rank."""
        self.drop(key)
        self._add(key, (value, expiry, lease, rank, _size(value)))

    def drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry[4]
            self._numbers[_place(entry)] -= 1

    def expire(self, now: int) -> None:
        """Forget what has expired, and which leases have ended."""
        for place in (UNNEEDED, OUTCOME, LONG_COUNTER, SHORT_COUNTER, NEVER):
            due = self._due[place]
            while due and due[0][0] <= now:
                _, key, entry = self._popped(place)
                if entry is not None:
                    self.drop(key)
                    if entry[1] > now:  # a lease that has ended
                        self._add(key, (entry[0], entry[1], 0, entry[3], entry[4]))

    def make_space(self, needed: int, highest: Rank) -> Rank | None:
        """Drop entries up to a rank until so many bytes are free.

        Return the rank of the most important that was dropped, None if there was no need.
        Raises MemoryError if it is not enough.
        """
        dropped: Rank | None = None
        for rank in (UNNEEDED, OUTCOME, LONG_COUNTER, SHORT_COUNTER):
            while self.size + needed > self._most and rank <= highest and self._due[rank]:
                _, key, entry = self._popped(rank)
                if entry is not None:
                    self.drop(key)
                    dropped = rank
        if self.size + needed > self._most:
            raise MemoryError
        return dropped

    def _add(self, key: str, entry: _Entry) -> None:
        self._entries[key] = entry
        self.size += entry[4]
        place = _place(entry)
        self._numbers[place] += 1
        due = self._due[place]
        heapq.heappush(due, (_due(entry), key))
        if len(due) > 2 * self._numbers[place] + 100:
            # A set: a counter above MOST_EXACT expires at the same time after many changes.
            due[:] = {(at, key) for at, key in due if self._is_current(place, at, key)}
            heapq.heapify(due)

    def _popped(self, place: Rank) -> tuple[int, str, _Entry | None]:
        at, key = heapq.heappop(self._due[place])
        entry = self._entries[key] if self._is_current(place, at, key) else None
        return at, key, entry

    def _is_current(self, place: Rank, at: int, key: str) -> bool:
        entry = self._entries.get(key)
        return entry is not None and _place(entry) == place and _due(entry) == at


def _place(entry: _Entry) -> Rank:
    return NEVER if entry[2] else entry[3]


def _due(entry: _Entry) -> int:
    return min(entry[2] or entry[1], entry[1])


def _size(value: Value) -> int:
    if isinstance(value, dict):
        return _OVERHEAD + _FIELD * len(value)
    return _OVERHEAD + sys.getsizeof(value)
