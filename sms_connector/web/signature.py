"""What the signatures of webhooks and of ZITADEL have in common."""

import time
from typing import Final

TOLERANCE: Final = 300
"""Seconds by which the clock of the sender may differ, in either direction."""


class SignatureError(Exception):
    """Why a request is not admitted: a sentence for the log, which holds nothing of the request."""


ANOTHER_KEY: Final = "The signature is made with a secret that is not known, or for another body."


def check_age(timestamp: str) -> None:
    """Raises SignatureError if the Unix seconds are not a number, or too far from now."""
    try:
        age = abs(time.time() - float(timestamp))
    except ValueError:
        raise SignatureError("The timestamp of the signature is malformed.") from None
    if not age <= TOLERANCE:  # not a number is no age either
        raise SignatureError("The timestamp of the signature is more than 5 minutes from now.")
