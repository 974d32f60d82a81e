"""What the contract is tried on: the emulator, a second stand-in, and Alibaba Cloud.

Alibaba Cloud is asked only by `make test-live`, with ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET; LIVE_SIGN and LIVE_TEMPLATE are an approved sign and a mainland
verification template of its account, LIVE_PHONE a mainland number that gets one message.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from sms_connector.config import ConnectorConfig, parse_config
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.provider.client import AccessKey
from tests.support import stand_in
from tests.support.stand_in import StandIn

_SET = {name: text for name, text in os.environ.items() if name.startswith(("LIVE", "ALIBABA_"))}
"""Read now: the fixture of all tests hides them."""

KEY_ID, KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"

EMULATOR, STAND_IN, LIVE = "emulator", "stand-in", "Alibaba Cloud"

SERVICES = (EMULATOR, STAND_IN, LIVE) if _SET.get("LIVE_TESTS") else (EMULATOR, STAND_IN)


class Service(msgspec.Struct, frozen=True):
    """A service, and what of its account is known. ``phone`` may get a message."""

    endpoint: str | None
    key: AccessKey
    sign: str = ""
    template: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return f"Service({self.endpoint!r})"

    def config(self, **changes: object) -> ConnectorConfig:
        names = ("Register", "SignIn", "ForgotPassword", "Generic")
        templates = [{"usageType": name, "templateCode": "SMS_1"} for name in names]
        whole = {
            "accessKeyId": self.key.id,
            "accessKeySecret": self.key.secret,
            "signName": "无",
            "templates": templates,
            **({"endpoint": self.endpoint} if self.endpoint else {}),
            **changes,
        }
        return parse_config(json.dumps(whole))


@contextmanager
def running(name: str) -> Iterator[Service]:
    """Start a service that runs here. Skip the test where the real one cannot be asked."""
    if name == EMULATOR:
        key = AccessKey(ORDINARY_KEY.id, ORDINARY_KEY.secret)
        with Emulator(flow_control=False, delivery_delay=0) as emulator:
            yield Service(emulator.url, key, "码上登录", "SMS_200000002", "13812345678")
    elif name == STAND_IN:
        key = AccessKey(stand_in.KEY_ID, stand_in.KEY_SECRET)
        with StandIn() as other:
            yield Service(other.endpoint, key, stand_in.SIGN, stand_in.TEMPLATE, "13812345678")
    elif not (_SET.get(KEY_ID) and _SET.get(KEY_SECRET)):
        pytest.skip(f"set {KEY_ID} and {KEY_SECRET} to ask Alibaba Cloud itself")
    else:
        key = AccessKey(_SET[KEY_ID], _SET[KEY_SECRET])
        names = ("LIVE_SIGN", "LIVE_TEMPLATE", "LIVE_PHONE")
        yield Service(None, key, *(_SET.get(name, "") for name in names))
