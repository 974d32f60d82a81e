"""A request as every caller reads it, and a response as every envelope wraps it."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec

from ..errors import invalid_request

NO_CONTENT: Final = 204

LARGEST_BODY: Final = 64 * 1024
"""In bytes. A message takes less than one KiB."""

LARGEST_REPORT: Final = 1024 * 1024
"""In bytes. The provider collects delivery reports, about 250 bytes each."""

_NO_TEXTS: Mapping[str, str] = {}


class Request(msgspec.Struct, frozen=True, dict=True):
    """What came in, without the wrapping that Function Compute put around it.

    ``body`` is None if it cannot be read: it is not valid Base64 although the wrapping says so, or
    the client disconnected before all of it had arrived. Header names are in lower case. Direct
    invocations are not HTTP; Function Compute has authenticated them.
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


_INVALID: Final = object()


def _decode(body: bytes | None) -> object:
    try:
        # Not msgspec: it refuses a lone surrogate without saying which field holds it.
        return json.loads(body or b"")
    except (ValueError, RecursionError):  # not raised further: the exception holds the whole body
        return _INVALID
