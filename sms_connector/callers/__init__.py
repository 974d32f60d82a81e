"""The services that ask for a message, one file each: their request and reply forms."""

from collections.abc import Mapping
from typing import ClassVar, Final, Protocol

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.http import Request, Response
from .logto import Logto
from .native import Native
from .sentences import Audience
from .supabase import Supabase


class Caller(Protocol):
    """Reads one request of one service, and answers it in that service's form.

    ``patience`` is how many seconds the service waits for an answer; None: as long as it takes.
    ``waits_early``: whether a message that comes slightly too early may wait instead of failing.
    """

    patience: ClassVar[float | None]
    waits_early: ClassVar[bool]

    @classmethod
    def infer(cls, fields: Mapping[str, object]) -> bool:
        """Return whether a body is this service's, where the path does not name the service."""

    def __init__(self, request: Request, audience: Audience) -> None: ...

    def message(self) -> Message:
        """Return the message asked for. Raises ConnectorError that names the invalid field."""

    def accepted(self, receipt: Receipt) -> Response:
        """Return the response for a message that the provider accepted."""

    def refused(self, error: ConnectorError) -> Response:
        """Return the response for any error."""


CALLERS: Final[Mapping[str, type[Caller]]] = {
    "supabase": Supabase,
    "logto": Logto,
}
"""By path. If the path names none, the first whose ``infer`` is true; else Native."""


def caller_of(request: Request, audience: Audience) -> Caller:
    """Return the caller whose body it is, or ours. Raises ConnectorError if it is not JSON."""
    fields = request.fields
    found = (caller for caller in CALLERS.values() if caller.infer(fields))
    return next(found, Native)(request, audience)
