"""Ages in a process that Function Compute may freeze between two events."""

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
