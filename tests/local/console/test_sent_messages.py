from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.console import sent_messages
from sms_connector.local.console.sent_messages import SentMessages
from sms_connector.message import Receipt, Sms
from sms_connector.phone import parse_phone


def test_the_oldest_message_is_forgotten_beyond_the_capacity(
    example: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_messages, "CAPACITY", 2)
    config, messages = parse_config(json.dumps(example)), SentMessages()
    sms = Sms(parse_phone("13812345678"), "SignIn", "SMS_200000002", "246810")
    receipt = Receipt("BIZ", "REQUEST", "SignIn", "SMS_200000002")
    names = [messages.remember(config, sms, receipt) for _ in range(3)]
    assert [messages.find(name) is not None for name in names] == [False, True, True]
