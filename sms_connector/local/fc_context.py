"""The context object that Function Compute passes with every event."""

import logging
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """The role's key; without a role, three empty strings."""

    access_key_id: str = ""
    access_key_secret: str = ""
    security_token: str = ""


@dataclass(frozen=True)
class FcContext:
    """The part of the context that the function reads."""

    request_id: str = "1-6740f5c0-1234"
    credentials: Credentials = field(default_factory=Credentials)
    region: str = ""
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("invocation"))

    def getLogger(self) -> logging.Logger:  # noqa: N802  (the runtime's name)
        return self.logger
