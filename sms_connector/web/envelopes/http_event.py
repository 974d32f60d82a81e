"""What the HTTP events of Function Compute and API Gateway have in common."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from ..http import Response

# Keys that an HTTP event may have and that nobody's bare payload has. One is enough: an event
# that looks like HTTP has to pass the door, whatever else it holds.
HTTP_KEYS = frozenset(
    {
        "body",
        "headers",
        "httpMethod",
        "isBase64Encoded",
        "path",
        "pathParameters",
        "queryParameters",
        "rawPath",
        "requestContext",
    }
)

ANSWER_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def looks_like_http(fields: Mapping[str, Any]) -> bool:
    """Say whether an event came by way of HTTP."""
    return not HTTP_KEYS.isdisjoint(fields)


def body_of(fields: Mapping[str, Any]) -> bytes | None:
    """Give the body as bytes, or None if it says that it is Base64 and is not.

    ``isBase64Encoded`` has been seen as a boolean and as the strings "true" and "false".
    """
    body = fields.get("body")
    if not isinstance(body, str):
        return b""
    raw = body.encode(errors="surrogatepass")
    if str(fields.get("isBase64Encoded")).lower() != "true":
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        return None


def headers_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Give the headers with their names in lower case."""
    headers = fields.get("headers")
    if not isinstance(headers, Mapping):
        return {}
    return {name.lower(): value for name, value in headers.items() if isinstance(value, str)}


def text_of(fields: object, key: str) -> str:
    """Give a field that is a text, and an empty one if it is not there or none."""
    value = fields.get(key) if isinstance(fields, Mapping) else None
    return value if isinstance(value, str) else ""


def reply(response: Response) -> dict[str, object]:
    """Give the reply that both the HTTP trigger and API Gateway take."""
    return {
        "statusCode": response.status,
        "headers": {**ANSWER_HEADERS, **response.headers},
        "isBase64Encoded": False,
        "body": json.dumps(response.body),
    }
