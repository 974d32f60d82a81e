"""What Function Compute says about one invocation, besides its event."""

import logging
from typing import Any

import msgspec

from .provider.client import AccessKey


class Invocation(msgspec.Struct, frozen=True):
    """``logger`` puts the request id before each line. ``role`` is None for a function without."""

    logger: logging.Logger
    request_id: str
    role: AccessKey | None

    def __repr__(self) -> str:
        return f"Invocation({self.request_id!r})"


def read_invocation(context: Any) -> Invocation:
    """Read the context. The key of the role is fresh for each invocation."""
    role = getattr(context, "credentials", None)
    key_id, secret = getattr(role, "access_key_id", ""), getattr(role, "access_key_secret", "")
    has_key = bool(key_id and secret)
    token = getattr(role, "security_token", "") or None
    key = AccessKey(key_id, secret, token) if has_key else None
    return Invocation(logger_of(context), getattr(context, "request_id", None) or "", key)


def logger_of(context: Any) -> logging.Logger:
    """Return the logger that puts the invocation's own request id before each line."""
    get_logger = getattr(context, "getLogger", None)
    logger: logging.Logger = get_logger() if get_logger else logging.getLogger("sms_connector")
    return logger
