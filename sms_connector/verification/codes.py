"""Ids and codes of verifications. A code is derived from its id, so that it is stored nowhere."""

import hmac
import re
import secrets
from typing import Final

from ..errors import invalid_parameter
from ..store.names import Names, digits_of

_ID_BYTES: Final = 16
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_TYPED_CODE: Final = re.compile(r"[0-9]{4,8}")
_LONGEST_TYPED: Final = 40


def new_id() -> str:
    """Return 128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(_ID_BYTES)


def is_id(text: str) -> bool:
    """Return whether an id could be one of ours."""
    return _ID.fullmatch(text) is not None


def derived_codes(names: Names, verification_id: str, digits: int) -> tuple[str, ...]:
    """Return the code of an id under each secret."""
    digests = names.digests("verification code", verification_id)
    return tuple(digits_of(digest, digits) for digest in digests)


def read_code(typed: str) -> str:
    """Return the digits of a code as a person typed it, with spaces or in full-width digits.

    Raises ConnectorError (``invalid_request_parameters``) for what is not 4 to 8 digits: such a
    text is no guess, and is not counted as one.
    """
    if len(typed) <= _LONGEST_TYPED:
        code = "".join(
            str(int(letter)) if letter.isdecimal() else letter
            for letter in typed
            if not letter.isspace()
        )
        if _TYPED_CODE.fullmatch(code):
            return code
    raise invalid_parameter("code", "must be the 4 to 8 digits of the message")


def is_same_code(code: str, guess: str) -> bool:
    """Compare in constant time: how long it takes does not depend on where they differ."""
    return hmac.compare_digest(code.encode(), guess.encode())
