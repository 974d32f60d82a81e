"""The codes that the number verification service makes, keeps and checks."""

import secrets
import string
from datetime import datetime
from typing import NamedTuple

_DIGITS, _UPPER, _LOWER = string.digits, string.ascii_uppercase, string.ascii_lowercase

# By `CodeType`.
ALPHABETS = {
    1: _DIGITS,
    2: _UPPER,
    3: _LOWER,
    4: _UPPER + _LOWER,
    5: _DIGITS + _UPPER,
    6: _DIGITS + _LOWER,
    7: _DIGITS + _UPPER + _LOWER,
}


def new_code(length: int, code_type: int) -> str:
    return "".join(secrets.choice(ALPHABETS[code_type]) for _ in range(length))


class _Kept(NamedTuple):
    code: str
    expires_at: datetime


class KeptCodes:
    """The codes that may still be checked, by number and scheme."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[_Kept, ...]] = {}

    def keep(
        self, number: str, scheme: str, code: str, expires_at: datetime, *, replace: bool
    ) -> None:
        """Keep a code; `replace` makes the earlier ones of the number and scheme invalid."""
        earlier = () if replace else self._kept.get((number, scheme), ())
        self._kept[number, scheme] = (*earlier, _Kept(code, expires_at))

    def check(
        self, number: str, scheme: str, code: str, now: datetime, *, ignore_case: bool
    ) -> bool:
        """Return whether a kept code matches. One that does is used up with all the others."""

        def normal(text: str) -> str:
            return text.lower() if ignore_case else text

        matches = any(
            normal(kept.code) == normal(code) and now < kept.expires_at
            for kept in self._kept.get((number, scheme), ())
        )
        if matches:
            del self._kept[number, scheme]
        return matches
