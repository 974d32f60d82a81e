"""A request as every caller reads it, a response as every envelope wraps it."""

import msgspec

from .errors import ConnectorError


class Request(msgspec.Struct, frozen=True):
    """What came in, without the wrapping that Function Compute put around it."""

    body: bytes


class Response(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a body that JSON can hold, and headers."""

    status: int
    body: dict[str, object]
    headers: dict[str, str] = {}


def failure(error: ConnectorError) -> Response:
    """Tell an error in the form that everyone gets whose own form does not say otherwise."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Response(error.http_status, error.to_reply(), headers)
