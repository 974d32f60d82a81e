"""How ZITADEL signs a request: ``ZITADEL-Signature: t=<Unix seconds>,v1=<hex>``.

``v1`` is HMAC-SHA256 over ``<t>.<body>`` by a signing key. While keys rotate there may be several.
https://zitadel.com/docs/guides/integrate/actions/testing-request-signature
"""

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from .http import Request
from .signature import ANOTHER_KEY, SignatureError, check_age

HEADER: Final = "zitadel-signature"

_SECONDS = re.compile(r"[0-9]{1,12}")


def signed_identity(request: Request, keys: Sequence[str]) -> str:
    """Return what identifies a request that one of the keys has signed.

    A replay has the same identity, whichever of its signatures are left in the header, and
    whichever keys there are by then. Raises SignatureError for any other request.
    """
    parts = [part.strip().partition("=") for part in request.headers[HEADER].split(",")]
    times = [value for name, _, value in parts if name == "t"]
    shown = [_bytes(value.lower()) for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not _SECONDS.fullmatch(times[0]) or not shown:
        raise SignatureError("The ZITADEL-Signature is malformed: it is not t=<seconds>,v1=<hex>.")
    check_age(times[0])
    if request.body is None:
        raise SignatureError("The request is signed, but its body cannot be read.")
    signed = times[0].encode() + b"." + request.body
    valid = [hmac.new(_bytes(key), signed, sha256).hexdigest() for key in keys]
    # All are compared, each in constant time, so that the time gives none of them away.
    matches = [hmac.compare_digest(one, other.encode()) for one in shown for other in valid]
    if not any(matches):
        raise SignatureError(ANOTHER_KEY)
    return sha256(signed).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
