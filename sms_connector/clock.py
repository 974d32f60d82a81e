"""Time in a process that Function Compute may freeze between two events."""

import time

import msgspec


class Moment(msgspec.Struct, frozen=True):
    """A point in time by both clocks: the monotonic one may stand still while frozen."""

    monotonic: float
    wall: float

    @property
    def age(self) -> float:
        """Seconds since then, by the clock that says more."""
        return max(time.monotonic() - self.monotonic, time.time() - self.wall)


def now() -> Moment:
    """Give the present moment."""
    return Moment(time.monotonic(), time.time())


class Clock:
    """Seconds since the epoch that never go back, and go on while the process is frozen.

    Follows the wall clock, except where that is set back: time then goes on from where it was.
    Not thread-safe.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()
        self._set_back = 0.0
        self._latest = 0.0

    def now(self) -> float:
        monotonic = time.monotonic()
        offset = time.time() - monotonic
        # Steps below a second are a thread that was interrupted between the two readings.
        if offset < self._offset - 1:
            self._set_back += self._offset - offset
        elif offset > self._offset + 1:  # set forward again, or frozen: then time is too short
            self._set_back = max(self._set_back - (offset - self._offset), 0.0)
        self._offset = offset
        self._latest = max(self._latest, monotonic + offset + self._set_back)
        return self._latest


def shanghai_date(seconds: float) -> str:
    """Return the date in Shanghai, as ``2026-11-24``, of seconds since the epoch.

    Shanghai has kept UTC+8 without daylight saving since 1991.
    """
    return time.strftime("%Y-%m-%d", time.gmtime(seconds + 8 * 3600))
