"""Which nonces were used, for as long as a replay could still pass the time check."""

import heapq

# How far a call's time may be from ours, in seconds, before or after.
CLOCK_SKEW = 15 * 60


class Nonces:
    """The memory grows with the calls of one window and not with the emulator's age."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()
        self._by_expiry: list[tuple[float, tuple[str, str]]] = []

    def __len__(self) -> int:
        return len(self._used)

    def use(self, key_id: str, nonce: str, signed_at: float, now: float) -> bool:
        """Mark a nonce as used and say whether it was fresh.

        Times are in seconds since the epoch. A nonce counts until the call that brought it
        would be too old anyway, which is counted from the call's own time: a call may come from
        a clock that is ahead of ours.
        """
        while self._by_expiry and self._by_expiry[0][0] < now:
            self._used.discard(heapq.heappop(self._by_expiry)[1])
        entry = (key_id, nonce)
        if entry in self._used:
            return False
        self._used.add(entry)
        heapq.heappush(self._by_expiry, (signed_at + CLOCK_SKEW, entry))
        return True
