"""Which idempotency key a request has."""

from typing import Final

from ..errors import ConnectorError, invalid_request
from ..sending.idempotency import Idempotency
from .auth import Credential
from .http import Request

_HEADER: Final = "Idempotency-Key"
_FIELD: Final = "idempotencyKey"
_LONGEST: Final = 255


def idempotency_of(request: Request, credential: Credential, route: str) -> Idempotency | None:
    """Return the key of a request, and all that it belongs to; None without one.

    Of a signed request it is the ``webhook-id`` alone, which the signature covers: a captured
    webhook can be replayed without effect. Raise ConnectorError (400) for a malformed one.
    """
    key: object = credential.webhook_id
    if key is None and request.is_http:
        key = request.headers.get(_HEADER.lower())
    elif key is None:
        key = request.fields.get(_FIELD)
    if key is None:
        return None
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST or not key.isprintable():
        raise _malformed(request)
    return Idempotency(key, credential.name, route, request.body or b"")


def _malformed(request: Request) -> ConnectorError:
    name = _HEADER if request.is_http else _FIELD
    return invalid_request(f"`{name}` must be 1 to {_LONGEST} printable characters.")
