"""Send each message at most once, even if it is requested again within 30 seconds.

SendSms is not idempotent, and callers retry: Supabase up to three times, gateways too. So a
message is claimed in the store before it is sent, and a repeated request gets the first outcome.
Across instances this holds only if they share a store.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from ..errors import ConnectorError, bug
from ..limits.rules import Counted, Rule
from ..message import Receipt, Sms
from ..provider.refusals import gives_back
from ..store.names import Names
from ..store.transaction import ABSENT, Figure, Found, Record, Result, Store, Transaction, Write
from .claim import Attempt, Name, decoded, growing_pauses, key_reused, still_under_way
from .guard import Guard
from .idempotency import Idempotency

LEASE_BEYOND_CALL: Final = 0.5
"""Seconds by which a lease is longer than the longest call."""

EARLY_SECONDS: Final = 2.0
"""A message waits instead of being refused if the limit has room again within this time."""

_FAILURE_SECONDS: Final = 5.0
"""For how long those who wait can learn that a message was not sent."""


class Terms(msgspec.Struct, frozen=True):
    """How a caller asks for a message.

    ``ip`` is the address of the person who asked for the code. ``patience`` is how many seconds
    the caller waits for an answer from now on; None stands for as long as one may take.
    ``waits_early``: see EARLY_SECONDS. ``made_codes`` is the code of the message if it was made
    here: one random code, or one for each secret if it was derived from an idempotency key.
    """

    ip: str | None = None
    patience: float | None = None
    waits_early: bool = True
    idempotency: Idempotency | None = None
    made_codes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Terms()"


NO_TERMS: Final = Terms()


class Figures(Protocol):
    """Says which figures to add for an outcome, and what to keep of an accepted message.

    An outcome is ``accepted``, ``unknown``, ``refused:<error code>``, ``limited:<rule>`` or
    ``approved``. ``now`` is the store's time in microseconds since the epoch.
    """

    def of(self, country: str, usage_type: str, outcome: str, now: int) -> tuple[Figure, ...]: ...

    def accepted(
        self, country: str, usage_type: str, biz_id: str, now: int
    ) -> tuple[Write, ...]: ...


class Once:
    """Sends each message at most once. One for all threads."""

    def __init__(
        self, store: Store, names: Names, longest_call: float, figures: Figures | None = None
    ) -> None:
        self._store = store
        self._names = names
        self._lease = longest_call + LEASE_BEYOND_CALL
        self._figures = figures
        self._store_ahead = 0  # microseconds, as of the latest answer

    def send(
        self,
        sms: Sms,
        call: Callable[[Sms], Receipt],
        counted: Sequence[Counted] = (),
        terms: Terms = NO_TERMS,
    ) -> Receipt:
        """Call ``call``, or return the outcome of the same message or idempotency key.

        If the same message is in progress, waits for its outcome. Raises the ConnectorError that
        ``call`` raises (or raised the first time); ``rate_limited`` or ``usage_limited`` if a rule
        is full; ``key_reused``; and ``unknown_outcome`` if the instance that was sending the
        message died, or takes longer than the caller's patience.
        """
        patience = 2 * self._lease if terms.patience is None else terms.patience
        deadline = time.monotonic() + patience
        guard = Guard(self._names, counted, lambda rule: self._refused(sms, rule))
        attempt = Attempt(self._names, sms, terms.idempotency)
        result = self._claim(attempt, guard, deadline if terms.waits_early else 0)
        if not result.committed:
            receipt, secret = self._earlier(attempt, result.found, deadline)
            return _with_code(receipt, terms, secret)
        outcome: Receipt | ConnectorError = bug(sent=None)
        try:
            outcome = receipt = call(sms)
        except ConnectorError as error:
            outcome = error
            raise
        finally:
            self._end(attempt, guard, outcome, result, sms)
        return _with_code(receipt, terms, 0)

    def _claim(self, attempt: Attempt, guard: Guard, deadline: float) -> Result:
        """Claim all names of a message and take from all its counters, or do nothing."""
        latest = min(time.monotonic() + EARLY_SECONDS, deadline)
        while True:
            patience = max(latest - time.monotonic(), 0)
            result = self._store.transact(
                Transaction(
                    records=tuple(Record(name.key, (ABSENT,)) for name in attempt.names),
                    take=guard.counters,
                    patience=patience,
                    write=tuple(
                        Write(name.key, attempt.value(name), self._lease + name.kept, self._lease)
                        for name in attempt.own_names
                    ),
                )
            )
            self._store_ahead = result.now - _microseconds()
            if result.full is None:
                return result
            if result.wait > patience:
                raise guard.refusal(result)
            time.sleep(result.wait)

    def _end(
        self,
        attempt: Attempt,
        guard: Guard,
        outcome: Receipt | ConnectorError,
        claimed: Result,
        sms: Sms,
    ) -> None:
        """Write the outcome for all who ask for it. Repeated, it changes nothing."""
        names = attempt.own_names
        failed = isinstance(outcome, ConnectorError) and outcome.sent is False
        # After an outage the store may not know of the claim: what may have gone out is written.
        expected = () if failed else (ABSENT,)
        write = [
            Write(name.key) if failed else Write(name.key, attempt.value(name, outcome), name.kept)
            for name in names
        ]
        if failed:
            value = attempt.value(names[0], outcome)
            key = self._names.of_token(attempt.token)
            write.append(Write(key, value, _FAILURE_SECONDS, _FAILURE_SECONDS))
        if self._figures is not None and isinstance(outcome, Receipt):
            country, biz_id = sms.phone.country, outcome.biz_id
            write += self._figures.accepted(country, sms.usage_type, biz_id, claimed.now)
        is_given_back = isinstance(outcome, ConnectorError) and gives_back(outcome)
        self._store.transact(
            Transaction(
                records=tuple(Record(name.key, (attempt.value(name), *expected)) for name in names),
                give_back=guard.counters if is_given_back else (),
                taken_at=claimed.taken_at,
                write=tuple(write),
                add=self._added(sms, outcome_name(outcome), claimed.now),
            )
        )

    def _earlier(
        self, attempt: Attempt, found: Sequence[Found], deadline: float
    ) -> tuple[Receipt, int]:
        """Return the outcome of the claim that was there first, and the place of its secret."""
        name, first = next(
            (name, one) for name, one in zip(attempt.names, found, strict=True) if one.value
        )
        if decoded(first.value).fingerprint != name.fingerprint:
            raise key_reused()
        try:
            receipt = self._outcome(name, first, deadline)
        except ConnectorError as error:
            if error.sent is not False:
                self._keep_for_key(attempt, name, error)
            raise
        self._keep_for_key(attempt, name, receipt)
        return receipt, name.secret

    def _outcome(self, name: Name, found: Found, deadline: float) -> Receipt:
        """Wait for the outcome of a claim until its lease or the caller's patience ends."""
        claim = decoded(found.value)
        deadline = min(deadline, time.monotonic() + found.seconds - name.kept)
        records = (Record(name.key), Record(self._names.of_token(claim.token)))
        pauses = growing_pauses()
        while not claim.has_ended:
            left = deadline - time.monotonic()
            if left <= 0:
                raise still_under_way("The same message")
            self._store.wait(name.key, found.value, next(pauses), left)
            now, failed = self._store.transact(Transaction(records=records)).found
            # One that vanished with its server has no outcome either: its lease is waited for.
            latest = decoded(failed.value or now.value or found.value)
            if latest.token != claim.token:
                raise still_under_way("The same message")
            claim = latest
        return claim.outcome()

    def _keep_for_key(
        self, attempt: Attempt, found: Name, outcome: Receipt | ConnectorError
    ) -> None:
        """Keep for an idempotency key the outcome of a message that was claimed without it."""
        key = attempt.own_names[0]
        if found.fingerprint or not key.fingerprint:
            return
        self._store.transact(
            Transaction(
                records=(Record(key.key, (ABSENT,)),),
                write=(Write(key.key, attempt.value(key, outcome), key.kept),),
            )
        )

    def _refused(self, sms: Sms, rule: Rule) -> Figure | None:
        now = _microseconds() + self._store_ahead
        return next(iter(self._added(sms, f"limited:{rule.name}", now)), None)

    def _added(self, sms: Sms, outcome: str, now: int) -> tuple[Figure, ...]:
        if self._figures is None:
            return ()
        return self._figures.of(sms.phone.country, sms.usage_type, outcome, now)


def _with_code(receipt: Receipt, terms: Terms, secret: int) -> Receipt:
    """Return the receipt with the code, which is in no store."""
    if not terms.made_codes:
        return receipt
    return msgspec.structs.replace(receipt, code=terms.made_codes[secret])


def outcome_name(outcome: Receipt | ConnectorError) -> str:
    """Return the name of an outcome in the figures."""
    if isinstance(outcome, Receipt):
        return "accepted"
    return "unknown" if outcome.sent is None else f"refused:{outcome.code}"


def _microseconds() -> int:
    return time.time_ns() // 1000
