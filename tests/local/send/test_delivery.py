from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError, invalid_config
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, FailedDelivery
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.lookup import Lookup
from sms_connector.local.role import key_of
from sms_connector.local.send import delivery
from sms_connector.local.send.carrier_codes import LIST, explain
from sms_connector.local.send.delivery import Delivery, follow, look_up
from sms_connector.message import Message
from sms_connector.phone import PhoneNumber, parse_phone
from sms_connector.provider.client import AccessKey
from sms_connector.sending.connector import SmsConnector
from tests.conftest import EXAMPLE
from tests.support.configs import KEY_ID, KEY_SECRET, config
from tests.support.scripted_provider import ScriptedProvider, answer, reset

PHONE = parse_phone("13812345678")
FAILURES = {n: o for n, o in MAGIC_NUMBERS.items() if isinstance(o, FailedDelivery)}


class Clock:
    """The real time, moved by some seconds: the SDK signs with the real one."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Post:
    """An emulator that takes messages, and a lookup that asks it what became of them."""

    def __init__(self, emulator: Emulator, clock: Clock) -> None:
        whole = json.loads(EXAMPLE.read_text("utf-8")) | {"endpoint": emulator.url}
        settings = parse_config(json.dumps(whole))
        key = key_of(settings, {})
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
def post(running: tuple[Emulator, Clock]) -> Post:
    emulator, clock = running
    emulator.clear()
    clock.ahead = 0
    return Post(emulator, clock)


def now() -> datetime:
    return datetime.now(timezone.utc)


def test_a_message_is_waiting_and_then_delivered(post: Post) -> None:
    phone, biz_id = post.send("13812345678")
    assert look_up(post.lookup, phone, biz_id, now()) == Delivery("waiting")
    post.clock.ahead = 2
    assert look_up(post.lookup, phone, biz_id, now()) == Delivery("delivered")


@pytest.mark.parametrize("number", FAILURES)
def test_a_message_that_failed_tells_the_code_of_the_carrier_and_explains_it(
    post: Post, number: str
) -> None:
    phone, biz_id = post.send(number)
    post.clock.ahead = 2
    told = look_up(post.lookup, phone, biz_id, now())
    assert (told.state, told.code) == ("failed", FAILURES[number].err_code)
    assert LIST not in told.explanation


def test_only_the_message_asked_for_counts(post: Post) -> None:
    first, second = post.send("13812345678"), post.send("+85251234567")
    post.clock.ahead = 2
    assert look_up(post.lookup, *second, now()).state == "delivered"
    assert look_up(post.lookup, first[0], second[1], now()).state == "waiting"
    assert look_up(post.lookup, PHONE, "0^0", now()).state == "waiting"


@pytest.mark.parametrize("days", [1, -1])
def test_a_day_that_the_provider_counts_otherwise_is_no_matter(post: Post, days: int) -> None:
    phone, biz_id = post.send("13812345678")
    post.clock.ahead = 2
    assert look_up(post.lookup, phone, biz_id, now() + timedelta(days)).state == "delivered"


def test_a_code_that_nobody_knows_is_explained_by_where_to_look() -> None:
    assert LIST in explain("XA:9999")


def lookup_at(provider: ScriptedProvider) -> Lookup:
    whole = config(endpoint=provider.endpoint, readTimeout=300)
    return Lookup(parse_config(json.dumps(whole)), AccessKey(KEY_ID, KEY_SECRET))


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (reset, "general"),
        (answer(200, "<html>"), "general"),
        (answer(403, {"Code": "Forbidden.RAM", "Message": "told"}), "invalid_config"),
        (answer(200, {"Code": "isp.SYSTEM_ERROR", "Message": "told"}), "general"),
    ],
)
def test_a_question_that_is_not_answered_is_an_error(
    provider: Callable[..., ScriptedProvider], act: Any, code: str
) -> None:
    with pytest.raises(ConnectorError) as raised:
        look_up(lookup_at(provider(act)), PHONE, "1^0", now())
    assert raised.value.code == code


@pytest.mark.parametrize("details", [{}, None, {"SmsSendDetailDTO": []}])
def test_an_empty_list_is_a_message_that_waits(
    provider: Callable[..., ScriptedProvider], details: Any
) -> None:
    act = answer(200, {"Code": "OK", "SmsSendDetailDTOs": details})
    assert look_up(lookup_at(provider(act)), PHONE, "1^0", now()).state == "waiting"


def test_following_ends_with_the_first_state_that_is_settled() -> None:
    states = iter([Delivery("waiting"), Delivery("waiting"), Delivery("delivered")])
    followed = list(follow(lambda: next(states), pause=0.01))
    assert [told.state for told in followed] == ["waiting", "waiting", "delivered"]


def test_following_ends_when_patience_does() -> None:
    started = time.monotonic()
    followed = list(follow(lambda: Delivery("waiting"), patience=0.2, pause=0.05))
    assert 0.2 <= time.monotonic() - started < 1
    assert {told.state for told in followed} == {"waiting"}
    assert len(followed) > 2


def test_patience_is_a_minute() -> None:
    assert delivery.PATIENCE_SECONDS == 60


def test_trouble_that_passes_is_waited_out_and_other_trouble_is_not() -> None:
    answers: list[Delivery | ConnectorError] = [
        ConnectorError("unavailable", "busy"),
        ConnectorError("rate_limited", "busy"),
        Delivery("delivered"),
    ]

    def ask() -> Delivery:
        told = answers.pop(0)
        if isinstance(told, ConnectorError):
            raise told
        return told

    assert [told.state for told in follow(ask, pause=0.01)] == ["waiting", "waiting", "delivered"]
    answers.append(invalid_config("no permission"))
    with pytest.raises(ConnectorError, match="no permission"):
        list(follow(ask, pause=0.01))
