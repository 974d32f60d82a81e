"""Claims: records that show every instance which messages are in progress, and their outcomes."""

import json
import secrets
from collections.abc import Iterator
from typing import Final

import msgspec

from ..errors import CHECK_DELIVERY, ConnectorError, Kind, LimitReached, ProviderError
from ..message import Receipt, Sms
from ..store.names import Names
from .idempotency import KEPT_SECONDS, Idempotency

REMEMBERED_SECONDS: Final = 30.0
"""How long after its outcome a message with the same number, usage type and code is a repeat."""


def key_reused() -> ConnectorError:
    """Return the error for an idempotency key that came with another body before."""
    return ConnectorError(
        "key_reused", "The idempotency key was used for a request with another body."
    )


def still_under_way(what: str) -> ConnectorError:
    """Return the error for a request whose twin is under way for longer than it can wait."""
    problem = f"{what} is under way, and its outcome is not known. {CHECK_DELIVERY}"
    return ConnectorError("unknown_outcome", problem, sent=None)


def growing_pauses() -> Iterator[float]:
    """Yield the seconds to wait before each query for the outcome of a claim: 0.02 up to 0.2."""
    pause = 0.02
    while True:
        yield pause
        pause = min(pause * 1.5, 0.2)


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ConnectorError without its traceback, which would keep the request in memory."""

    kind: Kind
    problem: str
    field: str = ""
    sent: bool | None = False
    provider: ProviderError | None = None
    retry_after: int | None = None
    limit: LimitReached | None = None
    attempts_left: int | None = None

    @classmethod
    def of(cls, error: ConnectorError) -> "Failure":
        return cls(**{name: getattr(error, name) for name in cls.__struct_fields__})

    def error(self) -> ConnectorError:
        return ConnectorError(**{name: getattr(self, name) for name in self.__struct_fields__})


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """The value of a record: whose claim it is, and its outcome once there is one.

    ``token`` is random. ``fingerprint`` recognises the body that came with an idempotency key.
    It holds no timestamp. While the record's remaining lifetime exceeds the time that its outcome
    is kept, the owner has a lease; an owner that has written no outcome by then has died.
    """

    token: str
    fingerprint: str = ""
    receipt: Receipt | None = None
    failure: Failure | None = None

    @property
    def has_ended(self) -> bool:
        return self.receipt is not None or self.failure is not None

    def outcome(self) -> Receipt:
        """Return the receipt. Raise the ConnectorError if there was one instead."""
        if self.failure is not None:
            raise self.failure.error()
        assert self.receipt is not None  # noqa: S101
        return self.receipt


_decoder: Final = msgspec.json.Decoder(Claim)


def decoded(value: str) -> Claim:
    return _decoder.decode(value)


def encoded(claim: Claim) -> str:
    try:
        return msgspec.json.encode(claim).decode()
    except UnicodeError:  # a lone surrogate in the provider's words
        text = json.dumps(msgspec.to_builtins(claim), ensure_ascii=False)
        return text.encode(errors="replace").decode()


class Name(msgspec.Struct, frozen=True):
    """A name by which something is claimed, and the seconds that its outcome is kept."""

    key: str
    kept: float
    fingerprint: str = ""
    secret: int = 0


class Attempt:
    """One request to send a message: all names that may be claimed, and those that it claims."""

    def __init__(self, names: Names, sms: Sms, idempotency: Idempotency | None) -> None:
        self.token = secrets.token_hex(16)
        keys = names.of("message", sms.phone.e164, sms.usage_type, sms.code)
        of_message = [Name(key, REMEMBERED_SECONDS) for key in keys]
        of_key = names_of_key(names, idempotency) if idempotency else ()
        # A key counts before the message: another body is an error even for the same message.
        self.names = (*of_key, *of_message)
        self.own_names = (*of_key[:1], of_message[0])

    def value(self, name: Name, outcome: Receipt | ConnectorError | None = None) -> str:
        """Return what stands under one of the names."""
        receipt, failure = None, None
        if isinstance(outcome, ConnectorError):
            failure = Failure.of(outcome)
        else:
            receipt = outcome
        return encoded(Claim(self.token, name.fingerprint, receipt, failure))


def names_of_key(names: Names, idempotency: Idempotency) -> tuple[Name, ...]:
    """Return the names of an idempotency key, one for each secret."""
    key = idempotency
    keys = names.of("idempotency", key.credential, key.route, key.key)
    prints = names.digests("body", key.body)
    return tuple(
        Name(key, KEPT_SECONDS, fingerprint.hex(), secret)
        for secret, (key, fingerprint) in enumerate(zip(keys, prints, strict=True))
    )
