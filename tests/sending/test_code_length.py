"""Codes by what the provider takes: https://help.aliyun.com/document_detail/463237.html."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.message import Message
from sms_connector.sending.connector import SmsConnector
from tests.support.configs import GIVEN_TEMPLATES
from tests.support.scripted_provider import ScriptedProvider, accept
from tests.support.sending import connector_at, send

Providers = Callable[..., ScriptedProvider]

MAINLAND, ABROAD = "13812345678", "+852 5123 4567"


@pytest.mark.parametrize("code", ["1234567", "abCD1234", "1234567890"])
def test_a_code_of_more_than_six_characters_is_refused_before_a_call_to_the_mainland(
    provider: Providers, code: str
) -> None:
    idle = provider(accept)
    with pytest.raises(ConnectorError) as refusal:
        send(connector_at(idle.endpoint), Message(MAINLAND, "Generic", code))
    error = refusal.value
    assert (error.code, error.field, error.sent) == ("invalid_request_parameters", "code", False)
    assert "4 to 6 letters and digits" in error.message
    assert code not in error.message
    assert idle.connections == 0


@pytest.mark.parametrize(
    ("phone", "code", "changes"),
    [
        (MAINLAND, "1234", {}),
        (MAINLAND, "abCD12", {}),
        (ABROAD, "1234567890", {}),
        (MAINLAND, "1234567890", {"templates": GIVEN_TEMPLATES}),
    ],
    ids=["four digits", "six letters and digits", "abroad", "number verification service"],
)
def test_every_other_code_is_sent_as_it_is(
    provider: Providers, phone: str, code: str, changes: dict[str, Any]
) -> None:
    accepting = provider(accept)
    connector = connector_at(accepting.endpoint, **changes)
    assert connector.send(connector.compose(Message(phone, "Generic", code))) is not None
    assert json.loads(accepting.requests[0]["TemplateParam"])["code"] == code


def test_the_emulator_refuses_a_code_that_its_template_does_not_take(
    example: dict[str, Any],
) -> None:
    connector = SmsConnector(parse_config(json.dumps(example)))
    with pytest.raises(ConnectorError) as refusal:
        connector.send(connector.compose(Message(MAINLAND, "Generic", "24ab68")))
    assert refusal.value.provider is not None
    assert refusal.value.provider.code == "isv.TEMPLATE_PARAMS_ILLEGAL"
