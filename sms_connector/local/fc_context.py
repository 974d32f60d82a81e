"""The context object that Function Compute gives with every event, made on this machine."""

import logging
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """The role's key as the runtime gives it: three empty strings without a role."""

    access_key_id: str = ""
    access_key_secret: str = ""
    security_token: str = ""


@dataclass(frozen=True)
class FcContext:
    """As much of the context as a function may look at."""

    request_id: str = "1-6740f5c0-1234"
    credentials: Credentials = field(default_factory=Credentials)
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("invocation"))

    def getLogger(self) -> logging.Logger:  # noqa: N802  (the runtime's name)
        return self.logger
