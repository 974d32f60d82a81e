"""Which reports this instance has logged: they come again while they cannot be recorded."""

import threading
from typing import Final

from .report import Report

MOST: Final = 10_000
"""About 3 MB. A report comes again 10 minutes later at most."""


class LoggedReports:
    """The latest reports that were logged. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[tuple[object, ...], None] = {}

    def add(self, report: Report) -> bool:
        """Return whether the report was not among them."""
        key = (report.ids, report.outcome)
        with self._lock:
            if key in self._latest:
                return False
            self._latest[key] = None
            if len(self._latest) > MOST:
                del self._latest[next(iter(self._latest))]
            return True
