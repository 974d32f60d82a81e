"""The HTTP trigger of FC 3.0, built-in runtimes.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/http-trigger-invoking-function
"""

from ..http import Request, Response
from .event import Event
from .http_event import body_of, headers_of, reply, text_of, texts_of


class HttpTrigger:
    """An event with ``rawPath`` and ``requestContext.http``."""

    def __init__(self, event: Event) -> None:
        self._fields = event.fields

    @classmethod
    def infer(cls, event: Event) -> bool:
        return "requestContext" in event.fields or "rawPath" in event.fields

    def open(self) -> Request:
        context = self._fields.get("requestContext")
        http = context.get("http") if isinstance(context, dict) else None
        return Request(
            body_of(self._fields),
            is_http=True,
            method=text_of(http, "method").upper(),
            path=text_of(self._fields, "rawPath") or text_of(http, "path"),
            headers=headers_of(self._fields),
            query=texts_of(self._fields, "queryParameters"),
        )

    def seal(self, response: Response) -> object:
        return reply(response)
