from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.shanghai import SHANGHAI

from .calling import GOOD, rpc

NOON = datetime(2026, 3, 4, 12, tzinfo=SHANGHAI).timestamp()
HOUR = 3600.0
MINUTE_LIMIT, HOUR_LIMIT, DAY_LIMIT = (
    f"触发{period}级流控Permits:{limit}" for period, limit in (("分钟", 1), ("小时", 5), ("天", 10))
)


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Emulator]:
    with Emulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def limited(running: Emulator, clock: Clock) -> Emulator:
    clock.now = NOON
    running.clear()
    return running


def send(emulator: Emulator, clock: Clock, after: float = 0, **changes: Any) -> str:
    """Send one message some seconds later; return the refusal's message, or OK."""
    clock.now += after
    answer = rpc(emulator, {**GOOD, **changes}, at=clock.now).json()
    assert answer["Code"] == "OK" or answer["Code"] == "isv.BUSINESS_LIMIT_CONTROL"
    return str(answer["Message"])


def test_a_second_message_within_a_minute_is_refused(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    assert send(limited, clock, after=59) == MINUTE_LIMIT
    assert send(limited, clock, after=1) == "OK"
    assert len(limited.inbox.messages()) == 2


def test_a_sixth_message_within_an_hour_is_refused(limited: Emulator, clock: Clock) -> None:
    assert [send(limited, clock, after=60) for _ in range(5)] == ["OK"] * 5
    assert send(limited, clock, after=60) == HOUR_LIMIT
    assert send(limited, clock, after=HOUR - 5 * 60 - 1) == HOUR_LIMIT
    assert send(limited, clock, after=1) == "OK"


def test_an_eleventh_message_on_a_day_in_shanghai_is_refused(
    limited: Emulator, clock: Clock
) -> None:
    assert [send(limited, clock, after=HOUR) for _ in range(10)] == ["OK"] * 10
    assert send(limited, clock, after=HOUR) == DAY_LIMIT
    assert send(limited, clock, after=HOUR - 1) == DAY_LIMIT
    assert send(limited, clock, after=1) == "OK"


def test_refused_messages_do_not_count(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    assert [send(limited, clock, after=1) for _ in range(20)] == [MINUTE_LIMIT] * 20
    assert send(limited, clock, after=40) == "OK"


def test_each_sign_and_each_number_has_its_own_limits(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    assert send(limited, clock, SignName="码上验证") == "OK"
    assert send(limited, clock, PhoneNumbers="13912345678") == "OK"
    # Another template and another way to write the number are no way around them.
    same: dict[str, Any] = {"TemplateCode": "SMS_200000002", "PhoneNumbers": "+8613812345678"}
    assert send(limited, clock, **same) == MINUTE_LIMIT


def test_a_forty_first_message_on_a_day_is_refused_whatever_its_sign(
    limited: Emulator, clock: Clock
) -> None:
    signs = ("码上登录", "码上验证", "码上待验", "码上报备")
    clock.now = NOON - 11 * HOUR  # all on one day
    for _ in range(10):
        clock.now += HOUR
        assert [send(limited, clock, SignName=sign) for sign in signs] == ["OK"] * 4
    assert send(limited, clock, SignName="码上失败") == "触发天级流控Permits:40"
    assert send(limited, clock, SignName="码上失败", PhoneNumbers="13912345678") == "OK"


def test_one_number_over_its_limit_refuses_the_whole_call(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    both = "13912345678,13812345678"
    assert send(limited, clock, PhoneNumbers=both) == MINUTE_LIMIT
    assert send(limited, clock, PhoneNumbers="13912345678") == "OK"


def test_codes_sent_abroad_are_limited(limited: Emulator, clock: Clock) -> None:
    abroad: dict[str, Any] = {"PhoneNumbers": "85251234567", "TemplateCode": "SMS_200000102"}
    assert send(limited, clock, **abroad) == "OK"
    assert send(limited, clock, **abroad) == MINUTE_LIMIT


@pytest.mark.parametrize(
    "changes",
    [{"TemplateCode": "SMS_200000301"}, {"PhoneNumbers": number_for(Behaviour.EMPTY)}],
    ids=["notification", "magic number"],
)
def test_notifications_and_magic_numbers_are_not_limited(
    limited: Emulator, clock: Clock, changes: dict[str, str]
) -> None:
    for _ in range(3):
        rpc(limited, {**GOOD, **changes}, at=clock.now)
    assert len(limited.inbox.messages()) == 3


def test_without_flow_control_messages_are_not_limited(emulator: Emulator) -> None:
    assert [rpc(emulator).json()["Code"] for _ in range(12)] == ["OK"] * 12


def test_emptying_the_inbox_resets_flow_control(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    assert send(limited, clock) == MINUTE_LIMIT
    requests.delete(f"{limited.url}/inbox", timeout=5)
    assert send(limited, clock) == "OK"


def test_clearing_the_emulator_resets_flow_control(limited: Emulator, clock: Clock) -> None:
    assert send(limited, clock) == "OK"
    limited.clear()
    assert limited.inbox.messages() == ()
    assert send(limited, clock) == "OK"
