"""Keycloak with the SMS authenticator of keycloak-mfa-plugins: ``to`` and ``text``, JSON or a form.

The code has no field of its own: it is in the text. The plugin logs a failure, and shows none.
https://github.com/netzbegruenung/keycloak-mfa-plugins/tree/main/sms-authenticator
"""

from collections.abc import Mapping

from ..message import Message
from .code_in_text import code_in
from .fields import required_text
from .form import fields_of
from .status_only import StatusOnly


class Keycloak(StatusOnly):
    """The names of the fields are the plugin's defaults."""

    names: Mapping[str, str] = {"phone": "to", "code": "text"}

    def message(self) -> Message:
        fields = fields_of(self._request)
        return self._message(required_text(fields, "to"), code_in(fields, "text"))
