"""A request as every caller reads it, a response as every envelope wraps it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ..errors import ConnectorError

LARGEST_BODY: Final = 64 * 1024
"""In bytes. A message takes less than one KiB."""

_NO_HEADERS: Mapping[str, str] = {}


class Request(msgspec.Struct, frozen=True):
    """What came in, without the wrapping that Function Compute put around it.

    ``body`` is None where the wrapping says Base64 and the body is not. Header names are in lower
    case. A direct invocation is no HTTP: Function Compute has checked who makes it.
    """

    body: bytes | None
    is_http: bool = False
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = _NO_HEADERS

    def __repr__(self) -> str:
        return f"Request({self.method!r}, {self.path!r})"


class Response(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a body that JSON can hold, and headers."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str] = _NO_HEADERS


def failure(error: ConnectorError) -> Response:
    """Tell an error in the form that everyone gets whose own form does not say otherwise."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.allow:
        headers["Allow"] = error.allow
    return Response(error.http_status, error.to_reply(), headers)
