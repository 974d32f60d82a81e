"""What the store knows of one verification, and how that changes."""

import secrets
from typing import Final, Literal

import msgspec

from ..store.transaction import ABSENT

Status = Literal["pending", "approved", "cancelled", "exhausted"]


class State(msgspec.Struct, frozen=True, rename="camel"):
    """A verification as its owner sees it. ``expires_at`` is in milliseconds since the epoch."""

    id: str
    status: Status
    usage_type: str
    expires_at: int
    attempts_left: int
    sends_left: int


class Verification(msgspec.Struct, frozen=True, omit_defaults=True):
    """The value of two records, one named after the id and one after the number.

    ``number`` is the key of the second, ``approvals`` those of the counters of approvals (see
    Breaker). ``digits`` is the length of the code, ``expires_at`` milliseconds since the epoch by
    the store's clock, ``messages`` how many may have gone out. ``stamp`` is random, so that no two
    writers ever write the same value: each can see whether it was the one that wrote.
    """

    id: str
    usage_type: str
    country: str
    number: str
    digits: int
    expires_at: int
    attempts_left: int
    sends: int
    messages: int = 1
    status: Status = "pending"
    approvals: tuple[str, ...] = ()
    stamp: str = ""

    @property
    def is_pending(self) -> bool:
        return self.status == "pending"

    @property
    def sends_left(self) -> int:
        return max(self.sends - self.messages, 0)

    def seconds_left(self, now: int) -> float:
        """Return the seconds until it expires; ``now`` is in microseconds."""
        return self.expires_at / 1000 - now / 1_000_000

    def with_message(self) -> "Verification":
        return self._changed(messages=self.messages + 1)

    def without_message(self) -> "Verification | None":
        """Return it without a message that was not sent; None if no other message remains."""
        return self._changed(messages=self.messages - 1) if self.messages > 1 else None

    def was_guessed_since(self, claimed: "Verification") -> bool:
        """Return whether anybody guessed since a message was claimed: the attempts say so."""
        return self.attempts_left < claimed.attempts_left or self.status == "approved"

    def approved(self) -> "Verification":
        return self._changed(status="approved")

    def guessed_wrong(self) -> "Verification":
        left = self.attempts_left - 1
        return self._changed(attempts_left=left, status="pending" if left else "exhausted")

    def cancelled(self) -> "Verification":
        return self._changed(status="cancelled")

    def _changed(self, **changes: object) -> "Verification":
        return msgspec.structs.replace(self, stamp=new_stamp(), **changes)

    @property
    def state(self) -> State:
        return State(
            self.id,
            self.status,
            self.usage_type,
            self.expires_at,
            self.attempts_left,
            self.sends_left,
        )


def new_stamp() -> str:
    return secrets.token_hex(8)


_decoder: Final = msgspec.json.Decoder(Verification)
_encoder: Final = msgspec.json.Encoder()


def encoded(verification: Verification | None) -> str:
    if verification is None:
        return ABSENT
    return _encoder.encode(verification).decode()


def decoded(value: str, now: int) -> Verification | None:
    """Return a verification that has not expired; ``now`` is the store's time in microseconds."""
    if value == ABSENT:
        return None
    verification = _decoder.decode(value)
    return verification if verification.seconds_left(now) > 0 else None
