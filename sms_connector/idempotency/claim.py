"""Claims: records that show every instance which requests are under way, and their outcomes.

A request is claimed under its idempotency key, and a message under its number, usage type and code
too. A repeat that finds a claim waits for its outcome and returns it: see ``Claims.wait``.
"""

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, Generic, Protocol, TypeVar, cast

import msgspec

from ..errors import ConnectorError
from ..store.names import Names
from ..store.transaction import ABSENT, Found, Record, Result, Transaction, Write
from .failure import Failure, key_reused, still_under_way
from .key import KEPT_SECONDS, IdempotencyKey

_FAILURE_SECONDS: Final = 5.0
"""How long waiters can read that a request did nothing."""

R = TypeVar("R", bound=msgspec.Struct)


class Claim(msgspec.Struct, Generic[R], frozen=True, omit_defaults=True):
    """The value of a record: the owner of a claim, and its outcome once there is one.

    ``token`` is random. ``fingerprint`` recognises the body that came with an idempotency key.
    It holds no timestamp. While the record's remaining lifetime exceeds the time that its outcome
    is kept, the owner has a lease; an owner that has written no outcome by then has died.
    """

    token: str
    fingerprint: str = ""
    result: R | None = None
    failure: Failure | None = None

    @property
    def has_ended(self) -> bool:
        return self.result is not None or self.failure is not None

    def outcome(self) -> R:
        """Return the result. Raises the ConnectorError if there was one instead."""
        if self.failure is not None:
            raise self.failure.error()
        assert self.result is not None  # noqa: S101
        return self.result


class ClaimName(msgspec.Struct, frozen=True):
    """A name by which a request is claimed.

    ``kept`` is how many seconds its outcome is kept, ``secret`` the index of the secret that made
    the name.
    """

    key: str
    kept: float
    fingerprint: str = ""
    secret: int = 0


class Existing(msgspec.Struct, Generic[R], frozen=True):
    """A claim that is already present, and the record that holds it."""

    name: ClaimName
    claim: Claim[R]
    found: Found


class WaitingStore(Protocol):
    """The part of a Store that waiting needs."""

    def transact(self, transaction: Transaction) -> Result: ...

    def wait(self, key: str, value: str, pause: float, longest: float) -> None: ...


class Claims(Generic[R]):
    """All names under which one request may be claimed, and what is written there.

    ``result`` is the type of what the request returns. ``message_names`` are those of a message,
    one for each secret; the first of them, and the first of the key's, are those it claims.
    """

    def __init__(
        self,
        result: type[R],
        names: Names,
        key: IdempotencyKey | None,
        message_names: Sequence[ClaimName] = (),
    ) -> None:
        self.token = secrets.token_hex(16) if key or message_names else ""
        of_key = _names_of_key(names, key) if key else ()
        # A key counts before the message: another body is an error even for the same message.
        self.names = (*of_key, *message_names)
        self.own_names = (*of_key[:1], *message_names[:1])
        self._key_name = of_key[0] if of_key else None
        self._decoder = cast("msgspec.json.Decoder[Claim[R]]", _decoder(result))
        self._failure_key = names.of_token(self.token)
        self._names = names

    @property
    def records(self) -> tuple[Record, ...]:
        """The records to read."""
        return tuple(Record(name.key) for name in self.names)

    @property
    def unclaimed(self) -> tuple[Record, ...]:
        """The records to read, and to find absent."""
        return tuple(Record(name.key, (ABSENT,)) for name in self.names)

    @property
    def claimed(self) -> tuple[Record, ...]:
        """The records that hold this request's own claim."""
        return tuple(Record(name.key, (self._value(name),)) for name in self.own_names)

    def existing(self, found: Sequence[Found]) -> Existing[R] | None:
        """Return the first claim among what was found under ``names``.

        Raises ConnectorError (``key_reused``) if it is of a request with another body.
        """
        for name, one in zip(self.names, found, strict=True):
            if one.value != ABSENT:
                claim = self._decoder.decode(one.value)
                if claim.fingerprint != name.fingerprint:
                    raise key_reused()
                return Existing(name, claim, one)
        return None

    def wait(self, store: WaitingStore, existing: Existing[R], deadline: float) -> R:
        """Return the outcome of a claim, waiting until its lease or the deadline ends.

        ``deadline`` is in monotonic seconds. Raises the ConnectorError that was the outcome, or
        ``unknown_outcome`` if it is not known by then.
        """
        name, claim, value = existing.name, existing.claim, existing.found.value
        deadline = min(deadline, time.monotonic() + existing.found.seconds - name.kept)
        records = (Record(name.key), Record(self._names.of_token(claim.token)))
        pauses = backoff_pauses()
        while not claim.has_ended:
            left = deadline - time.monotonic()
            if left <= 0:
                raise still_under_way()
            store.wait(name.key, value, next(pauses), left)
            now, failed = store.transact(Transaction(records=records)).found
            # If the record was lost with its server, wait until the lease ends.
            latest = self._decoder.decode(failed.value or now.value or value)
            if latest.token != claim.token:
                raise still_under_way()
            claim = latest
        return claim.outcome()

    def begin(self, lease: float) -> tuple[Write, ...]:
        """Return what to write while the request is under way, for ``lease`` seconds at most."""
        return tuple(
            Write(name.key, self._value(name), lease + name.kept, lease) for name in self.own_names
        )

    def finish(self, outcome: R | ConnectorError) -> tuple[Write, ...]:
        """Return what to write for a request that is not to be carried out again."""
        return tuple(
            Write(name.key, self._value(name, outcome), name.kept) for name in self.own_names
        )

    def release(self, error: ConnectorError) -> tuple[Write, ...]:
        """Return what to write for a request that did nothing, and may be retried.

        Current waiters get its error.
        """
        if not self.own_names:
            return ()
        value = self._value(self.own_names[0], error)
        failed = Write(self._failure_key, value, _FAILURE_SECONDS, _FAILURE_SECONDS)
        return (*(Write(name.key) for name in self.own_names), failed)

    def copied(self, existing: Existing[R], outcome: R | ConnectorError) -> Transaction | None:
        """Return what copies a message's outcome to the key of a repeat; None without need."""
        name = self._key_name
        if name is None or existing.name.fingerprint:
            return None
        write = Write(name.key, self._value(name, outcome), name.kept)
        return Transaction(records=(Record(name.key, (ABSENT,)),), write=(write,))

    def _value(self, name: ClaimName, outcome: R | ConnectorError | None = None) -> str:
        result, failure = None, None
        if isinstance(outcome, ConnectorError):
            failure = Failure.of(outcome)
        else:
            result = outcome
        return _encoded(Claim(self.token, name.fingerprint, result, failure))


def backoff_pauses() -> Iterator[float]:
    """Yield the seconds to wait before each query for an outcome: 0.02 up to 0.2."""
    pause = 0.02
    while True:
        yield pause
        pause = min(pause * 1.5, 0.2)


def _names_of_key(names: Names, key: IdempotencyKey) -> tuple[ClaimName, ...]:
    keys = names.of("idempotency", key.credential, key.route, key.key)
    prints = names.digests("body", key.body)
    return tuple(
        ClaimName(name, KEPT_SECONDS, fingerprint.hex(), secret)
        for secret, (name, fingerprint) in enumerate(zip(keys, prints, strict=True))
    )


@cache
def _decoder(result: type[msgspec.Struct]) -> Any:
    return msgspec.json.Decoder(Claim[result])  # type: ignore[valid-type]


def _encoded(claim: Claim[Any]) -> str:
    try:
        return msgspec.json.encode(claim).decode()
    except UnicodeError:  # a lone surrogate in the provider's words
        text = json.dumps(msgspec.to_builtins(claim), ensure_ascii=False)
        return text.encode(errors="replace").decode()
