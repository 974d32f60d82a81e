"""The result of one check of the settings."""

from typing import Literal

import msgspec

Level = Literal["ok", "warn", "fix"]


class Registered(msgspec.Struct, frozen=True):
    """What a carrier says of a sign: see ``lookup.CarrierRegistration``."""

    sign: str
    carrier: str
    status: int | None


class Check(msgspec.Struct, frozen=True):
    """The result of one check. It holds no secret.

    ``subject`` is a path into the connector JSON (``templates[1].templateCode.overseas``),
    ``config`` for the whole of it, a usage type, or an environment variable. With ``ok`` false,
    some messages cannot be sent, or do not arrive, and ``remedy`` says what to do and where. With
    ``ok`` true and a ``remedy`` it is a warning. ``text`` is that of a template, as the provider
    has it; ``registration`` belongs to a sign and carrier.
    """

    subject: str
    ok: bool
    message: str
    remedy: str = ""
    text: str = ""
    registration: Registered | None = None

    @property
    def level(self) -> Level:
        """Return ``fix``, ``warn`` (nothing is refused), or ``ok``."""
        if not self.ok:
            return "fix"
        return "warn" if self.remedy else "ok"
