"""What a signed call claims: its action, access key and time, and the signature."""

from collections.abc import Callable
from typing import NamedTuple


class Claim(NamedTuple):
    """The parts that both kinds of signature have in common.

    `sign` returns the signature that a secret gives. `calculation` is the message for a wrong
    signature: like the provider's, it quotes the text that had to be signed, with every parameter
    of the call in the clear, phone number and code included.
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
