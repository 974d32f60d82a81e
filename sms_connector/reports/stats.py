"""The figures of some hours, read and added up."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from ..store.transaction import Store, Transaction
from .figures import HOUR_SECONDS, Figures, hour_of
from .state import shown_time

_HOURS_PER_CALL: Final = 6
"""A call of the store has 0.2 seconds, and an hour of all countries thousands of figures."""


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """A number of messages. ``hour`` is the beginning of one, as ``2026-11-24T10:00:00Z``."""

    hour: str
    country: str
    usage_type: str
    outcome: str
    count: int


class Stats(msgspec.Struct, frozen=True):
    """The figures of some hours, of which the last one is still going on at ``until``."""

    start: str
    until: str
    rows: tuple[Row, ...]

    @property
    def shown(self) -> dict[str, object]:
        return {"from": self.start, "to": self.until, "rows": msgspec.to_builtins(self.rows)}


def read_stats(store: Store, figures: Figures, hours: int) -> Stats:
    """Return the figures of the latest hours. Raise StoreAwayError while the store is away."""
    now = store.transact(Transaction()).now
    latest = hour_of(now)
    first = latest - hours + 1
    rows = tuple(
        row
        for begin in range(first, latest + 1, _HOURS_PER_CALL)
        for row in _rows(store, figures, range(begin, min(begin + _HOURS_PER_CALL, latest + 1)))
    )
    return Stats(shown_time(first * HOUR_SECONDS), shown_time(now // 1_000_000), rows)


def _rows(store: Store, figures: Figures, hours: range) -> Iterator[Row]:
    keys = [figures.keys(hour) for hour in hours]
    found = iter(store.figures([key for of_hour in keys for key in of_hour]))
    for hour, of_hour in zip(hours, keys, strict=True):
        # While secrets rotate, there are figures under each of them.
        counts = Counter[str]()
        for _ in of_hour:
            counts.update(next(found))
        for field, count in sorted(counts.items()):
            if count > 0:
                country, usage_type, outcome = field.split("/", 2)
                yield Row(shown_time(hour * HOUR_SECONDS), country, usage_type, outcome, count)
