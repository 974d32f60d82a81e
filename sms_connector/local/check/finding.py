"""The result of one check of the settings."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """The result of one check. It holds no secret.

    ``subject`` is a path into the connector JSON (``templates[1].templateCode.overseas``),
    ``config`` for the whole of it, a usage type, or an environment variable. With ``ok`` false,
    some messages cannot be sent, and ``remedy`` says what to do and where. With ``ok`` true and a
    ``remedy`` it is a warning. ``text`` is that of a template, as the provider has it.
    """

    subject: str
    ok: bool
    message: str
    remedy: str = ""
    text: str = ""
