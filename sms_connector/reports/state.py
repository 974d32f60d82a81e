"""The delivery state of a message as it is shown."""

import time
from typing import Literal

import msgspec

from .carrier_codes import explain

State = Literal["accepted", "delivered", "failed", "unknown"]


class Delivery(msgspec.Struct, frozen=True):
    """What is known of a message. ``at`` is in milliseconds since the epoch.

    ``code`` is the carrier's.
    """

    state: State
    at: int | None = None
    code: str = ""

    @property
    def is_final(self) -> bool:
        return self.state in ("delivered", "failed")

    def shown(self, biz_id: str) -> dict[str, object]:
        """Return ``{"bizId", "state", "at"?, "carrierCode"?, "meaning"?}``."""
        fields: dict[str, object] = {"bizId": biz_id, "state": self.state}
        if self.at is not None:
            fields["at"] = shown_time(self.at // 1000)
        if self.code:
            fields["carrierCode"] = self.code
        if meaning := meaning_of(self.state, self.code):
            fields["meaning"] = meaning
        return fields


def meaning_of(state: State, code: str) -> str:
    return explain(code) if state == "failed" and code else ""


def shown_time(seconds: int) -> str:
    """Return a time as ``2026-11-24T10:00:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
