"""The lease on a number while a message of its verification is under way.

No guess is judged meanwhile. So a start that definitely sent nothing can be undone without giving
back a guess that was made at its code.
"""

import secrets

import msgspec

from ..store.transaction import Found, Record, Write


class Lease(msgspec.Struct, frozen=True):
    """A record beside that of a number. Its value is the tokens of all who are sending to it.

    It lives until the last of them has an outcome, or has died.
    """

    number: str
    value: str = ""
    token: str = ""
    seconds: float = 0

    @property
    def key(self) -> str:
        return f"{self.number}:sending"

    @property
    def record(self) -> Record:
        """The record, which must be as it was seen."""
        return Record(self.key, (self.value,))

    def taken(self, found: Found) -> "Lease":
        """Return the lease with one more that sends."""
        token = secrets.token_hex(8)
        return Lease(self.number, " ".join((*found.value.split(), token)), token)

    def seen(self, found: Found) -> "Lease":
        """Return the lease as it was found."""
        return msgspec.structs.replace(self, value=found.value, seconds=found.seconds)

    def released(self, seconds: float) -> tuple[Write, ...]:
        """Return what removes its own token; others may still be sending, for ``seconds``."""
        tokens = self.value.split()
        if self.token not in tokens:
            return ()
        others = " ".join(token for token in tokens if token != self.token)
        left = self.seconds or seconds
        return (Write(self.key, others, left, left),)
