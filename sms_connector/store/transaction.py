"""The one verb of a store: a transaction that is committed whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

Takes = tuple[tuple[int, int], ...]
"""When was taken from a counter (microseconds, rounded up to its step), and how often."""

ABSENT: Final = ""
"""The value of a record that does not exist. No record can hold it."""

MOST_AHEAD: Final = 2.0
"""By how many seconds a take may be later than the store's time, beside its step.

One that is later still was made before the store's clock was set back: it counts from now.
"""

MOST_EXACT: Final = 100
"""A counter up to this count is exact; above, it counts in hundredths of its window."""


class Record(msgspec.Struct, frozen=True):
    """A record to read. The transaction commits only if the value is one of ``expected``.

    Empty ``expected`` accepts every value; ABSENT in it accepts a missing record.
    """

    key: str
    expected: tuple[str, ...] = ()


class Figure(msgspec.Struct, frozen=True):
    """A number to add to one field of a hash, which then lives for ``seconds``."""

    key: str
    field: str
    seconds: float
    count: int = 1


class Counter(msgspec.Struct, frozen=True):
    """At most ``count`` takes in every window of ``seconds``.

    Above MOST_EXACT, a take counts for up to a hundredth of the window longer. ``refused`` is
    added if this counter is the one that refuses the transaction. ``is_shared`` is for what many
    subjects have in common: a memory that is full never drops it.
    """

    key: str
    count: int
    seconds: int
    refused: Figure | None = None
    is_shared: bool = False

    @property
    def step(self) -> int:
        """Microseconds to which the time of a take is rounded up."""
        return 1 if self.count <= MOST_EXACT else self.seconds * 10_000


class Write(msgspec.Struct, frozen=True):
    """A value for a record, for ``seconds``; ABSENT deletes it.

    A memory that is full does not drop a record in its first ``lease`` seconds, and one that
    ``must_stay`` not at all: if there is no space for a new one of these, MemoryFullError is
    raised. (A new record with a lease counts only where the transaction expects a value of it.)
    ``if_absent`` leaves a record as it is that exists already. ``is_unneeded`` is for what nothing
    depends on: nothing else is dropped for it, and it is not kept both in a memory and on a
    server.
    """

    key: str
    value: str = ABSENT
    seconds: float = 0
    lease: float = 0
    must_stay: bool = False
    if_absent: bool = False
    is_unneeded: bool = False


class Transaction(msgspec.Struct, frozen=True):
    """What to read, expect, take, give back, restamp, write and add, in this order.

    If a record is not as expected, nothing else happens. If a counter is full, nothing is taken or
    written, and its ``refused`` figure is added, except if it has room again within ``max_wait``
    seconds. ``give_back`` returns what was taken at ``taken_at`` (see Result); a counter from
    which nothing was taken at that time is left alone. ``restamp`` moves what was taken at
    ``taken_at`` to ``restamp_delay`` seconds from now (MOST_AHEAD at most), so that the windows of
    these counters begin then; it moves nothing back, and finds nothing the second time. Of a
    counter above MOST_EXACT, each of both concerns one of the takes that were rounded up to the
    same time. ``count`` are counters to read, as they were before the transaction.

    ``is_repeat`` says that this very transaction was sent before and its outcome is unknown (see
    StoreAwayError.maybe_done): if it was committed then, that is the result, and nothing else
    happens. One of its records must expect another value than the one written to it, and that must
    be like no other writer's.
    """

    records: tuple[Record, ...] = ()
    take: tuple[Counter, ...] = ()
    give_back: tuple[Counter, ...] = ()
    restamp: tuple[Counter, ...] = ()
    restamp_delay: float = 0
    count: tuple[Counter, ...] = ()
    taken_at: tuple[int, ...] = ()
    write: tuple[Write, ...] = ()
    add: tuple[Figure, ...] = ()
    max_wait: float = 0
    is_repeat: bool = False


class Found(msgspec.Struct, frozen=True):
    """The value of a record before the transaction, and the seconds that it would live on."""

    value: str = ABSENT
    seconds: float = 0


class Result(msgspec.Struct, frozen=True):
    """What a transaction did.

    ``found`` has one item for each of its records. ``full`` is the index of the counter that
    refused it (of several the one that is full longest), ``wait`` the seconds until that has room.
    ``now`` is the store's time in microseconds since the epoch; ``taken_at`` is what giving back
    needs: one time for each store that took, 0 for one that did not. ``counted`` has one item for
    each counter to read: the times of the takes in its window, each with their number.
    """

    committed: bool
    found: tuple[Found, ...]
    now: int
    full: int | None = None
    wait: float = 0
    taken_at: tuple[int, ...] = ()
    counted: tuple[Takes, ...] = ()


class Store(Protocol):
    """Where state lives: in the memory of this instance, or on a server for all of them.

    ``away`` names the fault because of which a server is not used at present, or is empty.
    A store on a server raises StoreAwayError where it cannot be asked in time. A memory raises
    MemoryFullError, which is one, where it has no space for what may not be lost.
    """

    @property
    def away(self) -> str: ...

    def transact(self, transaction: Transaction) -> Result: ...

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        """Block until the record may no longer hold this value, for ``longest`` seconds at most.

        A memory knows when that is; a store on a server is asked again after ``pause`` seconds.
        """

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        """Return all fields of each of these hashes."""
