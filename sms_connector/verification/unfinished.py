"""What an instance could not write because the store was away, retried when it is back.

A claim whose reply never came may be in the store: nothing was sent for it, so it is undone, and a
start that is tried again is not refused for what the lost one took. An outcome that could not be
written is written then.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from .. import clock, log
from ..clock import Moment
from ..errors import ConnectorError

MOST_KEPT: Final = 1_000
"""Beyond it, the oldest work is dropped."""

KEPT_SECONDS: Final = 300.0
"""After this, work is dropped: what it would change may belong to a later request by then."""

MOST_HELD_UP_SECONDS: Final = 0.3
"""How long one call may be held up by the work that others left."""

Work = Callable[[], None]
"""Raises ConnectorError while the store is away. Idempotent."""


class Unfinished:
    """The work that is left. One for all threads of an instance."""

    def __init__(self) -> None:
        self._left: deque[tuple[Moment, Work]] = deque(maxlen=MOST_KEPT)

    def add(self, work: Work) -> None:
        self._left.append((clock.now(), work))

    def finish(self) -> None:
        """Do what is left, as far as the store can be reached in MOST_HELD_UP_SECONDS."""
        end = time.monotonic() + MOST_HELD_UP_SECONDS
        while self._left and time.monotonic() < end:
            try:
                since, work = self._left.popleft()
            except IndexError:  # another thread took it
                return
            if since.age > KEPT_SECONDS:
                continue
            try:
                work()
            except ConnectorError:
                self._left.appendleft((since, work))
                return
            except Exception as bug:  # noqa: BLE001  (the call that does the work is another's)
                log.write_bug(logging.getLogger("sms_connector"), bug)
