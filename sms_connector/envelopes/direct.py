"""A direct invocation: the payload itself, as another function, ``s invoke`` or an SDK sends it."""

import msgspec

from ..errors import bad_request
from ..exchange import Request, Response


class Direct:
    """No wrapping at all. What is returned is the body alone."""

    def __init__(self, event: object) -> None:
        self._event = event

    @classmethod
    def infer(cls, event: object) -> bool:  # noqa: ARG003
        return True

    def open(self) -> Request:
        match self._event:
            case bytes() as payload:
                return Request(payload)
            case str() as payload:
                return Request(payload.encode(errors="replace"))
            case payload:  # Function Compute gives bytes; a test or a script may give an object
                try:
                    return Request(msgspec.json.encode(payload))
                except (TypeError, ValueError, RecursionError):
                    raise bad_request("The event is not JSON.") from None

    def seal(self, response: Response) -> object:
        return response.body
