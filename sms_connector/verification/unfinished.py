"""What an instance could not write because the store was away, done when it is back.

A claim whose reply never came may be in the store: nothing was sent for it, so it is undone, and a
start that is tried again is not refused for what the lost one took. An outcome that could not be
written is written then.
"""

from collections import deque
from collections.abc import Callable

from ..errors import ConnectorError

MOST_KEPT = 1_000

Work = Callable[[], None]
"""Raises ConnectorError while the store is away. Done twice, it changes nothing."""


class Unfinished:
    """The work that is left. One for all threads of an instance."""

    def __init__(self) -> None:
        self._left: deque[Work] = deque(maxlen=MOST_KEPT)

    def add(self, work: Work) -> None:
        self._left.append(work)

    def finish(self) -> None:
        """Do what is left, as far as the store can be reached."""
        while self._left:
            try:
                work = self._left.popleft()
            except IndexError:  # another thread took it
                return
            try:
                work()
            except ConnectorError:
                self._left.appendleft(work)
                return
