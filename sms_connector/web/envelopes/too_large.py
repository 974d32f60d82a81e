"""A payload that is too large to be parsed, and so of unknown form."""

from typing import Final

from ...errors import ConnectorError
from ..http import Request, Response
from .event import LARGEST_PAYLOAD, Event
from .http_event import reply

TEXT: Final = f"A request may be at most {LARGEST_PAYLOAD} bytes."


class TooLarge:
    """Answered as HTTP, since payloads of direct invocations are never so large."""

    def __init__(self, event: Event) -> None: ...

    @classmethod
    def infer(cls, event: Event) -> bool:
        return event.is_too_large

    def open(self) -> Request:
        raise ConnectorError("too_large", TEXT)

    def seal(self, response: Response) -> object:
        return reply(response)
