"""An HTTP function of FC 2.0, which is called as a WSGI application (PEP 3333)."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from ..http import LARGEST_REPORT, Request, Response
from .event import Event
from .http_event import headers_for


class Wsgi:
    """The environment of a WSGI call; the runtime puts ``fc.context`` into it."""

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
            query=dict(parse_qsl(str(environ.get("QUERY_STRING") or query))),
        )

    def _body(self) -> bytes:
        try:
            length = int(self._environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        # One byte more than is allowed is enough to see that it is too much.
        body: bytes = self._environ["wsgi.input"].read(max(0, min(length, LARGEST_REPORT + 1)))
        return body

    def seal(self, response: Response) -> object:
        body = response.http_content
        headers = {**headers_for(response), "Content-Length": str(len(body))}
        status = HTTPStatus(response.status)
        self._start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [body]
