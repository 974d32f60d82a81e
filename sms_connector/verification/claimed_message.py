"""A claimed message of a verification, until its outcome is stored.

One that was definitely not sent is undone, unless somebody guessed meanwhile: nobody can while the
lease holds, but its owner may have been frozen for longer. Guesses are not refunded.
"""

from typing import Final

import msgspec

from .. import clock
from ..clock import Moment
from ..errors import ConnectorError
from ..idempotency.claim import Claims
from ..message import Receipt, Sms
from ..sending.at_most_once import figures_of
from ..sending.limiter import ACCEPTANCE_MARGIN, Limiter
from ..store.transaction import Counter, Figure, Record, Transaction, Write
from .lease import Lease
from .outcomes import Started
from .record import Verification, decoded, encoded
from .records import VerificationRecords

_CLAIM_SECONDS: Final = 5
"""Time that the claim itself may take, so that the stated minutes are not rounded down."""


class ClaimedMessage(msgspec.Struct, frozen=True):
    """The message, and all that was written and taken for it.

    ``secret`` is the index of the secret that made the names of the verification, ``replaced`` the
    value that the record of the number had before a new one. ``conversion`` are the counters of
    messages for the conversion breaker. ``taken_at`` and ``now`` are those of the claim's Result.
    """

    records: VerificationRecords
    claims: Claims[Started]
    limiter: Limiter
    request: Sms
    verification: Verification
    is_new: bool
    secret: int
    id_key: str
    replaced: str
    lease: Lease
    conversion: tuple[Counter, ...]
    taken_at: tuple[int, ...]
    now: int

    @property
    def sms(self) -> Sms:
        """The message with its code and its validity."""
        verification = self.verification
        code = self.records.code_of(verification, self.secret)
        left = verification.seconds_left(self.now) + _CLAIM_SECONDS
        minutes = max(int(left // 60), 1)
        return msgspec.structs.replace(self.request, code=code, minutes=minutes)

    def started(self, receipt: Receipt) -> Started:
        return Started(self.verification.state, receipt, self.is_new)

    def end_or_later(self, outcome: Started | ConnectorError) -> None:
        """Write the outcome, once the store is back at the latest. Raises nothing of the store."""
        ended = clock.now()
        try:
            self.end(outcome)
        except ConnectorError:
            self.records.unfinished.add(lambda: self.end(outcome, ended))

    def end(self, outcome: Started | ConnectorError, ended: Moment | None = None) -> None:
        """Write how the message ended. Repeated, it changes nothing but the figures.

        ``ended`` is when, if an earlier attempt to write it failed. That one may have counted the
        outcome, so the figures are left alone; and the limits count from then, not from now.

        Raises ConnectorError (``unavailable``) while the store is away.
        """
        if isinstance(outcome, ConnectorError) and outcome.sent is False:
            self._undo(outcome, is_counted=ended is not None)
            return
        write = self.claims.finish(outcome)
        if isinstance(outcome, Started):
            key = self.records.message_keys(self.verification.id)[0]
            seconds = max(self.verification.seconds_left(self.now), 0.001)
            biz_id = outcome.receipt.biz_id
            write = (*write, Write(key, biz_id, seconds), *self._delivery(biz_id))
        lease = self.lease
        while True:
            result = self.records.transact(
                Transaction(
                    records=(lease.record,),
                    restamp=self.limiter.per_number,
                    restamp_delay=ACCEPTANCE_MARGIN - (ended.age if ended is not None else 0),
                    taken_at=self.taken_at,
                    write=(*write, *lease.released(self.records.lease_seconds)),
                    add=() if ended is not None else self._figure(outcome),
                )
            )
            if result.committed:
                return
            lease = lease.seen(result.found[0])

    def _undo(self, error: ConnectorError, *, is_counted: bool) -> None:
        """Take the message back from whatever the verification has become meanwhile."""
        own = by_id = by_number = encoded(self.verification)
        lease, now = self.lease, self.now
        while True:
            # One that is as it was claimed was guessed by nobody, though its time may be over.
            current = self.verification if by_id == own else decoded(by_id, now)
            give_back: tuple[Counter, ...] = ()
            write: tuple[Write, ...] = ()
            if current is not None and not current.was_guessed_since(self.verification):
                # Nobody can type in what was not sent, so it does not count as a message either.
                give_back = (*self.limiter.refunded(error), *self.conversion)
                write = self._without_message(current, by_number == by_id, now)
            result = self.records.transact(
                Transaction(
                    records=(
                        Record(self.id_key, (by_id,)),
                        Record(self.verification.number, (by_number,)),
                        lease.record,
                    ),
                    give_back=give_back,
                    taken_at=self.taken_at,
                    write=(
                        *write,
                        *lease.released(self.records.lease_seconds),
                        *self.claims.release(error),
                    ),
                    add=() if is_counted else self._figure(error),
                )
            )
            if result.committed:
                return
            now = result.now
            by_id, by_number, seen = result.found[0].value, result.found[1].value, result.found[2]
            lease = lease.seen(seen)

    def _without_message(
        self, current: Verification, is_latest: bool, now: int
    ) -> tuple[Write, ...]:
        """Return what takes one message off; ``is_latest``: the number's record is the same."""
        left = current.without_message()
        if left is not None:
            value, seconds = encoded(left), current.seconds_left(now)
            keys = [self.id_key, current.number] if is_latest else [self.id_key]
            return tuple(Write(key, value, seconds, must_stay=left.is_pending) for key in keys)
        if not is_latest:
            return (Write(self.id_key),)
        before = decoded(self.replaced, now)
        seconds = before.seconds_left(now) if before else 0
        return Write(self.id_key), Write(current.number, encoded(before), seconds)

    def _delivery(self, biz_id: str) -> tuple[Write, ...]:
        sms, figures = self.request, self.records.figures
        if figures is None:
            return ()
        return figures.accepted(sms.phone.country, sms.usage_type, biz_id, self.now)

    def _figure(self, outcome: Started | ConnectorError) -> tuple[Figure, ...]:
        result = outcome.receipt if isinstance(outcome, Started) else outcome
        return figures_of(self.records.figures, self.request, result, self.now)
