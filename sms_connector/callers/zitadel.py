"""ZITADEL's HTTP SMS provider: ``{"contextInfo": {"recipientPhoneNumber"}, "args": {"code"}, …}``.

``args`` are the arguments of the message's text, with a small first letter. The code is ``Code`` in
them, but ``OTP`` (so ``oTP``) for a second factor, where versions with a queue add ``Code``.
Any status from 200 to 299 within 5 seconds is success to it. After any other it retries with a new
signature. It does not read the body. ``web/zitadel.py`` knows the signature.
https://zitadel.com/docs/guides/manage/customize/notification-providers
"""

from collections.abc import Mapping
from typing import ClassVar

from ..message import Message
from .fields import first_text, required_text
from .status_only import StatusOnly

_PHONE = "contextInfo.recipientPhoneNumber"
_CODES = ("args.code", "args.oTP", "args.otp", "args.Code")


class Zitadel(StatusOnly):
    """ZITADEL chooses the number: a user may also have a new one that is not verified."""

    max_wait: ClassVar[float | None] = 4.5
    # The provider may take all of the five seconds.
    waits_early: ClassVar[bool] = False
    names: Mapping[str, str] = {"phone": _PHONE}

    def message(self) -> Message:
        fields = self._request.fields
        path, code = first_text(fields, *_CODES)
        self.names = {"phone": _PHONE, "code": path}
        return self._message(required_text(fields, _PHONE), code)
