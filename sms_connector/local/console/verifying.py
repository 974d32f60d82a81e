"""The verifications that the page tries, in the memory of the console."""

import os
from typing import Any

import msgspec

from ...config import ConnectorConfig
from ...errors import ConnectorError
from ...message import Sms
from ...provider.environment_key import role_key
from ...reports.figures import Figures
from ...sending.connector import SmsConnector
from ...settings import Settings, read_settings
from ...store import open_stores
from ...templates import ByRegion
from ...verification.outcomes import Started
from ...verification.service import Verifications
from ...web.error_responses import error_body


class CodeRequest(msgspec.Struct, frozen=True, rename="camel"):
    """A code as a person typed it, and what it is checked for.

    Without ``id``, that is the latest verification of a number: the page has no id where nobody
    knows whether the message went out.
    """

    code: str = ""
    id: str = ""
    phone: str = ""
    usage_type: str = ""

    def __repr__(self) -> str:
        return "CodeRequest()"


class TriedVerifications:
    """Starts, checks and cancels verifications as the function does. One for all threads."""

    def __init__(self) -> None:
        self.stores = open_stores(Settings())
        self._with(ConnectorConfig(ByRegion({}), ()))

    def start(self, config: ConnectorConfig, sms: Sms) -> Started:
        """Send a code, the same one as before while a verification is pending.

        Raises ConnectorError.
        """
        connector = SmsConnector(config, read_settings(os.environ).proxies)
        return self._with(config).start(sms, connector.sender(role_key(os.environ)))

    def check(self, request: CodeRequest) -> dict[str, Any]:
        """Return the approval, or what the function answers in place of one."""
        verifications = self._latest
        try:
            if request.id:
                approved = verifications.check(request.id, request.code)
            else:
                approved = verifications.check_number(
                    request.phone, request.usage_type, request.code
                )
        except ConnectorError as error:
            return error_body(error, sends=False)
        return {"status": "approved", **msgspec.to_builtins(approved)}

    def cancel(self, request: CodeRequest) -> dict[str, Any]:
        """Return the state of a cancelled verification, or an error as ``check`` does."""
        try:
            self._latest.cancel(request.id)
        except ConnectorError as error:
            return error_body(error, sends=False)
        return {"status": "cancelled", "id": request.id}

    def _with(self, config: ConnectorConfig) -> Verifications:
        # The form may change between a start and its check. All of them have the same store, and
        # a verification keeps what a check of it needs.
        figures = Figures(self.stores.names, config)
        self._latest = Verifications(Settings(), config, self.stores, figures)
        return self._latest
