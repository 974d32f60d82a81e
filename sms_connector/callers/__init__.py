"""The services that ask for a message, one file each: their request and reply forms."""

from collections.abc import Mapping
from typing import Protocol

from ..errors import ConnectorError
from ..exchange import Response
from ..message import Message, Receipt
from .native import Native


class Caller(Protocol):
    """Reads one request of one service, and answers it in that service's form."""

    @classmethod
    def infer(cls, body: Mapping[str, object]) -> bool:
        """Say whether a body is this service's."""

    def __init__(self, body: Mapping[str, object]) -> None: ...

    def message(self) -> Message:
        """Give what is asked for. Raises ConnectorError that names the field at fault."""

    def accepted(self, receipt: Receipt) -> Response:
        """Say that the message was taken."""

    def refused(self, error: ConnectorError) -> Response:
        """Say that it was not, or that nobody knows."""


CALLERS: tuple[type[Caller], ...] = (Native,)


def caller_of(body: Mapping[str, object]) -> Caller:
    """Find the first caller that a body fits. The last of the list fits any."""
    return next(caller(body) for caller in CALLERS if caller.infer(body))
