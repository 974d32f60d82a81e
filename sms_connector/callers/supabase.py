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
from ..web.error_responses import STATUS, error_headers
from ..web.http import Request, Response
from .fields import optional_text, required_text, usage_type_of
from .sentences import Audience, sentence_for

_MOST_SECONDS_TO_RETRY = 2
_SHOWN_FOR_5XX = 422
_USAGE_TYPES = {"mfa": "MfaVerification"}


class Supabase:
    """Supabase names a usage type for a second factor only; any other is that of the address."""

    max_wait: ClassVar[float | None] = 4.5
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
        kind = optional_text(fields, "sms.sms_type") or ""
        phone = optional_text(fields, "sms.phone") or _phone_of_user(fields)
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


def _phone_of_user(fields: Mapping[str, object]) -> str:
    """Return the number of a version before 2.180, which has no ``sms.phone``.

    Raises ConnectorError where the message may be for another number: a new one of this user, or
    one that is a second factor. `internal/api/phone.go` and `mfa.go` of 2.179 send to these.
    """
    phone = required_text(fields, "user.phone")
    others = {optional_text(fields, "user.new_phone")}
    if optional_text(fields, "sms.sms_type") == "mfa":
        others |= _factor_phones(fields["user"])
    if others - {None, "", phone}:
        raise ConnectorError(
            "missing_parameter",
            "is required where a user has more than one number: use Supabase Auth 2.180 or later.",
            field="sms.phone",
        )
    return phone


def _factor_phones(user: object) -> set[str | None]:
    factors = user.get("factors") if isinstance(user, Mapping) else None
    return {
        optional_text(factor, "phone")
        for factor in (factors if isinstance(factors, list) else ())
        if isinstance(factor, Mapping)
    }


def _failure(status: int, sentence: str) -> dict[str, object]:
    return {"error": {"http_code": status, "message": sentence}}
