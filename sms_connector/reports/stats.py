"""The figures of some hours, read and added up in little memory, however many there are."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from ..store.transaction import Store, Transaction
from .figures import HOUR_SECONDS, Figures, hour_of
from .state import shown_time

MOST_HOURS_BY_HOUR: Final = 48
"""More hours than these are added up by day."""

MOST_ROWS: Final = 10_000
"""About 1.2 MiB, and 2 MiB with the longest names."""

OTHERS: Final = "*"
"""Stands for all that has no rows of its own, because there would be too many."""

_MOST_SERIES: Final = 50_000
"""About 30 MB. 250 countries with 4 usage types and 20 outcomes each have 20,000."""

_HOURS_PER_CALL: Final = 6
_FIGURES_PER_CALL: Final = 10_000
"""A call of the store has 0.2 seconds, and an hour of all countries thousands of figures."""

Unit = Literal["hour", "day"]
_Name = tuple[str, str, str]


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """A number of messages. ``hour`` is the beginning of one, as ``2026-11-24T10:00:00Z``.

    It is the first hour of a day, in UTC, if the unit is one.
    """

    hour: str
    country: str
    usage_type: str
    outcome: str
    count: int


class Stats(msgspec.Struct, frozen=True):
    """The figures of some hours, of which the last one is still going on at ``until``.

    At most MOST_ROWS: of more, the countries with the smallest figures are one, OTHERS.
    """

    start: str
    until: str
    unit: Unit
    rows: tuple[Row, ...]

    @property
    def shown(self) -> dict[str, object]:
        rows = msgspec.to_builtins(self.rows)
        return {"from": self.start, "to": self.until, "unit": self.unit, "rows": rows}


def read_stats(store: Store, figures: Figures, hours: int) -> Stats:
    """Return the figures of the latest hours. Raises StoreAwayError while the store is away."""
    now = store.transact(Transaction()).now
    latest = hour_of(now)
    first = latest - hours + 1
    unit: Unit = "hour" if hours <= MOST_HOURS_BY_HOUR else "day"
    length = 1 if unit == "hour" else 24
    begins = range(first // length, latest // length + 1)
    by_field: dict[str, array[int]] = {}
    for hour, counts in _counts(store, figures, range(first, latest + 1)):
        _add(by_field, counts, hour // length - begins.start, len(begins))
    series = {_name(field): counts for field, counts in by_field.items()}
    for part in (0, 1):  # countries, and only if that is not enough, usage types
        _bound(series, part)
    starts = [shown_time(begin * length * HOUR_SECONDS) for begin in begins]
    rows = tuple(
        Row(start, *name, series[name][place])
        for place, start in enumerate(starts)
        for name in sorted(series)
        if series[name][place] > 0
    )
    return Stats(shown_time(first * HOUR_SECONDS), shown_time(now // 1_000_000), unit, rows)


def _counts(
    store: Store, figures: Figures, hours: range
) -> Iterator[tuple[int, Mapping[str, int]]]:
    """Yield the figures of each hour, so many hours at a time that a call has not too much."""
    begin, at_once = hours.start, 1
    while begin < hours.stop:
        part = range(begin, min(begin + at_once, hours.stop))
        # During secret rotation, there are figures under each of them.
        keys = [(hour, key) for hour in part for key in figures.keys(hour)]
        found = store.figures([key for _, key in keys])
        yield from ((hour, counts) for (hour, _), counts in zip(keys, found, strict=True))
        most = max(map(len, found)) * len(keys) // len(part)
        at_once = max(1, min(_HOURS_PER_CALL, _FIGURES_PER_CALL // max(most, 1)))
        begin = part.stop


def _add(
    by_field: dict[str, "array[int]"], counts: Mapping[str, int], place: int, places: int
) -> None:
    """Add the counts of one hour to those of its unit of time, one of so many."""
    for field, count in counts.items():
        sums = by_field.get(field)
        if sums is None:
            if len(by_field) >= _MOST_SERIES:
                field = f"{OTHERS}/{OTHERS}/{_name(field)[2]}"
            sums = by_field.setdefault(field, array("q", bytes(8 * places)))
        sums[place] += count


def _name(field: str) -> _Name:
    country, usage_type, outcome = field.split("/", 2)
    return country, usage_type, outcome


def _bound(series: dict[_Name, "array[int]"], part: int) -> None:
    """Add up what has the smallest figures, by one part of the names, until it is few enough."""
    names: dict[str, list[_Name]] = {}
    for name in series:
        names.setdefault(name[part], []).append(name)
    names.pop(OTHERS, None)
    rows = sum(map(_rows, series.values()))
    totals = {key: sum(sum(series[name]) for name in of_key) for key, of_key in names.items()}
    for key in sorted(names, key=lambda key: (totals[key], key)):
        if rows <= MOST_ROWS:
            return
        for name in names[key]:
            merged = series.pop(name)
            country, usage_type, outcome = name
            others = (OTHERS, usage_type, outcome) if part == 0 else (country, OTHERS, outcome)
            into = series.get(others) or array("q", bytes(8 * len(merged)))
            rows -= _rows(merged) + _rows(into)
            series[others] = array("q", map(int.__add__, into, merged))
            rows += _rows(series[others])


def _rows(counts: "array[int]") -> int:
    return sum(count > 0 for count in counts)
