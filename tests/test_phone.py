from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sms_connector.errors import ConnectorError
from sms_connector.phone import PhoneNumber, parse_phone

ORDINARY = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.VOIP,
}
NON_GEOGRAPHIC = (800, 808, 870, 878, 881, 882, 883, 888, 979)


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
    assert parse_phone(typed) == PhoneNumber("13812345678", "CN")


@pytest.mark.parametrize("prefix", ["13", "14", "15", "16", "17", "18", "19"])
def test_mainland_mobiles_begin_with_13_to_19(prefix: str) -> None:
    assert parse_phone(f"{prefix}012345678").is_mainland


@pytest.mark.parametrize(
    ("typed", "digits", "country"),
    [
        ("+85251234567", "85251234567", "HK"),
        ("0085251234567", "85251234567", "HK"),
        ("85251234567", "85251234567", "HK"),
        ("+852 5123-4567", "85251234567", "HK"),
        ("+853 6612 3456", "85366123456", "MO"),
        ("+886 912 345 678", "886912345678", "TW"),
        ("+44 (0)7400 123456", "447400123456", "GB"),
        ("+44 7781 123456", "447781123456", "GG"),
        ("+1 (202) 555-0123", "12025550123", "US"),
        ("+1 506 234 5678", "15062345678", "CA"),
        ("12025550123", "12025550123", "US"),  # eleven digits that begin with 1, and yet American
        ("+39 312 345 6789", "393123456789", "IT"),
    ],
)
def test_a_number_abroad_is_sent_as_country_code_and_number(
    typed: str, digits: str, country: str
) -> None:
    phone = parse_phone(typed)
    assert phone == PhoneNumber(digits, country)
    assert phone.identity == f"+{digits}"
    assert not phone.is_mainland


def test_the_country_code_of_a_mainland_number_is_in_its_identity() -> None:
    assert parse_phone("13812345678").identity == "+8613812345678"


@pytest.mark.parametrize(
    ("typed", "reads_as_mainland"),
    [
        ("+1 312 345 6789", True),
        ("+1 202 555 0123", False),
        ("13123456789", False),
        ("+86 131 2345 6789", False),
        ("+65 9123 4567", False),
    ],
)
def test_a_number_abroad_may_have_the_digits_of_a_mainland_mobile(
    typed: str, reads_as_mainland: bool
) -> None:
    assert parse_phone(typed).reads_as_mainland is reads_as_mainland


def _examples() -> Iterator[tuple[int, phonenumbers.PhoneNumber]]:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"CN"}):
        for kind in PhoneNumberType.values():
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                yield kind, example


def _is_accepted(typed: str) -> bool:
    try:
        return f"+{parse_phone(typed).digits}" == typed
    except ConnectorError:
        return False


def test_only_mobiles_fixed_lines_and_voip_of_every_region_are_accepted() -> None:
    accepted: dict[int, set[bool]] = {}
    for kind, example in _examples():
        typed = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        accepted.setdefault(kind, set()).add(_is_accepted(typed))
    assert len(accepted) == 11
    assert accepted == {kind: {kind in ORDINARY} for kind in accepted}


@pytest.mark.parametrize("country_code", NON_GEOGRAPHIC)
def test_a_number_of_no_country_is_refused(country_code: int) -> None:
    example = phonenumbers.example_number_for_non_geo_entity(country_code)
    assert example is not None
    typed = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    with pytest.raises(ConnectorError, match="satellite") as refusal:
        parse_phone(typed)
    assert (refusal.value.kind, refusal.value.sent) == ("invalid_parameter", False)
    assert typed[1:] not in refusal.value.message


def test_every_entity_of_no_country_that_the_library_knows_is_in_the_table() -> None:
    known = (
        code for code in range(1, 1_000) if phonenumbers.region_code_for_country_code(code) == "001"
    )
    assert tuple(known) == NON_GEOGRAPHIC


def test_a_mainland_number_is_read_without_the_library_for_numbers_abroad() -> None:
    program = (
        "import sys; from sms_connector.phone import parse_phone;"
        "phone = parse_phone('+86 138 1234 5678');"
        "print(phone.country, 'phonenumbers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)  # noqa: S603
    assert ran.stdout.split() == [b"CN", b"False"]


def test_a_country_code_that_is_given_is_believed() -> None:
    assert parse_phone("13012345678").is_mainland
    assert not parse_phone("+13012345678").is_mainland
    assert not parse_phone("0013012345678").is_mainland


@pytest.mark.parametrize("typed", ["8613812345678", "+8613812345678", "008613812345678"])
def test_strict_reading_takes_a_mainland_number_with_its_country_code(typed: str) -> None:
    assert parse_phone(typed, strict=True) == PhoneNumber("13812345678", "CN")


def test_strict_reading_takes_eleven_bare_digits_for_a_number_abroad() -> None:
    assert parse_phone("13012345678", strict=True) == PhoneNumber("13012345678", "US")
    with pytest.raises(ConnectorError) as refusal:  # +1 381 is nowhere
        parse_phone("13812345678", strict=True)
    assert "11 digits" not in refusal.value.message
    assert "country code" in refusal.value.message


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
        "13812345678\n13912345678",
        "13812\n345678",
        "13812\t345678",
        "13812345678\x00",
        "1381234567a",
        "١٣٨١٢٣٤٥٦٧٨",
        "1381234567٨",
        "1381234567①",
        "1381234567ａ",
        "１３８１２３４５６７８、１３９１２３４５６７８",
        "tel:",
        "tel:tel:13812345678",
        "tel:13812345678;ext=1",
        "13812345678 tel:",
        "\ud800",
        "+1e10",
        "1" * 1_000_000,
        "-" * 101,
    ],
)
def test_anything_else_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        parse_phone(typed)
    assert refusal.value.code == "invalid_request_parameters"
    assert refusal.value.sent is False
    assert "`phone`" in refusal.value.message
    assert "11 digits" in refusal.value.message
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
