import pytest

from sms_connector.errors import ConnectorError
from sms_connector.phone import PhoneNumber, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "8613812345678",
        "008613812345678",
        "+8613812345678",
        "+86 138-1234-5678",
        "+86 (138) 1234 5678",
        " 138.1234.5678 ",
    ],
)
def test_every_way_to_write_a_mainland_mobile_is_the_same_number(typed: str) -> None:
    assert parse_phone(typed) == PhoneNumber("13812345678", is_mainland=True)


@pytest.mark.parametrize("prefix", ["13", "14", "15", "16", "17", "18", "19"])
def test_mainland_mobiles_begin_with_13_to_19(prefix: str) -> None:
    assert parse_phone(f"{prefix}012345678").is_mainland


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+85251234567", "85251234567"),
        ("0085251234567", "85251234567"),
        ("85251234567", "85251234567"),
        ("+852 5123-4567", "85251234567"),
        ("+44 (0)7911 123456", "447911123456"),
        ("+1 (202) 555-0123", "12025550123"),
        ("12025550123", "12025550123"),  # eleven digits that begin with 1, and yet American
        ("+39 312 345 6789", "393123456789"),
    ],
)
def test_a_number_abroad_is_sent_as_country_code_and_number(typed: str, digits: str) -> None:
    assert parse_phone(typed) == PhoneNumber(digits, is_mainland=False)


def test_a_country_code_that_is_given_is_believed() -> None:
    assert parse_phone("13012345678").is_mainland
    assert not parse_phone("+13012345678").is_mainland
    assert not parse_phone("0013012345678").is_mainland


@pytest.mark.parametrize("typed", ["8613812345678", "+8613812345678", "008613812345678"])
def test_strict_reading_takes_a_mainland_number_with_its_country_code(typed: str) -> None:
    assert parse_phone(typed, strict=True) == PhoneNumber("13812345678", is_mainland=True)


def test_strict_reading_takes_eleven_bare_digits_for_a_number_abroad() -> None:
    assert parse_phone("13012345678", strict=True) == PhoneNumber("13012345678", is_mainland=False)
    with pytest.raises(ConnectorError):  # +1 381 is nowhere
        parse_phone("13812345678", strict=True)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "+",
        "138123456",
        "138123456789",
        "11112345678",
        "+861281234567",
        "+8612812345678",
        "+86 10 6552 9988",
        "01065529988",
        "+86+8613812345678",
        "8686138123456",
        "+999123456789",
        "+85212",
        "+1 555 000 0000 0000",
        "13812345678,13912345678",
        "13812345678 13912345678",
        "13812345678;13912345678",
        "13812345678\n",
        "13812345678\x00",
        "1381234567a",
        "１３８１２３４５６７８",
        "١٣٨١٢٣٤٥٦٧٨",
        "\ud800",
        "+1e10",
        "1" * 1_000_000,
        "-" * 41,
    ],
)
def test_anything_else_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        parse_phone(typed)
    assert refusal.value.code == "invalid_request_parameters"
    assert refusal.value.sent is False
    assert "`phone`" in refusal.value.message
    assert not typed.strip() or typed not in refusal.value.message


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+85251234567", "852****4567"),
        ("+6591234567", "6****67"),
    ],
)
def test_a_masked_number_hides_at_least_four_digits(typed: str, masked: str) -> None:
    assert parse_phone(typed).masked == masked
