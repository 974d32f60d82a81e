"""What the store holds of verifications: the names of their records, and how it is asked."""

import math
import time
from collections.abc import Callable
from functools import partial

import msgspec

from ..clock import shanghai_date
from ..config import ConnectorConfig
from ..errors import ConnectorError
from ..sending.at_most_once import LEASE_BEYOND_CALL, Figures
from ..store import timeouts
from ..store.names import Names
from ..store.outage import StoreAwayError
from ..store.transaction import Figure, Result, Store, Transaction
from .codes import derived_codes
from .record import Verification
from .unfinished import Unfinished


class VerificationRecords(msgspec.Struct, frozen=True):
    """The records of all verifications, and the settings that they follow."""

    store: Store
    names: Names
    config: ConnectorConfig
    figures: Figures | None = None
    unfinished: Unfinished = msgspec.field(default_factory=Unfinished)

    @property
    def lease_seconds(self) -> float:
        """How long a message may be under way."""
        return self.config.longest_call + LEASE_BEYOND_CALL

    def id_keys(self, verification_id: str) -> tuple[str, ...]:
        return self.names.of("verification", verification_id)

    def number_keys(self, identity: str, usage_type: str) -> tuple[str, ...]:
        return self.names.of("verification of number", identity, usage_type)

    def message_keys(self, verification_id: str) -> tuple[str, ...]:
        """Return the keys of the bizId of the latest message: the first is written, all are read.

        It is a record of its own, so that writing it never waits for a guess.
        """
        return self.names.of("verification message", verification_id)

    def code_of(self, verification: Verification, secret: int) -> str:
        """Return the code of a verification; ``secret`` is the index of the secret of its names."""
        test_code = self._test_code(verification, secret)
        if test_code is not None:
            return test_code
        return derived_codes(self.names, verification.id, verification.digits)[secret]

    def figure_of_approval(
        self, verification: Verification, secret: int, now: int
    ) -> tuple[Figure, ...]:
        if self.figures is None or self._test_code(verification, secret) is not None:
            return ()
        return self.figures.of(verification.country, verification.usage_type, "approved", now)

    def _test_code(self, verification: Verification, secret: int) -> str | None:
        """Return the code of a verification of a test number, found by the name of its record."""
        today = shanghai_date(time.time()) if self.config.test_numbers else ""
        for number in self.config.test_numbers:
            keys = self.number_keys(number.phone.identity, verification.usage_type)
            if number.works_on(today) and keys[secret] == verification.number:
                return number.code
        return None

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
            error = _maybe_done() if maybe_done else away.as_error()
            if maybe_done and undo_lost is not None:
                self.unfinished.add(partial(undo_lost, error.copy()))
        raise error

    def wait(self, key: str, value: str, pause: float, longest: float) -> None:
        self.store.wait(key, value, pause, longest)


def _maybe_done() -> ConnectorError:
    return ConnectorError(
        "unavailable",
        "The store did not answer in time, so this may have counted: try again in a moment.",
        retry_after=math.ceil(timeouts.LEFT_ALONE_SECONDS),
    )
