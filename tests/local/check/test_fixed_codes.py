from __future__ import annotations

import json
import time

import pytest

from sms_connector.clock import shanghai_date
from sms_connector.local.check.config import check_config
from tests.support.configs import config

DAY = 86_400


@pytest.mark.parametrize(
    ("days", "warns", "says"),
    [
        (30, False, "138****0000 gets no message: anyone who knows its code can sign in with it"),
        (7, False, "138****0000 gets no message"),
        (6, True, "138****0000 gets no message"),
        (0, True, "138****0000 gets no message"),
        (-1, True, "138****0000 is a number like any other"),
    ],
)
def test_a_test_number_is_listed_with_a_warning_in_its_last_week_and_after_it(
    days: int, warns: bool, says: str
) -> None:
    until = shanghai_date(time.time() + days * DAY)
    number = {"phone": "+8613800000000", "code": "424242", "until": until}
    checks = check_config(json.dumps(config(testNumbers=[number])))
    [found] = [check for check in checks if check.subject == "testNumbers[0]"]
    assert found.ok
    assert (says in found.message, until in found.message) == (True, True)
    assert ("Set a later `until`" in found.remedy) is warns
    assert "424242" not in found.message


@pytest.mark.parametrize(("code", "warns"), [("4242", True), ("42424", True), ("424242", False)])
def test_a_short_code_of_a_test_number_is_warned_of(code: str, warns: bool) -> None:
    until = shanghai_date(time.time() + 30 * DAY)
    number = {"phone": "+8613800000000", "code": code, "until": until}
    checks = check_config(json.dumps(config(testNumbers=[number])))
    assert any("fewer than 6 digits" in check.message for check in checks) is warns
