"""Delivery states: written by the provider's reports, read by whom a message concerns."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ..store import Stores
from ..store.outage import StoreAwayError
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


class Recorded(msgspec.Struct, frozen=True):
    """What became of some reports: ``new`` changed the state of their message.

    ``missed`` could not be recorded in time; the others said nothing new.
    """

    new: tuple[Report, ...] = ()
    missed: tuple[Report, ...] = ()


class Deliveries:
    """The delivery states of one deployment. One for all threads."""

    def __init__(self, stores: Stores, figures: Figures) -> None:
        self._store = stores.prompt
        self._names = stores.names
        self._figures = figures

    def get(self, biz_id: str) -> Delivery:
        """Return the state of a message, ``unknown`` if nothing is stored about it.

        Raises StoreAwayError while the store is away.
        """
        records = tuple(Record(key) for key in keys_of(self._names, biz_id))
        for found in self._store.transact(Transaction(records)).found:
            if found.value != ABSENT:
                record = decoded(found.value)
                return Delivery(record.state, record.at, record.code)
        return Delivery("unknown")

    def record(self, reports: Sequence[Report], deadline: float) -> Recorded:
        """Keep and count what reports say, once however often they come.

        Stops at the deadline, which is in monotonic seconds, and while the store is away.
        """
        new: list[Report] = []
        for first in range(0, len(reports), _REPORTS_PER_CALL):
            if time.monotonic() > deadline:
                return Recorded(tuple(new), tuple(reports[first:]))
            try:
                new += self._record(reports[first : first + _REPORTS_PER_CALL])
            except StoreAwayError:
                return Recorded(tuple(new), tuple(reports[first:]))
        return Recorded(tuple(new))

    def _record(self, reports: Sequence[Report]) -> list[Report]:
        """Read the states, and write those that change; anew if another instance was first.

        Return the reports that changed one.
        """
        keys = [[keys_of(self._names, one) for one in report.ids] for report in reports]
        every = tuple(dict.fromkeys(key for ids in keys for one in ids for key in one))
        result = self._store.transact(Transaction(tuple(map(Record, every))))
        found = {key: one.value for key, one in zip(every, result.found, strict=True)}
        while True:
            after, counts, new = self._apply(reports, keys, found, result.now)
            if not after:
                return new
            result = self._store.transact(
                Transaction(
                    records=tuple(Record(key, (found[key],)) for key in after),
                    write=tuple(write_of(key, record) for key, record in after.items()),
                    add=self._added(counts),
                )
            )
            if result.committed:
                return new
            found |= {key: one.value for key, one in zip(after, result.found, strict=True)}

    def _apply(
        self,
        reports: Sequence[Report],
        keys: Sequence[Sequence[tuple[str, ...]]],
        found: Mapping[str, str],
        now: int,
    ) -> tuple[dict[str, DeliveryRecord], Counter[_Counted], list[Report]]:
        """Return the states that change, what that changes in the figures, and by which reports."""
        states = {key: decoded(value) for key, value in found.items() if value != ABSENT}
        after: dict[str, DeliveryRecord] = {}
        counts = Counter[_Counted]()
        new = []
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
            new.append(report)
        return after, counts, new

    def _added(self, counts: Counter[_Counted]) -> tuple[Figure, ...]:
        return tuple(self._figures.figure(*what, count) for what, count in counts.items() if count)
