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


def test_a_request_id_stays_one_whatever_digits_are_in_it() -> None:
    assert MASK.secrets_in("54175413-BBF6-4F5B-B5A7-000000001234").startswith("54175413-BBF6")
    assert MASK.secrets_in("id 13812345678") == "id ****"


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
