"""The messages sent from the page, remembered so that their delivery state can be asked for."""

import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timezone

import msgspec

from ...config import ConnectorConfig
from ...message import Receipt, Sms
from ...phone import PhoneNumber

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
    """The latest messages, whatever sent them. One for all threads."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, config: ConnectorConfig, sms: Sms, receipt: Receipt) -> str:
        """Remember an accepted message, and return the name that ``find`` knows it by."""
        sent = SentMessage(config, sms.phone, receipt, datetime.now(timezone.utc))
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._sent[name] = sent
            if len(self._sent) > CAPACITY:
                self._sent.popitem(last=False)
        return name

    def find(self, name: str) -> SentMessage | None:
        with self._lock:
            return self._sent.get(name)
