from urllib.parse import quote

import pytest

from sms_connector.privacy import Mask

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


def test_request_ids_and_short_numbers_stay_readable() -> None:
    text = "触发分钟级流控Permits:1 id 8906582E-6722-4F5B-B5A7-0000000012AB"
    assert MASK(text) == text


def test_a_long_text_is_cut() -> None:
    assert len(MASK("x" * 10_000)) == 500
