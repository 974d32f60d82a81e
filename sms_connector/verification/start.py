"""Starting a verification, or claiming another message of a pending one."""

import math
import time
from collections.abc import Sequence

import msgspec

from ..errors import ConnectorError
from ..idempotency.claim import Claims
from ..message import Sms
from ..sending.at_most_once import figures_of
from ..sending.limiter import EARLY_SECONDS, Limiter, counted
from ..sending.options import SendOptions
from ..store.transaction import ABSENT, Figure, Found, Record, Result, Transaction, Write
from .claimed_message import ClaimedMessage
from .codes import new_id
from .conversion import Breaker
from .lease import Lease
from .outcomes import Started
from .progress import Progress
from .record import Verification, decoded, encoded, new_stamp
from .records import VerificationRecords


class _Seen(msgspec.Struct, frozen=True):
    """What a transaction found, in the order of the records of a start."""

    claims: Sequence[Found]
    numbers: Sequence[Found]
    leases: Sequence[Found]
    blocks: Sequence[Found]


class Start:
    """One request to start: claims one message, and writes how that ended."""

    def __init__(
        self, records: VerificationRecords, sms: Sms, options: SendOptions, progress: Progress
    ) -> None:
        self._records = records
        self._sms = sms
        self._options = options
        self._progress = progress
        self._claims = Claims(Started, records.names, options.key)
        self._numbers = records.number_keys(sms.phone.identity, sms.usage_type)
        self._leases = tuple(Lease(key).key for key in self._numbers)
        config = records.config
        conversion = config.limits.conversion if sms.test_code is None else None
        self._breaker = Breaker(records.names, conversion, sms.phone)
        self._lease_seconds = records.lease_seconds

    def claim(self) -> "Started | ClaimedMessage":
        """Claim a message, all that it takes from, and the key; or return what the key has.

        Raises ConnectorError: ``rate_limited`` or ``usage_limited``, ``key_reused``, or that of an
        earlier request with the same key.
        """
        began = time.monotonic()
        max_wait = self._options.wait_for(self._lease_seconds)
        latest = began + min(EARLY_SECONDS if self._options.waits_early else 0, max_wait)
        result = self._records.transact(self._reading())
        while True:
            seen = self._seen(result)
            existing = self._claims.existing(seen.claims)
            if existing is not None:
                return self._claims.wait(self._records, existing, began + max_wait)
            claimed = self._claim(seen, result, max(latest - time.monotonic(), 0))
            if isinstance(claimed, ClaimedMessage):
                return claimed
            result = claimed
            if result.full is not None:
                time.sleep(result.wait)
                result = self._records.transact(self._reading())

    def _reading(self) -> Transaction:
        keys = (*self._numbers, *self._leases, *self._breaker.blocks)
        return Transaction(
            records=(*self._claims.records, *(Record(key) for key in keys)),
            count=self._breaker.read,
        )

    def _seen(self, result: Result) -> _Seen:
        found, parts = list(result.found), []
        for keys in (self._claims.names, self._numbers, self._leases, self._breaker.blocks):
            parts.append(found[: len(keys)])
            del found[: len(keys)]
        return _Seen(*parts)

    def _claim(self, seen: _Seen, result: Result, max_wait: float) -> ClaimedMessage | Result:
        """Claim on top of what was seen; return the result if that changed, or a limit is full."""
        now = result.now
        secret, pending = self._pending(seen.numbers, now)
        if pending is not None and pending.sends_left == 0:
            raise _sends_used_up(pending.seconds_left(now))
        self._check_breaker(seen, result)
        verification = pending.with_message() if pending is not None else self._new(now)
        limiter = self._limiter(now)
        seconds, value = verification.seconds_left(now), encoded(verification)
        id_key = self._records.id_keys(verification.id)[secret]
        lease = Lease(verification.number).taken(seen.leases[secret])
        expected = zip(
            (*self._numbers, *self._leases, *self._breaker.blocks),
            (*seen.numbers, *seen.leases, *seen.blocks),
            strict=True,
        )
        claim = Transaction(
            records=(
                *self._claims.unclaimed,
                *(Record(key, (found.value,)) for key, found in expected),
            ),
            take=(*limiter.counters, *self._breaker.messages),
            count=self._breaker.read,
            max_wait=max_wait,
            write=(
                Write(id_key, value, seconds, self._lease_seconds, must_stay=True),
                Write(verification.number, value, seconds, self._lease_seconds, must_stay=True),
                Write(lease.key, lease.value, self._lease_seconds, self._lease_seconds),
                *self._claims.begin(self._lease_seconds),
            ),
        )

        def claimed_by(result: Result) -> ClaimedMessage:
            return ClaimedMessage(
                self._records,
                self._claims,
                limiter,
                self._sms,
                verification,
                is_new=pending is None,
                secret=secret,
                id_key=id_key,
                replaced=seen.numbers[secret].value if pending is None else ABSENT,
                lease=lease,
                conversion=self._breaker.messages,
                taken_at=result.taken_at,
                now=result.now,
            )

        def undo_lost(error: ConnectorError) -> None:
            lost = self._records.transact(msgspec.structs.replace(claim, is_repeat=True))
            if lost.committed:
                # Not again from the repeat, which would take once more from the memory's counters.
                claimed_by(lost).end_or_later(error)

        result = self._records.transact(claim, undo_lost)
        if result.full is not None and result.wait > max_wait:
            raise limiter.refusal(result)
        if not result.committed:
            return result
        return claimed_by(result)

    def _pending(self, numbers: Sequence[Found], now: int) -> tuple[int, Verification | None]:
        """Return the pending verification of the number, and the index of its secret."""
        for secret, found in enumerate(numbers):
            verification = decoded(found.value, now)
            if verification is not None:
                verification = self._progress.furthest(verification)
                if verification.is_pending:
                    return secret, verification
        return 0, None

    def _limiter(self, now: int) -> Limiter:
        return Limiter(
            self._records.names,
            counted(self._records.config.limits, self._sms, self._options.ip),
            lambda rule: next(iter(self._figure(f"limited:{rule.name}", now)), None),
        )

    def _new(self, now: int) -> Verification:
        settings = self._records.config.verification
        return Verification(
            id=new_id(),
            usage_type=self._sms.usage_type,
            country=self._sms.phone.country,
            number=self._numbers[0],
            digits=settings.code_length,
            expires_at=now // 1000 + settings.valid_seconds * 1000,
            attempts_left=settings.attempts,
            sends=settings.sends,
            approvals=tuple(counter.key for counter in self._breaker.approvals),
            stamp=new_stamp(),
        )

    def _check_breaker(self, seen: _Seen, result: Result) -> None:
        """Raises ConnectorError if the prefix is refused; records a block that begins now."""
        error, write = self._breaker.refusal(seen.blocks, result.counted, result.now)
        if error is None:
            return
        blocks = zip(self._breaker.blocks, seen.blocks, strict=True)
        refused = Transaction(
            records=tuple(Record(key, (found.value,)) for key, found in blocks),
            write=write,
            add=self._figure("limited:conversion", result.now),
        )
        if refused.write or refused.add:
            self._records.transact(refused)
        raise error

    def _figure(self, outcome: str, now: int) -> tuple[Figure, ...]:
        return figures_of(self._records.figures, self._sms, outcome, now)


def _sends_used_up(seconds: float) -> ConnectorError:
    return ConnectorError(
        "rate_limited",
        "The code was sent as often as `verification.sends` allows: it can still be checked, and "
        "another one sent when it has expired.",
        retry_after=max(math.ceil(seconds), 1),
    )
