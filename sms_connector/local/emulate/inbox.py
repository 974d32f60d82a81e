"""The messages that were accepted, newest first, as a phone would show them."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

import msgspec

# Messages kept; beyond that the oldest are dropped.
CAPACITY = 10_000


class ReceivedMessage(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One accepted message to one number. `GET /inbox` has these names in camelCase.

    `phone` is the 11 digits of a mainland number, else country code and number; `content` is
    the text of the SMS; `received_at` is when it was accepted, in UTC; `parts` is the number of
    messages billed. `delivery_error` is the carrier's error code, if the phone does not receive
    it.
    """

    phone: str
    sign_name: str
    template_code: str
    template_param: dict[str, str]
    content: str
    biz_id: str
    request_id: str
    received_at: datetime
    out_id: str | msgspec.UnsetType = msgspec.UNSET
    parts: int
    delivery_error: str | msgspec.UnsetType = msgspec.UNSET


def count_parts(content: str) -> int:
    """Return the billed parts: one up to 70 characters, beyond that one for each 67."""
    return 1 if len(content) <= 70 else math.ceil(len(content) / 67)


class Inbox:
    """Thread-safe: the server writes while a test reads."""

    def __init__(
        self,
        capacity: int = CAPACITY,
        on_message: Callable[[ReceivedMessage], None] | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._messages: deque[ReceivedMessage] = deque(maxlen=capacity)
        self._on_message = on_message
        # Not a count: after a restart, an open page would take the new inbox for the old one.
        self._revision = time.time_ns()

    @property
    def revision(self) -> int:
        """A number that changes with every change of the inbox."""
        return self._revision

    def add(self, message: ReceivedMessage) -> None:
        with self._lock:
            self._messages.appendleft(message)
            self._revision += 1
        if self._on_message is not None:
            self._on_message(message)

    def messages(self, phone: str = "") -> tuple[ReceivedMessage, ...]:
        """Return the messages, newest first, to numbers that contain `phone`."""
        with self._lock:
            return tuple(message for message in self._messages if phone in message.phone)

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()
            self._revision += 1
