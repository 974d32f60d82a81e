"""Our own form: ``{"phone", "usageType", "code"?, "ip"?}``, for a back end of one's own."""

import secrets
from collections.abc import Mapping

import msgspec

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.http import Response, failure
from .fields import optional_text, required_text

CODE_DIGITS = 6


class Native:
    """With no ``code``, one is made here and returned to the caller, who has to check it."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body
        self._made_code: str | None = None

    @classmethod
    def infer(cls, body: Mapping[str, object]) -> bool:  # noqa: ARG003
        return True

    def message(self) -> Message:
        phone = required_text(self._body, "phone")
        usage_type = required_text(self._body, "usageType")
        code = optional_text(self._body, "code")
        optional_text(self._body, "ip")
        if code is None:
            code = self._made_code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        return Message(phone, usage_type, code)

    def accepted(self, receipt: Receipt) -> Response:
        body = msgspec.to_builtins(receipt)
        if self._made_code is not None:
            body["code"] = self._made_code
        return Response(200, body)

    def refused(self, error: ConnectorError) -> Response:
        return failure(error)
