"""Sending one message through a connector, as most tests do."""

import json
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.connector import SmsConnector
from sms_connector.errors import ConnectorError
from sms_connector.message import Message, Receipt
from tests.support.configs import config

MESSAGE = Message("13812345678", "SignIn", "246810")


def connector_at(endpoint: str, **changes: Any) -> SmsConnector:
    """Build a connector whose config is valid and points to a provider of the test's."""
    return SmsConnector(parse_config(json.dumps(config(endpoint=endpoint, **changes))))


def send(connector: SmsConnector, message: Message = MESSAGE) -> Receipt:
    return connector.send(connector.compose(message))


def failure(connector: SmsConnector) -> ConnectorError:
    """Send a message that must not be accepted, and give the error."""
    with pytest.raises(ConnectorError) as raised:
        send(connector)
    return raised.value
