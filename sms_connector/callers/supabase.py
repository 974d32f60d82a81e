"""Supabase Auth's Send SMS hook: ``{"user": {"phone", …}, "sms": {"otp", "phone"?, "sms_type"?}}``.

An error in a 200 reaches the person who waits for the SMS, but not if its ``http_code`` is 500 or
more: Supabase's client then shows ``{}``. After a 429 or 503 with ``Retry-After`` Supabase retries,
up to three times within 5 seconds. Any other response becomes an opaque 500.
https://supabase.com/docs/guides/auth/auth-hooks/send-sms-hook
"""

from collections.abc import Mapping
from typing import ClassVar

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.failures import STATUS, error_headers
from ..web.http import Request, Response
from .fields import optional_text, required_text, usage_type_of
from .sentences import Audience, sentence_for

_MOST_SECONDS_TO_RETRY = 2
_SHOWN_FOR_5XX = 422
_USAGE_TYPES = {"mfa": "MfaVerification"}


class Supabase:
    """Supabase names a usage type for a second factor only; any other is that of the address."""

    patience: ClassVar[float | None] = 4.5
    # The provider may need all of the five seconds.
    waits_early: ClassVar[bool] = False

    def __init__(self, request: Request, audience: Audience) -> None:
        self._request = request
        self._audience = audience

    @classmethod
    def infer(cls, fields: Mapping[str, object]) -> bool:
        return "sms" in fields and "phone" not in fields

    def message(self) -> Message:
        fields = self._request.fields
        # Present while a number is being changed: it is the new one.
        phone = optional_text(fields, "sms.phone") or required_text(fields, "user.phone")
        kind = optional_text(fields, "sms.sms_type") or ""
        default = self._audience.default_usage_type
        return Message(
            phone,
            _USAGE_TYPES.get(kind) or usage_type_of(self._request, default),
            required_text(fields, "sms.otp"),
            optional_text(fields, "metadata.ip_address"),
        )

    def accepted(self, receipt: Receipt) -> Response:  # noqa: ARG002
        return Response(200, {})

    def refused(self, error: ConnectorError) -> Response:
        status = STATUS[error.kind]
        sentence = sentence_for(error, self._audience.locale)
        if error.allow:  # the client that used another method is not Supabase
            return Response(status, _failure(status, sentence), error_headers(error))
        wait = error.retry_after
        if error.sent is False and wait is not None and wait <= _MOST_SECONDS_TO_RETRY:
            return Response(status, _failure(status, sentence), {"Retry-After": str(wait)})
        return Response(200, _failure(status if status < 500 else _SHOWN_FOR_5XX, sentence))


def _failure(status: int, sentence: str) -> dict[str, object]:
    return {"error": {"http_code": status, "message": sentence}}
