"""The exit codes of the commands that send: a script must be able to tell them apart."""

from typing import Final

ACCEPTED: Final = 0
NOT_SENT: Final = 1
"""Refused, or it never went out: trying again is safe."""

UNKNOWN: Final = 3
"""It may have gone out: look at the delivery state first. (2 is click's, for wrong usage.)"""


def exit_code(sent: bool | None) -> int:
    """Give the code for ``sent`` of an error: false, true, or null where nobody knows."""
    if sent is None:
        return UNKNOWN
    return ACCEPTED if sent else NOT_SENT
