"""The idempotency key of a request: a header, a field of a direct payload, or a webhook's id."""

import re
from typing import Final

from ..errors import invalid_parameter
from ..idempotency.key import IdempotencyKey
from .auth import Credential
from .http import Request

HEADER: Final = "Idempotency-Key"
FIELD: Final = "idempotencyKey"

_KEY = re.compile(r"[ -~]{1,255}")


def idempotency_of(request: Request, credential: Credential, route: str) -> IdempotencyKey | None:
    """Return the key of a request, if it has one.

    Behind a webhook's signature that is the webhook's id, for any route: the path is not signed, so
    a captured webhook could be replayed on another one. Raises ConnectorError
    (``invalid_request_parameters``) for a key that is not 1 to 255 printable ASCII characters.
    """
    key: object
    if credential.webhook_id is not None:
        key, field, route = credential.webhook_id, "webhook-id", ""
    elif request.is_http:
        key, field = request.headers.get(HEADER.lower()), HEADER
    else:
        key, field = request.fields.get(FIELD), FIELD
    if key is None:
        return None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise invalid_parameter(field, "must be 1 to 255 printable ASCII characters")
    return IdempotencyKey(key, credential.name, route, request.body or b"")
