"""What the function reads of an invocation's context, whichever way it was invoked."""

import logging
from contextvars import ContextVar
from typing import Any, Final

import msgspec

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The request of this thread, for log lines where no runtime adds it."""


class Role(msgspec.Struct, frozen=True):
    """The access key of the function's role, which signs messages; empty without one."""

    access_key_id: str = ""
    access_key_secret: str = ""
    security_token: str = ""

    def __repr__(self) -> str:
        return "Role()"


class Context(msgspec.Struct, frozen=True):
    """One invocation. ``region`` is that of the function, empty outside Function Compute.

    ``logger`` puts the request id before each line; None is the one of this package.
    """

    request_id: str = ""
    credentials: Role = Role()
    region: str = ""
    logger: logging.Logger | None = None

    def getLogger(self) -> logging.Logger:  # noqa: N802  (the runtime's name)
        return self.logger or logging.getLogger("sms_connector")


def context_of(passed: Any) -> Context:
    """Read the context that a runtime passes. What it lacks is empty, as in the cloud."""
    if isinstance(passed, Context):
        return passed
    get_logger = getattr(passed, "getLogger", None)
    role = getattr(passed, "credentials", None)
    return Context(
        getattr(passed, "request_id", None) or "",
        Role(
            *(
                getattr(role, name, None) or ""
                for name in ("access_key_id", "access_key_secret", "security_token")
            )
        ),
        getattr(passed, "region", None) or "",
        get_logger() if get_logger else None,
    )
