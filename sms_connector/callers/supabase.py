"""Supabase Auth's Send SMS hook: ``{"user": {"phone", …}, "sms": {"otp", "phone"?}}``.

An error in a 200 reaches the person who waits for the SMS. A 429 or 503 with ``Retry-After`` makes
Supabase ask again, up to three times within 5 seconds. Any other answer becomes an opaque 500.
https://supabase.com/docs/guides/auth/auth-hooks/send-sms-hook
"""

import os
from collections.abc import Mapping

from ..errors import ConnectorError, ErrorCode
from ..message import Message, Receipt
from ..settings import supabase_usage_type
from ..web.http import Response
from .fields import optional_text, required_text

_MOST_SECONDS_TO_RETRY = 2

_FOR_A_PERSON: dict[ErrorCode, str] = {
    "rate_limit_exceeded": "Too many messages to this number: wait before asking for another one.",
    "invalid_request_parameters": "This phone number cannot receive a code.",
}
_NOT_SENT = "The message could not be sent: try again later."
_UNKNOWN = "The message may be on its way: wait a minute before asking for another one."


class Supabase:
    """Supabase has one kind of message; which usage type it is, a setting may say."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body

    @classmethod
    def infer(cls, body: Mapping[str, object]) -> bool:
        return "sms" in body and "phone" not in body

    def message(self) -> Message:
        body = self._body
        # Present while a number is being changed: it is the new one.
        phone = optional_text(body, "sms.phone") or required_text(body, "user.phone")
        return Message(phone, supabase_usage_type(os.environ), required_text(body, "sms.otp"))

    def accepted(self, receipt: Receipt) -> Response:  # noqa: ARG002
        return Response(200, {})

    def refused(self, error: ConnectorError) -> Response:
        body = {"error": {"http_code": error.http_status, "message": _told(error)}}
        wait = error.retry_after
        if error.sent is False and wait is not None and wait <= _MOST_SECONDS_TO_RETRY:
            return Response(error.http_status, body, {"Retry-After": str(wait)})
        return Response(200, body)


def _told(error: ConnectorError) -> str:
    """Say what the person can do. What the operator has to do is in the log."""
    if error.sent is not False:
        return _UNKNOWN
    return _FOR_A_PERSON.get(error.code, _NOT_SENT)
