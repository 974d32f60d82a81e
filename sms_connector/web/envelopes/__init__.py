"""The ways Function Compute hands a request to a function, one file each."""

from typing import Protocol

from ..http import Request, Response
from .api_gateway import ApiGateway
from .direct import Direct
from .event import Event
from .http_trigger import HttpTrigger
from .wsgi import Wsgi


class Envelope(Protocol):
    """Takes the wrapping off a request, and puts the matching one around the response."""

    @classmethod
    def infer(cls, event: Event) -> bool:
        """Say whether an event is wrapped in this way."""

    def __init__(self, event: Event) -> None: ...

    def open(self) -> Request:
        """Give the request inside, as far as it can be read."""

    def seal(self, response: Response) -> object:
        """Give what the handler must return."""


# The first that fits opens it; the last fits anything that does not look like HTTP.
ENVELOPES: tuple[type[Envelope], ...] = (Wsgi, HttpTrigger, ApiGateway, Direct)


def envelope_of(event: Event) -> Envelope:
    """Find the envelope that an event came in."""
    return next(envelope(event) for envelope in ENVELOPES if envelope.infer(event))
