"""A WSGI call (PEP 3333): an HTTP function of FC 2.0, or any WSGI server."""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl

from ..http import LARGEST_REPORT, Request, Response
from .event import Event
from .http_event import headers_for


class Wsgi:
    """The environment of a WSGI call; ``fc.context`` in it is the context."""

    def __init__(self, event: Event) -> None:
        self._environ = event.environ
        self._start_response = event.start_response

    @classmethod
    def infer(cls, event: Event) -> bool:
        return bool(event.environ)

    def open(self) -> Request:
        environ = self._environ
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and isinstance(value, str)
        }
        # PEP 3333: this one has no prefix.
        headers.setdefault("content-type", str(environ.get("CONTENT_TYPE") or ""))
        # Not urlsplit, which raises for some of what a client can write there.
        target, _, query = str(environ.get("fc.request_uri", "")).partition("?")
        return Request(
            self._body(),
            is_http=True,
            method=str(environ.get("REQUEST_METHOD", "")).upper(),
            path=str(environ.get("PATH_INFO", target)),
            headers=headers,
            query=_joined(parse_qsl(str(environ.get("QUERY_STRING") or query))),
        )

    def _body(self) -> bytes | None:
        """Return the body; None if it is malformed, or if the client left before all had come."""
        declared = self._environ.get("CONTENT_LENGTH")
        try:
            length = int(declared or 0)
        except ValueError:
            length = 0
        # Without a length it comes in chunks, or there is none; the server must say where it ends.
        in_chunks = not declared and bool(self._environ.get("wsgi.input_terminated"))
        # One byte more than is allowed is enough to see that it is too much.
        wanted = LARGEST_REPORT + 1 if in_chunks else max(0, min(length, LARGEST_REPORT + 1))
        try:
            body: bytes = self._environ["wsgi.input"].read(wanted)
        except Exception:  # noqa: BLE001  (each server has its own for chunks that are malformed)
            return None
        return body if in_chunks or len(body) == wanted else None

    def seal(self, response: Response) -> object:
        body = response.http_content
        headers = {**headers_for(response), "Content-Length": str(len(body))}
        status = HTTPStatus(response.status)
        self._start_response(f"{status.value} {status.phrase}", list(headers.items()))
        # A server writes what it gets, and after a HEAD that would be read as the next response.
        return [] if self._environ.get("REQUEST_METHOD") == "HEAD" else [body]


def _joined(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each parameter once, the values of a repeated one joined by commas."""
    query: dict[str, str] = {}
    for name, value in parameters:
        query[name] = f"{query[name]},{value}" if name in query else value
    return query
