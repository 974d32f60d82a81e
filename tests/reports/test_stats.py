from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import msgspec
import pytest

from sms_connector.limits.countries import COUNTRIES
from sms_connector.reports.figures import hour_of
from sms_connector.reports.stats import MOST_ROWS, OTHERS, Row, Stats, read_stats
from sms_connector.store.memory import Memory
from tests.benchmarks.stats import cost_of_a_month
from tests.support.reporting import Recording

LONGEST = "U" + "s" * 63


class Everywhere(Memory):
    """Has these figures in every hour."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__()
        self._counts = counts
        self.most = 0

    def figures(self, keys: Sequence[str]) -> tuple[Mapping[str, int], ...]:
        self.most = max(self.most, len(keys) * len(self._counts))
        return tuple(dict(self._counts) for _ in keys)


def read(counts: Mapping[str, int], hours: int) -> Stats:
    store = Everywhere(counts)
    return read_stats(store, Recording(store).figures, hours)


def sums(stats: Stats, part: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in stats.rows:
        key = getattr(row, part)
        found[key] = found.get(key, 0) + row.count
    return found


@pytest.mark.parametrize(("hours", "unit"), [(1, "hour"), (48, "hour"), (49, "day"), (744, "day")])
def test_more_than_48_hours_are_added_up_by_day_of_utc(hours: int, unit: str) -> None:
    stats = read({"CN/SignIn/accepted": 2}, hours)
    now = hour_of(time.time_ns() // 1_000)
    spans: dict[str, int] = {}
    for hour in range(now - hours + 1, now + 1):
        start = datetime.fromtimestamp(hour * 3600, timezone.utc)
        start = start.replace(hour=0) if unit == "day" else start
        name = start.strftime("%Y-%m-%dT%H:%M:%SZ")
        spans[name] = spans.get(name, 0) + 2
    assert stats.unit == unit
    assert stats.rows == tuple(
        Row(start, "CN", "SignIn", "accepted", count) for start, count in spans.items()
    )


def test_the_countries_with_the_smallest_figures_are_one_where_there_are_too_many_rows() -> None:
    countries = sorted(COUNTRIES)
    counts = {
        f"{country}/{usage_type}/accepted": place + 1
        for place, country in enumerate(countries)
        for usage_type in ("SignIn", "Generic")
    }
    stats = read(counts, 744)
    found = sums(stats, "country")
    own = [country for country in countries if country in found]
    assert MOST_ROWS - 200 < len(stats.rows) <= MOST_ROWS
    assert own == countries[-len(own) :]
    assert sum(found.values()) == 744 * sum(counts.values())
    assert found[own[-1]] == 744 * 2 * len(countries)
    assert found[OTHERS] == 744 * 2 * sum(range(len(countries) - len(own) + 1))
    assert set(sums(stats, "usage_type")) == {"SignIn", "Generic"}


def test_too_many_usage_types_are_added_up_too() -> None:
    counts = {f"CN/Type{number}/accepted": number + 1 for number in range(1_000)}
    stats = read(counts, 744)
    assert len(stats.rows) <= MOST_ROWS
    assert sums(stats, "usage_type")[OTHERS] > 0
    assert sum(row.count for row in stats.rows) == 744 * sum(counts.values())


@pytest.mark.long
def test_the_largest_answer_has_less_than_2_mebibytes_and_takes_little_memory() -> None:
    outcomes = [f"refused:insufficient_request_parameters{place}" for place in range(10)]
    counts = {
        f"{country}/{LONGEST}{place}/{outcome}": 1_000_000_000
        for country in sorted(COUNTRIES)
        for place in range(21)
        for outcome in outcomes
    }
    assert len(counts) > 50_000
    store = Everywhere(counts)
    tracemalloc.start()
    stats = read_stats(store, Recording(store).figures, 49)
    answer = json.dumps(stats.shown, separators=(",", ":"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert MOST_ROWS * 0.9 < len(stats.rows) <= MOST_ROWS
    assert len(answer) < 2 * 2**20
    assert peak < 100 * 2**20
    assert store.most == len(counts)  # an hour at a time


def test_a_month_of_a_real_store_stays_within_its_bounds() -> None:
    cost = cost_of_a_month(4)
    assert 0 < cost["rows"] <= MOST_ROWS
    assert cost["bytes"] < 2 * 2**20
    assert cost["mebibytes_more"] < 100


def test_what_was_taken_back_is_not_shown() -> None:
    assert read({"CN/SignIn/failed": 0, "CN/SignIn/accepted": -1}, 24).rows == ()


def test_the_shape_of_an_answer() -> None:
    shown = read({"CN/SignIn/accepted": 1}, 1).shown
    assert list(shown) == ["from", "to", "unit", "rows"]
    assert msgspec.to_builtins(shown)["rows"][0].keys() == {
        "hour", "country", "usageType", "outcome", "count",
    }  # fmt: skip
