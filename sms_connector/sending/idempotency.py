"""Idempotency keys: the same key gives the first answer again and does nothing."""

from typing import Final

import msgspec

from ..message import CODE_DIGITS, random_code
from ..store.names import Names, digits_of

KEPT_SECONDS: Final = 600.0
"""For how long a key is known, from the answer on."""


class Idempotency(msgspec.Struct, frozen=True):
    """A key that marks one request, and all that the key belongs to.

    ``credential`` names who asks, ``route`` what for; ``body`` is the request's, byte for byte:
    the same key with another body is an error.
    """

    key: str
    credential: str
    route: str
    body: bytes

    def __repr__(self) -> str:
        return "Idempotency()"


def made_codes(names: Names, idempotency: Idempotency | None) -> tuple[str, ...]:
    """Return codes for a request that has none; the first is the one to send.

    Without a key, that is one random code. With a key, it is one code derived from each secret, so
    that none has to be stored: while secrets rotate, a repeated request may find the first one's
    claim under an older secret, and then needs that secret's code.
    """
    if idempotency is None:
        return (random_code(),)
    digests = names.digests("code", idempotency.key, idempotency.body)
    return tuple(digits_of(digest, CODE_DIGITS) for digest in digests)
