"""What the store holds of verifications: the names of their records, and how it is asked."""

import math
from typing import Final

import msgspec

from ..config import ConnectorConfig
from ..errors import ConnectorError
from ..sending.at_most_once import Figures
from ..store.names import Names
from ..store.outage import LEFT_ALONE_SECONDS, StoreAwayError
from ..store.transaction import Figure, Result, Store, Transaction

_RETRY_SECONDS: Final = math.ceil(LEFT_ALONE_SECONDS)


class VerificationRecords(msgspec.Struct, frozen=True):
    """The records of all verifications, and the settings that they follow."""

    store: Store
    names: Names
    config: ConnectorConfig
    figures: Figures | None = None

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

    def transact(self, transaction: Transaction) -> Result:
        """Commit, or raise ConnectorError (``unavailable``) while the store is away."""
        try:
            return self.store.transact(transaction)
        except StoreAwayError:
            raise ConnectorError(
                "unavailable",
                "The store of verifications cannot be reached: try again in a moment.",
                retry_after=_RETRY_SECONDS,
            ) from None

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        self.store.wait(key, value, pause, longest)
