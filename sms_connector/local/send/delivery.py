"""What became of a message after the provider took it: QuerySendDetails.

Follows https://help.aliyun.com/document_detail/419277.html.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Final, Literal

import msgspec

from ...errors import ConnectorError
from ...phone import PhoneNumber
from ...provider.client import NoAnswer
from ...provider.refusals import refusal
from ..lookup import Lookup, Refused
from ..shanghai import day_of
from .carrier_codes import explain

PATIENCE_SECONDS: Final = 60.0
"""Most messages arrive within seconds; one that takes longer than this is late."""

PAUSE_SECONDS: Final = 1.0

State = Literal["waiting", "failed", "delivered"]

_WAITING, _FAILED, _DELIVERED = 1, 2, 3

# What may pass by itself while a message is being followed.
_PASSING: Final = ("general", "rate_limit_exceeded")


class Delivery(msgspec.Struct, frozen=True):
    """Where a message is. ``code`` and ``explanation`` are the carrier's, if it failed."""

    state: State
    code: str = ""
    explanation: str = ""

    @property
    def is_settled(self) -> bool:
        return self.state != "waiting"


def look_up(lookup: Lookup, phone: PhoneNumber, biz_id: str, sent_at: datetime) -> Delivery:
    """Ask once. ``sent_at`` is when the message was taken, with a time zone.

    A message that the provider does not list yet is waiting. Raises ConnectorError if the
    provider cannot be asked, or refuses to tell.
    """
    # Around midnight in Shanghai, this machine and the provider may not agree on the day.
    days = dict.fromkeys((day_of(sent_at), day_of(datetime.now(timezone.utc))))
    for day in days:
        detail = lookup.send_detail(phone, day, biz_id)
        if isinstance(detail, NoAnswer):
            raise ConnectorError(
                "unavailable", f"The provider could not be asked: {detail.reason}.", sent=True
            )
        if isinstance(detail, Refused):
            error = refusal(detail.http_status, detail.provider.code, detail.provider)
            raise _failed_to_answer(error) if error.kind == "unknown_outcome" else error
        if detail is not None and detail.status == _DELIVERED:
            return Delivery("delivered")
        if detail is not None and detail.status == _FAILED:
            return Delivery("failed", detail.err_code, explain(detail.err_code))
        if detail is not None:
            break
    return Delivery("waiting")


def _failed_to_answer(error: ConnectorError) -> ConnectorError:
    """Return what a failure means for a question, which sends nothing."""
    reason = "The provider could not be asked: it failed by itself."
    return ConnectorError("unavailable", reason, sent=True, provider=error.provider)


def follow(
    ask: Callable[[], Delivery],
    patience: float = PATIENCE_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> Iterator[Delivery]:
    """Ask again and again, until the state is settled or ``patience`` seconds are over.

    Gives what each answer says; a question that got none counts as waiting. Raises ConnectorError
    for what will not pass by itself, such as a key without permission.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            delivery = ask()
        except ConnectorError as error:
            if error.code not in _PASSING:
                raise
            delivery = Delivery("waiting")
        yield delivery
        left = deadline - time.monotonic()
        if delivery.is_settled or left <= 0:
            return
        time.sleep(min(pause, left))
