"""What was sent from the page, so that it can be asked later what became of it."""

import os
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timezone

import msgspec

from ...config import ConnectorConfig
from ...message import Message, Receipt, random_code
from ...phone import PhoneNumber
from ...sending.connector import SmsConnector
from ...settings import read_settings
from ..role import role_of

# Messages that are kept in mind; nobody follows more of them on one page.
CAPACITY = 50


class SentSms(msgspec.Struct, frozen=True):
    """An accepted message, and the settings it went out with."""

    config: ConnectorConfig
    phone: PhoneNumber
    receipt: Receipt
    at: datetime

    def __repr__(self) -> str:
        return f"SentSms({self.phone!r})"


class Outbox:
    """Sends through the connector that the function uses. One for all threads."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, SentSms] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, config: ConnectorConfig, phone: str, usage_type: str) -> tuple[str, SentSms]:
        """Send one code that is made here, and give the name to ask for the message with.

        Raises ConnectorError.
        """
        connector = SmsConnector(config, read_settings(os.environ).proxies)
        message = Message(phone, usage_type, random_code())
        sms = connector.compose(message)
        receipt = connector.send(sms, role_of(os.environ))
        sent = SentSms(config, sms.phone, receipt, datetime.now(timezone.utc))
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._sent[name] = sent
            if len(self._sent) > CAPACITY:
                self._sent.popitem(last=False)
        return name, sent

    def find(self, name: str) -> SentSms | None:
        with self._lock:
            return self._sent.get(name)
