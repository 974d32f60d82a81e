"""Delivery states: written by the provider's reports, read by whom a message concerns."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ..store import Stores
from ..store.transaction import ABSENT, Figure, Record, Transaction
from .delivery_record import DeliveryRecord, decoded, keys_of, write_of
from .figures import Figures, hour_of
from .report import Report
from .state import Delivery

UNKNOWN_USAGE_TYPE: Final = "unknown"
"""Counts reports of messages whose acceptance is not in the store, such as other programs'."""

_REPORTS_PER_CALL: Final = 200
"""A call of the store has 0.2 seconds."""

_Counted = tuple[int, str, str, str]
"""Hour, country, usage type, outcome."""


class Deliveries:
    """The delivery states of one deployment. One for all threads.

    Each method raises StoreAwayError while the store is away.
    """

    def __init__(self, stores: Stores, figures: Figures) -> None:
        self._store = stores.shared
        self._names = stores.names
        self._figures = figures

    def get(self, biz_id: str) -> Delivery:
        """Return the state of a message, ``unknown`` if there is none of it."""
        records = tuple(Record(key) for key in keys_of(self._names, biz_id))
        for found in self._store.transact(Transaction(records)).found:
            if found.value != ABSENT:
                record = decoded(found.value)
                return Delivery(record.state, record.at, record.code)
        return Delivery("unknown")

    def record(self, reports: Sequence[Report], deadline: float) -> int:
        """Keep and count what reports say, once however often they come.

        Return how many were recorded by the deadline, which is in monotonic seconds.
        """
        for first in range(0, len(reports), _REPORTS_PER_CALL):
            if time.monotonic() > deadline:
                return first
            self._record(reports[first : first + _REPORTS_PER_CALL])
        return len(reports)

    def _record(self, reports: Sequence[Report]) -> None:
        """Read the states, and write those that change; anew if another instance was first."""
        keys = [[keys_of(self._names, one) for one in report.ids] for report in reports]
        every = tuple(dict.fromkeys(key for ids in keys for one in ids for key in one))
        result = self._store.transact(Transaction(tuple(map(Record, every))))
        found = {key: one.value for key, one in zip(every, result.found, strict=True)}
        while True:
            after, counts = self._apply(reports, keys, found, result.now)
            if not after:
                return
            result = self._store.transact(
                Transaction(
                    records=tuple(Record(key, (found[key],)) for key in after),
                    write=tuple(write_of(key, record) for key, record in after.items()),
                    add=self._added(counts),
                )
            )
            if result.committed:
                return
            found |= {key: one.value for key, one in zip(after, result.found, strict=True)}

    def _apply(
        self,
        reports: Sequence[Report],
        keys: Sequence[Sequence[tuple[str, ...]]],
        found: Mapping[str, str],
        now: int,
    ) -> tuple[dict[str, DeliveryRecord], Counter[_Counted]]:
        """Return the states that change, and what that changes in the figures."""
        states = {key: decoded(value) for key, value in found.items() if value != ABSENT}
        after: dict[str, DeliveryRecord] = {}
        counts = Counter[_Counted]()
        hour = hour_of(now)
        for report, ids in zip(reports, keys, strict=True):
            places = [key for one in ids for key in one if key in states]
            before = states[places[0]] if places else None
            if before is not None and not before.changes_to(report.outcome):
                continue
            country = before.country if before else report.country
            usage_type = before.usage_type if before else UNKNOWN_USAGE_TYPE
            at = now // 1000 if report.at is None else report.at
            record = DeliveryRecord(report.outcome, at, country, usage_type, report.code, hour)
            counts[hour, country, usage_type, report.outcome] += 1
            if before is not None and before.state == "failed":
                counts[before.hour, country, usage_type, "failed"] -= 1
            changed = dict.fromkeys(places or [one[0] for one in ids], record)
            states |= changed
            after |= changed
        return after, counts

    def _added(self, counts: Counter[_Counted]) -> tuple[Figure, ...]:
        return tuple(self._figures.figure(*what, count) for what, count in counts.items() if count)
