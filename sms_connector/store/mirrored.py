"""A store on a server, of which the instance's memory keeps the counters for an outage."""

from collections.abc import Mapping, Sequence

import msgspec

from .memory import Memory
from .transaction import Result, Store, Transaction


class Mirrored:
    """Asks the server alone; what was taken there is taken from the memory's counters too.

    So Layered, over the same memory, forgets no message in an outage. Raises StoreAwayError.
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
        here, there = (*transaction.taken_at, 0, 0)[:2]
        result = self._server.transact(msgspec.structs.replace(transaction, taken_at=(there,)))
        if not result.committed:
            return result
        mirrored = self._memory.transact(
            Transaction(
                take=transaction.take,
                give_back=transaction.give_back,
                restamp=transaction.restamp,
                restamp_delay=transaction.restamp_delay,
                taken_at=(here,),
            )
        )
        # Another instance's outage may have left the memory fuller than the server.
        taken_here = mirrored.taken_at or (0,)
        return msgspec.structs.replace(result, taken_at=(*taken_here, *result.taken_at))

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        self._server.wait(key, value, pause, longest)

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        return self._server.figures(keys)
