from __future__ import annotations

import pytest

from sms_connector.errors import ConnectorError, LimitReached
from sms_connector.limits.rules import (
    DEFAULT_PER_NUMBER,
    Limits,
    Rule,
    prefix_of,
    read_rule,
    strictest,
)
from sms_connector.phone import PhoneNumber

CHINA = PhoneNumber("13812345678", "CN")
HONG_KONG = PhoneNumber("85251234567", "HK")
CHICAGO = PhoneNumber("13123456789", "US")


def rules(name: str, *texts: str) -> tuple[Rule, ...]:
    read = [read_rule(name, text) for text in texts]
    assert None not in read
    return tuple(rule for rule in read if rule)


def counted(
    limits: Limits, phone: PhoneNumber = CHINA, ip: str | None = None
) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(item.rule.name, item.rule.text, item.subject) for item in limits.counted(phone, ip)]


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [
        ("1/second", 1, 1),
        ("5/minute", 5, 60),
        ("100/hour", 100, 3_600),
        ("20000/day", 20_000, 86_400),
        ("3/90s", 3, 90),
        ("999999999/2678400s", 999_999_999, 31 * 86_400),
    ],
)
def test_a_rule_is_a_count_and_a_window(text: str, count: int, seconds: int) -> None:
    assert read_rule("total", text) == Rule("total", text, count, seconds)


@pytest.mark.parametrize(
    "text",
    [
        "0/minute",
        "05/minute",
        "-1/minute",
        "5/fortnight",
        "5/minutes",
        "five/hour",
        "5 / hour",
        "5/hour\n",
        "5/",
        "/hour",
        "5",
        "",
        "1.5/hour",
        "1e3/hour",
        "٥/hour",
        "5/0s",
        "5/s",
        "5/2678401s",
        "1000000000/day",
        "9" * 5_000 + "/day",
        5,
        5.0,
        True,
        None,
        ["5/hour"],
    ],
)
def test_anything_else_is_not_a_rule(text: object) -> None:
    assert read_rule("total", text) is None


def test_of_two_rules_for_the_same_window_the_stricter_one_counts() -> None:
    read = rules("total", "10/hour", "5/3600s", "7/minute", "7/hour", "9/minute")
    assert [rule.text for rule in strictest(read)] == ["7/minute", "5/3600s"]


def test_a_number_is_counted_by_default_as_the_provider_counts_in_the_mainland() -> None:
    assert [rule.text for rule in DEFAULT_PER_NUMBER] == ["1/minute", "5/hour", "10/day"]
    assert counted(Limits(), ip="203.0.113.7") == [
        ("perNumber", text, ("+8613812345678",)) for text in ("1/minute", "5/hour", "10/day")
    ]


def test_two_numbers_with_the_same_digits_are_counted_apart() -> None:
    mainland = PhoneNumber(CHICAGO.digits, "CN")
    assert counted(Limits(), CHICAGO) != counted(Limits(), mainland)


def test_a_prefix_is_the_number_less_four_digits_and_counted_abroad_only() -> None:
    limits = Limits(per_number=(), per_prefix=rules("perPrefix", "100/hour"))
    assert counted(limits, HONG_KONG) == [("perPrefix", "100/hour", ("+8525123",))]
    assert counted(limits, CHINA) == []
    assert (prefix_of(CHICAGO), prefix_of(CHINA)) == ("+1312345", None)


@pytest.mark.parametrize(
    ("phone", "expected"),
    [(HONG_KONG, "500/day"), (CHICAGO, "200/day"), (CHINA, None)],
)
def test_a_country_is_counted_by_its_own_rules_else_by_those_of_every_other(
    phone: PhoneNumber, expected: str | None
) -> None:
    limits = Limits(
        per_number=(),
        per_country={
            "HK": rules("perCountry", "500/day"),
            "*": rules("perCountry", "200/day"),
        },
    )
    wanted = [("perCountry", expected, (phone.country,))] if expected else []
    assert counted(limits, phone) == wanted


def test_the_mainland_is_counted_where_it_is_named() -> None:
    limits = Limits(per_number=(), per_country={"CN": rules("perCountry", "9/day")})
    assert counted(limits, CHINA) == [("perCountry", "9/day", ("CN",))]
    assert counted(limits, HONG_KONG) == []


def test_an_empty_list_of_a_country_s_own_switches_its_limit_off() -> None:
    limits = Limits(per_number=(), per_country={"HK": (), "*": rules("perCountry", "1/day")})
    assert counted(limits, HONG_KONG) == []


def test_the_total_counts_every_message_together() -> None:
    limits = Limits(per_number=(), total=rules("total", "20000/day"))
    assert counted(limits, CHINA) == counted(limits, CHICAGO) == [("total", "20000/day", ())]


def test_an_address_is_counted_where_the_caller_gives_one() -> None:
    limits = Limits(per_number=(), per_address=rules("perAddress", "30/hour"))
    assert counted(limits, ip="8.8.4.4") == [("perAddress", "30/hour", ("8.8.4.4",))]
    assert counted(limits) == []


def test_a_country_that_is_not_listed_is_refused_before_a_call() -> None:
    limits = Limits(countries=frozenset({"CN", "HK"}))
    limits.check_country(CHINA)
    limits.check_country(HONG_KONG)
    with pytest.raises(ConnectorError, match=r"^`phone` is in a country") as refusal:
        limits.check_country(CHICAGO)
    error = refusal.value
    assert (error.kind, error.field, error.sent) == ("invalid_parameter", "phone", False)
    assert error.limit == LimitReached("countries", "US")
    assert CHICAGO.digits not in str(error)


def test_every_country_is_allowed_by_default_and_the_mainland_too_must_be_listed() -> None:
    for phone in (CHINA, HONG_KONG, CHICAGO):
        Limits().check_country(phone)
    with pytest.raises(ConnectorError) as refusal:
        Limits(countries=frozenset({"HK"})).check_country(CHINA)
    assert refusal.value.limit == LimitReached("countries", "CN")


def test_a_subject_is_not_shown_by_a_repr() -> None:
    [item] = Limits(per_number=rules("perNumber", "1/day")).counted(CHINA, None)
    assert "13812345678" not in repr(item)
    assert "13812345678" not in f"{item}"
