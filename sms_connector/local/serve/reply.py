"""The reply for the HTTP trigger and for API Gateway: ``{"statusCode", "headers", …}``."""

import base64
import binascii
import json

from .http import HttpResponse

# The server sets these.
_OWN = frozenset({"content-length", "transfer-encoding", "connection"})


def read_reply(returned: bytes) -> HttpResponse | None:
    """Return the response that a reply describes, or None if it is not such a reply."""
    try:
        fields = json.loads(returned)
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    status, headers = fields.get("statusCode"), fields.get("headers") or {}
    if not isinstance(status, int) or not 200 <= status <= 599 or not isinstance(headers, dict):
        return None
    body = _body(fields.get("body", ""), fields.get("isBase64Encoded") is True)
    if body is None:
        return None
    kept = {str(name): str(value) for name, value in headers.items() if name.lower() not in _OWN}
    return HttpResponse(status, body, kept)


def _body(body: object, is_base64: bool) -> bytes | None:
    if not isinstance(body, str):
        return json.dumps(body).encode()
    if not is_base64:
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return None
