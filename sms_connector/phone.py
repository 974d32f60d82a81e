"""Phone numbers: what a person may type, what SendSms wants, what a log may show.

SendSms takes a mainland China mobile as its 11 digits and any other number as country code and
number, without ``+`` (https://help.aliyun.com/document_detail/419273.html).
"""

import re
from typing import Final

import msgspec

from .errors import ConnectorError, invalid_parameter

MAINLAND: Final = "CN"
"""The country of mainland China mobiles. HK, MO and TW are countries of their own here."""

_SEPARATORS = re.compile(r"[ ().-]")
_TYPED = re.compile(r"(?P<prefix>\+|00)?(?P<digits>[0-9]{7,15})")
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CHINA = "86"
_LONGEST_TYPED = 100
_TEL: Final = "tel:"
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
"""The full-width forms of ASCII, in its order."""

_ASCII_BEFORE_FULL_WIDTH: Final = 0xFEE0
_MEANT: Final = {"Zs": " ", "Cf": "", "Pd": "-"}
"""What stands for a character of a Unicode category: spaces, invisible characters, dashes."""

_ARGENTINA: Final = "54"
_ARGENTINE_MOBILE: Final = "549"
"""Its country code, and the digit that a mobile's number may have there and may lack.

Of libphonenumber's ``country_mobile_token``, which has no other. Mexico gave up its 1 in 2019.
"""


class PhoneNumber(msgspec.Struct, frozen=True):
    """One number that can be sent to.

    ``digits`` are ASCII digits in the form SendSms wants, ``country`` is an ISO 3166 code.
    """

    digits: str
    country: str

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"

    @property
    def is_mainland(self) -> bool:
        return self.country == MAINLAND

    @property
    def reads_as_mainland(self) -> bool:
        """Whether it is a number abroad with the digits of a mainland mobile.

        ``+1 312 345 6789`` is one: SendSms wants no ``+``, which alone tells them apart.
        """
        return not self.is_mainland and _MAINLAND_MOBILE.fullmatch(self.digits) is not None

    @property
    def identity(self) -> str:
        """``+``, country code and number, the same for all valid ways to call one phone.

        Two numbers may share ``digits``, but never this. It is not always what may be sent to:
        ``+54 9 11…`` and ``+54 11…`` reach one phone, and this is the shorter one.
        """
        digits = f"{_CHINA if self.is_mainland else ''}{self.digits}"
        if self.country == "AR" and digits.startswith(_ARGENTINE_MOBILE):
            digits = _ARGENTINA + digits.removeprefix(_ARGENTINE_MOBILE)
        return f"+{digits}"

    @property
    def masked(self) -> str:
        """Enough of the number to recognise it: ``138****5678``; of a short one less."""
        shown = 4 if len(self.digits) >= 11 else 2
        return f"{self.digits[: shown - 1]}****{self.digits[-shown:]}"


def parse_phone(typed: str, *, strict: bool = False) -> PhoneNumber:
    """Read one phone number, with or without ``+``, ``00`` or separators.

    One that was copied from elsewhere is read as meant: in full-width characters, with spaces or
    dashes of any kind, invisible characters in it, ``tel:`` before it or line ends around it.

    ``strict`` is the connector's ``strictPhoneRegionNumberCheck``: every number then has its
    country code, so that 11 bare digits are no longer taken for a mainland mobile.

    Raises ConnectorError (``invalid_request_parameters``) for anything else, and for numbers that
    no person receives a message at: premium rate, toll free, shared cost, pagers, satellites and
    the like. Fixed lines are accepted: in some countries mobiles cannot be told from them.
    """
    match = _TYPED.fullmatch(_bare(typed)) if len(typed) <= _LONGEST_TYPED else None
    if match is None:
        raise _not_a_number(strict)
    digits = match["digits"]
    if _MAINLAND_MOBILE.fullmatch(digits) and not match["prefix"] and not strict:
        return PhoneNumber(digits, MAINLAND)
    if digits.startswith(_CHINA):
        national = digits.removeprefix(_CHINA)
        if _MAINLAND_MOBILE.fullmatch(national):
            return PhoneNumber(national, MAINLAND)
        raise _not_a_number(strict)
    return _abroad(digits, strict)


def _bare(typed: str) -> str:
    """Return a number without its separators, in ASCII where something in ASCII was meant."""
    if not typed.isascii():
        typed = _in_ascii(typed)
    typed = typed.strip()
    if typed[: len(_TEL)].lower() == _TEL:
        typed = typed[len(_TEL) :]
    return _SEPARATORS.sub("", typed)


def _in_ascii(typed: str) -> str:
    # Imported only for what a keyboard for phone numbers does not give.
    from unicodedata import category

    return "".join(
        chr(ord(one) - _ASCII_BEFORE_FULL_WIDTH)
        if ord(one) in _FULL_WIDTH
        else _MEANT.get(category(one), one)
        for one in typed
    )


def _abroad(digits: str, strict: bool) -> PhoneNumber:
    # Needed only for numbers abroad, and its import costs as much as sending twenty messages.
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        raise _not_a_number(strict) from None
    country = phonenumbers.region_code_for_number(number)
    if country is None or not phonenumbers.is_valid_number_for_region(number, country):
        raise _not_a_number(strict)
    ordinary = (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.VOIP,
    )
    # The region of satellites, and of other networks of no country, is 001.
    if not country.isalpha() or phonenumbers.number_type(number) not in ordinary:
        raise invalid_parameter(
            "phone",
            "is not a mobile number: premium rate, toll free, satellite and other special "
            "numbers are not sent to",
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(e164.removeprefix("+"), country)


def _not_a_number(strict: bool) -> ConnectorError:
    wanted = (
        "give it with its country code, which is +86 for mainland China"
        if strict
        else "give the 11 digits of a mainland China mobile, or a number abroad with its country "
        "code"
    )
    return invalid_parameter("phone", f"is not a valid mobile number: {wanted}")
