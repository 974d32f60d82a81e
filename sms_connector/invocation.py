"""What Function Compute says about one invocation, besides its event."""

import logging
from typing import Any, Final

import msgspec

from .provider.client import AccessKey

_LOGGER: Final = logging.getLogger("sms_connector")


class Invocation(msgspec.Struct, frozen=True):
    """One invocation, whichever way it came: by the handler, in web mode, or from a WSGI server.

    ``role`` is None for a function without. ``region`` is that of the function, empty outside
    Function Compute. ``logger`` puts the request id before each line.
    """

    request_id: str = ""
    role: AccessKey | None = None
    region: str = ""
    logger: logging.Logger = _LOGGER

    def __repr__(self) -> str:
        return f"Invocation({self.request_id!r})"


def read_invocation(context: Any) -> Invocation:
    """Read the context of a runtime. The key of the role is fresh for each invocation."""
    if isinstance(context, Invocation):
        return context
    role = getattr(context, "credentials", None)
    return Invocation(
        getattr(context, "request_id", None) or "",
        role_of(
            getattr(role, "access_key_id", ""),
            getattr(role, "access_key_secret", ""),
            getattr(role, "security_token", ""),
        ),
        getattr(context, "region", None) or "",
        logger_of(context),
    )


def role_of(key_id: str, secret: str, token: str) -> AccessKey | None:
    """Return the key of the function's role, or None if the platform passed none."""
    return AccessKey(key_id, secret, token or None) if key_id and secret else None


def logger_of(context: Any) -> logging.Logger:
    """Return the logger that puts the invocation's own request id before each line."""
    get_logger = getattr(context, "getLogger", None)
    logger: logging.Logger = get_logger() if get_logger else _LOGGER
    return logger
