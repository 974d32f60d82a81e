"""What the operations on verifications return."""

import msgspec

from ..message import Receipt
from .record import State


class Started(msgspec.Struct, frozen=True, rename="camel"):
    """A verification of which a message was accepted; ``is_new`` unless one was pending."""

    verification: State
    receipt: Receipt
    is_new: bool


class Approved(msgspec.Struct, frozen=True, rename="camel"):
    """A verification whose code was entered, for the first and only time."""

    id: str
    usage_type: str
