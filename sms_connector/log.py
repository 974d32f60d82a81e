"""Structured logs: one line of JSON for one message, with nothing personal in it."""

import json
import logging
import os
import time
import traceback
from typing import Any

import msgspec

from .errors import ConnectorError
from .message import Receipt, Sms


def logger_of(context: Any) -> logging.Logger:
    """Give the logger that puts the invocation's own request id before each line."""
    get_logger = getattr(context, "getLogger", None)
    logger: logging.Logger = get_logger() if get_logger else logging.getLogger("sms_connector")
    return logger


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


class CheckEntry:
    """The one log line of an operation that sends nothing."""

    def __init__(self, logger: logging.Logger, operation: str) -> None:
        self._logger = logger
        self._operation = operation
        self._event = "verification" if operation.endswith("Verification") else "query"
        self._started = time.perf_counter()

    def done(self, outcome: str) -> None:
        self._write(logging.INFO, outcome=outcome)

    def refused(self, error: ConnectorError) -> None:
        reason = None if error.code == "invalid_config" else error.message
        self._write(logging.WARNING, outcome=error.code, reason=reason)

    def _write(self, level: int, **fields: object) -> None:
        write(
            self._logger,
            level,
            self._event,
            operation=self._operation,
            **fields,
            milliseconds=round((time.perf_counter() - self._started) * 1000),
        )


class MessageEntry:
    """The one log line of a message, filled in as more becomes known. A field may be ``null``."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger
        self._started = time.perf_counter()
        self.usage_type: str | None = None
        self.sms: Sms | None = None

    def accepted(self, receipt: Receipt) -> None:
        self._write(logging.INFO, outcome="accepted", sent=True, requestId=receipt.request_id)

    def refused(self, error: ConnectorError) -> None:
        provider = error.provider
        self._write(
            logging.WARNING,
            outcome=error.code,
            sent=error.sent,
            requestId=provider.request_id if provider else None,
            providerCode=provider.code if provider else None,
            providerMessage=provider.message if provider else None,
            # What is wrong with the settings is logged once, not with every message.
            reason=None if error.code == "invalid_config" else error.message,
        )

    def _write(self, level: int, **outcome: object) -> None:
        write(
            self.logger,
            level,
            "sms",
            **outcome,
            usageType=self.usage_type,
            templateCode=self.sms.template_code if self.sms else None,
            phone=self.sms.phone.masked if self.sms else None,
            milliseconds=round((time.perf_counter() - self._started) * 1000),
        )
