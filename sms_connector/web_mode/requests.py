"""How web mode reads requests from a socket: by waitress, and stricter in what it takes.

The platform in front reuses connections for all callers, so what one sends must not be read as
the beginning of another's request (https://www.rfc-editor.org/rfc/rfc9112#section-11.2).
"""

from typing import Any, Final

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask
from waitress.utilities import RequestEntityTooLarge

from ..errors import ConnectorError, invalid_request
from ..web.envelopes.http_event import headers_for
from ..web.envelopes.too_large import TEXT
from ..web.error_responses import failure

_LARGEST_READ: Final = 32 * 1024 * 1024
"""In bytes: the platform's own limit for a request."""


class _Nothing:
    """A buffer that drops what is written to it."""

    def append(self, data: bytes) -> None: ...

    def close(self) -> None: ...

    def __len__(self) -> int:
        return 0


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a body whose end could be read in two ways. Reads one that is too large to its end.

    Otherwise the connection would be reset while the client still sends, and the platform would
    answer 502 in place of the 413.
    """

    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        is_ambiguous = self.chunked and "CONTENT_LENGTH" in self.headers
        # It is taken out of the headers where it is understood, which is not in HTTP/1.0.
        if is_ambiguous or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding")

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        body = self.body_rcv
        if not isinstance(self.error, RequestEntityTooLarge) or body is None:
            return consumed
        if self.expect_continue:
            self.expect_continue = False  # it is told to send nothing
        elif (
            not (body.completed or body.error)
            and max(self.content_length, self.body_bytes_received) < _LARGEST_READ
        ):
            body.buf.close()
            body.buf = _Nothing()
            self.completed = False
        return consumed


class _Refusal(ErrorTask):  # type: ignore[misc]
    """Answers a request that could not be read as every other error is answered."""

    def execute(self) -> None:
        if isinstance(self.request.error, RequestEntityTooLarge):
            error = ConnectorError("too_large", TEXT)
        else:
            error = invalid_request("The request is not valid HTTP.")
        response = failure(error)
        self.status = f"{response.status} {self.request.error.reason}"
        self.response_headers.extend(headers_for(response).items())
        self.set_close_on_finish()
        self.content_length = len(response.content)
        self.write(response.content)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class: Any = Parser
    error_task_class: Any = _Refusal
