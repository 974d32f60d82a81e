"""Structured logs: one line of JSON for one message, with nothing personal in it."""

import json
import logging
import math
import os
import threading
import time
import traceback
from contextvars import ContextVar
from typing import Final

import msgspec

from .errors import ConnectorError
from .message import Receipt, Sms

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The request of this thread, for log lines to which no runtime adds it."""


def write(logger: logging.Logger, level: int, event: str, **fields: object) -> None:
    """Log one line of JSON."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", _line({"event": event, **fields}))


def _line(fields: dict[str, object]) -> str:
    """Write ASCII alone, so that no text from outside can make a line fail."""
    try:
        return msgspec.json.encode(fields).decode("ascii")
    except UnicodeError:  # five times faster, but it does not escape other letters
        return json.dumps(fields, separators=(",", ":"))


def write_bug(logger: logging.Logger, bug: Exception) -> None:
    """Log where a bug is, without its text: that may hold personal data."""
    where = [
        f"{os.path.basename(frame.filename)}:{frame.lineno}"
        for frame in traceback.extract_tb(bug.__traceback__)
    ]
    write(logger, logging.ERROR, "bug", exception=type(bug).__name__, where=where)


class Notices:
    """Lines that every request would repeat: each is written once, or once in some seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[tuple[str, str], float] = {}

    def write(
        self,
        logger: logging.Logger,
        level: int,
        event: str,
        reason: str,
        seconds: float = math.inf,
    ) -> None:
        """Log a reason, unless it was logged less than so many seconds ago."""
        now = time.monotonic()
        with self._lock:
            if now < self._due.get((event, reason), now):
                return
            self._due[event, reason] = now + seconds
        write(logger, level, event, reason=reason)


MESSAGE: Final = "sms"
"""The event of a line about a message."""


class Entry:
    """The one log line of a call, filled in as more becomes known. A field may be ``null``.

    ``is_composed``: there is a message, so an unexpected error leaves open whether it is sent.
    """

    def __init__(self, logger: logging.Logger, event: str = MESSAGE, operation: str = "") -> None:
        self._logger = logger
        self._event = event
        self._started = time.perf_counter()
        self._fields: dict[str, object] = {"operation": operation}
        if event == MESSAGE:
            self._fields = {"usageType": None, "templateCode": None, "phone": None}
        self.is_composed = False

    def add(self, **fields: object) -> None:
        """Add fields, or replace them."""
        self._fields |= fields

    def composed(self, sms: Sms) -> None:
        self.is_composed = True
        self.add(templateCode=sms.template_code, phone=sms.phone.masked)
        if sms.test_code is not None:
            self.add(test=True)

    def accepted(self, receipt: Receipt) -> None:
        first = receipt.backup_for
        if first is not None:
            self.add(
                templateCode=receipt.template_code,
                backup=True,
                providerCode=first.provider_code,
                reason=first.problem,
            )
        self._write(logging.INFO, outcome="accepted", sent=True, requestId=receipt.request_id)

    def done(self, outcome: str) -> None:
        self._write(logging.INFO, outcome=outcome)

    def refused(self, error: ConnectorError) -> None:
        fields: dict[str, object] = {}
        if self._event == MESSAGE:
            provider = error.provider
            fields = {
                "sent": error.sent,
                "requestId": provider.request_id if provider else None,
                "providerCode": provider.code if provider else None,
                "providerMessage": provider.message if provider else None,
            }
            if error.backup_refused is not None:
                fields["backupRefused"] = error.backup_refused
        # What is wrong with the settings is logged once, not with every message.
        reason = None if error.code == "invalid_config" else error.message
        self._write(logging.WARNING, outcome=error.code, **fields, reason=reason)

    def _write(self, level: int, **outcome: object) -> None:
        milliseconds = round((time.perf_counter() - self._started) * 1000)
        write(
            self._logger, level, self._event, **outcome, **self._fields, milliseconds=milliseconds
        )
