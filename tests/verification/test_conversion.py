"""The conversion breaker. The times are those of the store, which a test can move on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.limits.rules import Conversion
from sms_connector.phone import parse_phone
from sms_connector.store.names import Names
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Transaction
from sms_connector.verification.conversion import Breaker
from sms_connector.verification.service import Verifications
from tests.support.redis_server import RedisServer
from tests.support.verifying import SECRET, LaterMemory, Phones, kind_of, sms_to, verifications

LIMITS: dict[str, Any] = {"perNumber": [], "conversion": {"atLeast": 5, "below": 0.4}}
NOT_REACHED = ConnectorError("unavailable", "no", sent=False)
NUMBER_REFUSED = ConnectorError("invalid_parameter", "no", sent=False)
TYPING = 160
"""Two minutes, and the hundredth of an hour to which messages are counted."""


@pytest.fixture
def store() -> LaterMemory:
    return LaterMemory()


@pytest.fixture
def service(store: LaterMemory) -> Verifications:
    return verifications(store, limits=LIMITS)


def number(index: int, prefix: str = "+1212555") -> str:
    return f"{prefix}{index:04}"


def send(service: Verifications, count: int, *, approve: int = 0, first: int = 0) -> None:
    phones = Phones()
    for index in range(first, first + count):
        started = service.start(sms_to(number(index)), phones)
        if index - first < approve:
            service.check(started.verification.id, phones.code)


def refusal(service: Verifications, phone: str = number(9_999)) -> ConnectorError:
    phones = Phones()
    with pytest.raises(ConnectorError) as raised:
        service.start(sms_to(phone), phones)
    assert phones.received == []
    return raised.value


def test_a_prefix_that_types_nothing_in_is_refused(
    service: Verifications, store: LaterMemory
) -> None:
    send(service, 5)
    store.seconds += TYPING
    error = refusal(service)
    assert (error.kind, error.sent, error.retry_after) == ("usage_limited", False, 300)
    assert error.limit is not None
    assert (error.limit.rule, error.limit.value) == ("conversion", "0.4")
    store.seconds += 100
    assert refusal(service).retry_after == 200


def test_a_refusal_names_no_number(service: Verifications, store: LaterMemory) -> None:
    send(service, 5)
    store.seconds += TYPING
    assert "212" not in refusal(service).message


@pytest.mark.parametrize(
    ("count", "approved", "refused"), [(5, 1, True), (5, 2, False), (4, 0, False)]
)
def test_only_a_smaller_share_of_enough_messages_is_refused(
    service: Verifications, store: LaterMemory, count: int, approved: int, refused: bool
) -> None:
    send(service, count, approve=approved)
    store.seconds += TYPING
    kind = kind_of(lambda: service.start(sms_to(number(9_999)), Phones()))
    assert kind == ("usage_limited" if refused else "")


def test_messages_of_the_last_two_minutes_do_not_count(
    service: Verifications, store: LaterMemory
) -> None:
    send(service, 5)
    store.seconds += 119
    send(service, 5)


def test_figures_are_those_of_the_last_hour(service: Verifications, store: LaterMemory) -> None:
    send(service, 50, approve=50)
    store.seconds += 3_600
    send(service, 5)
    store.seconds += TYPING
    refusal(service)
    store.seconds += 3_700 * 2
    send(service, 5)


def test_a_resend_counts_and_changes_nothing_where_it_is_refused(
    service: Verifications, store: LaterMemory
) -> None:
    phones = Phones()
    for _ in range(5):
        started = service.start(sms_to(number(1)), phones)
    store.seconds += TYPING
    refusal(service, number(1))
    assert service.get(started.verification.id)[0] == started.verification
    assert service.check(started.verification.id, phones.code)


@pytest.mark.parametrize("phone", ["13812345678", "+442079460000"])
def test_the_mainland_and_other_prefixes_are_not_refused(
    service: Verifications, store: LaterMemory, phone: str
) -> None:
    send(service, 5)
    phones = Phones()
    for index in range(30):
        service.start(sms_to(f"138{index:08}"), phones)
    store.seconds += TYPING
    service.start(sms_to(phone), phones)


def test_what_was_not_sent_does_not_count(service: Verifications, store: LaterMemory) -> None:
    phones = Phones()
    for error in (NOT_REACHED, NUMBER_REFUSED):
        phones.fails = error
        for index in range(5):
            kind_of(service.start, sms_to(number(index)), phones)
    store.seconds += TYPING
    send(service, 1)


def test_blocks_double_up_to_twelve_hours_with_some_messages_between(
    service: Verifications, store: LaterMemory
) -> None:
    send(service, 5)
    store.seconds += TYPING
    blocks = []
    for _ in range(10):
        blocks.append(refusal(service).retry_after)
        store.seconds += blocks[-1] or 0
        send(service, 5)
        store.seconds += TYPING
    assert blocks == [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 43_200, 43_200]


def test_approvals_before_a_block_do_not_count_after_it(
    service: Verifications, store: LaterMemory
) -> None:
    send(service, 50, approve=15)
    store.seconds += TYPING
    assert refusal(service).retry_after == 300
    store.seconds += 300
    send(service, 5, first=100)
    store.seconds += TYPING
    assert refusal(service).retry_after == 600


def test_a_prefix_that_types_again_after_a_block_is_left_alone(
    service: Verifications, store: LaterMemory
) -> None:
    send(service, 5)
    store.seconds += TYPING
    refusal(service)
    store.seconds += 300
    for _ in range(5):
        send(service, 5, approve=5, first=100)
        store.seconds += TYPING


def test_a_prefix_whose_people_type_their_codes_in_is_never_touched(
    service: Verifications, store: LaterMemory
) -> None:
    for minute in range(0, 180, 2):
        send(service, 5, approve=2, first=minute)
        store.seconds += 120


def test_without_the_setting_nothing_is_refused(store: LaterMemory) -> None:
    service = verifications(store, limits={"perNumber": []})
    send(service, 100)
    store.seconds += TYPING
    send(service, 1)


def test_while_secrets_rotate_a_block_holds(store: LaterMemory) -> None:
    old, new = "o" * 32, "n" * 32
    before = verifications(store, limits=LIMITS, secrets=(old, new))
    send(before, 5)
    store.seconds += TYPING
    refusal(before)
    refusal(verifications(store, limits=LIMITS, secrets=(new, old)))


def test_many_at_once_are_all_counted(server: RedisServer) -> None:
    counting = verifications(RedisStore(server.address), limits=LIMITS)
    threads = [
        threading.Thread(target=send, args=(counting, 25), kwargs={"approve": 25, "first": n * 100})
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    breaker = Breaker(Names((SECRET,)), Conversion(5, 0.4), parse_phone(number(0)))
    result = RedisStore(server.address).transact(Transaction(count=breaker.read))
    assert [sum(count for _, count in takes) for takes in result.counted] == [200, 200]
