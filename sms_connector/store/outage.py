"""When a server is away: which fault it has, how long to leave it alone, and what the log says."""

import logging
import math
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Literal

from .. import log
from ..errors import ConnectorError

Fault = Literal[
    "unknown_host",
    "refused",
    "silent",
    "closed",
    "tls",
    "password",
    "permission",
    "database",
    "read_only",
    "full",
    "loading",
    "protocol",
]

FAULTS: Final[Mapping[Fault, str]] = {
    "unknown_host": "The host of the store cannot be resolved.",
    "refused": "Nothing accepts connections at the address of the store.",
    "silent": "The store does not answer in time: the function must be in its VPC, and allowed in.",
    "closed": "The store closed the connection. If it expects TLS, write rediss://.",
    "tls": "TLS with the store failed: check its certificate; without TLS, write redis://.",
    "password": "The store refuses the user name or password.",
    "permission": "The store's user may not run EVALSHA, EVAL and what the script calls.",
    "database": "The store does not have the database that the URL names.",
    "read_only": "The store takes no writes: it is a replica, or cannot save.",
    "full": "The store is full: give it more memory. Its eviction policy should be noeviction.",
    "loading": "The store is still loading its data.",
    "protocol": "The store's answer makes no sense: it may be another service, or need rediss://.",
}
"""What each fault means for the operator. No sentence holds anything of the URL."""

LEFT_ALONE_SECONDS: Final = 3.0
LOGGED_EVERY_SECONDS: Final = 60.0


class StoreAwayError(Exception):
    """A store on a server could not be asked. Whether it did what it was asked is unknown."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULTS[fault])
        self.fault: Fault = fault

    def as_error(self) -> ConnectorError:
        """Return the answer to a request that cannot do without the server."""
        return ConnectorError(
            "unavailable",
            "The store cannot be reached: try again in a moment.",
            retry_after=math.ceil(LEFT_ALONE_SECONDS),
        )


class Outage:
    """Surrounds each call to a server: notes its faults, and raises StoreAwayError after one.

    After LEFT_ALONE_SECONDS, one call tries again while the others are still refused.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._next_try = 0.0
        self._next_line = 0.0

    @property
    def fault(self) -> str:
        return self._fault or ""

    def __enter__(self) -> None:
        if self._fault is None:
            return
        with self._lock:
            fault, now = self._fault, time.monotonic()
            if fault is None:
                return
            if now < self._next_try:
                raise StoreAwayError(fault)
            self._next_try = now + LEFT_ALONE_SECONDS

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, StoreAwayError):
            self._begin(error.fault)
        elif error is None and self._fault is not None:
            self._end()

    def _begin(self, fault: Fault) -> None:
        with self._lock:
            now = time.monotonic()
            self._next_try = now + LEFT_ALONE_SECONDS
            silent = self._fault is not None and now < self._next_line
            self._fault = fault
            if silent:
                return
            self._next_line = now + LOGGED_EVERY_SECONDS
        _log(logging.ERROR, state="away", fault=fault, reason=FAULTS[fault])

    def _end(self) -> None:
        with self._lock:
            if self._fault is None:
                return
            self._fault = None
        _log(logging.WARNING, state="back")


def _log(level: int, **fields: object) -> None:
    log.write(logging.getLogger("sms_connector"), level, "store", **fields)
