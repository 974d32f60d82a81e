"""One phone in every way to write it, as it comes out of a chat, a contact or a web page."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sms_connector.errors import ConnectorError
from sms_connector.phone import parse_phone

BMP = [chr(point) for point in range(0x80, 0x10000)]
SPACES = [one for one in BMP if unicodedata.category(one) == "Zs"]
INVISIBLE = [one for one in BMP if unicodedata.category(one) == "Cf"]
OTHER_DIGITS = [
    one
    for one in BMP
    if unicodedata.category(one) in ("Nd", "No", "Nl") and not "０" <= one <= "９"
]
LINE_ENDS = ["\n", "\r\n", "\t", "\u2028", "\x85"]
BETWEEN = ["", " ", "-", ".", "\u2011", "－", "．", *SPACES, *INVISIBLE]
NUMBERS = ["+8613812345678", "+85251234567", "+13123456789", "+447400123456", "+5491123456789"]


@st.composite
def spellings(draw: st.DrawFn, number: str) -> str:
    """Return the number with something that people do not see, or do not mean, in between."""
    full_width = draw(st.booleans())
    written = "".join(
        (chr(ord(one) + 0xFEE0) if full_width and draw(st.booleans()) else one)
        + (draw(st.sampled_from(BETWEEN)) if draw(st.integers(0, 3)) == 0 else "")
        for one in number
    )
    around = st.lists(st.sampled_from([*LINE_ENDS, " ", *SPACES, *INVISIBLE]), max_size=3)
    before, behind = ("".join(draw(around)) for _ in range(2))
    tel = draw(st.sampled_from(["", "tel:", "TEL:", "Tel: ", "ｔｅｌ："]))
    return f"{before}{tel}{written}{behind}"


@given(st.data())
def test_a_number_is_the_same_in_every_spelling(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(NUMBERS))
    assert parse_phone(data.draw(spellings(number))) == parse_phone(number)


@given(st.data())
def test_a_spelling_with_a_letter_or_a_digit_of_another_script_is_refused(
    data: st.DataObject,
) -> None:
    written = data.draw(spellings(data.draw(st.sampled_from(NUMBERS))))
    place = data.draw(st.integers(0, len(written)))
    strange = data.draw(st.sampled_from(["a", "Ａ", "٠", ",", "、", "/", *OTHER_DIGITS]))
    with pytest.raises(ConnectorError):
        parse_phone(written[:place] + strange + written[place:])


@pytest.mark.parametrize(
    "pasted",
    [
        "\u202a+86 138\u00a01234\u00a05678\u202c",  # a contact of iOS
        "\u2068+86\u2011138\u20111234\u20115678\u2069\n",
        "＋８６（１３８）１２３４－５６７８",
        "tel:+86-138-1234-5678",
        "\ufeff13812345678\r\n",
        "138\u20091234\u20095678",
        "138\u30001234\u30005678",
    ],
)
def test_a_pasted_number_is_read_as_meant(pasted: str) -> None:
    assert parse_phone(pasted) == parse_phone("13812345678")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+54 9 11 2345-6789", "+54 11 2345-6789"),
        ("+54 9 11 2345-6789", "+54 11 15 2345-6789"),
        ("+54 9 351 423-4567", "+54 351 423-4567"),
        ("+44 (0)7400 123456", "+44 7400 123456"),
    ],
)
def test_numbers_of_one_phone_have_one_identity(one: str, other: str) -> None:
    assert parse_phone(one).identity == parse_phone(other).identity


def test_a_number_is_sent_to_as_it_was_written_where_both_forms_are_valid() -> None:
    assert parse_phone("+54 9 11 2345-6789").digits == "5491123456789"
    assert parse_phone("+54 11 2345-6789").digits == "541123456789"


def test_no_other_country_has_two_numbers_for_one_phone() -> None:
    # With the digit that only mobiles have, and without. 1 was Mexico's until 2019.
    codes = {phonenumbers.country_code_for_region(one) for one in phonenumbers.SUPPORTED_REGIONS}
    tokens = {code: phonenumbers.country_mobile_token(code) for code in codes}
    assert {code: token for code, token in tokens.items() if token} == {54: "9"}
    with pytest.raises(ConnectorError):
        parse_phone("+52 1 55 1234 5678")


def test_no_two_phones_of_any_country_have_one_identity() -> None:
    examples = [
        phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    numbers = [
        phonenumbers.format_number(one, PhoneNumberFormat.E164)
        for one in examples
        if one is not None
    ]
    assert len({parse_phone(number).identity for number in numbers}) == len(set(numbers)) > 200


def test_a_plain_number_is_read_without_another_import() -> None:
    program = (
        "import sys; from sms_connector.phone import parse_phone; before = set(sys.modules);"
        "parse_phone(' tel:+86 138-1234-5678 '); print(sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)  # noqa: S603
    assert ran.stdout.split() == [b"[]"]
