"""A direct invocation: the payload itself, as another function, ``s invoke`` or an SDK sends it."""

from ..http import Request, Response
from .event import Event


class Direct:
    """No wrapping at all. What is returned is the body alone.

    It is returned as bytes, since the runtime would escape every letter beyond ASCII in an object.
    """

    def __init__(self, event: Event) -> None:
        self._event = event

    @classmethod
    def infer(cls, event: Event) -> bool:  # noqa: ARG003
        return True

    def open(self) -> Request:
        return Request(self._event.payload)

    def seal(self, response: Response) -> object:
        return response.content
