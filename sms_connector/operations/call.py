"""The context of one operation call."""

import logging
from collections.abc import Mapping

import msgspec

from ..callers import Caller
from ..callers.fields import optional_text, required_text
from ..idempotency.key import IdempotencyKey
from ..instance import Instance
from ..log import Entry
from ..message import Message, Sms
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


def compose(call: Call, instance: Instance, message: Message, made_code: str = "") -> Sms:
    """Return the SMS of a message, and put what is known of it into the log line.

    Logs once that a usage type was probably misspelt. Raises what ``SmsConnector.compose`` raises.
    """
    connector = instance.services.connector
    call.entry.add(usageType=message.usage_type)
    sms = connector.compose(message, made_code)
    call.entry.composed(sms)
    meant = connector.config.near_miss(message.usage_type)
    if meant:
        problem = f"A caller's usage type differs from {meant} in case only, so it uses Generic."
        instance.notices.write(call.logger, logging.ERROR, "usage_type", problem)
    return sms
