"""What the store keeps of a message for its delivery state."""

from typing import Final, Literal

import msgspec

from ..store.names import Names
from ..store.transaction import Write

SECONDS_TO_LIVE: Final = 3 * 24 * 3600

Outcome = Literal["delivered", "failed"]


class DeliveryRecord(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """The value of a record. ``hour`` is that of the figure in which its state was counted."""

    state: Literal["accepted", "delivered", "failed"]
    at: int
    country: str
    usage_type: str
    code: str = ""
    hour: int = 0

    def changes_to(self, outcome: Outcome) -> bool:
        """Return whether a report changes the state.

        Reports come late, twice and out of order: one that says it arrived is right, whatever
        another one says.
        """
        return self.state not in (outcome, "delivered")


_decoder: Final = msgspec.json.Decoder(DeliveryRecord)


def decoded(value: str) -> DeliveryRecord:
    return _decoder.decode(value)


def keys_of(names: Names, biz_id: str) -> tuple[str, ...]:
    """Return the names of a message's record, one for each secret: the first is written."""
    return names.of("delivery", biz_id)


def write_of(key: str, record: DeliveryRecord, *, if_absent: bool = False) -> Write:
    value = msgspec.json.encode(record).decode()
    return Write(key, value, SECONDS_TO_LIVE, if_absent=if_absent, is_unneeded=True)
