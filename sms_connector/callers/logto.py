"""Logto's HTTP SMS connector: ``{"to", "type", "payload": {"code", …}, "ip"?}``.

Any status from 200 to 299 is success to it; of any other answer it shows the body as it is.
https://docs.logto.io/integrations/http-sms
"""

from collections.abc import Mapping

import msgspec

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.http import Response, failure
from .fields import named, required_text

_NAMES = {"phone": "to", "usageType": "type", "code": "payload.code"}


class Logto:
    """The payload is open-ended. Of all that is in it, the code alone goes into the SMS."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body

    @classmethod
    def infer(cls, body: Mapping[str, object]) -> bool:
        return "to" in body and "phone" not in body

    def message(self) -> Message:
        body = self._body
        return Message(
            required_text(body, "to"),
            required_text(body, "type"),
            required_text(body, "payload.code"),
        )

    def accepted(self, receipt: Receipt) -> Response:
        return Response(200, msgspec.to_builtins(receipt))

    def refused(self, error: ConnectorError) -> Response:
        return failure(named(error, _NAMES))
