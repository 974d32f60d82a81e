"""When a server is away: which fault it has, how long to leave it alone, and what the log says."""

import logging
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from .. import clock, log
from ..clock import Moment
from ..errors import ConnectorError
from . import timeouts

Fault = Literal[
    "unknown_host",
    "refused",
    "silent",
    "closed",
    "tls",
    "password",
    "permission",
    "database",
    "allowlist",
    "connections",
    "no_scripts",
    "script_check",
    "cluster",
    "cluster_down",
    "read_only",
    "full",
    "busy",
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
    "permission": "The store's user may not run a command that is needed: docs/store.md lists all.",
    "database": "The store does not have the database that the URL names.",
    "allowlist": "The store does not accept this address: add the function's to its allowlist.",
    "connections": "The store has no connection left: allow more, or use fewer instances.",
    "no_scripts": "The store runs no scripts or lacks a command: it needs EVALSHA and EVAL.",
    "script_check": "The store refuses the script: set its parameter script_check_enable to 0.",
    "cluster": "The URL names one node of a cluster, and the node that holds the data cannot be "
    "used: let the function reach every node, or use the address of the cluster's proxy.",
    "cluster_down": "The store's cluster is down: a part of its data has no node.",
    "read_only": "The store takes no writes: it is a replica, lacks replicas, or cannot save.",
    "full": "The store is full: give it more memory. Its eviction policy should be noeviction.",
    "busy": "The store is busy with a script of another client.",
    "loading": "The store is still loading its data.",
    "protocol": "The store's answer makes no sense: it may be another service, or need rediss://.",
}
"""What each fault means for the operator. No sentence holds anything of the URL."""

_MEMORY_FULL: Final = "The memory of this instance is full: use a store, or more instances."

_UNTIL_SOMETHING_EXPIRES: Final = 60

_OF_WRITES: Final = ("read_only", "full")
"""Faults that only a write can find out, so that only a write can see their end."""

LOGGED_EVERY_SECONDS: Final = 60.0


class StoreAwayError(Exception):
    """A store on a server could not be asked.

    ``maybe_done`` is True where a transaction may have been committed all the same: it reached the
    server, or may have, and no reply came in time. Otherwise nothing has happened. ``words`` are
    the first words of a reply that has no other name.
    """

    def __init__(self, fault: Fault, words: str = "", *, maybe_done: bool = False) -> None:
        super().__init__(FAULTS[fault] + (f' It says "{words}".' if words else ""))
        self.fault: Fault = fault
        self.words = words
        self.maybe_done = maybe_done

    def as_error(self) -> ConnectorError:
        """Return the answer to a request that cannot do without the server."""
        return ConnectorError(
            "unavailable",
            "The store cannot be reached: try again in a moment.",
            retry_after=math.ceil(timeouts.LEFT_ALONE_SECONDS),
        )


class MemoryFullError(StoreAwayError):
    """The memory of this instance has no space for what may not be lost. Nothing has happened."""

    def __init__(self) -> None:
        super().__init__("full")
        self.args = (_MEMORY_FULL,)

    def as_error(self) -> ConnectorError:
        return ConnectorError(
            "unavailable",
            "There is no space left for another message: try again in a minute.",
            retry_after=_UNTIL_SOMETHING_EXPIRES,
        )


class Call:
    """One call to a server. ``has_written`` is set where it has changed something there."""

    has_written = False


class Outage:
    """Surrounds each call to a server: notes its faults, and raises StoreAwayError after one.

    After LEFT_ALONE_SECONDS, one call tries again while the others are still refused.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: StoreAwayError | None = None
        self._tried: Moment | None = None
        self._logged: Moment | None = None

    @property
    def fault(self) -> str:
        fault = self._fault
        return fault.fault if fault is not None else ""

    @contextmanager
    def call(self) -> Iterator[Call]:
        self._check()
        call = Call()
        try:
            yield call
        except StoreAwayError as fault:
            self._begin(fault)
            raise
        if self._fault is not None:
            self._end(call)

    def _check(self) -> None:
        if self._fault is None:
            return
        with self._lock:
            fault = self._fault
            if fault is None:
                return
            if self._tried is not None and self._tried.age < timeouts.LEFT_ALONE_SECONDS:
                raise StoreAwayError(fault.fault, fault.words)
            self._tried = clock.now()

    def _begin(self, fault: StoreAwayError) -> None:
        with self._lock:
            self._tried = clock.now()
            logged = self._logged if self._fault is not None else None
            self._fault = StoreAwayError(fault.fault, fault.words)
            if logged is not None and logged.age < LOGGED_EVERY_SECONDS:
                return
            self._logged = self._tried
        _log(logging.ERROR, state="away", fault=fault.fault, reason=str(fault))

    def _end(self, call: Call) -> None:
        with self._lock:
            if self._fault is None:
                return
            if self._fault.fault in _OF_WRITES and not call.has_written:
                self._tried = None  # so that the next call can be a write
                return
            self._fault = None
        _log(logging.WARNING, state="back")


def _log(level: int, **fields: object) -> None:
    log.write(logging.getLogger("sms_connector"), level, "store", **fields)
