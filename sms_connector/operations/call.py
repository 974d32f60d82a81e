"""What one call of an operation carries along."""

import logging
from collections.abc import Mapping

import msgspec

from ..callers import Caller
from ..callers.fields import optional_text, required_text
from ..idempotency.key import IdempotencyKey
from ..log import Entry
from ..provider.client import AccessKey
from ..web.auth import Credential
from ..web.http import Request
from ..web.idempotency import idempotency_of


class Call(msgspec.Struct, frozen=True):
    """One admitted call: made once, in ``function.py``; an operation asks nothing else about it.

    ``parameters`` are those of the path. ``caller`` reads and answers a request to send. ``role``
    is the key of the function's role, None without one.
    """

    request: Request
    parameters: Mapping[str, str]
    caller: Caller
    credential: Credential
    role: AccessKey | None
    entry: Entry
    logger: logging.Logger

    def __repr__(self) -> str:
        return f"Call({self.request!r})"

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the path, or the field of a direct payload that stands for it."""
        if self.request.is_http:
            return self.parameters.get(name)
        return optional_text(self.request.fields, name)

    def required_parameter(self, name: str) -> str:
        """Return a parameter that must be there. Raises ConnectorError."""
        if self.request.is_http:
            return self.parameters[name]
        return required_text(self.request.fields, name)

    def idempotency(self, route: str) -> IdempotencyKey | None:
        """Return the idempotency key of the call, if it has one: see ``idempotency_of``."""
        return idempotency_of(self.request, self.credential, route)
