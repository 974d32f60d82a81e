"""The options of one message: what a caller sets beside its number and code."""

from typing import Final

import msgspec

from ..idempotency.key import IdempotencyKey


class SendOptions(msgspec.Struct, frozen=True):
    """How a message is requested.

    ``ip`` is the address of the person who asked for the code. ``max_wait`` is how many seconds
    the caller waits for an answer; None: it sets no limit of its own.
    ``waits_early``: whether a message that comes slightly too early waits instead of failing.
    ``generated_codes`` is the code of the message if it was made here: one random code, or one for
    each secret if it was derived from an idempotency key.
    """

    ip: str | None = None
    max_wait: float | None = None
    waits_early: bool = True
    key: IdempotencyKey | None = None
    generated_codes: tuple[str, ...] = ()

    def wait_for(self, lease: float) -> float:
        """Return how many seconds to wait for a message under way, by default two leases."""
        return 2 * lease if self.max_wait is None else self.max_wait

    def __repr__(self) -> str:
        return "SendOptions()"


DEFAULT_OPTIONS: Final = SendOptions()
