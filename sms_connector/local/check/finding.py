"""One finding about the connector's settings."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at, fit to be shown to anyone.

    ``subject`` is a path into the connector JSON (``templates[1].templateCode.overseas``),
    ``config`` for the whole of it, or a usage type. With ``ok`` false, some message would be kept
    from going out, and ``remedy`` says what to do and where; else ``remedy`` is mostly empty.
    """

    subject: str
    ok: bool
    message: str
    remedy: str = ""
