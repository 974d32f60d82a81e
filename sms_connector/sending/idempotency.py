"""Idempotency keys: the same key gives the first answer again and does nothing."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

import msgspec

from ..message import CODE_DIGITS

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


def derived_codes(secrets: Sequence[str], key: str, body: bytes) -> tuple[str, ...]:
    """Return the code of a request that has a key but no code of its own, one for each secret.

    The first one is sent. While secrets rotate, a repeated request may find the key under another
    one: see ``Terms.made_codes``.
    """
    text = b"code:%d:%b:%b" % (len(key.encode()), key.encode(), body)
    digests = (hmac.digest(secret.encode(), text, hashlib.sha256) for secret in secrets)
    return tuple(
        f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"
        for digest in digests
    )
