"""Sending one message through a connector, as most tests do."""

import json
import os
from itertools import count
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.message import Message, Receipt
from sms_connector.sending.connector import SmsConnector
from sms_connector.settings import read_settings
from tests.support.configs import config

MESSAGE = Message("13812345678", "SignIn", "246810")

_codes = count()


def connector_at(endpoint: str, **changes: Any) -> SmsConnector:
    """Build a connector whose config is valid and points to a provider of the test's."""
    parsed = parse_config(json.dumps(config(endpoint=endpoint, **changes)))
    return SmsConnector(parsed, read_settings(os.environ).proxies)


def another_message() -> Message:
    """Return a message with a new code, so that it does not count as a retry."""
    return Message("13812345678", "SignIn", f"{next(_codes):06}")


def send(connector: SmsConnector, message: Message | None = None) -> Receipt:
    return connector.send(connector.compose(message or another_message()))


def failure(connector: SmsConnector) -> ConnectorError:
    """Send MESSAGE, which must fail, and return the error."""
    with pytest.raises(ConnectorError) as raised:
        send(connector, MESSAGE)
    return raised.value
