"""The instance's memory before a store on a server."""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from .memory import Memory
from .outage import MemoryFullError, StoreAwayError
from .transaction import ABSENT, Record, Result, Store, Transaction, Write

_MOST_UNKNOWN: Final = 1_000


class Layered:
    """Asks the memory first and always writes to it; while the server is away, it is enough.

    An outage forgets nothing that this instance has sent. A memory that is full is done without
    while the server answers; if both fail, StoreAwayError is raised, and by ``figures`` always
    while the server is away.
    """

    def __init__(self, memory: Memory, server: Store) -> None:
        self._memory = memory
        self._server = server
        self._changed = threading.Condition()
        self._in_use: set[str] = set()
        # What a server may have taken whose reply was late, by when the memory took the same.
        self._unknown: dict[int, Transaction] = {}

    @property
    def away(self) -> str:
        return self._server.away

    def transact(self, transaction: Transaction) -> Result:
        """See Store. While a record is about to be written, this process's others wait to see it.

        They would take for a claim in memory what the server is about to refuse.
        """
        keys = {record.key for record in transaction.records}
        with self._changed:
            self._changed.wait_for(lambda: not keys & self._in_use)
            keys = keys if transaction.write else set()
            self._in_use |= keys
        try:
            return self._transact(transaction)
        finally:
            with self._changed:
                self._in_use -= keys
                self._changed.notify_all()

    def _transact(self, transaction: Transaction) -> Result:
        taken_here, taken_there = (*transaction.taken_at, 0, 0)[:2]
        if taken_here in self._unknown and not taken_there:
            taken_there = self._found_out(taken_here)
        try:
            here = self._memory.transact(_as_taken_at(_without_unneeded(transaction), taken_here))
        except MemoryFullError:
            there = self._server.transact(_as_taken_at(transaction, taken_there))
            return msgspec.structs.replace(there, taken_at=(0, *there.taken_at))
        if not here.committed:
            if here.full is not None:
                return self._refused(transaction, here)
            return here if here.found[0].value else self._with_server(transaction, here)
        if _only_reads(transaction) and any(found.value for found in here.found):
            return here
        try:
            there = self._server.transact(_as_taken_at(transaction, taken_there))
        except StoreAwayError as away:
            if away.maybe_done and transaction.take:
                self._remember(here.taken_at[0], transaction)
            return msgspec.structs.replace(here, taken_at=(*here.taken_at, 0))
        if not there.committed:
            self._undo(transaction, here)
            return there
        return msgspec.structs.replace(there, taken_at=(*here.taken_at, *there.taken_at))

    def _remember(self, taken_here: int, transaction: Transaction) -> None:
        with self._changed:
            self._unknown[taken_here] = transaction
            if len(self._unknown) > _MOST_UNKNOWN:
                del self._unknown[next(iter(self._unknown))]

    def _found_out(self, taken_here: int) -> int:
        """Return when the server took what got no reply; if it did not, it takes that now."""
        with self._changed:
            transaction = self._unknown.pop(taken_here, None)
        if transaction is None:
            return 0
        repeat = msgspec.structs.replace(transaction, is_repeat=True)
        try:
            return next(iter(self._server.transact(repeat).taken_at), 0)
        except StoreAwayError:
            return 0

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        (here,) = self._memory.transact(Transaction(records=(Record(key),))).found
        place = self._memory if here.value == value else self._server
        place.wait(key, value, pause, longest)

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        return self._server.figures(keys)

    def _with_server(self, transaction: Transaction, here: Result) -> Result:
        """Look on the server too for the records before the one that is in memory."""
        reads = tuple(Record(record.key) for record in transaction.records)
        try:
            there = self._server.transact(Transaction(reads)).found
        except StoreAwayError:
            return here
        found = (one if one.value else other for one, other in zip(here.found, there, strict=True))
        return msgspec.structs.replace(here, found=tuple(found))

    def _refused(self, transaction: Transaction, here: Result) -> Result:
        """Return what the memory refuses, unless the server knows the records: then those.

        What another instance sent is answered with its outcome, not with a refusal.
        """
        figure = transaction.take[here.full].refused if here.full is not None else None
        counts = figure is not None and here.wait > transaction.max_wait
        looked = Transaction(transaction.records, add=(figure,) if counts and figure else ())
        if not looked.records and not looked.add:
            return here
        try:
            there = self._server.transact(looked)
        except StoreAwayError:
            return here
        return here if there.committed else there

    def _undo(self, transaction: Transaction, here: Result) -> None:
        """Forget what only the memory has agreed to: another instance was first.

        An outcome stays: this instance has sent the message too, and may not send it again.
        """
        claimed = {one.key for one in transaction.records if one.expected == (ABSENT,)}
        written = [one for one in transaction.write if one.value and one.key in claimed]
        self._memory.transact(
            Transaction(
                records=tuple(Record(write.key, (write.value,)) for write in written),
                give_back=transaction.take,
                taken_at=here.taken_at,
                write=tuple(Write(write.key) for write in written),
            )
        )


def _as_taken_at(transaction: Transaction, taken_at: int) -> Transaction:
    """Return the transaction with the time at which one of the two stores took."""
    if not (transaction.give_back or transaction.restamp):
        return transaction
    return msgspec.structs.replace(transaction, taken_at=(taken_at,))


def _without_unneeded(transaction: Transaction) -> Transaction:
    if not any(write.is_unneeded for write in transaction.write):
        return transaction
    write = tuple(write for write in transaction.write if not write.is_unneeded)
    return msgspec.structs.replace(transaction, write=write)


def _only_reads(transaction: Transaction) -> bool:
    return not (
        transaction.take
        or transaction.give_back
        or transaction.restamp
        or transaction.write
        or transaction.add
    )
