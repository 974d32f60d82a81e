"""The ways Function Compute hands a request to a function, one file each."""

from typing import Protocol

from ..http import Request, Response
from .api_gateway import ApiGateway
from .direct import Direct
from .event import Event
from .http_trigger import HttpTrigger
from .too_large import TooLarge
from .wsgi import Wsgi


class Envelope(Protocol):
    """Unwraps a request, and wraps its response in the same form."""

    @classmethod
    def infer(cls, event: Event) -> bool:
        """Return whether an event has this form."""

    def __init__(self, event: Event) -> None: ...

    def open(self) -> Request:
        """Return the request inside, as far as it can be read. Raises ConnectorError (413)."""

    def seal(self, response: Response) -> object:
        """Return what the handler must return."""


# The first that fits opens it; the last fits anything that does not look like HTTP.
ENVELOPES: tuple[type[Envelope], ...] = (Wsgi, TooLarge, HttpTrigger, ApiGateway, Direct)


def envelope_of(event: Event) -> Envelope:
    """Return the envelope of an event."""
    return next(envelope(event) for envelope in ENVELOPES if envelope.infer(event))
