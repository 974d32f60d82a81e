"""The response of services that read the status alone.

They show the body to nobody, so it is the default one, for their logs and for tests.
"""

from collections.abc import Mapping
from typing import ClassVar

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.error_responses import failure
from ..web.http import Request, Response
from .fields import renamed, usage_type_of
from .sentences import Audience


class StatusOnly:
    """Base of a caller at a path of its own.

    ``names`` maps our field names to the service's. ``message`` may set those of its request.
    """

    max_wait: ClassVar[float | None] = None
    waits_early: ClassVar[bool] = True
    names: Mapping[str, str]

    def __init__(self, request: Request, audience: Audience) -> None:
        self._request = request
        self._audience = audience

    def _message(self, phone: str, code: str) -> Message:
        usage_type = usage_type_of(self._request, self._audience.default_usage_type)
        return Message(phone, usage_type, code)

    def accepted(self, receipt: Receipt) -> Response:
        return Response(200, receipt.shown)

    def refused(self, error: ConnectorError) -> Response:
        return failure(renamed(error, self.names))
