from __future__ import annotations

import pytest

from sms_connector.local.emulate.phone_numbers import Recipient, mask, read_recipient
from sms_connector.local.emulate.provider_errors import RefusedError


@pytest.mark.parametrize("prefix", ["", "+", "+86", "0086", "86"])
@pytest.mark.parametrize("digits", ["13012345678", "19999999999"])
def test_a_mainland_number_may_have_a_prefix(prefix: str, digits: str) -> None:
    assert read_recipient(prefix + digits) == Recipient(digits, overseas=False)


@pytest.mark.parametrize("digits", ["85251234567", "12025550123", "4915112345678", "6591234567"])
def test_a_number_abroad_is_country_code_and_number(digits: str) -> None:
    assert read_recipient(digits) == Recipient(digits, overseas=True)


@pytest.mark.parametrize(
    ("text", "by_an_international_template"),
    [
        ("13123456789", True),
        ("13812345678", False),
        ("8613123456789", False),
        ("+13123456789", False),
        ("85251234567", True),
    ],
)
def test_an_international_template_takes_mainland_digits_for_a_number_abroad_if_there_is_one(
    text: str, by_an_international_template: bool
) -> None:
    assert read_recipient(text, overseas=True).overseas is by_an_international_template
    assert read_recipient(text).overseas is (text == "85251234567")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456",
        "+85251234567",
        "0085251234567",
        "8612345678901",
        "861381234567",
        "1381234567a",
        "138 1234 5678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "1234567890123456",
    ],
)
def test_any_other_number_is_illegal(text: str) -> None:
    with pytest.raises(RefusedError, match=r"^isv\.MOBILE_NUMBER_ILLEGAL$") as raised:
        read_recipient(text)
    assert raised.value.refusal.message == f"{text}invalid mobile number"


def test_the_middle_of_a_number_is_masked() -> None:
    assert mask("13812345678") == "138****5678"
