"""Idempotency keys: the same key gives the first answer again and does nothing."""

from typing import Final

import msgspec

from ..message import CODE_DIGITS, random_code
from ..store.names import Names

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
    """Return the code of a request that has none: a random one, or with a key one of each secret.

    The first is sent. Derived from the key, none has to be stored; while secrets rotate, a
    repeated request may find the key under another one: see ``Terms.made_codes``.
    """
    if idempotency is None:
        return (random_code(),)
    digests = names.digests("code", idempotency.key, idempotency.body)
    return tuple(
        f"{int.from_bytes(digest, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}" for digest in digests
    )
