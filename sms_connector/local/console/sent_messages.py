"""The messages sent from the page, remembered so that their delivery state can be asked for."""

import os
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timezone

import msgspec

from ...config import ConnectorConfig
from ...message import Receipt, Sms
from ...phone import PhoneNumber
from ...sending.connector import SmsConnector
from ...settings import read_settings
from ..access_keys import role_key

# Messages that are remembered; nobody follows more of them on one page.
CAPACITY = 50


class SentMessage(msgspec.Struct, frozen=True):
    """An accepted message, and the config it was sent with."""

    config: ConnectorConfig
    phone: PhoneNumber
    receipt: Receipt
    at: datetime

    def __repr__(self) -> str:
        return f"SentMessage({self.phone!r})"


class SentMessages:
    """Sends through the connector that the function uses. One for all threads."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, config: ConnectorConfig, sms: Sms) -> tuple[str, SentMessage]:
        """Send one message, and return it with the name that ``find`` knows it by.

        Raise ConnectorError.
        """
        receipt = SmsConnector(config, read_settings(os.environ).proxies).send(
            sms, role_key(os.environ)
        )
        sent = SentMessage(config, sms.phone, receipt, datetime.now(timezone.utc))
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._sent[name] = sent
            if len(self._sent) > CAPACITY:
                self._sent.popitem(last=False)
        return name, sent

    def find(self, name: str) -> SentMessage | None:
        with self._lock:
            return self._sent.get(name)
