"""Phone numbers as SendSms takes them.

Follows `PhoneNumbers` in https://help.aliyun.com/document_detail/419273.html.
"""

import re
from typing import NamedTuple

import phonenumbers

from .provider_errors import refused

_MAINLAND = re.compile(r"(?:\+|\+86|0086|86)?(1[3-9][0-9]{9})")
# Country code, then number, at most the 15 digits of E.164. Beginning with 86, it is a mainland
# number or invalid.
_OVERSEAS = re.compile(r"(?!86)[1-9][0-9]{6,14}")


class Recipient(NamedTuple):
    """`digits` is the 11 digits of a mainland number, else country code and number."""

    digits: str
    overseas: bool


def read_recipient(text: str, *, overseas: bool = False) -> Recipient:
    """Read one number; ``overseas`` is whether the template is an international one.

    Digits in mainland form are a mainland mobile, but an international template
    accepts 13123456789 for +1 312 345 6789, as there is such a number.

    Raises RefusedError (isv.MOBILE_NUMBER_ILLEGAL).
    """
    mainland = _MAINLAND.fullmatch(text)
    if mainland and not (overseas and text == mainland[1] and _is_abroad(text)):
        return Recipient(mainland[1], overseas=False)
    if _OVERSEAS.fullmatch(text):
        return Recipient(text, overseas=True)
    # The provider quotes the number too, which must not get into a log.
    raise refused("isv.MOBILE_NUMBER_ILLEGAL", f"{text}invalid mobile number")


def _is_abroad(digits: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))


def mask(digits: str) -> str:
    """Hide the middle: 138****5678, 852****1234."""
    return f"{digits[:3]}****{digits[-4:]}"
