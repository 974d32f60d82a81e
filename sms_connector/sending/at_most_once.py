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
from ..idempotency.claim import ClaimName, Claims, Existing
from ..limits.rules import Counted, Rule
from ..message import Receipt, Sms
from ..store.names import Names
from ..store.outage import StoreAwayError
from ..store.transaction import ABSENT, Figure, Record, Result, Store, Transaction, Write
from .limiter import ACCEPTANCE_MARGIN, EARLY_SECONDS, Limiter
from .options import DEFAULT_OPTIONS, SendOptions

REMEMBERED_SECONDS: Final = 30.0
"""How long after its outcome a message with the same number, usage type and code is a repeat."""

LEASE_BEYOND_CALL: Final = 0.5
"""In seconds: a lease is the longest call plus this."""


class Figures(Protocol):
    """Says which figures to add for an outcome, and what to keep of an accepted message.

    An outcome is ``accepted``, ``unknown``, ``refused:<error code>``, ``limited:<rule>`` or
    ``approved``. ``now`` is the store's time in microseconds since the epoch.
    """

    def of(self, country: str, usage_type: str, outcome: str, now: int) -> tuple[Figure, ...]: ...

    def of_receipt(
        self, country: str, usage_type: str, receipt: Receipt, now: int
    ) -> tuple[Figure, ...]: ...

    def accepted(
        self, country: str, usage_type: str, biz_id: str, now: int
    ) -> tuple[Write, ...]: ...


class AtMostOnce:
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
        options: SendOptions = DEFAULT_OPTIONS,
    ) -> Receipt:
        """Call ``call``, or return the outcome of the same message or idempotency key.

        If the same message is under way, waits for its outcome. Raises the ConnectorError that
        ``call`` raises (or raised the first time); ``rate_limited`` or ``usage_limited`` if a rule
        is full; ``key_reused``; and ``unknown_outcome`` if the instance that was sending the
        message died, or takes longer than the caller waits.
        """
        deadline = time.monotonic() + options.wait_for(self._lease)
        limiter = Limiter(self._names, counted, lambda rule: self._refused(sms, rule))
        claims = Claims(Receipt, self._names, options.key, self._names_of(sms))
        result = self._claim(claims, limiter, deadline if options.waits_early else 0)
        existing = None if result.committed else claims.existing(result.found)
        if existing is not None:
            receipt = self._repeated(claims, existing, deadline)
            return _with_code(receipt, options, existing.name.secret)
        outcome: Receipt | ConnectorError = bug(sent=None)
        try:
            outcome = receipt = call(sms)
        except ConnectorError as error:
            outcome = error
            raise
        finally:
            self._end(claims, limiter, outcome, result, sms)
        return _with_code(receipt, options, 0)

    def _names_of(self, sms: Sms) -> tuple[ClaimName, ...]:
        keys = self._names.of("message", sms.phone.identity, sms.usage_type, sms.code)
        return tuple(ClaimName(key, REMEMBERED_SECONDS) for key in keys)

    def _claim(self, claims: Claims[Receipt], limiter: Limiter, deadline: float) -> Result:
        """Claim all names of a message and take from all its counters, or do nothing."""
        latest = min(time.monotonic() + EARLY_SECONDS, deadline)
        while True:
            max_wait = max(latest - time.monotonic(), 0)
            claim = Transaction(
                records=claims.unclaimed,
                take=limiter.counters,
                max_wait=max_wait,
                write=claims.begin(self._lease),
            )
            try:
                result = self._store.transact(claim)
            except StoreAwayError as away:  # the memory of this instance is full
                raise away.as_error() from None
            self._store_ahead = result.now - _microseconds()
            if result.full is None:
                return result
            if result.wait > max_wait:
                raise limiter.refusal(result)
            time.sleep(result.wait)

    def _end(
        self,
        claims: Claims[Receipt],
        limiter: Limiter,
        outcome: Receipt | ConnectorError,
        claimed: Result,
        sms: Sms,
    ) -> None:
        """Write the outcome for concurrent and later repeats. Idempotent."""
        added = figures_of(self._figures, sms, outcome, claimed.now)
        if isinstance(outcome, ConnectorError) and outcome.sent is False:
            released = Transaction(
                records=claims.claimed,
                give_back=limiter.refunded(outcome),
                taken_at=claimed.taken_at,
                write=claims.release(outcome),
                add=added,
            )
            self._store.transact(released)
            return
        write = claims.finish(outcome)
        if self._figures is not None and isinstance(outcome, Receipt):
            country, biz_id = sms.phone.country, outcome.biz_id
            write += self._figures.accepted(country, sms.usage_type, biz_id, claimed.now)
        self._store.transact(
            Transaction(
                # After an outage the store may not know of the claim: what may have gone out is
                # written all the same.
                records=tuple(
                    Record(record.key, (*record.expected, ABSENT)) for record in claims.claimed
                ),
                restamp=limiter.per_number,
                restamp_delay=ACCEPTANCE_MARGIN,
                taken_at=claimed.taken_at,
                write=write,
                add=added,
            )
        )

    def _repeated(
        self, claims: Claims[Receipt], existing: Existing[Receipt], deadline: float
    ) -> Receipt:
        """Return the outcome of the existing claim."""
        outcome: Receipt | ConnectorError
        try:
            outcome = claims.wait(self._store, existing, deadline)
        except ConnectorError as error:
            if error.sent is False:
                raise
            outcome = error
        copied = claims.copied(existing, outcome)
        if copied is not None:
            self._store.transact(copied)
        if isinstance(outcome, ConnectorError):
            raise outcome
        return outcome

    def _refused(self, sms: Sms, rule: Rule) -> Figure | None:
        now = _microseconds() + self._store_ahead
        return next(iter(figures_of(self._figures, sms, f"limited:{rule.name}", now)), None)


def _with_code(receipt: Receipt, options: SendOptions, secret: int) -> Receipt:
    """Return the receipt with the code, which is in no store."""
    if not options.generated_codes:
        return receipt
    return msgspec.structs.replace(receipt, code=options.generated_codes[secret])


def figures_of(
    figures: Figures | None, sms: Sms, outcome: Receipt | ConnectorError | str, now: int
) -> tuple[Figure, ...]:
    """Return the figures for an outcome, or for its name; none for a test number."""
    if figures is None or sms.test_code is not None:
        return ()
    country, usage_type = sms.phone.country, sms.usage_type
    if isinstance(outcome, Receipt):
        return figures.of_receipt(country, usage_type, outcome, now)
    name = outcome if isinstance(outcome, str) else outcome_name(outcome)
    return figures.of(country, usage_type, name, now)


def outcome_name(error: ConnectorError) -> str:
    """Return the name of a failure in the figures."""
    return "unknown" if error.sent is None else f"refused:{error.code}"


def _microseconds() -> int:
    return time.time_ns() // 1000
