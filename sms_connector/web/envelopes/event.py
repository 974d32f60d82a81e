"""What Function Compute calls the handler with, before its envelope is known."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

LARGEST_PAYLOAD: Final = 1536 * 1024
"""In bytes: enough for LARGEST_REPORT in Base64.

Parsing a larger one could take the memory of the smallest instance.
"""


class Event(msgspec.Struct, frozen=True):
    """One call of the handler.

    ``payload`` is the bytes that came in, none if they are too many. ``fields`` are those of the
    JSON object in it, and empty if it holds none. ``environ`` and ``start_response`` are what a
    WSGI application gets, which is how FC 2.0 calls an HTTP function.
    """

    payload: bytes
    context: Any
    fields: Mapping[str, Any] = {}
    environ: Mapping[str, Any] = {}
    start_response: Any = None
    is_too_large: bool = False

    def __repr__(self) -> str:
        return "Event()"


def read_event(first: object, second: Any) -> Event:
    """Sort out the two arguments of a handler: ``(event, context)`` or those of WSGI."""
    if isinstance(first, Mapping) and "wsgi.input" in first:
        return Event(b"", first.get("fc.context"), environ=first, start_response=second)
    if isinstance(first, (bytes, str)) and len(first) > LARGEST_PAYLOAD:
        return Event(b"", second, is_too_large=True)
    payload = _payload(first)
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError):
        fields = None
    return Event(payload, second, fields if isinstance(fields, dict) else {})


def _payload(event: object) -> bytes:
    if isinstance(event, bytes):
        return event
    if isinstance(event, str):
        return event.encode(errors="surrogatepass")
    try:  # Function Compute gives bytes; a test or a script may give an object
        return json.dumps(event).encode()
    except (TypeError, ValueError, RecursionError):
        return b""
