"""The services that ask for a message, one file each: their request and reply forms."""

from collections.abc import Mapping
from importlib import import_module
from typing import Final, Protocol, cast

from ..errors import ConnectorError
from ..message import Message, Receipt
from ..web.http import Request, Response
from .logto import Logto
from .native import Native
from .sentences import Audience
from .supabase import Supabase


class Caller(Protocol):
    """Reads one request of one service, and answers it in that service's form.

    ``max_wait`` is how many seconds the service waits for an answer; None: as long as it takes.
    ``waits_early``: whether a message that comes slightly too early may wait instead of failing.
    """

    @property
    def max_wait(self) -> float | None: ...

    @property
    def waits_early(self) -> bool: ...

    def message(self) -> Message:
        """Return the message asked for. Raises ConnectorError that names the invalid field."""

    def accepted(self, receipt: Receipt) -> Response:
        """Return the response for a message that the provider accepted."""

    def refused(self, error: ConnectorError) -> Response:
        """Return the response for any error."""


class KnownByBody(Caller, Protocol):
    """A caller that is found where the path does not name it."""

    def __init__(self, request: Request, audience: Audience) -> None: ...

    @classmethod
    def infer(cls, fields: Mapping[str, object]) -> bool:
        """Return whether a body is this service's."""


CALLERS: Final[Mapping[str, str]] = {
    "casdoor": "Casdoor",
    "fusionauth": "FusionAuth",
    "keycloak": "Keycloak",
    "logto": "Logto",
    "supabase": "Supabase",
    "zitadel": "Zitadel",
}
"""The class of each by its path, which is its module too; imported only where it is used."""

_KNOWN_BY_BODY: Final[tuple[type[KnownByBody], ...]] = (Supabase, Logto)
# The first whose ``infer`` is true; else Native.


class ByBody:
    """The caller at ``/``: ours, until the body turns out to be another one's."""

    def __init__(self, request: Request, audience: Audience) -> None:
        self._request = request
        self._audience = audience
        self._caller: Caller = Native(request, audience)

    @property
    def max_wait(self) -> float | None:
        return self._caller.max_wait

    @property
    def waits_early(self) -> bool:
        return self._caller.waits_early

    def message(self) -> Message:
        self._caller = caller_of(self._request, self._audience)
        return self._caller.message()

    def accepted(self, receipt: Receipt) -> Response:
        return self._caller.accepted(receipt)

    def refused(self, error: ConnectorError) -> Response:
        return self._caller.refused(error)


def caller_at(path: str | None, request: Request, audience: Audience) -> Caller:
    """Return the caller that a path names, one of CALLERS; None: the path names none."""
    if path is None:
        return ByBody(request, audience)
    module = import_module(f".{path}", __name__)
    return cast(Caller, getattr(module, CALLERS[path])(request, audience))


def caller_of(request: Request, audience: Audience) -> Caller:
    """Return the caller whose body it is, or ours. Raises ConnectorError if it is not JSON."""
    fields = request.fields
    for caller in _KNOWN_BY_BODY:
        if caller.infer(fields):
            return caller(request, audience)
    return Native(request, audience)
