"""The delivery state of a message after the provider accepted it: QuerySendDetails.

Follows https://help.aliyun.com/document_detail/419277.html.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Final, Literal

import msgspec

from ...errors import ConnectorError
from ...phone import PhoneNumber
from ...reports.carrier_codes import explain
from ...reports.provider_state import query_state
from ..lookup import Lookup
from ..shanghai import day_of

PATIENCE_SECONDS: Final = 60.0
"""Most messages arrive within seconds."""

PAUSE_SECONDS: Final = 1.0

State = Literal["waiting", "failed", "delivered"]

# Errors that may pass by themselves while a message is followed.
_TEMPORARY: Final = ("general", "rate_limit_exceeded")


NO_QUERY: Final = (
    "The number verification service has no query of the delivery state: its console lists it, "
    "under 短信认证服务 → 发送记录."
)
"""Why a message with a template code of digits alone is not followed."""


class Delivery(msgspec.Struct, frozen=True):
    """The state of a message. ``code`` and ``explanation`` are the carrier's, if it failed."""

    state: State
    code: str = ""
    explanation: str = ""

    @property
    def is_final(self) -> bool:
        return self.state != "waiting"


def look_up(lookup: Lookup, phone: PhoneNumber, biz_id: str, sent_at: datetime) -> Delivery:
    """Query once. ``sent_at`` is when the message was accepted, with a time zone.

    A message that the provider does not list yet is waiting. Raises ConnectorError if the provider
    cannot be reached, or refuses the query.
    """
    # Around midnight in Shanghai, this machine and the provider may not agree on the day.
    days = dict.fromkeys((day_of(sent_at), day_of(datetime.now(timezone.utc))))
    delivery = query_state(lambda day: lookup.send_detail(phone, day, biz_id), days)
    if delivery.state == "failed":
        return Delivery("failed", delivery.code, explain(delivery.code))
    return Delivery("delivered" if delivery.state == "delivered" else "waiting")


def follow(
    ask: Callable[[], Delivery],
    patience: float = PATIENCE_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> Iterator[Delivery]:
    """Query repeatedly, until the state is final or ``patience`` seconds are over.

    Yield each state; a query that fails for the moment counts as waiting. Raises ConnectorError
    for a failure that will not pass by itself, such as a key without permission.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            delivery = ask()
        except ConnectorError as error:
            if error.code not in _TEMPORARY:
                raise
            delivery = Delivery("waiting")
        yield delivery
        left = deadline - time.monotonic()
        if delivery.is_final or left <= 0:
            return
        time.sleep(min(pause, left))
