"""What a repeated idempotency key returns: the answer of the first start or check that used it."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from ..errors import ConnectorError
from ..message import Receipt
from ..sending.claim import Failure, key_reused, names_of_key
from ..sending.idempotency import KEPT_SECONDS, Idempotency
from ..store.names import Names
from ..store.transaction import ABSENT, Found, Record, Write
from .record import State


class Started(msgspec.Struct, frozen=True, rename="camel"):
    """A verification of which a message was accepted; ``is_new`` unless one was pending."""

    verification: State
    receipt: Receipt
    is_new: bool


class Approved(msgspec.Struct, frozen=True, rename="camel"):
    """A verification whose code was given, for the first and only time."""

    id: str
    usage_type: str


Outcome = Started | Approved | ConnectorError


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """The value of a record: which request had the key, and its outcome once there is one."""

    token: str
    fingerprint: str
    started: Started | None = None
    approved: Approved | None = None
    failure: Failure | None = None

    @property
    def outcome(self) -> Outcome | None:
        if self.failure is not None:
            return self.failure.error()
        return self.started or self.approved


_decoder: Final = msgspec.json.Decoder(Kept)


class IdempotencyKey:
    """The records of one key, one for each secret; of no key, if the request has none."""

    def __init__(self, names: Names, idempotency: Idempotency | None) -> None:
        self._names = names_of_key(names, idempotency) if idempotency else ()
        self._token = secrets.token_hex(16) if idempotency else ""
        self.records = tuple(Record(name.key) for name in self._names)
        self.unused = tuple(Record(name.key, (ABSENT,)) for name in self._names)

    def earlier(self, found: Sequence[Found]) -> tuple[Outcome | None, str, Found] | None:
        """Return the outcome of an earlier request, with the record that holds it.

        The outcome is None while it is under way. Raise ConnectorError (``key_reused``) if that
        request had another body.
        """
        for name, one in zip(self._names, found, strict=True):
            if one.value != ABSENT:
                kept = _decoder.decode(one.value)
                if kept.fingerprint != name.fingerprint:
                    raise key_reused()
                return kept.outcome, name.key, one
        return None

    def lease_left(self, found: Found) -> float:
        """Return the seconds for which the request may still be under way."""
        return found.seconds - KEPT_SECONDS

    def claim(self, lease: float) -> tuple[Write, ...]:
        """Return what to write while the request is under way, for ``lease`` seconds at most."""
        return self._write(None, lease)

    def keep(self, outcome: Outcome) -> tuple[Write, ...]:
        """Return what to write for a request that is not to be done again."""
        return self._write(outcome, 0)

    def forget(self) -> tuple[Write, ...]:
        """Return what to write for a request that did nothing, and may be made anew."""
        return tuple(Write(name.key) for name in self._names[:1])

    def _write(self, outcome: Outcome | None, lease: float) -> tuple[Write, ...]:
        return tuple(
            Write(
                name.key,
                msgspec.json.encode(
                    Kept(
                        self._token,
                        name.fingerprint,
                        outcome if isinstance(outcome, Started) else None,
                        outcome if isinstance(outcome, Approved) else None,
                        Failure.of(outcome) if isinstance(outcome, ConnectorError) else None,
                    )
                ).decode(),
                KEPT_SECONDS + lease,
                lease,
            )
            for name in self._names[:1]
        )
