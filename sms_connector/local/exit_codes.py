"""The exit codes of the commands that send, for scripts."""

from typing import Final

ACCEPTED: Final = 0
NOT_SENT: Final = 1
"""Refused, or not transmitted: a retry is safe."""

UNKNOWN: Final = 3
"""It may have gone out: check the delivery state first. (2 is click's, for wrong usage.)"""


def exit_code(sent: bool | None) -> int:
    """Return the code for an error's ``sent``: None stands for an unknown outcome."""
    if sent is None:
        return UNKNOWN
    return ACCEPTED if sent else NOT_SENT
