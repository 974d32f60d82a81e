"""Starting a verification, or sending the code of a pending one again."""

import math
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from ..errors import ConnectorError
from ..message import Receipt, Sms
from ..provider.refusals import gives_back
from ..sending.claim import growing_pauses, still_under_way
from ..sending.guard import Guard
from ..sending.once import EARLY_SECONDS, LEASE_BEYOND_CALL, Terms
from ..store.transaction import ABSENT, Figure, Found, Record, Result, Transaction, Write
from .codes import derived_codes, new_id
from .conversion import Breaker
from .kept import IdempotencyKey, Outcome, Started
from .record import Verification, decoded, encoded, new_stamp
from .room import Room

_CLAIM_SECONDS: Final = 5
"""What a claim may take of a verification's time, without a minute less in the message."""


class _Seen(msgspec.Struct, frozen=True):
    """What a transaction found, in the order of the records of a start."""

    key: Sequence[Found]
    numbers: Sequence[Found]
    blocks: Sequence[Found]


class Start:
    """One request to start: claims one message, and writes how that ended."""

    def __init__(self, room: Room, sms: Sms, terms: Terms) -> None:
        self._room = room
        self._sms = sms
        self._terms = terms
        self._key = IdempotencyKey(room.names, terms.idempotency)
        self._numbers = room.number_keys(sms.phone.e164, sms.usage_type)
        self._breaker = Breaker(room.names, room.config.limits.conversion, sms.phone)
        self._lease = room.config.longest_call + LEASE_BEYOND_CALL

    def claim(self) -> Outcome | None:
        """Claim a message, all that it takes from, and the key; or return what the key gives.

        Raise ConnectorError: ``rate_limited`` or ``usage_limited``, ``key_reused``, or
        ``unknown_outcome`` of an earlier request with the same key.
        """
        began = time.monotonic()
        patience = 2 * self._lease if self._terms.patience is None else self._terms.patience
        latest = began + min(EARLY_SECONDS if self._terms.waits_early else 0, patience)
        pauses = growing_pauses()
        result = self._room.ask(self._reading())
        while True:
            seen = self._seen(result)
            earlier = self._key.earlier(seen.key)
            if earlier is None:
                result = self._claim(seen, result, max(latest - time.monotonic(), 0))
                if result.committed:
                    return None
                if result.full is not None:
                    time.sleep(result.wait)
                    result = self._room.ask(self._reading())
                continue
            outcome, key, found = earlier
            if outcome is not None:
                return outcome
            left = min(began + patience - time.monotonic(), self._key.lease_left(found))
            if left <= 0:
                raise still_under_way("A start with the same idempotency key")
            self._room.store.wait(key, found.value, next(pauses), left)
            result = self._room.ask(self._reading())

    @property
    def sms(self) -> Sms:
        """The message with its code and its validity, after ``claim``."""
        codes = derived_codes(self._room.names, self._claimed.id, self._claimed.digits)
        left = self._claimed.seconds_left(self._claimed_at) + _CLAIM_SECONDS
        minutes = max(int(left // 60), 1)
        return msgspec.structs.replace(self._sms, code=codes[self._secret], minutes=minutes)

    def started(self, receipt: Receipt) -> Started:
        return Started(self._claimed.state, receipt, self._is_new)

    def end(self, outcome: Started | ConnectorError) -> None:
        """Write how the message ended. One that was surely not sent leaves all as it was."""
        now = self._claimed_at
        if isinstance(outcome, ConnectorError) and outcome.sent is False:
            self._undo(outcome)
            return
        write = self._key.keep(outcome)
        if isinstance(outcome, Started):
            key = self._room.message_keys(self._claimed.id)[0]
            seconds = max(self._claimed.seconds_left(now), 0.001)
            biz_id = outcome.receipt.biz_id
            write = (*write, Write(key, biz_id, seconds), *self._kept(biz_id, now))
        name = "accepted" if isinstance(outcome, Started) else "unknown"
        self._room.store.transact(Transaction(write=write, add=self._figure(name)))

    def _reading(self) -> Transaction:
        keys = (*self._numbers, *self._breaker.blocks)
        return Transaction(
            records=(*self._key.records, *(Record(key) for key in keys)),
            count=self._breaker.read,
        )

    def _seen(self, result: Result) -> _Seen:
        first = len(self._key.records)
        second = first + len(self._numbers)
        found = result.found
        return _Seen(found[:first], found[first:second], found[second:])

    def _claim(self, seen: _Seen, result: Result, patience: float) -> Result:
        """Claim on top of what was seen; the result is not committed if that has changed."""
        now = result.now
        place, pending = _pending(seen.numbers, now)
        if pending is not None and pending.sends_left == 0:
            raise _sends_used_up(pending.seconds_left(now))
        self._check_breaker(seen, result)
        claimed = pending.with_message() if pending is not None else self._new(now)
        guard = self._guard(now)
        seconds = claimed.seconds_left(now)
        value = encoded(claimed)
        id_key = self._room.id_keys(claimed.id)[place]
        expected = zip(
            (*self._numbers, *self._breaker.blocks), (*seen.numbers, *seen.blocks), strict=True
        )
        claim = self._room.ask(
            Transaction(
                records=(
                    *self._key.unused,
                    *(Record(key, (found.value,)) for key, found in expected),
                ),
                take=(*guard.counters, *self._breaker.messages),
                count=self._breaker.read,
                patience=patience,
                write=(
                    Write(id_key, value, seconds, self._lease),
                    Write(claimed.number, value, seconds, self._lease),
                    *self._key.claim(self._lease),
                ),
            )
        )
        if claim.full is not None and claim.wait > patience:
            raise guard.refusal(claim)
        self._claimed, self._secret, self._id_key = claimed, place, id_key
        self._is_new = pending is None
        self._replaced = seen.numbers[place].value if pending is None else ABSENT
        self._taken_at, self._claimed_at = claim.taken_at, claim.now
        self._limits = guard.counters
        return claim

    def _new(self, now: int) -> Verification:
        settings = self._room.config.verification
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

    def _guard(self, now: int) -> Guard:
        sms = self._sms
        return Guard(
            self._room.names,
            self._room.config.limits.counted(sms.phone, self._terms.ip),
            lambda rule: next(iter(self._figure(f"limited:{rule.name}", now)), None),
        )

    def _check_breaker(self, seen: _Seen, result: Result) -> None:
        """Raise ConnectorError if the prefix is refused; if that begins now, write it."""
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
            self._room.ask(refused)
        raise error

    def _undo(self, error: ConnectorError) -> None:
        """Take the message back from whatever the verification has become meanwhile."""
        by_id = by_number = encoded(self._claimed)
        give_back = self._breaker.messages  # nobody can type in what was not sent
        if gives_back(error):
            give_back = (*self._limits, *give_back)
        while True:
            now = self._claimed_at
            result = self._room.store.transact(
                Transaction(
                    records=(
                        Record(self._id_key, (by_id,)),
                        Record(self._claimed.number, (by_number,)),
                    ),
                    give_back=give_back,
                    taken_at=self._taken_at,
                    write=(
                        *self._without_message(by_id, by_number, now),
                        *self._key.forget(),
                    ),
                    add=self._figure(f"refused:{error.code}", now),
                )
            )
            if result.committed:
                return
            self._claimed_at = result.now
            by_id, by_number = (found.value for found in result.found)

    def _without_message(self, by_id: str, by_number: str, now: int) -> tuple[Write, ...]:
        current = decoded(by_id, now)
        if current is None:
            return ()
        left = current.without_message()
        if left is not None:
            value, seconds = encoded(left), current.seconds_left(now)
            keys = [self._id_key, current.number] if by_number == by_id else [self._id_key]
            return tuple(Write(key, value, seconds) for key in keys)
        writes = [Write(self._id_key)]
        if by_number == by_id:
            before = decoded(self._replaced, now)
            seconds = before.seconds_left(now) if before else 0
            writes.append(Write(current.number, encoded(before), seconds))
        return tuple(writes)

    def _kept(self, biz_id: str, now: int) -> tuple[Write, ...]:
        sms, figures = self._sms, self._room.figures
        if figures is None:
            return ()
        return figures.accepted(sms.phone.country, sms.usage_type, biz_id, now)

    def _figure(self, outcome: str, now: int | None = None) -> tuple[Figure, ...]:
        sms = self._sms
        at = self._claimed_at if now is None else now
        return self._room.figure(sms.phone.country, sms.usage_type, outcome, at)


def _pending(numbers: Sequence[Found], now: int) -> tuple[int, Verification | None]:
    """Return the pending verification of a number, and the place of its secret."""
    for place, found in enumerate(numbers):
        verification = decoded(found.value, now)
        if verification is not None and verification.is_pending:
            return place, verification
    return 0, None


def _sends_used_up(seconds: float) -> ConnectorError:
    return ConnectorError(
        "rate_limited",
        "The code was sent as often as `verification.sends` allows: it can still be checked, and "
        "another one sent when it has expired.",
        retry_after=max(math.ceil(seconds), 1),
    )
