"""Casdoor's Custom HTTP SMS provider: ``phoneNumber`` and ``code``, as a form or as JSON.

Only 200 is success to it. Of any other response its user sees the status, and never the body.
https://casdoor.org/docs/provider/sms/overview
"""

from collections.abc import Mapping
from typing import ClassVar

from ..message import Message
from .fields import required_text
from .form import fields_of
from .status_only import StatusOnly


class Casdoor(StatusOnly):
    """The name of the second field is set in Casdoor: it must be ``code``."""

    names: ClassVar[Mapping[str, str]] = {"phone": "phoneNumber"}

    def message(self) -> Message:
        fields = fields_of(self._request)
        return self._message(required_text(fields, "phoneNumber"), required_text(fields, "code"))
