"""Logto's HTTP SMS connector: ``{"to", "type", "payload": {"code", "locale", …}, "ip"?}``.

Any status from 200 to 299 is success to it; the body of any other response is shown to the person
who signs in, as it is. https://docs.logto.io/integrations/http-sms
"""

from collections.abc import Mapping
from typing import ClassVar

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.error_responses import STATUS, error_headers
from ..web.http import LARGEST_BODY, Request, Response
from .fields import optional_text, renamed, required_text
from .sentences import Audience, locale_of, operator_sentence, sentence_for, with_reference

_NAMES = {"phone": "to", "usageType": "type", "code": "payload.code"}


class Logto:
    """The payload is open-ended. Of all that is in it, the code alone goes into the SMS."""

    max_wait: ClassVar[float | None] = None
    waits_early: ClassVar[bool] = True

    def __init__(self, request: Request, audience: Audience) -> None:
        self._request = request
        self._audience = audience

    @classmethod
    def infer(cls, fields: Mapping[str, object]) -> bool:
        return "to" in fields and "phone" not in fields

    def message(self) -> Message:
        fields = self._request.fields
        return Message(
            required_text(fields, "to"),
            required_text(fields, "type"),
            required_text(fields, "payload.code"),
            optional_text(fields, "ip"),
        )

    def accepted(self, receipt: Receipt) -> Response:
        return Response(200, receipt.shown)

    def refused(self, error: ConnectorError) -> Response:
        payload = self._payload()
        locale = locale_of(payload.get("locale"), self._audience.locale)
        text = sentence_for(error, locale)
        if self._is_console_test(payload):
            text = operator_sentence(renamed(error, _NAMES))
        text = with_reference(text, self._audience.reference, locale)
        return Response(STATUS[error.kind], text, error_headers(error))

    def _is_console_test(self, payload: Mapping[str, str]) -> bool:
        """The test button of Logto's console is pressed by the operator."""
        return payload.get("code") == "000000" and self._fields().get("type") == "Generic"

    def _payload(self) -> Mapping[str, str]:
        payload = self._fields().get("payload")
        if not isinstance(payload, Mapping):
            return {}
        return {name: value for name, value in payload.items() if isinstance(value, str)}

    def _fields(self) -> Mapping[str, object]:
        if len(self._request.body or b"") > LARGEST_BODY:
            return {}  # refused without being parsed
        try:
            return self._request.fields
        except ConnectorError:
            return {}
