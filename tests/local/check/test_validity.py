from __future__ import annotations

from typing import Any

import pytest

from sms_connector.local.check.validity import check_validity

from .querying import asked


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        ("您的验证码为${code}，5分钟内有效。", 300),
        ("您的验证码为${code}，有效期 10 分钟，请勿泄露。", 600),
        ("验证码${code}，60秒内有效", 60),
        ("验证码${code}，1小时内有效", 3_600),
        ("Your code is ${code}. It is valid for 5 minutes.", 300),
        ("Your code is ${code}. It expires in 90 seconds.", 90),
        ("${code}: valid for 10 min", 600),
    ],
)
def test_a_text_that_states_another_time_is_a_warning(content: str, seconds: int) -> None:
    assert list(check_validity("signName", "SMS_1", content, seconds)) == []
    [warning] = check_validity("signName", "SMS_1", content, seconds + 60)
    assert warning.level == "warn"
    assert f"Set verification.validSeconds to {seconds}" in warning.remedy


@pytest.mark.parametrize(
    "content",
    ["您的验证码为${code}，请勿告知他人。", "Your code is ${code}.", "2024 messages", "24号柜"],
)
def test_a_text_that_states_no_time_is_none(content: str) -> None:
    assert list(check_validity("signName", "SMS_1", content, 600)) == []


def test_the_check_of_a_template_warns_of_its_time(example: dict[str, Any]) -> None:
    checks = asked(example | {"verification": {}})
    warned = {check.subject: check.message for check in checks if check.level == "warn"}
    assert warned["templates[3].templateCode"] == (
        "The text of SMS_200000004 says 5分钟, but a verification is valid for 10 minutes."
    )
    assert len(warned) == 4
    assert [check for check in asked(example) if check.level != "ok"] == []
