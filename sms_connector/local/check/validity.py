"""Whether a template's text states how long a code is valid, and whether that is so."""

import re
from collections.abc import Iterator
from typing import Final

from .finding import Check

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "秒": 1, "分": 60, "小": 3600}

# "5分钟内有效", "有效期为10分钟", "valid for 5 minutes", "expires in 300 seconds".
_STATED: Final = re.compile(
    r"(\d{1,5})\s*(秒|分钟?|小时|s(?:ec(?:ond)?s?)?\b|m(?:in(?:ute)?s?)?\b|h(?:ours?)?\b)",
    re.IGNORECASE,
)


def check_validity(path: str, code: str, content: str, valid_seconds: int) -> Iterator[Check]:
    """Warn where the text names another time than that for which verifications are valid."""
    stated = [
        (found[0], int(found[1]) * _SECONDS[found[2][0].lower()])
        for found in _STATED.finditer(content)
    ]
    for words, seconds in stated:
        if seconds != valid_seconds:
            yield Check(
                path,
                True,
                f"The text of {code} says {words}, but a verification is valid for "
                f"{_shown(valid_seconds)}.",
                f"Set verification.validSeconds to {seconds}, or apply for another text. Codes of "
                "your caller are valid for as long as it says.",
                content,
            )


def _shown(seconds: int) -> str:
    if seconds % 60:
        return f"{seconds} seconds"
    return "1 minute" if seconds == 60 else f"{seconds // 60} minutes"
