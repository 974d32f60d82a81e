"""The trigger of API Gateway: any event that looks like HTTP and has no other known form.

https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/user-guide/function-compute
"""

from ..http import Request, Response
from .event import Event
from .http_event import body_of, headers_of, looks_like_http, reply, text_of, texts_of


class ApiGateway:
    """An event with ``httpMethod`` and ``path``. Any of its keys may be missing."""

    def __init__(self, event: Event) -> None:
        self._fields = event.fields

    @classmethod
    def infer(cls, event: Event) -> bool:
        return looks_like_http(event.fields)

    def open(self) -> Request:
        return Request(
            body_of(self._fields),
            is_http=True,
            method=text_of(self._fields, "httpMethod").upper(),
            path=text_of(self._fields, "path"),
            headers=headers_of(self._fields),
            query=texts_of(self._fields, "queryParameters"),
        )

    def seal(self, response: Response) -> object:
        return reply(response)
