"""What the store holds of verifications: the names of their records, and how it is asked."""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from ..config import ConnectorConfig
from ..errors import ConnectorError
from ..sending.at_most_once import Figures
from ..store.names import Names
from ..store.outage import LEFT_ALONE_SECONDS, StoreAwayError
from ..store.transaction import Figure, Result, Store, Transaction
from .unfinished import Unfinished

_AWAY: Final = "The store of verifications cannot be reached: try again in a moment."
_MAYBE_DONE: Final = (
    "The store of verifications did not answer in time, so this may have counted: try again in a "
    "moment."
)
_RETRY_SECONDS: Final = math.ceil(LEFT_ALONE_SECONDS)


class VerificationRecords(msgspec.Struct, frozen=True):
    """The records of all verifications, and the settings that they follow."""

    store: Store
    names: Names
    config: ConnectorConfig
    figures: Figures | None = None
    unfinished: Unfinished = msgspec.field(default_factory=Unfinished)

    def id_keys(self, verification_id: str) -> tuple[str, ...]:
        return self.names.of("verification", verification_id)

    def number_keys(self, identity: str, usage_type: str) -> tuple[str, ...]:
        return self.names.of("verification of number", identity, usage_type)

    def message_keys(self, verification_id: str) -> tuple[str, ...]:
        """Return the keys of the bizId of the latest message: the first is written, all are read.

        It is a record of its own, so that writing it never waits for a guess.
        """
        return self.names.of("verification message", verification_id)

    def figure(self, country: str, usage_type: str, outcome: str, now: int) -> tuple[Figure, ...]:
        return self.figures.of(country, usage_type, outcome, now) if self.figures else ()

    def transact(
        self, transaction: Transaction, undo_lost: Callable[[ConnectorError], None] | None = None
    ) -> Result:
        """Commit, or raise ConnectorError (``unavailable``) while the store is away.

        ``undo_lost`` is called once the store is back, where it is not known whether the
        transaction was committed.
        """
        try:
            return self.store.transact(transaction)
        except StoreAwayError as away:
            maybe_done = away.maybe_done and bool(transaction.write)
            error = ConnectorError(
                "unavailable",
                _MAYBE_DONE if maybe_done else _AWAY,
                retry_after=_RETRY_SECONDS,
            )
            if maybe_done and undo_lost is not None:
                self.unfinished.add(partial(undo_lost, error.copy()))
        raise error

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        self.store.wait(key, value, pause, longest)
