"""The ways Function Compute hands a request to a function, one file each."""

from typing import Protocol

from ..exchange import Request, Response
from .direct import Direct


class Envelope(Protocol):
    """Takes the wrapping off a request, and puts the matching one around the response."""

    @classmethod
    def infer(cls, event: object) -> bool:
        """Say whether an event is wrapped in this way."""

    def __init__(self, event: object) -> None: ...

    def open(self) -> Request:
        """Give the request inside. Raises ConnectorError for one that cannot be read."""

    def seal(self, response: Response) -> object:
        """Give what the handler must return."""


ENVELOPES: tuple[type[Envelope], ...] = (Direct,)


def envelope_of(event: object) -> Envelope:
    """Find the first envelope that an event fits. The last of the list fits any."""
    return next(envelope(event) for envelope in ENVELOPES if envelope.infer(event))
