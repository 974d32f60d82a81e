"""The test numbers of a connector JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from sms_connector import clock
from sms_connector.clock import shanghai_date
from sms_connector.config import parse_config, read_config
from sms_connector.phone import parse_phone
from tests.support.configs import config

DAY = 86_400
SOON = shanghai_date(time.time() + 30 * DAY)
NUMBER = {"phone": "+8613800000000", "code": "424242", "until": SOON}


def numbers(count: int) -> list[dict[str, str]]:
    return [{**NUMBER, "phone": f"+86138000000{index:02}"} for index in range(count)]


def problems(test_numbers: Any) -> list[str]:
    return [each.text for each in read_config(json.dumps(config(testNumbers=test_numbers)))[1]]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"phone": "13800000000"}, "[0].phone` must be a mobile number with + and its country"),
        ({"phone": "+861380000000"}, "[0].phone` must be a mobile number with +"),
        ({"phone": 8613800000000}, "[0].phone` must be a mobile number with +"),
        ({"phone": ...}, "[0].phone` is required"),
        *(
            ({"code": code}, "[0].code` must be the 4 to 8 digits of a code")
            for code in ("123", "123456789", "12345a", 424242, "１２３４", "1234\n")
        ),
        ({"code": ...}, "[0].code` is required"),
        *(
            ({"until": until}, "[0].until` must be a date such as 2027-03-31")
            for until in ("2027-02-29", "2027-3-31", "2027-03- 1", "31.03.2027", 20270331, None)
        ),
        ({"until": ...}, "[0].until` is required"),
        ({"until": shanghai_date(time.time() + 367 * DAY)}, "[0].until` must be at most a year"),
        ({"name": "reviewer"}, "[0].name` is unknown: the keys here are phone, code, until"),
    ],
)
def test_each_problem_of_a_test_number_is_named_by_its_path(
    changes: dict[str, Any], problem: str
) -> None:
    number = {key: value for key, value in (NUMBER | changes).items() if value is not ...}
    [found] = problems([number])
    assert found.startswith(f"`testNumbers{problem}")
    for secret in (NUMBER["phone"], NUMBER["code"]):
        assert secret not in found


@pytest.mark.parametrize("value", [{}, "+8613800000000", numbers(11)])
def test_there_are_at_most_ten_test_numbers(value: Any) -> None:
    assert problems(value) == ["`testNumbers` must be a list of at most 10 numbers"]
    assert problems(numbers(10)) == []


def test_a_number_in_another_spelling_is_the_same_one() -> None:
    again = {**NUMBER, "phone": "+86 138-0000-0000"}
    assert problems([NUMBER, again]) == ["`testNumbers[1].phone` is there twice"]


def test_a_number_works_through_its_last_day_in_shanghai() -> None:
    parsed = parse_config(json.dumps(config(testNumbers=[{**NUMBER, "until": "2026-03-31"}])))
    found = parsed.test_number(parse_phone("138 0000 0000"), "2026-03-31")
    assert found is not None
    assert found.code == "424242"
    assert parsed.test_number(parse_phone("13800000000"), "2026-04-01") is None
    assert parsed.test_number(parse_phone("13800000001"), "2026-03-31") is None


def test_a_date_of_the_past_is_none_that_keeps_the_function_from_starting() -> None:
    assert problems([{**NUMBER, "until": "2020-01-01"}]) == []


def test_the_year_is_counted_from_today_in_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_774_971_000.0)  # 2026-03-31 15:30 UTC
    assert clock.shanghai_date(time.time()) == "2026-03-31"
    assert problems([{**NUMBER, "until": "2027-03-31"}]) == []
    assert len(problems([{**NUMBER, "until": "2027-04-01"}])) == 1
    monkeypatch.setattr("time.time", lambda: 1_774_972_800.0)  # 2026-03-31 16:00 UTC
    assert problems([{**NUMBER, "until": "2027-04-01"}]) == []


def test_a_repr_shows_neither_the_code_nor_the_whole_number() -> None:
    [number] = parse_config(json.dumps(config(testNumbers=[NUMBER]))).test_numbers
    assert "424242" not in repr(number)
    assert "13800000000" not in repr(number)
