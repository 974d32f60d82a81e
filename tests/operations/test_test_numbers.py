"""Test numbers: a fixed code, no message, and nothing counted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.clock import shanghai_date
from sms_connector.local.emulate.server import Emulator

Configure = Callable[[dict[str, Any]], None]
Invoke = Callable[..., Any]

PHONE, CODE = "+8613800000000", "424242"
ABROAD = "+12025550123"
START = {"operation": "startVerification", "phone": PHONE, "usageType": "SignIn"}
CHECK = {"operation": "checkVerification", "phone": PHONE, "usageType": "SignIn"}


@pytest.fixture(autouse=True)
def _test_numbers(example: dict[str, Any], configure: Configure) -> None:
    today = shanghai_date(time.time())
    numbers = [{"phone": phone, "code": CODE, "until": today} for phone in (PHONE, ABROAD)]
    limits = {"perNumber": ["1/day"], "total": ["1/day"], "countries": ["CN"]}
    configure(example | {"testNumbers": numbers, "limits": limits})


@pytest.mark.parametrize("phone", [PHONE, "138 0000 0000", ABROAD])
def test_a_message_to_a_test_number_is_accepted_and_not_sent(
    emulator: Emulator, invoke: Invoke, phone: str
) -> None:
    for code in ("246810", "135790", "097531"):
        answered = invoke({"phone": phone, "usageType": "SignIn", "code": code})
        assert answered["bizId"].startswith("test-")
        assert answered["usageType"] == "SignIn"
        assert "code" not in answered
    assert emulator.inbox.messages() == ()
    # Nothing was counted for any other number either.
    assert "bizId" in invoke({"phone": "13812345678", "usageType": "SignIn", "code": "246810"})


def test_a_code_that_is_made_for_a_test_number_is_its_fixed_code(invoke: Invoke) -> None:
    assert invoke({"phone": PHONE, "usageType": "SignIn"})["code"] == CODE
    keyed = {"phone": PHONE, "usageType": "Register", "idempotencyKey": "one"}
    assert invoke(keyed) == invoke(keyed)
    assert invoke(keyed)["code"] == CODE


def test_a_verification_of_a_test_number_takes_its_code_and_no_other(
    emulator: Emulator, invoke: Invoke
) -> None:
    started = invoke(START)
    assert started["message"]["bizId"].startswith("test-")
    assert (started["attemptsLeft"], started["sendsLeft"]) == (5, 4)
    check = {"operation": "checkVerification", "id": started["id"]}
    wrong = invoke({**check, "code": "123456"})["error"]
    assert (wrong["code"], wrong["attemptsLeft"]) == ("verification_code.code_mismatch", 4)
    assert invoke({**check, "code": CODE})["status"] == "approved"
    again = invoke({**check, "code": CODE})["error"]
    assert again["code"] == "verification_code.not_found"
    assert emulator.inbox.messages() == ()


def test_the_attempts_and_sends_of_a_test_number_run_out_as_of_any_other(invoke: Invoke) -> None:
    for sends in (4, 3, 2, 1, 0):
        assert invoke(START)["sendsLeft"] == sends
    assert invoke(START)["error"]["code"] == "rate_limit_exceeded"
    for _ in range(3):
        invoke({**CHECK, "code": "123456"})
    used_up = invoke({**CHECK, "code": CODE})["error"]["code"]
    assert used_up == "verification_code.exceed_max_try"


def test_no_figure_counts_a_test_number(invoke: Invoke) -> None:
    invoke({"phone": PHONE, "usageType": "SignIn", "code": "246810"})
    invoke(START)
    assert invoke({**CHECK, "code": CODE})["status"] == "approved"
    assert invoke({"operation": "getStats"})["rows"] == []


def test_after_its_last_day_a_test_number_is_one_like_any_other(
    emulator: Emulator, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = invoke(START)
    later = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert "error" in invoke({"operation": "checkVerification", "id": started["id"], "code": CODE})
    answered = invoke({"phone": PHONE, "usageType": "Register", "code": "246810"})
    assert not answered["bizId"].startswith("test-")
    assert len(emulator.inbox.messages()) == 1


def test_the_log_names_a_test_number_as_one(
    invoke: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    invoke({"phone": PHONE, "usageType": "SignIn", "code": "246810"})
    invoke({"phone": "13812345678", "usageType": "SignIn", "code": "246810"})
    first, second = (json.loads(record.getMessage()) for record in caplog.records)
    assert first["test"] is True
    assert "test" not in second
    assert CODE not in caplog.text
