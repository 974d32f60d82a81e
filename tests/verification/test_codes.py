import re
import time
from collections import Counter

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.store.names import Names
from sms_connector.verification.codes import (
    derived_codes,
    is_id,
    is_same_code,
    new_id,
    read_code,
)

NAMES = Names(("first-secret", "second-secret"))


def test_ids_are_url_safe_and_never_the_same() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one) and is_id(one) for one in ids)


@pytest.mark.parametrize(
    "text", ["", "x", "x" * 21, "x" * 23, "é" * 22, "x" * 21 + "/", "x\n" * 11]
)
def test_a_text_of_another_shape_is_no_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8])
def test_a_code_has_exactly_its_digits_and_each_is_as_likely(digits: int) -> None:
    codes = [derived_codes(NAMES, new_id(), digits)[0] for _ in range(5_000)]
    assert all(re.fullmatch(rf"[0-9]{{{digits}}}", code) for code in codes)
    for place in range(digits):
        counts = Counter(code[place] for code in codes)
        # Five standard deviations of a binomial distribution with p = 0.1.
        assert all(abs(counts[digit] - 500) < 5 * 21.3 for digit in "0123456789")


def test_a_code_depends_on_secret_and_id_alone() -> None:
    first, second = new_id(), new_id()
    codes = derived_codes(NAMES, first, 8)
    assert codes == derived_codes(NAMES, first, 8)
    assert len({*codes, *derived_codes(NAMES, second, 8)}) == 4
    assert derived_codes(Names(("second-secret", "first-secret")), first, 8) == codes[::-1]


@pytest.mark.parametrize(
    "typed",
    [
        "246810",
        " 246810 ",
        "246 810",
        "2 4 6 8 1 0",
        "２４６８１０",
        "２４６　８１０",
        "246\u00a0810\n",
        "246\t810",
    ],
)
def test_spaces_and_full_width_digits_are_read_as_digits(typed: str) -> None:
    assert read_code(typed) == "246810"


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "123", "123456789", "12345a", "abcdef", "１２３４ａ", "-12345", "+12345", "12.345",
     "1e5", "0x1234", "12345\u0000", "²³⁴⁵", "⑥⑥⑥⑥", "1234;", "1" * 41, " " * 1_000_000, "\ud800"],
)  # fmt: skip
def test_what_is_not_4_to_8_digits_is_no_guess(typed: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        read_code(typed)
    assert (refusal.value.kind, refusal.value.field) == ("invalid_parameter", "code")
    assert typed.strip() == "" or typed not in refusal.value.message


def test_comparing_takes_as_long_wherever_two_codes_differ() -> None:
    # So long that an end at the first difference would be seen.
    code = "8" * 1_000_000
    guesses = {"first": "7" + code[1:], "last": code[:-1] + "7", "nowhere": code[:]}
    times: dict[str, list[int]] = {name: [] for name in guesses}
    for _ in range(30):
        for name, guess in guesses.items():
            began = time.perf_counter_ns()
            is_same_code(code, guess)
            times[name].append(time.perf_counter_ns() - began)
    fastest = [min(series) for series in times.values()]
    assert max(fastest) / min(fastest) < 1.5
