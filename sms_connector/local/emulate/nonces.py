"""The nonces that were used, kept as long as a replay could pass the time check."""

import heapq

# The largest difference between a call's time and the emulator's, in seconds.
CLOCK_SKEW = 15 * 60


class Nonces:
    """Its size is bounded by the calls within one window of time."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()
        self._by_expiry: list[tuple[float, tuple[str, str]]] = []

    def __len__(self) -> int:
        return len(self._used)

    def use(self, key_id: str, nonce: str, signed_at: float, now: float) -> bool:
        """Mark a nonce as used, and return whether it was unused.

        Times are in seconds since the epoch. A nonce is kept until its call would be refused as
        too old, by the call's own time: the client's clock may be ahead of the emulator's.
        """
        while self._by_expiry and self._by_expiry[0][0] < now:
            self._used.discard(heapq.heappop(self._by_expiry)[1])
        entry = (key_id, nonce)
        if entry in self._used:
            return False
        self._used.add(entry)
        heapq.heappush(self._by_expiry, (signed_at + CLOCK_SKEW, entry))
        return True
