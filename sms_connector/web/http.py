"""A request as every caller reads it, a response as every envelope wraps it, and HTTP statuses."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec

from ..errors import ConnectorError, Kind, invalid_request

NO_CONTENT: Final = 204

LARGEST_BODY: Final = 64 * 1024
"""In bytes. A message takes less than one KiB."""

LARGEST_REPORT: Final = 1024 * 1024
"""In bytes. The provider collects delivery reports, about 250 bytes each."""

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

_NO_TEXTS: Mapping[str, str] = {}


class Request(msgspec.Struct, frozen=True, dict=True):
    """What came in, without the wrapping that Function Compute put around it.

    ``body`` is None where the wrapping says Base64 and the body is not. Header names are in lower
    case. Direct invocations are not HTTP; Function Compute has authenticated them.
    """

    body: bytes | None
    is_http: bool = False
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = _NO_TEXTS
    query: Mapping[str, str] = _NO_TEXTS

    def __repr__(self) -> str:
        return f"Request({self.method!r}, {self.path!r})"

    @cached_property
    def fields(self) -> dict[str, object]:
        """The JSON object in the body. Raises ConnectorError (``invalid_request_parameters``)."""
        fields = _decode(self.body)
        if isinstance(fields, dict):
            return fields
        raise invalid_request(
            "The request is not valid JSON."
            if fields is _INVALID
            else "The request must be a JSON object."
        )


class Response(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a body, and headers. A text is sent as plain text."""

    status: int
    body: Mapping[str, object] | str
    headers: Mapping[str, str] = _NO_TEXTS

    @property
    def content(self) -> bytes:
        """The body in UTF-8, as JSON unless it is a text."""
        if isinstance(self.body, str):
            return self.body.encode(errors="replace")
        try:
            return msgspec.json.encode(self.body)
        except UnicodeError:  # a lone surrogate, which somebody else's text may hold
            return json.dumps(self.body).encode()

    @property
    def http_content(self) -> bytes:
        """The content as HTTP carries it: a 204 has none."""
        return b"" if self.status == NO_CONTENT else self.content

    @property
    def content_type(self) -> str:
        return "text/plain; charset=utf-8" if isinstance(self.body, str) else "application/json"


def failure(error: ConnectorError) -> Response:
    """Return the default error response."""
    return Response(STATUS[error.kind], error_body(error), error_headers(error))


def failure_of_check(error: ConnectorError) -> Response:
    """Return the error response of an operation that sends nothing: it has no ``sent``."""
    body = error_body(error, sends=False)
    return Response(STATUS[error.kind], body, error_headers(error))


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


_INVALID: Final = object()


def _decode(body: bytes | None) -> object:
    try:
        # Not msgspec: it refuses a lone surrogate without saying which field holds it.
        return json.loads(body or b"")
    except (ValueError, RecursionError):  # not raised further: the exception holds the whole body
        return _INVALID
