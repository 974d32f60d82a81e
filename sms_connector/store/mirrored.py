"""A store on a server, of which the instance's memory keeps the counters."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from .memory import Memory
from .outage import MemoryFullError
from .transaction import Result, Store, Transaction


class Mirrored:
    """Asks the server alone; what was taken there is taken from the memory's counters too.

    So Layered, over the same memory, forgets no message in an outage. A counter that is full in
    the memory refuses also if the server has room: it has lost its last writes, or this instance
    sent while it was away. Records are the server's alone: who must not go behind a value that
    was seen keeps it, as ``verification/progress.py`` does. Raises StoreAwayError.
    """

    def __init__(self, memory: Memory, server: Store) -> None:
        self._memory = memory
        self._server = server

    @property
    def away(self) -> str:
        return self._server.away

    def transact(self, transaction: Transaction) -> Result:
        if not (transaction.take or transaction.give_back or transaction.restamp):
            return self._server.transact(transaction)
        # What is sent again was let through by the memory the first time.
        refused = None if transaction.is_repeat else self._refused(transaction)
        if refused is not None:
            return refused
        here, there = (*transaction.taken_at, 0, 0)[:2]
        result = self._server.transact(msgspec.structs.replace(transaction, taken_at=(there,)))
        if not result.committed:
            return result
        mirrored = Transaction(
            take=transaction.take,
            give_back=transaction.give_back,
            restamp=transaction.restamp,
            restamp_delay=transaction.restamp_delay,
            taken_at=(here,),
        )
        taken_here: tuple[int, ...] = ()
        with suppress(MemoryFullError):  # the server has counted
            taken_here = self._memory.transact(mirrored).taken_at
        # Another thread may have filled the memory's counter meanwhile.
        return msgspec.structs.replace(result, taken_at=(*(taken_here or (0,)), *result.taken_at))

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        self._server.wait(key, value, pause, longest)

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        return self._server.figures(keys)

    def _refused(self, transaction: Transaction) -> Result | None:
        """Return what the memory's counters refuse, unless a record is not as expected."""
        full, wait = self._memory.refusal(transaction.take)
        if full is None:
            return None
        figure = transaction.take[full].refused
        seen = self._server.transact(
            Transaction(
                transaction.records,
                count=transaction.count,
                add=(figure,) if figure is not None and wait > transaction.max_wait else (),
            )
        )
        if not seen.committed:
            return seen
        return msgspec.structs.replace(seen, committed=False, full=full, wait=wait, taken_at=())
