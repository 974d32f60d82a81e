"""Changing a pending verification: a guess, or a cancellation.

If another writer changes the record first, it is read and evaluated again. A guess waits while a
message of the verification is under way: see ``Lease``.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from ..errors import ConnectorError
from ..idempotency.claim import Claims, backoff_pauses
from ..idempotency.key import IdempotencyKey
from ..store.transaction import Counter, Figure, Found, Record, Transaction, Write
from .codes import is_same_code
from .conversion import approvals_of
from .lease import Lease
from .outcomes import Approved
from .progress import Progress
from .record import Verification, decoded, encoded
from .records import VerificationRecords

RESERVED_FOR_ID: Final = 2
"""The attempts that no guess by number may use, so that strangers lock out nobody with the id."""


class _Step(msgspec.Struct, frozen=True):
    """What an operation makes of a pending verification, and its outcome."""

    after: Verification
    outcome: Approved | ConnectorError | None = None
    take: tuple[Counter, ...] = ()
    add: tuple[Figure, ...] = ()


_Judge = Callable[[Verification, int, int], _Step]
"""Takes a pending verification, the index of its secret, and the store's time."""


class Change:
    """One change of the pending verification that is found under any of some keys.

    ``keys`` are those of an id or of a number, one for each secret.
    """

    def __init__(
        self,
        records: VerificationRecords,
        progress: Progress,
        keys: Sequence[str],
        *,
        by_number: bool = False,
    ) -> None:
        self._records = records
        self._progress = progress
        self._keys = keys
        attempts = records.config.verification.attempts
        self._reserved = RESERVED_FOR_ID if by_number and attempts > RESERVED_FOR_ID else 0

    def guess(self, code: str, key: IdempotencyKey | None) -> Approved:
        """Approve the verification if this is its code, or count the guess."""

        def judge(before: Verification, secret: int, now: int) -> _Step:
            left = before.attempts_left - self._reserved
            if left <= 0:
                raise _used_up_by_number()
            sent = self._records.code_of(before, secret)
            if is_same_code(sent, code):
                return _Step(
                    before.approved(),
                    Approved(before.id, before.usage_type),
                    approvals_of(before.approvals),
                    self._records.figure_of_approval(before, secret, now),
                )
            return _Step(before.guessed_wrong(), _mismatch(left - 1))

        outcome = self._commit(judge, Claims(Approved, self._records.names, key), is_guess=True)
        assert outcome is not None  # noqa: S101
        return outcome

    def cancel(self) -> None:
        """Cancel the verification, also one whose attempts are used up for guesses by number."""
        claims = Claims(Approved, self._records.names, None)
        try:
            self._commit(lambda before, _, __: _Step(before.cancelled()), claims, is_guess=False)
        except ConnectorError as error:
            raise not_pending() if error.kind == "attempts_used_up" else error from None

    def _commit(
        self, judge: _Judge, claims: Claims[Approved], *, is_guess: bool
    ) -> Approved | None:
        pauses = backoff_pauses()
        records = (*claims.records, *(Record(key) for key in self._keys))
        result = self._records.transact(Transaction(records=records))
        first = len(claims.names)
        copies = list(result.found[first:])
        while True:
            existing = claims.existing(result.found[:first])
            if existing is not None:
                return existing.claim.outcome()
            secret, before = latest_of(copies, result.now, self._progress)
            _check_pending(before)
            step = judge(before, secret, result.now)
            seconds, seen = before.seconds_left(result.now), copies[secret].value
            after = encoded(step.after)
            both = (self._records.id_keys(before.id)[secret], before.number)
            lease = Lease(before.number)
            result = self._records.transact(
                Transaction(
                    records=(
                        *claims.unclaimed,
                        *(Record(key, (seen,)) for key in both),
                        *((lease.record,) if is_guess else ()),
                    ),
                    take=step.take,
                    write=(
                        *(
                            Write(key, after, seconds, must_stay=step.after.is_pending)
                            for key in both
                        ),
                        *(claims.finish(step.outcome) if step.outcome is not None else ()),
                    ),
                    add=step.add,
                )
            )
            if result.committed:
                self._progress.furthest(step.after)
                if isinstance(step.outcome, ConnectorError):
                    raise step.outcome
                return step.outcome
            by_id, by_number, *leases = result.found[first:]
            copies[secret] = by_number if self._keys[secret] == before.number else by_id
            if leases and leases[0].value:
                self._records.wait(lease.key, leases[0].value, next(pauses), leases[0].seconds)
            elif by_id.value != by_number.value and seen in (by_id.value, by_number.value):
                # The other copy is lost: the memory was full, or it has just expired.
                raise not_pending()


def latest_of(copies: Sequence[Found], now: int, progress: Progress) -> tuple[int, Verification]:
    """Return the verification among some copies, and the index of its secret.

    During secret rotation, there may be one under each: the pending one, or the latest, counts.
    Raises ConnectorError (``not_pending``).
    """
    living = [
        (secret, progress.furthest(verification))
        for secret, found in enumerate(copies)
        if (verification := decoded(found.value, now)) is not None
    ]
    if not living:
        raise not_pending()
    return max(living, key=lambda one: (one[1].is_pending, one[1].expires_at))


def not_pending() -> ConnectorError:
    return ConnectorError("not_pending", "There is no pending verification: start one.")


def _check_pending(verification: Verification) -> None:
    if verification.status == "exhausted":
        raise ConnectorError(
            "attempts_used_up",
            "This verification has no attempts left: start another one.",
        )
    if not verification.is_pending:
        raise not_pending()


def _used_up_by_number() -> ConnectorError:
    return ConnectorError(
        "attempts_used_up",
        "This verification has no attempts left for checks by number: check with its id, or wait "
        "until it has expired.",
    )


def _mismatch(attempts_left: int) -> ConnectorError:
    return ConnectorError(
        "code_mismatch", "The code is not the one that was sent.", attempts_left=attempts_left
    )
