"""Names in the store: keyed hashes, so that nothing in it can be read or guessed.

The secrets are those of SMS_CONNECTOR_SECRET: the first makes names, all are looked for.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

_SLOT: Final = "{sms}"
"""The hash tag: a script may touch the keys of one slot only."""

_BYTES: Final = 16


class Names:
    """Makes the names of one deployment. Each method returns one name for each secret."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secret.encode() for secret in secrets)

    def of(self, room: str, *parts: str) -> tuple[str, ...]:
        """Return the names of one thing. ``room`` keeps apart what different rooms name."""
        text = _joined(room, *parts)
        return tuple(_SLOT + digest(secret, text) for secret in self._secrets)

    def of_token(self, token: str) -> str:
        """Return the name of what belongs to a random token, which needs no secret."""
        return _SLOT + token

    def fingerprints(self, *parts: bytes) -> tuple[str, ...]:
        """Return keyed hashes of bytes, by which the same ones are recognised."""
        text = _joined("fingerprint", *parts)
        return tuple(digest(secret, text) for secret in self._secrets)


def digest(secret: bytes, text: bytes) -> str:
    """Return 128 bits of an HMAC, in hexadecimal."""
    return hmac.digest(secret, text, hashlib.sha256)[:_BYTES].hex()


def _joined(*parts: str | bytes) -> bytes:
    """Join parts so that no two lists of parts give the same bytes."""
    encoded = [
        part.encode(errors="surrogatepass") if isinstance(part, str) else part for part in parts
    ]
    return b"".join(b"%d:%b" % (len(part), part) for part in encoded)
