"""What the HTTP events of Function Compute and API Gateway have in common."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from ..http import Response

# Keys that an HTTP event may have and that no payload of a direct invocation has. One is enough:
# an event that looks like HTTP needs a credential, whatever else it holds.
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


def looks_like_http(fields: Mapping[str, Any]) -> bool:
    """Say whether an event came by way of HTTP."""
    return not HTTP_KEYS.isdisjoint(fields)


def body_of(fields: Mapping[str, Any]) -> bytes | None:
    """Return the body as bytes, or None if the event says that it is Base64 and it is not.

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
    """Return the headers with their names in lower case."""
    return {name.lower(): value for name, value in texts_of(fields, "headers").items()}


def texts_of(fields: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the texts of a field that is an object; without it, nothing."""
    texts = fields.get(key)
    if not isinstance(texts, Mapping):
        return {}
    return {name: value for name, value in texts.items() if isinstance(value, str)}


def text_of(fields: object, key: str) -> str:
    """Return a field that is a text; an empty one if it is missing or no text."""
    value = fields.get(key) if isinstance(fields, Mapping) else None
    return value if isinstance(value, str) else ""


def headers_for(response: Response) -> dict[str, str]:
    """Return the headers of every HTTP reply."""
    return {
        "Content-Type": response.content_type,
        "Cache-Control": "no-store",
        **response.headers,
    }


def reply(response: Response) -> dict[str, object]:
    """Return the reply that both the HTTP trigger and API Gateway take."""
    return {
        "statusCode": response.status,
        "headers": headers_for(response),
        "isBase64Encoded": False,
        "body": response.http_content.decode(),
    }
