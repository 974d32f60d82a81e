"""Idempotency keys: a repeat returns the first response and does nothing."""

from typing import Final

import msgspec

KEPT_SECONDS: Final = 600.0
"""How long a key is kept after the response."""


class IdempotencyKey(msgspec.Struct, frozen=True):
    """A key that marks one request, and all that the key belongs to.

    ``credential`` is the name of the credential that admitted the request, ``route`` what was
    requested; ``body`` is the request's, byte for byte: the same key with another body is an error.
    """

    key: str
    credential: str
    route: str
    body: bytes

    def __repr__(self) -> str:
        return "IdempotencyKey()"
