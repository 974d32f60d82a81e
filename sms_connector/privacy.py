"""Masking: nothing that is shown or logged holds a code, a key or a whole phone number."""

import re
from collections.abc import Iterable
from typing import Final

_MASK: Final = "****"
_LONG_NUMBER = re.compile(r"(?<![0-9A-Fa-f])\+?[0-9]{8,15}(?![0-9A-Fa-f])")
# The provider quotes a hash of the request, from which a short code could be guessed.
_HASH = re.compile(r"[0-9A-Fa-f]{40,}")
_LONGEST_SHOWN: Final = 500

# What a person, or a form, puts between the digits of a number.
_BETWEEN: Final = r"(?:[\s().+_\u2010-\u2015-]|%(?:25)*2[089BD])"
_SEPARATORS = re.compile(_BETWEEN)
_DIGITS = re.compile(f"[0-9](?:{_BETWEEN}{{0,3}}[0-9]){{3,}}", re.IGNORECASE)
_LONGEST_SPELLED: Final = 15
_LONGEST_COUNTRY_CODE: Final = 3
_SHORTEST_PHONE: Final = 7

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_BIZ_ID = re.compile(r"[0-9]{16,20}\^[0-9]{1,3}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:^-]{0,99}")


class Mask:
    """Hides the secrets of one request in a text that somebody else wrote.

    A phone number is found without its country code too, and it and a code also with separators
    in them. Any secret is found URL-encoded, once or twice as in the string to sign that
    ``SignatureDoesNotMatch`` quotes, and escaped as JSON does.
    """

    def __init__(self, secrets: Iterable[str | None]) -> None:
        numbers, others = [], []
        for secret in filter(None, secrets):
            spelled = _SEPARATORS.sub("", secret)
            if spelled.isdigit() and len(spelled) <= _LONGEST_SPELLED:
                numbers.append(spelled)
            else:
                others.append(secret)
        self._numbers = tuple(numbers)
        # The longest first, so that a secret that holds another is hidden whole.
        self._others = tuple(sorted(others, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return the text with every secret, and any other long number or hash, hidden."""
        # Hashes first: a code in one would split it into halves that are shown.
        hidden = _HASH.sub(_MASK, text)
        for secret in self._others:
            hidden = re.sub(_pattern(secret), _MASK, hidden, flags=re.IGNORECASE)
        hidden = _DIGITS.sub(self._number, hidden)
        return _LONG_NUMBER.sub(_MASK, hidden)[:_LONGEST_SHOWN]

    def _number(self, run: re.Match[str]) -> str:
        digits = _SEPARATORS.sub("", run[0])
        return _MASK if any(_holds(digits, number) for number in self._numbers) else run[0]

    def name(self, text: str) -> str:
        """Return a code or an id of the provider; what has the shape of neither is hidden whole.

        A UUID or BizId is shown as it is: a short code may be part of one by chance.
        """
        if not text or _UUID.fullmatch(text) or _BIZ_ID.fullmatch(text):
            return text
        return self(text) if _NAME.fullmatch(text) else _MASK


def _holds(digits: str, number: str) -> bool:
    if number in digits:
        return True
    without_country_code = (number[length:] for length in range(1, _LONGEST_COUNTRY_CODE + 1))
    return len(number) >= _SHORTEST_PHONE and digits.lstrip("0") in without_country_code


def _pattern(secret: str) -> str:
    between = f"{_BETWEEN}{{0,3}}" if secret.isalnum() and len(secret) <= _LONGEST_SPELLED else ""
    return between.join(map(_character, secret))


def _character(character: str) -> str:
    if character.isalnum():
        return re.escape(character)
    encoded = "".join(f"%(?:25)*{byte:02X}" for byte in character.encode(errors="replace"))
    return rf"(?:\\*{re.escape(character)}|{encoded}|\\+u{ord(character):04X})"
