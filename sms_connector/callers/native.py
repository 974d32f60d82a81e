"""Our own form: ``{"phone", "usageType", "code"?, "ip"?}``, for a back end of one's own."""

from collections.abc import Mapping

import msgspec

from ..errors import ConnectorError
from ..message import Message, Receipt, random_code
from ..web.http import Request, Response, failure
from .fields import optional_text, required_text
from .sentences import Audience


class Native:
    """Without ``code``, one is made here and returned to the caller, who has to check it."""

    def __init__(self, request: Request, audience: Audience) -> None:  # noqa: ARG002
        self._request = request
        self._made_code: str | None = None

    @classmethod
    def infer(cls, fields: Mapping[str, object]) -> bool:  # noqa: ARG003
        return True

    def message(self) -> Message:
        fields = self._request.fields
        phone = required_text(fields, "phone")
        usage_type = required_text(fields, "usageType")
        code = optional_text(fields, "code")
        if code is None:
            code = self._made_code = random_code()
        return Message(phone, usage_type, code, optional_text(fields, "ip"))

    def accepted(self, receipt: Receipt) -> Response:
        body = msgspec.to_builtins(receipt)
        if self._made_code is not None:
            body["code"] = self._made_code
        return Response(200, body)

    def refused(self, error: ConnectorError) -> Response:
        return failure(error)
