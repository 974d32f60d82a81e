"""What a call claims: which action, by whom, when, and the signature that is to prove it."""

from collections.abc import Callable
from typing import NamedTuple


class Claim(NamedTuple):
    """Both kinds of signature come down to this.

    `sign` makes the signature that the owner of a secret would have made. `calculation` is what
    the provider quotes to whoever signed wrongly, so that they can find the difference: it holds
    every parameter of the call in the clear, phone number and code included, as the real one does.
    `timestamp` is ISO 8601 in UTC, to the second.
    """

    action: str
    version: str
    key_id: str
    signature: str
    timestamp: str
    nonce: str
    security_token: str | None
    sign: Callable[[str], str]
    calculation: str
