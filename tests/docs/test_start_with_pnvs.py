"""The configs of docs/start-with-pnvs.md and its twin, with the emulator's signs and templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator
from sms_connector.sending.connector import SmsConnector
from tests.support.markdown import code_blocks
from tests.support.sending import MESSAGE, send
from tests.support.serving import PROJECT

PAGES = ("start-with-pnvs.md", "start-with-pnvs.zh-CN.md")


def configs(page: str) -> list[str]:
    text = (PROJECT / "docs" / page).read_text("utf-8")
    return code_blocks(text, "json")


def test_both_pages_have_the_same_configs() -> None:
    assert configs(PAGES[0]) == configs(PAGES[1])


def sent_with(
    config: str, emulator: Emulator, example: dict[str, Any], own: str
) -> tuple[str, str]:
    """Send a message with a config of the page, and return its template code and sign."""
    real = config.replace("<赠送签名>", GIVEN_SIGNS[0]).replace("<签名名称>", own)
    key = {name: example[name] for name in ("accessKeyId", "accessKeySecret", "endpoint")}
    whole = json.loads(real.replace("SMS_…", "SMS_200000002")) | key
    send(SmsConnector(parse_config(json.dumps(whole))), MESSAGE)
    message = emulator.inbox.messages()[0]
    return message.template_code, message.sign_name


@pytest.mark.parametrize(
    ("own", "first", "second"),
    [
        ("码上登录", ("100001", GIVEN_SIGNS[0]), ("SMS_200000002", "码上登录")),
        ("失效的签名", ("100001", GIVEN_SIGNS[0]), ("100001", GIVEN_SIGNS[0])),
    ],
)
@pytest.mark.parametrize("stage", [0, 1])
def test_each_config_sends_by_the_sign_that_the_page_says(
    emulator: Emulator,
    example: dict[str, Any],
    own: str,
    first: tuple[str, str],
    second: tuple[str, str],
    stage: int,
) -> None:
    config = configs(PAGES[0])[stage]
    assert sent_with(config, emulator, example, own) == (first, second)[stage]
