"""The delivery state of an accepted message, by the clock."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from .inbox import ReceivedMessage

State = Literal["pending", "delivered", "failed"]


class Delivery(NamedTuple):
    """`at` is when the delivery succeeded or failed, or will.

    `code` is the carrier's error code, empty unless the delivery failed.
    """

    state: State
    at: datetime
    code: str = ""


def delivery_of(message: ReceivedMessage, now: datetime, delay: float) -> Delivery:
    """Return the state at a time; `delay` is the seconds from accepting to delivery."""
    at = message.received_at + timedelta(seconds=delay)
    if now < at:
        return Delivery("pending", at)
    if isinstance(message.delivery_error, str):
        return Delivery("failed", at, message.delivery_error)
    return Delivery("delivered", at)
