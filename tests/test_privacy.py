import json
from urllib.parse import quote

import pytest

from sms_connector.config import parse_config
from sms_connector.message import Message, Sms
from sms_connector.phone import parse_phone
from sms_connector.privacy import Mask
from sms_connector.provider.client import AccessKey
from sms_connector.settings import read_settings
from sms_connector.web.auth import Auth
from sms_connector.web.envelopes.event import Event
from sms_connector.web.http import Request
from tests.support.configs import config

SECRET = "a+b/c=="
MASK = Mask(["13812345678", "24Ab", SECRET, None, ""])


@pytest.mark.parametrize(
    "form",
    [
        "13812345678",
        "+8613812345678",
        "24Ab",
        "24AB",
        SECRET,
        quote(SECRET, safe=""),
        quote(quote(SECRET, safe=""), safe=""),
        quote(SECRET, safe="").lower(),
    ],
)
def test_a_secret_is_hidden_plain_and_url_encoded(form: str) -> None:
    hidden = MASK(f"server string to sign is:POST&%2F&x%253D{form}%2526y")
    assert hidden == f"server string to sign is:POST&%2F&x%253D{MASK(form)}%2526y"
    assert form not in hidden


def test_a_secret_that_holds_another_is_hidden_whole() -> None:
    assert Mask(["1234", "9912349"])("9912349") == "****"


@pytest.mark.parametrize("number", ["13912345678", "+85291234567", "51234567"])
def test_any_other_long_number_is_hidden_too(number: str) -> None:
    assert Mask([])(f"to {number}.") == "to ****."


def test_a_hash_from_which_the_code_could_be_guessed_is_hidden() -> None:
    assert MASK(f"CanonicalRequest is [{'0a' * 32}]") == "CanonicalRequest is [****]"


@pytest.mark.parametrize(
    "form",
    [
        "138 1234 5678",
        "138-1234-5678",
        "+86 (138) 1234.5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "138%201234%205678",
        "138%252D1234%252D5678",
        "138+1234+5678",
        "138\u00a01234\u20115678",
        "2 4 A b",
        "24-ab",
    ],
)
def test_a_number_and_a_code_are_hidden_with_separators_in_them(form: str) -> None:
    hidden = MASK(f"sent to {form}.")
    assert hidden in ("sent to ****.", "sent to +****.")


@pytest.mark.parametrize(
    ("phone", "national"),
    [
        ("85251234567", "5123 4567"),
        ("3546111234", "611 1234"),
        ("3546111234", "6111234"),
        ("353851234", "0851234"),
        ("12025550123", "(202) 555-0123"),
        ("6834002", "4002"),
        ("+354 611 1234", "611-1234"),
    ],
)
def test_a_number_is_hidden_without_its_country_code(phone: str, national: str) -> None:
    hidden = Mask([phone])(f"to {national}.")
    assert hidden in ("to ****.", "to (****.")


@pytest.mark.parametrize(
    "form",
    [
        r"a+b\/c==",
        r"a+b\\/c==",
        r"a\u002bb\/c\u003d\u003d",
        r"a\\u002Bb/c==",
        "a%2Bb\\/c%3D=",
    ],
)
def test_a_secret_is_hidden_escaped_as_json_does(form: str) -> None:
    assert MASK(f'{{"token":"{form}"}}') == '{"token":"****"}'


def test_other_text_stays_readable_beside_short_secrets() -> None:
    text = "isv.INVALID_PARAMETERS: 参数 code 1/2 at 2026-11-24 10:20:30"
    assert Mask(["246810", "13812345678"])(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "54175413-BBF6-4F5B-B5A7-000000001234",
        "54175413-bbf6-4f5b-b5a7-24ab24ab24ab",
        "900619746936498440^0",
        "REQUEST-1",
        "isv.UNHEARD_OF",
        "InvalidParameter.Unheard",
        "",
    ],
)
def test_a_code_or_an_id_of_the_provider_is_shown_as_it_is(name: str) -> None:
    assert MASK.name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("13812345678", "****"),
        ("13912345678", "****"),
        ("id-13812345678", "id-****"),
        ("24Ab", "****"),
        ("Unheard.24AB", "Unheard.****"),
        ("id 1", "****"),
        ("some words", "****"),
        ("a" * 101, "****"),
        ("<script>", "****"),
        ("REQUEST-1\n", "****"),
        ("验证码", "****"),
        ("\ud800", "****"),
    ],
)
def test_what_has_the_shape_of_neither_is_hidden(name: str, shown: str) -> None:
    assert MASK.name(name) == shown


def test_request_ids_and_short_numbers_stay_readable() -> None:
    text = "触发分钟级流控Permits:1 id 8906582E-6722-4F5B-B5A7-0000000012AB"
    assert MASK(text) == text


def test_a_long_text_is_cut() -> None:
    assert len(MASK("x" * 10_000)) == 500


PHONE, CODE, KEY = "13812345678", "246810", "Zq8-test-key-secret"
VALUES = [
    parse_phone(PHONE),
    Message(PHONE, "SignIn", CODE),
    Sms(parse_phone(PHONE), "SignIn", "SMS_1", CODE),
    AccessKey("LTAI-test-key-id", KEY, KEY),
    Request(CODE.encode(), headers={"authorization": KEY}),
    Event(CODE.encode(), None, {"phone": PHONE, "code": CODE}),
    parse_config(json.dumps(config(accessKeySecret=KEY))),
    read_settings({"SMS_CONNECTOR_CONFIG": KEY, "SMS_CONNECTOR_SECRET": KEY}),
    Auth(read_settings({"SMS_CONNECTOR_AUTHORIZATION": KEY})),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_no_value_shows_what_it_keeps(value: object) -> None:
    for secret in (PHONE, CODE, KEY):
        assert secret not in repr(value)
        assert secret not in f"{value}"
