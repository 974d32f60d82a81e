"""Phone numbers: what a person may type, what SendSms wants, what a log may show.

SendSms takes a mainland China mobile as its 11 digits and any other number as country code and
number, without ``+`` (https://help.aliyun.com/document_detail/419273.html).
"""

import re

import msgspec

from .errors import ConnectorError, invalid_parameter

_SEPARATORS = re.compile(r"[ ().-]")
_TYPED = re.compile(r"(?P<prefix>\+|00)?(?P<digits>[0-9]{7,15})")
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CHINA = "86"
_LONGEST_TYPED = 40


class PhoneNumber(msgspec.Struct, frozen=True):
    """One number that can be sent to.

    ``digits`` are ASCII digits in the form SendSms wants. ``is_mainland`` says whether the number
    is a mobile of mainland China, which decides between the two codes of a regional template.
    """

    digits: str
    is_mainland: bool

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"

    @property
    def masked(self) -> str:
        """Enough of the number to recognise it: ``138****5678``; of a short one less."""
        shown = 4 if len(self.digits) >= 11 else 2
        return f"{self.digits[: shown - 1]}****{self.digits[-shown:]}"


def parse_phone(typed: str, *, strict: bool = False) -> PhoneNumber:
    """Read one phone number, with or without ``+``, ``00`` or separators.

    ``strict`` is the connector's ``strictPhoneRegionNumberCheck``: every number then has its
    country code, so that 11 bare digits are no longer taken for a mainland mobile.

    Raises ConnectorError (``invalid_request_parameters``) for anything else.
    """
    if len(typed) > _LONGEST_TYPED:
        raise _not_a_number()
    match = _TYPED.fullmatch(_SEPARATORS.sub("", typed))
    if match is None:
        raise _not_a_number()
    digits = match["digits"]
    if _MAINLAND_MOBILE.fullmatch(digits) and not match["prefix"] and not strict:
        return PhoneNumber(digits, is_mainland=True)
    if digits.startswith(_CHINA):
        national = digits.removeprefix(_CHINA)
        if _MAINLAND_MOBILE.fullmatch(national):
            return PhoneNumber(national, is_mainland=True)
        raise _not_a_number()
    return PhoneNumber(_overseas(digits), is_mainland=False)


def _overseas(digits: str) -> str:
    # Needed only for numbers abroad, and its import costs as much as sending twenty messages.
    import phonenumbers

    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        raise _not_a_number() from None
    if not phonenumbers.is_valid_number(number):
        raise _not_a_number()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _not_a_number() -> ConnectorError:
    return invalid_parameter(
        "phone",
        "is not one mobile number: give the 11 digits of a mainland China mobile, or a number "
        "abroad with its country code",
    )
