"""Our own request format, for your own back end: ``{"phone", "usageType", "code"?, "ip"?}``."""

from typing import ClassVar

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.error_responses import failure
from ..web.http import Request, Response
from .fields import optional_address, optional_text, required_text
from .sentences import Audience


class Native:
    """The receipt has the code if it was made here: the caller has to check it."""

    max_wait: ClassVar[float | None] = None
    waits_early: ClassVar[bool] = True

    def __init__(self, request: Request, audience: Audience) -> None:  # noqa: ARG002
        self._request = request

    def message(self) -> Message:
        fields = self._request.fields
        phone = required_text(fields, "phone")
        usage_type = required_text(fields, "usageType")
        code = optional_text(fields, "code")
        return Message(phone, usage_type, code, optional_address(fields, "ip"))

    def accepted(self, receipt: Receipt) -> Response:
        return Response(200, receipt.shown)

    def refused(self, error: ConnectorError) -> Response:
        return failure(error)
