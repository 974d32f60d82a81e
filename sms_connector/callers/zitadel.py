"""ZITADEL's HTTP SMS provider: ``{"contextInfo": {"recipientPhoneNumber"}, "args": {"code"}, …}``.

Any status from 200 to 299 within 5 seconds is success to it. After any other it tries again, with a
new signature; it reads no body. ``web/zitadel.py`` knows the signature.
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
    """The number is the one that ZITADEL chose: a user may have an unverified new one, too."""

    patience: ClassVar[float | None] = 4.5
    # The provider may need all of the five seconds.
    waits_early: ClassVar[bool] = False
    names: ClassVar[Mapping[str, str]] = {"phone": _PHONE, "code": _CODE}

    def message(self) -> Message:
        fields = self._request.fields
        return self._message(required_text(fields, _PHONE), required_text(fields, _CODE))
