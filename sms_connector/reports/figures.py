"""Figures: how many messages had which outcome, per hour, country and usage type."""

from typing import Final

from ..config import ConnectorConfig
from ..message import FALLBACK_USAGE_TYPE, Receipt
from ..store.names import Names
from ..store.transaction import Figure, Write
from .delivery_record import DeliveryRecord, keys_of, write_of

MOST_HOURS: Final = 31 * 24
"""For how long figures are kept."""

HOUR_SECONDS: Final = 3600

_SECONDS_TO_LIVE: Final = (MOST_HOURS + 1) * HOUR_SECONDS


class Figures:
    """The figures of one deployment. One for all threads.

    What a message adds goes with its outcome: see ``sending.at_most_once.Figures``.
    """

    def __init__(self, names: Names, config: ConnectorConfig) -> None:
        self._names = names
        self._latest: tuple[int, tuple[str, ...]] = (0, ())
        self._usage_types = frozenset(template.usage_type for template in config.templates)

    def of(self, country: str, usage_type: str, outcome: str, now: int) -> tuple[Figure, ...]:
        return (self.figure(hour_of(now), country, self.counted_as(usage_type), outcome),)

    def of_receipt(
        self, country: str, usage_type: str, receipt: Receipt, now: int
    ) -> tuple[Figure, ...]:
        """Return all figures of a message that was accepted: ``backup`` if it went out by that."""
        outcomes = ("accepted",) if receipt.backup_for is None else ("accepted", "backup")
        return tuple(
            figure for outcome in outcomes for figure in self.of(country, usage_type, outcome, now)
        )

    def accepted(self, country: str, usage_type: str, biz_id: str, now: int) -> tuple[Write, ...]:
        if not biz_id:
            return ()
        record = DeliveryRecord("accepted", now // 1000, country, self.counted_as(usage_type))
        # A report may be there before the provider's answer is.
        return (write_of(keys_of(self._names, biz_id)[0], record, if_absent=True),)

    def counted_as(self, usage_type: str) -> str:
        """Return the usage type whose template serves this one: callers may make up others."""
        return usage_type if usage_type in self._usage_types else FALLBACK_USAGE_TYPE

    def figure(
        self, hour: int, country: str, usage_type: str, outcome: str, count: int = 1
    ) -> Figure:
        field = f"{country}/{usage_type}/{outcome}"
        return Figure(self.keys(hour)[0], field, _SECONDS_TO_LIVE, count)

    def keys(self, hour: int) -> tuple[str, ...]:
        """Return the names of an hour, one for each secret: the first is written."""
        latest, names = self._latest
        if latest != hour:  # hashed once an hour, not for every rule of every message
            names = self._names.of("figures", str(hour))
            self._latest = (hour, names)
        return names


def hour_of(now: int) -> int:
    """Return the number of an hour since the epoch; ``now`` is in microseconds."""
    return now // (HOUR_SECONDS * 1_000_000)
