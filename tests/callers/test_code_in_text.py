import pytest

from sms_connector.callers.code_in_text import code_in
from sms_connector.errors import ConnectorError


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234", "1234"),
        ("Code: 1234567890.", "1234567890"),
        ("123 and 12345678901 are too short and too long, 4567 is not", "4567"),
        ("246810 or #246810", "246810"),
        ("G-246810", "246810"),
        ("验证码246810，5分钟内有效", "246810"),
        ("246810 is valid for 10min, from 9:00-12:30 or 10-15 minutes", "246810"),
        ("246810 5", "246810"),
        ("246810 246810", "246810"),
    ],
)
def test_the_one_run_of_4_to_10_digits_is_the_code(text: str, code: str) -> None:
    assert code_in({"text": text}, "text") == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no run"),
        ("123", "no run"),
        ("12345678901", "no run"),
        ("246 810", "no run"),
        ("２４６８１０", "no run"),
        ("246810 135790", "more than one run"),
        ("Call 4008 with 246810", "more than one run"),
        ("246810 246810 1357", "more than one run"),
        ("A2468B", "no run"),
        ("2468B1357", "no run"),
        ("2468A with 1357", "more than one run"),
        ("246 810, until 2026", "more than one run"),
        ("24 68 10, until 2026", "more than one run"),
        ("2 4681", "more than one run"),
        ("246-810 or call 62345678", "more than one run"),
        ("Call 010-62345678", "more than one run"),
        ("２４６８１０，2026年", "more than one run"),
        ("2468１０", "no run"),
    ],
)
def test_no_run_or_more_than_one_is_an_error_that_does_not_repeat_the_text(
    text: str, found: str
) -> None:
    with pytest.raises(ConnectorError) as refusal:
        code_in({"text": text}, "text")
    assert refusal.value.message == (
        f"`text` has {found} of 4 to 10 digits: it must have one, which is the code."
    )


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(ConnectorError, match="`text` is required"):
        code_in({}, "text")


def test_the_longest_text_is_read_at_once() -> None:
    for text in ("a1" * 32_000, "1" * 64_000, "1-" * 32_000, "1 " * 32_000, "12345678901a" * 5_000):
        with pytest.raises(ConnectorError):
            code_in({"text": text}, "text")
