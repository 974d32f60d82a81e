"""Casdoor's Custom HTTP SMS provider: ``phoneNumber`` and ``code``, as a form or as JSON.

From 2.90.0 to 3.57.2 (2025-10-20 to 2026-05-19) it calls the code ``content``, whatever is set in
it. Only 200 is success to it. Of any other response its user sees the status, and never the body.
https://casdoor.org/docs/provider/sms/overview
"""

from collections.abc import Mapping

from ..errors import invalid_parameter
from ..message import Message
from .fields import first_text, required_text
from .form import fields_of
from .status_only import StatusOnly


class Casdoor(StatusOnly):
    """The name of the second field is set in Casdoor: it must be ``code`` where it can be set."""

    names: Mapping[str, str] = {"phone": "phoneNumber"}

    def message(self) -> Message:
        fields = fields_of(self._request)
        phone = required_text(fields, "phoneNumber")
        name, code = first_text(fields, "code", "content")
        if name == "content" and not (code.isascii() and code.isdigit()):
            # What its template makes of a code: its own SMS providers send that text.
            raise invalid_parameter(name, "must be the code alone")
        self.names = {"phone": "phoneNumber", "code": name}
        return self._message(phone, code)
