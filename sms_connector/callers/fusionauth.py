"""FusionAuth's Generic Messenger: ``{"phoneNumber", "textMessage", "code"?, "type", "userId"?}``.

Any status from 200 to 299 is success to it. Before 1.67 the code is in the text alone.
https://fusionauth.io/docs/customize/email-and-messages/generic-messenger
"""

from collections.abc import Mapping

from ..errors import invalid_parameter
from ..message import Message
from .code_in_text import code_in
from .fields import optional_text, required_text
from .status_only import StatusOnly


class FusionAuth(StatusOnly):
    """Messages of the type Voice are refused: their text is to be spoken."""

    names: Mapping[str, str] = {"phone": "phoneNumber"}

    def message(self) -> Message:
        fields = self._request.fields
        if optional_text(fields, "type") not in (None, "SMS"):
            raise invalid_parameter("type", "must be SMS")
        phone = required_text(fields, "phoneNumber")
        code = optional_text(fields, "code") or code_in(fields, "textMessage")
        return self._message(phone, code)
