"""Which reports this instance has logged: they come again while they cannot be recorded."""

import threading
from typing import Final

MOST: Final = 10_000
"""About 3 MB. A report comes again 10 minutes later at most."""


class LoggedReports:
    """The latest reports that were logged. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[tuple[tuple[str, ...], str], None] = {}

    def add(self, ids: tuple[str, ...], outcome: str) -> bool:
        """Return whether a report of these was not among them; now it is."""
        with self._lock:
            if (ids, outcome) in self._latest:
                return False
            self._latest[ids, outcome] = None
            if len(self._latest) > MOST:
                del self._latest[next(iter(self._latest))]
            return True
