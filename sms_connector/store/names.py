"""Keys in the store: keyed hashes, so that nobody can read or guess what they stand for.

The secrets are those of SMS_CONNECTOR_SECRET: new keys use the first, lookups try all of them.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

import msgspec

_SLOT: Final = "{sms}"
"""The hash tag: a script may touch the keys of one slot only."""

_BYTES: Final = 16

_encoder: Final = msgspec.msgpack.Encoder()


class Names:
    """Makes the names of one deployment. Each method returns one value for each secret."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secret.encode() for secret in secrets)

    def of(self, namespace: str, *parts: str) -> tuple[str, ...]:
        """Return the keys of one thing in a namespace, one for each secret."""
        return tuple(_SLOT + digest.hex() for digest in self.digests(namespace, *parts))

    def of_token(self, token: str) -> str:
        """Return the name of what belongs to a random token, which needs no secret."""
        return _SLOT + token

    def digests(self, namespace: str, *parts: str | bytes) -> tuple[bytes, ...]:
        """Return 128 bits of an HMAC: to recognise what is not stored, or to derive a code."""
        # Packed with their lengths, so that no two lists of parts give the same bytes.
        text = _encoder.encode((namespace, *parts))
        return tuple(hmac.digest(secret, text, hashlib.sha256)[:_BYTES] for secret in self._secrets)


def digits_of(digest: bytes, count: int) -> str:
    """Return a code of so many digits.

    It is the remainder of 128 bits: no code is likelier than another by more than
    10^count / 2^128, which is 3e-31 for eight digits.
    """
    return f"{int.from_bytes(digest, 'big') % 10**count:0{count}}"
