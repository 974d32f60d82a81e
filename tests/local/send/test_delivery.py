from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError, invalid_config
from sms_connector.local.access_keys import local_key
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, FailedDelivery
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.lookup import Lookup
from sms_connector.local.send.delivery import PATIENCE_SECONDS, Delivery, follow, look_up
from sms_connector.message import Message
from sms_connector.phone import PhoneNumber, parse_phone
from sms_connector.provider.client import AccessKey
from sms_connector.reports.carrier_codes import LIST, explain
from sms_connector.sending.connector import SmsConnector
from tests.support.configs import KEY_ID, KEY_SECRET, config
from tests.support.scripted_provider import ScriptedProvider, answer, reset

PHONE = parse_phone("13812345678")
FAILURES = {n: o for n, o in MAGIC_NUMBERS.items() if isinstance(o, FailedDelivery)}


class Clock:
    """The real time, moved by some seconds: the SDK signs with the real one."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Sender:
    """A connector at an emulator, and a lookup of the delivery state there."""

    def __init__(self, emulator: Emulator, clock: Clock) -> None:
        settings = parse_config(json.dumps(example_config(emulator.url)))
        key = local_key(settings, {})
        assert key is not None
        self.connector = SmsConnector(settings)
        self.lookup = Lookup(settings, key)
        self.clock = clock

    def send(self, number: str) -> tuple[PhoneNumber, str]:
        sms = self.connector.compose(Message(number, "SignIn", "246810"))
        return sms.phone, self.connector.send(sms).biz_id


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Emulator, Clock]]:
    clock = Clock()
    with Emulator(flow_control=False, clock=clock) as emulator:
        yield emulator, clock


@pytest.fixture
def sender(running: tuple[Emulator, Clock]) -> Sender:
    emulator, clock = running
    emulator.clear()
    clock.ahead = 0
    return Sender(emulator, clock)


def now() -> datetime:
    return datetime.now(timezone.utc)


def test_a_message_is_waiting_and_then_delivered(sender: Sender) -> None:
    phone, biz_id = sender.send("13812345678")
    assert look_up(sender.lookup, phone, biz_id, now()) == Delivery("waiting")
    sender.clock.ahead = 2
    assert look_up(sender.lookup, phone, biz_id, now()) == Delivery("delivered")


@pytest.mark.parametrize("number", FAILURES)
def test_a_failed_message_has_the_code_of_the_carrier_and_its_meaning(
    sender: Sender, number: str
) -> None:
    phone, biz_id = sender.send(number)
    sender.clock.ahead = 2
    delivery = look_up(sender.lookup, phone, biz_id, now())
    assert (delivery.state, delivery.code) == ("failed", FAILURES[number].err_code)
    assert LIST not in delivery.explanation


def test_the_state_of_another_message_is_not_returned(sender: Sender) -> None:
    first, second = sender.send("13812345678"), sender.send("+85251234567")
    sender.clock.ahead = 2
    assert look_up(sender.lookup, *second, now()).state == "delivered"
    assert look_up(sender.lookup, first[0], second[1], now()).state == "waiting"
    assert look_up(sender.lookup, PHONE, "0^0", now()).state == "waiting"


@pytest.mark.parametrize("days", [1, -1])
def test_a_message_is_found_when_the_provider_counts_it_to_another_day(
    sender: Sender, days: int
) -> None:
    phone, biz_id = sender.send("13812345678")
    sender.clock.ahead = 2
    assert look_up(sender.lookup, phone, biz_id, now() + timedelta(days)).state == "delivered"


def test_an_unknown_carrier_code_is_explained_by_a_link_to_the_list() -> None:
    assert LIST in explain("XA:9999")


def lookup_at(provider: ScriptedProvider) -> Lookup:
    whole = config(endpoint=provider.endpoint, readTimeout=300)
    return Lookup(parse_config(json.dumps(whole)), AccessKey(KEY_ID, KEY_SECRET))


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (reset, "general"),
        (answer(200, "<html>"), "general"),
        (answer(403, {"Code": "Forbidden.RAM", "Message": "Refused"}), "invalid_config"),
        (answer(200, {"Code": "isp.SYSTEM_ERROR", "Message": "Refused"}), "general"),
    ],
)
def test_a_query_that_fails_is_an_error(
    provider: Callable[..., ScriptedProvider], act: Any, code: str
) -> None:
    with pytest.raises(ConnectorError) as raised:
        look_up(lookup_at(provider(act)), PHONE, "1^0", now())
    assert raised.value.code == code


@pytest.mark.parametrize("details", [{}, None, {"SmsSendDetailDTO": []}])
def test_a_message_that_is_not_listed_yet_is_waiting(
    provider: Callable[..., ScriptedProvider], details: Any
) -> None:
    act = answer(200, {"Code": "OK", "SmsSendDetailDTOs": details})
    assert look_up(lookup_at(provider(act)), PHONE, "1^0", now()).state == "waiting"


def test_following_ends_with_the_first_final_state() -> None:
    states = iter([Delivery("waiting"), Delivery("waiting"), Delivery("delivered")])
    followed = list(follow(lambda: next(states), pause=0.01))
    assert [delivery.state for delivery in followed] == ["waiting", "waiting", "delivered"]


def test_following_ends_after_the_patience() -> None:
    started = time.monotonic()
    followed = list(follow(lambda: Delivery("waiting"), patience=0.2, pause=0.05))
    assert 0.2 <= time.monotonic() - started < 1
    assert {delivery.state for delivery in followed} == {"waiting"}
    assert len(followed) > 2


def test_the_patience_is_a_minute() -> None:
    assert PATIENCE_SECONDS == 60


def test_temporary_errors_are_waited_out_and_others_are_raised() -> None:
    answers: list[Delivery | ConnectorError] = [
        ConnectorError("unavailable", "busy"),
        ConnectorError("rate_limited", "busy"),
        Delivery("delivered"),
    ]

    def ask() -> Delivery:
        answer = answers.pop(0)
        if isinstance(answer, ConnectorError):
            raise answer
        return answer

    assert [delivery.state for delivery in follow(ask, pause=0.01)] == [
        "waiting",
        "waiting",
        "delivered",
    ]
    answers.append(invalid_config("no permission"))
    with pytest.raises(ConnectorError, match="no permission"):
        list(follow(ask, pause=0.01))
