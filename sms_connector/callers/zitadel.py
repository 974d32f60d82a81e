"""ZITADEL's HTTP SMS provider: ``{"contextInfo": {"recipientPhoneNumber"}, "args": {"code"}, …}``.

Any status from 200 to 299 within 5 seconds is success to it. After any other it retries with a new
signature. It does not read the body. ``web/zitadel.py`` knows the signature.
https://zitadel.com/docs/guides/manage/customize/notification-providers
"""

from collections.abc import Mapping
from typing import ClassVar

from ..message import Message
from .fields import required_text
from .status_only import StatusOnly

_PHONE = "contextInfo.recipientPhoneNumber"
_CODE = "args.code"


class Zitadel(StatusOnly):
    """ZITADEL chooses the number: a user may also have a new one that is not verified."""

    patience: ClassVar[float | None] = 4.5
    # The provider may take all of the five seconds.
    waits_early: ClassVar[bool] = False
    names: ClassVar[Mapping[str, str]] = {"phone": _PHONE, "code": _CODE}

    def message(self) -> Message:
        fields = self._request.fields
        return self._message(required_text(fields, _PHONE), required_text(fields, _CODE))
