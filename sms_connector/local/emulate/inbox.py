"""What the emulator received: the accepted messages, and the requests it refused."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from heapq import merge

import msgspec

from .changes import Changes

# Beyond these, the oldest are dropped, separately for each kind: a client that is refused in a loop
# must not push out the messages.
CAPACITY = 10_000
REFUSED_CAPACITY = 1_000


class ReceivedMessage(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One accepted message to one number. `GET /inbox` has these names in camelCase.

    `phone` is the 11 digits of a mainland number, else country code and number; `content` is
    the text of the SMS; `received_at` is when it was accepted, in UTC; `parts` is the number of
    messages billed. `delivery_error` is the carrier's error code, if the phone does not receive
    it.
    """

    phone: str
    sign_name: str
    template_code: str
    template_param: dict[str, str]
    content: str
    biz_id: str
    request_id: str
    received_at: datetime
    out_id: str | msgspec.UnsetType = msgspec.UNSET
    parts: int
    delivery_error: str | msgspec.UnsetType = msgspec.UNSET


class RefusedRequest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A request to send that was refused, or lost by a magic number: no phone receives a message.

    The first five fields are as the client wrote them, shortened if very long; empty if missing.
    `status` is the HTTP status, `code` and `reason` are those of the answer. `code` is empty if the
    request was lost: `reason` then says how. `magic` is whether the number alone is the cause.
    """

    action: str
    phone: str
    sign_name: str
    template_code: str
    template_param: str
    request_id: str
    received_at: datetime
    status: int
    code: str
    reason: str
    magic: bool


class PushedReport(msgspec.Struct, frozen=True, rename="camel"):
    """One attempt to push a delivery report. `problem` is empty if the report was accepted."""

    at: datetime
    success: bool
    code: str
    problem: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the inbox. Ids increase, also after a restart.

    `request` is the request as text, without credentials; `fault` is what a magic number does to
    the answer of an accepted message.
    """

    id: int
    item: ReceivedMessage | RefusedRequest
    request: str = ""
    fault: str = ""
    read: bool = False
    reports: tuple[PushedReport, ...] = ()


def count_parts(content: str) -> int:
    """Return the billed parts: one up to 70 characters, beyond that one for each 67."""
    return 1 if len(content) <= 70 else math.ceil(len(content) / 67)


class _Shelf:
    """The entries of one kind, the oldest first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.entries: OrderedDict[int, Entry] = OrderedDict()

    def put(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        self._drop_oldest()

    def put_below(self, older: Iterable[Entry]) -> None:
        above = self.entries
        self.entries = OrderedDict((entry.id, entry) for entry in older)
        self.entries.update(above)
        self._drop_oldest()

    def newest_first(self) -> Iterator[Entry]:
        return reversed(self.entries.values())

    def _drop_oldest(self) -> None:
        while len(self.entries) > self._capacity:
            self.entries.popitem(last=False)


class Inbox:
    """Thread-safe: the server writes while a test reads.

    `on_message` is called with the entry of each accepted message.
    """

    def __init__(
        self,
        capacity: int = CAPACITY,
        on_message: Callable[[Entry], None] | None = None,
        refused_capacity: int = REFUSED_CAPACITY,
    ) -> None:
        self._lock = threading.Lock()
        self._capacities = (capacity, refused_capacity)
        self._messages, self._refused = self._shelves()
        self._emptied = self._shelves()
        self._on_message = on_message
        self.changes = Changes()
        # Both start from the time, not from 0: after a restart, an open page would take the new
        # inbox for the old one. Ids in milliseconds, since JavaScript's integers end at 2**53.
        self._revision = time.time_ns()
        self._last_id = time.time_ns() // 1_000_000

    @property
    def revision(self) -> int:
        """A number that changes with every change of `messages()`."""
        return self._revision

    @property
    def emptied(self) -> int:
        """The number of entries that `undo` restores."""
        return sum(len(shelf.entries) for shelf in self._emptied)

    def add(self, message: ReceivedMessage, request: str = "", fault: str = "") -> None:
        with self._lock:
            entry = Entry(id=self._next_id(), item=message, request=request, fault=fault)
            self._messages.put(entry)
            self._revision += 1
        if self._on_message is not None:
            self._on_message(entry)
        self.changes.announce()

    def add_refused(self, refused: RefusedRequest, request: str = "") -> None:
        with self._lock:
            self._refused.put(Entry(id=self._next_id(), item=refused, request=request))
        self.changes.announce()

    def add_report(self, entry_id: int, report: PushedReport) -> None:
        """Record a report of a message, also of a cleared one; ignore it if that was dropped."""
        with self._lock:
            for entries in (self._messages.entries, self._emptied[0].entries):
                if entry := entries.get(entry_id):
                    reports = (*entry.reports, report)
                    entries[entry_id] = msgspec.structs.replace(entry, reports=reports)
        self.changes.announce()

    def messages(self, phone: str = "") -> tuple[ReceivedMessage, ...]:
        """Return the messages, newest first, to numbers that contain `phone`."""
        with self._lock:
            items = [entry.item for entry in self._messages.newest_first()]
        return tuple(
            item for item in items if isinstance(item, ReceivedMessage) and phone in item.phone
        )

    def entries(self) -> tuple[Entry, ...]:
        """Return messages and refused requests, newest first."""
        with self._lock:
            kinds = (self._messages.newest_first(), self._refused.newest_first())
            return tuple(merge(*kinds, key=lambda entry: entry.id, reverse=True))

    def entry(self, entry_id: int) -> Entry | None:
        with self._lock:
            return self._messages.entries.get(entry_id) or self._refused.entries.get(entry_id)

    def mark_read(self, entry_id: int | None = None) -> None:
        """Mark one entry as read, or all."""
        with self._lock:
            for shelf in (self._messages, self._refused):
                ids = list(shelf.entries) if entry_id is None else [entry_id]
                for name in ids:
                    entry = shelf.entries.get(name)
                    if entry is not None and not entry.read:
                        shelf.entries[name] = msgspec.structs.replace(entry, read=True)
        self.changes.announce()

    def clear(self) -> None:
        """Empty the inbox. Emptying an empty one keeps what `undo` restores."""
        with self._lock:
            if self._messages.entries or self._refused.entries:
                self._emptied = (self._messages, self._refused)
                self._messages, self._refused = self._shelves()
                self._revision += 1
        self.changes.announce()

    def undo(self) -> None:
        """Restore what was emptied last, below what was received since."""
        with self._lock:
            for shelf, emptied in zip((self._messages, self._refused), self._emptied, strict=True):
                shelf.put_below(emptied.entries.values())
            self._emptied = self._shelves()
            self._revision += 1
        self.changes.announce()

    def _shelves(self) -> tuple[_Shelf, _Shelf]:
        return _Shelf(self._capacities[0]), _Shelf(self._capacities[1])

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id
