"""The furthest state of verifications, for a store that lost its last writes.

A replica that was promoted without them, or a server that started from an old dump, has fewer
guesses and approvals than there were. An instance that saw them never goes back to fewer.
"""

import threading
from typing import Final

import msgspec

from .record import Status, Verification

MOST_REMEMBERED: Final = 10_000
"""About 2 MB."""


class Progress:
    """What this instance saw of the latest verifications. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[int, Status]] = {}

    def furthest(self, verification: Verification) -> Verification:
        """Return the verification as read, or as it was seen before if that is further."""
        attempts, status = verification.attempts_left, verification.status
        with self._lock:
            known = self._seen.pop(verification.id, None)
            if known is not None:
                attempts = min(attempts, known[0])
                status = known[1] if status == "pending" else status
            self._seen[verification.id] = attempts, status
            if len(self._seen) > MOST_REMEMBERED:
                del self._seen[next(iter(self._seen))]
        if (attempts, status) == (verification.attempts_left, verification.status):
            return verification
        return msgspec.structs.replace(verification, attempts_left=attempts, status=status)
