from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.console.emulated import with_emulator_account, with_emulator_key
from sms_connector.local.emulate.account import DISABLED_KEY, ORDINARY_KEY, STS_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.templates import ANYWHERE, ByRegion, Template

EXAMPLE = example_config("http://192.0.2.1:1")


def emulated(emulator: Emulator, **changes: Any) -> tuple[str | None, tuple[Template, ...]]:
    """Return the sign and the templates that a message to the emulator is sent with."""
    whole = {name: value for name, value in (EXAMPLE | changes).items() if value is not ...}
    example = parse_config(json.dumps(EXAMPLE))
    config = with_emulator_account(parse_config(json.dumps(whole)), emulator, example)
    assert config.endpoint == emulator.url
    return config.sign_name.at("china"), config.templates


def with_template(**changes: Any) -> list[dict[str, Any]]:
    return [*EXAMPLE["templates"][:3], {**EXAMPLE["templates"][3], **changes}]


def test_a_sign_and_templates_that_the_emulator_knows_are_kept(emulator: Emulator) -> None:
    templates = with_template(templateCode="SMS_200000201", signName="码上审核")
    sign, kept = emulated(emulator, signName="码上驳回", templates=templates)
    assert sign == "码上驳回"
    assert kept[3].codes == ("SMS_200000201",)
    assert kept[3].sign_name == ByRegion({ANYWHERE: "码上审核"})


@pytest.mark.parametrize(
    "changes",
    [
        {"signName": "我的签名"},
        {"templates": with_template(signName="我的签名")},
        {"templates": with_template(templateCode="SMS_1")},
        {"templates": with_template(templateCode={"china": "SMS_1", "overseas": "SMS_200000102"})},
        {"templates": with_template(templateCode={"china": "SMS_200000001", "overseas": "SMS_1"})},
    ],
)
def test_a_sign_or_template_that_the_emulator_does_not_know_is_replaced(
    emulator: Emulator, changes: dict[str, Any]
) -> None:
    assert emulated(emulator, **changes) == emulated(emulator)


@pytest.mark.parametrize(
    ("key_id", "used"),
    [
        (DISABLED_KEY.id, DISABLED_KEY.id),
        (STS_KEY.id, STS_KEY.id),
        ("LTAI-of-a-real-account", ORDINARY_KEY.id),
        (..., ORDINARY_KEY.id),
    ],
)
def test_only_a_key_that_the_emulator_does_not_know_is_replaced(
    emulator: Emulator, key_id: Any, used: str
) -> None:
    secret = ... if key_id is ... else "kept"
    whole = EXAMPLE | {"accessKeyId": key_id, "accessKeySecret": secret}
    whole = {name: value for name, value in whole.items() if value is not ...}
    config = with_emulator_key(parse_config(json.dumps(whole)), emulator)
    assert config.access_key_id == used
    assert config.access_key_secret == (ORDINARY_KEY.secret if used == ORDINARY_KEY.id else "kept")
