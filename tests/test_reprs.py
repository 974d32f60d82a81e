"""No repr holds a secret or a whole phone number: it may end up in a log or a traceback."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from sms_connector.config import parse_config
from sms_connector.local.console.actions import SendRequest
from sms_connector.local.console.form import Form
from sms_connector.local.console.sent_messages import SentMessage
from sms_connector.local.invoke.by_url import ByUrl
from sms_connector.message import Message, Receipt, Sms
from sms_connector.phone import parse_phone
from sms_connector.provider.client import AccessKey
from sms_connector.settings import Settings
from sms_connector.web.http import Request
from tests.support.configs import config

SECRET, CODE, NUMBER = "Zq8-secret", "246810", "13812345678"

PHONE = parse_phone(NUMBER)
CONFIG = parse_config(json.dumps(config(accessKeySecret=SECRET)))
FORM = Form("id", SECRET, "sign", (), False, "")
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "value",
    [
        PHONE,
        Message(NUMBER, "SignIn", CODE),
        Sms(PHONE, "SignIn", "SMS_1", CODE),
        CONFIG,
        Settings(config_text=SECRET, authorizations=(SECRET,), secrets=(SECRET,)),
        AccessKey("id", SECRET, SECRET),
        Request(CODE.encode(), True, headers={"authorization": SECRET}, query={"phone": NUMBER}),
        FORM,
        SendRequest(FORM, NUMBER, "SignIn"),
        SentMessage(CONFIG, PHONE, Receipt("1^0", "R", "SignIn", "SMS_1"), NOW),
        ByUrl("http://127.0.0.1", SECRET),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_holds_no_secret_no_code_and_no_whole_number(value: object) -> None:
    for hidden in (SECRET, CODE, NUMBER):
        assert hidden not in repr(value)
        assert hidden not in repr((value,))
