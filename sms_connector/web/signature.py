"""What the signatures of webhooks and of ZITADEL have in common."""

import time
from typing import Final

TOLERANCE: Final = 300
"""Seconds by which the clock of the sender may differ, in either direction."""


class SignatureError(Exception):
    """Why a signature admits nobody: a sentence for the log, which holds nothing of the request."""


ANOTHER_KEY: Final = "The signature is of another body, or made with a secret that is not known."
BODY_UNREADABLE: Final = "The request is signed, but its body cannot be read."


def check_age(timestamp: str) -> None:
    """Raise SignatureError for Unix seconds that are no number, or not of the last minutes."""
    try:
        age = abs(time.time() - float(timestamp))
    except ValueError:
        raise SignatureError("The timestamp of the signature is malformed.") from None
    if not age <= TOLERANCE:  # not a number is no age either
        raise SignatureError(
            "The timestamp of the signature has expired: it is more than 5 minutes from now."
        )
