"""One request on its way: how far it got, and how long it may take.

The SDK turns every network failure into one exception, which does not say whether the request was
written or whether an answer began. ``sent`` depends on both, so the wire records them here.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from ..settings import Proxies

DIRECT: Final = Proxies()

UNINTELLIGIBLE: Final = "its answer could not be understood"


class Stage(IntEnum):
    """How far a request got."""

    UNSEEN = 0  # the wire never got it
    CONNECTING = 1  # definitely not sent
    WRITING = 2  # a byte of it may have been written: the outcome is unknown
    ANSWERED = 3  # an answer began


class WireError(Exception):
    """Why there is no answer. Holds nothing of the request."""

    def __init__(self, stage: Stage, reason: str) -> None:
        super().__init__(stage, reason)
        self.stage = stage
        self.reason = reason


class TrackedCall:
    """One request, tracked by the thread that makes it.

    All connecting ends by ``connect_deadline``, and one step of it (TCP to one address, a proxy's
    tunnel, TLS) takes ``connect_seconds`` at most. Writing the request and reading its answer
    take ``read_seconds`` at most and end by ``deadline``. Deadlines are in monotonic seconds.
    ``proxies`` may lead to the server. ``needs_settings`` says that no try can succeed before they
    change.
    """

    def __init__(
        self,
        *,
        connect_deadline: float,
        connect_seconds: float,
        deadline: float,
        read_seconds: float,
        proxies: Proxies = DIRECT,
    ) -> None:
        self.connect_deadline = connect_deadline
        self.connect_seconds = connect_seconds
        self.deadline = deadline
        self.read_seconds = read_seconds
        self.proxies = proxies
        self.stage = Stage.UNSEEN
        self.reason = UNINTELLIGIBLE
        self.needs_settings = False

    @property
    def can_connect(self) -> bool:
        """Whether there is time left for connecting."""
        return time.monotonic() < self.connect_deadline

    def seconds_to_connect(self, *, shared_by: int = 1) -> float:
        """Return how long one step of connecting may take, of ``shared_by`` that may follow.

        Raises TimeoutError if no time is left.
        """
        return min(seconds_until(self.connect_deadline) / shared_by, self.connect_seconds)

    def start_writing(self) -> float:
        """Return until when the answer must be complete. Raises TimeoutError if no time is left."""
        seconds_until(self.deadline)
        self.stage = Stage.WRITING
        return min(time.monotonic() + self.read_seconds, self.deadline)


def seconds_until(deadline: float) -> float:
    """Return the seconds left, always more than 0. Raises TimeoutError if no time is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


_thread = threading.local()


@contextmanager
def track(call: TrackedCall) -> Iterator[TrackedCall]:
    """Track the one request that this thread makes inside the block."""
    _thread.call = call
    try:
        yield call
    finally:
        del _thread.call


def current_call() -> TrackedCall | None:
    """Return what ``track`` was given in this thread, or None outside of its block."""
    return getattr(_thread, "call", None)
