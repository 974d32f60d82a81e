"""Errors as HTTP responses: the status of each kind, the default body, and the headers."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ..errors import ConnectorError, Kind
from .http import Response

STATUS: Final[Mapping[Kind, int]] = {
    "invalid_parameter": 400,
    "missing_parameter": 400,
    "code_mismatch": 400,
    "unauthorized": 401,
    "no_route": 404,
    "not_pending": 404,
    "wrong_method": 405,
    "too_large": 413,
    "key_reused": 422,
    "rate_limited": 429,
    "attempts_used_up": 429,
    "invalid_config": 500,
    "bug": 500,
    "refused": 502,
    "invalid_response": 502,
    "usage_limited": 503,
    "unavailable": 503,
    "unknown_outcome": 504,
}
"""The HTTP status of each kind of error."""


def failure(error: ConnectorError, *, sends: bool = True) -> Response:
    """Return the default error response: without ``sent`` where nothing could be sent."""
    return Response(STATUS[error.kind], error_body(error, sends=sends), error_headers(error))


def error_body(error: ConnectorError, *, sends: bool = True) -> dict[str, object]:
    """Return ``{"error": {"code", "http_code", "message", "sent", "provider"?, "limit"?}}``."""
    body: dict[str, object] = {
        "code": error.code,
        "http_code": STATUS[error.kind],
        "message": error.message,
    }
    if sends:
        body["sent"] = error.sent
    if error.provider is not None:
        body["provider"] = msgspec.to_builtins(error.provider)
    if error.limit is not None:
        body["limit"] = msgspec.to_builtins(error.limit)
    if error.attempts_left is not None:
        body["attemptsLeft"] = error.attempts_left
    return {"error": body}


def error_headers(error: ConnectorError) -> dict[str, str]:
    """Return the headers that an error needs, whatever form its body has."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.allow:
        headers["Allow"] = error.allow
    return headers
