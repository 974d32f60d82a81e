"""The services that ask for a message, one file each: their request and reply forms."""

from collections.abc import Mapping
from typing import Protocol

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.http import Response
from .logto import Logto
from .native import Native
from .supabase import Supabase


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


# The first that fits reads the request; the last fits any body.
CALLERS: tuple[type[Caller], ...] = (Supabase, Logto, Native)


def caller_of(body: Mapping[str, object]) -> Caller:
    """Find the caller whose body it is."""
    return next(caller(body) for caller in CALLERS if caller.infer(body))
