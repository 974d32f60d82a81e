"""How ZITADEL signs a request: ``ZITADEL-Signature: t=<Unix seconds>,v1=<hex>``.

``v1`` is HMAC-SHA256 over ``<t>.<body>`` by a signing key. While keys rotate there may be several.
https://zitadel.com/docs/guides/integrate/actions/testing-request-signature
"""

import hmac
import re
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from .http import Request

HEADER: Final = "zitadel-signature"

TOLERANCE: Final = 300
"""Seconds by which the clock of the sender may differ, in either direction."""

_SECONDS = re.compile(r"[0-9]{1,12}")


def signed_identity(request: Request, keys: Sequence[str]) -> str | None:
    """Return what identifies a request that one of the keys has signed; None for any other.

    A replay has the same identity, whichever of its signatures are left in the header, and
    whichever keys there are by then.
    """
    header = request.headers.get(HEADER)
    if not keys or header is None or request.body is None:
        return None
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not _SECONDS.fullmatch(times[0]):
        return None
    if abs(time.time() - int(times[0])) > TOLERANCE:
        return None
    shown = [_bytes(value.lower()) for name, _, value in parts if name == "v1"]
    signed = times[0].encode() + b"." + request.body
    valid = [hmac.new(_bytes(key), signed, sha256).hexdigest() for key in keys]
    # All are compared, each in constant time, so that the time gives none of them away.
    matches = [hmac.compare_digest(one, other.encode()) for one in shown for other in valid]
    return sha256(signed).hexdigest() if any(matches) else None


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
