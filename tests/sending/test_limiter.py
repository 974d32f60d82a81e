"""Limits while messages go out, over the memory of an instance and over real servers."""

from __future__ import annotations

import time
from functools import partial

import pytest

from sms_connector.errors import ConnectorError, LimitReached
from sms_connector.limits.rules import Limits, read_rule
from sms_connector.message import Receipt
from sms_connector.phone import parse_phone
from sms_connector.provider.refunds import Refund, refund_of
from sms_connector.store.transaction import Store
from tests.support.instances import Instance, Provider, at_once, error, receipt, rule, sms


def refusal(outcome: Receipt | ConnectorError) -> ConnectorError:
    assert isinstance(outcome, ConnectorError)
    return outcome


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("perNumber", "rate_limited", "rate_limit_exceeded"),
        ("perAddress", "rate_limited", "rate_limit_exceeded"),
        ("perPrefix", "rate_limited", "rate_limit_exceeded"),
        ("perCountry", "usage_limited", "usage_limit_exceeded"),
        ("total", "usage_limited", "usage_limit_exceeded"),
    ],
)
def test_a_full_rule_is_named_with_the_time_to_wait(
    store: Store, name: str, kind: str, code: str
) -> None:
    provider, limits = Provider(), [rule("1/hour", name, "+1202555")]
    Instance(store).send(sms("0001"), provider, limits)
    answer = refusal(Instance(store).send(sms("0002"), provider, limits))
    assert (answer.kind, answer.code, answer.sent) == (kind, code, False)
    assert answer.limit == LimitReached(name, "1/hour")
    assert answer.retry_after in (3_599, 3_600, 3_601)
    assert "+1202555" not in answer.message
    assert len(provider.sent) == 1


def test_of_several_full_rules_the_one_that_is_full_longest_is_named(store: Store) -> None:
    provider = Provider()
    limits = [rule("1/minute"), rule("1/day"), rule("1/hour")]
    Instance(store).send(sms("0001"), provider, limits)
    answer = refusal(Instance(store).send(sms("0002"), provider, limits))
    assert answer.limit == LimitReached("perNumber", "1/day")


def test_where_one_rule_refuses_nothing_is_taken_from_the_others(store: Store) -> None:
    provider = Provider()
    mine, all_numbers = rule("1/hour"), rule("2/hour", "total", "")
    for code in ("0001", "0002", "0003"):
        Instance(store).send(sms(code), provider, [mine, all_numbers])
    assert Instance(store).send(sms("0004"), provider, [all_numbers]) == receipt(2)
    refusal(Instance(store).send(sms("0005"), provider, [all_numbers]))


def test_a_message_that_is_asked_for_again_takes_nothing(store: Store) -> None:
    provider = Provider()
    for _ in range(3):
        assert Instance(store).send(sms(), provider, [rule("1/hour")]) == receipt()


def test_many_instances_at_once_let_through_as_many_as_the_rule_says(store: Store) -> None:
    provider = Provider()
    instances = [Instance(store) for _ in range(8)]
    limits = [rule("5/hour"), rule("20/hour", "total")]
    calls = [partial(instances[n % 8].send, sms(f"{n:06}"), provider, limits) for n in range(40)]
    answers = at_once(*calls)
    assert sum(isinstance(answer, Receipt) for answer in answers) == len(provider.sent) == 5


OUTCOMES: dict[str, tuple[Receipt | ConnectorError, bool]] = {
    "accepted": (receipt(), False),
    "could not connect": (error("unavailable"), True),
    "provider in trouble": (error("unavailable", code="isp.SYSTEM_ERROR"), True),
    "API throttled": (error("rate_limited", code="Throttling.User"), True),
    "status 429 with a strange code": (error("rate_limited", code="TooMany"), True),
    "invalid config": (error("invalid_config"), True),
    "account's cap": (error("usage_limited", code="isv.DAY_LIMIT_CONTROL"), True),
    "provider's limit of a number": (
        error("rate_limited", code="isv.BUSINESS_LIMIT_CONTROL"),
        False,
    ),
    "provider's limit of a number, PNVS": (error("rate_limited", code="biz.FREQUENCY"), False),
    "provider's limit of a number, bare": (
        error("rate_limited", code="BUSINESS_LIMIT_CONTROL"),
        False,
    ),
    "PNVS, too often": (error("rate_limited", code="FREQUENCY_FAIL"), False),
    "refused number": (error("invalid_parameter", code="isv.MOBILE_NUMBER_ILLEGAL"), False),
    "refused for another reason": (error("refused"), True),
    "refused for a reason that names a number": (error("refused", code="MOBILE_STRANGE"), False),
    "no answer": (error("unknown_outcome", None), False),
    "answer without sense": (error("invalid_response", None), False),
}


@pytest.mark.parametrize(("outcome", "given_back"), OUTCOMES.values(), ids=OUTCOMES)
def test_a_place_is_given_back_where_the_provider_was_at_fault(
    store: Store, outcome: Receipt | ConnectorError, given_back: bool
) -> None:
    if isinstance(outcome, ConnectorError):
        assert (refund_of(outcome) is Refund.ALL) is given_back
    provider = Provider(outcome)
    limits = [rule("1/hour"), rule("1/day", "total"), rule("101/hour", "perPrefix")]
    Instance(store).send(sms("0001"), provider, limits)
    second = Instance(store).send(sms("0002"), provider, limits)
    assert isinstance(second, Receipt) is given_back
    third = Instance(store).send(sms("0003"), provider, limits)
    assert refusal(third).code in ("rate_limit_exceeded", "usage_limit_exceeded")


class TestEarly:
    def test_a_message_up_to_three_seconds_too_early_waits_for_its_turn(self, store: Store) -> None:
        provider, limits = Provider(), [rule("1/1s")]
        Instance(store).send(sms("0001"), provider, limits)
        started = time.monotonic()
        assert Instance(store).send(sms("0002"), provider, limits) == receipt(2)
        assert 0.8 < time.monotonic() - started < 2

    @pytest.mark.parametrize(
        "terms", [{"waits_early": False}, {"max_wait": 0.3}], ids=["Supabase", "impatient"]
    )
    def test_an_early_message_does_not_wait_if_the_caller_would_not(
        self, store: Store, terms: dict[str, object]
    ) -> None:
        provider, limits = Provider(), [rule("1/1s", "total", "")]
        Instance(store).send(sms("0001"), provider, limits)
        started = time.monotonic()
        answer = refusal(Instance(store).send(sms("0002"), provider, limits, **terms))
        assert time.monotonic() - started < 0.5
        assert answer.retry_after == 1

    def test_an_early_message_waits_three_seconds_in_total(self, memory: Store) -> None:
        provider, limits = Provider(takes=0.9), [rule("1/1s", "total", "")]
        instances = [Instance(memory) for _ in range(6)]
        started = time.monotonic()
        answers = at_once(
            *(
                partial(each.send, sms(f"{n:06}"), provider, limits)
                for n, each in enumerate(instances)
            )
        )
        assert time.monotonic() - started < 3 + 0.9 + 0.9
        assert sum(isinstance(answer, Receipt) for answer in answers) in (3, 4)

    def test_an_early_message_claims_nothing_while_it_waits(self, store: Store) -> None:
        provider, limits = Provider(), [rule("1/1s")]
        Instance(store).send(sms("0001"), provider, limits)
        calls = [partial(Instance(store).send, sms("0002"), provider, limits) for _ in range(5)]
        answers = at_once(*calls)
        assert answers == [receipt(2)] * 5


def test_every_window_holds_no_more_than_the_rule_says(store: Store) -> None:
    provider, limits, sent = Provider(), [rule("3/1s", "total", "")], []
    instances = [Instance(store) for _ in range(3)]
    end = time.monotonic() + 2.5
    number = 0
    while time.monotonic() < end:
        number += 1
        before = time.monotonic()
        answer = instances[number % 3].send(
            sms(f"{number:06}"), provider, limits, waits_early=False
        )
        if isinstance(answer, Receipt):
            sent.append((before, time.monotonic()))
        time.sleep(0.02)
    assert len(sent) >= 7
    for first, fourth in zip(sent, sent[3:], strict=False):
        assert fourth[1] - first[0] >= 1


def test_the_default_limits_are_the_provider_s_own(memory: Store) -> None:
    phone = parse_phone("+1 202 555 0123")
    counted = Limits().counted(phone, "8.8.8.8")
    assert [one.rule.text for one in counted] == ["1/minute", "5/hour", "10/day"]
    provider = Provider()
    Instance(memory).send(sms("0001", "+12025550123"), provider, counted)
    answer = refusal(Instance(memory).send(sms("0002", "+12025550123"), provider, counted))
    assert answer.limit == LimitReached("perNumber", "1/minute")


def test_a_rule_keeps_its_count_when_it_is_changed(store: Store) -> None:
    provider = Provider()
    for text, code in (("2/hour", "0001"), ("3/hour", "0002"), ("3/hour", "0003")):
        Instance(store).send(sms(code), provider, [rule(text)])
    assert read_rule("perNumber", "2/hour") != read_rule("perNumber", "3/hour")
    answer = refusal(Instance(store).send(sms("0004"), provider, [rule("2/hour")]))
    assert answer.limit == LimitReached("perNumber", "2/hour")
    assert len(provider.sent) == 3
