"""The default account agrees with the example config and with the document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.emulate.account import (
    BOUND_NUMBERS,
    DEFAULT_ACCOUNT,
    DISABLED_KEY,
    ORDINARY_KEY,
    SIGNS,
    STS_KEY,
    TEMPLATES,
    AccountTemplate,
    Review,
    Scene,
    SignTag,
)
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, Behaviour, FailedDelivery, Reporting
from sms_connector.local.emulate.provider_errors import Refusal
from sms_connector.local.emulate.registration import Registration, State, everywhere
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.conftest import EXAMPLE

from .calling import rpc

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "emulator.md").read_text("utf-8")
WHOLE: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))


def example_codes() -> list[tuple[str, str]]:
    """Pair each template code of the example with a number of its region."""
    pairs = []
    for template in WHOLE["templates"]:
        code = template["templateCode"]
        if isinstance(code, str):
            pairs.append((code, "13812345678"))
        else:
            pairs += [(code["china"], "13812345678"), (code["overseas"], "85251234567")]
    return pairs


@pytest.mark.parametrize(("code", "phone"), example_codes())
def test_the_example_config_can_send(emulator: Emulator, code: str, phone: str) -> None:
    key = ORDINARY_KEY._replace(id=WHOLE["accessKeyId"], secret=WHOLE["accessKeySecret"])
    parameters = {
        "PhoneNumbers": phone,
        "SignName": WHOLE["signName"],
        "TemplateCode": code,
        "TemplateParam": '{"code":"123456"}',
    }
    assert rpc(emulator, parameters, key).json()["Code"] == "OK"


def test_the_example_config_has_a_template_for_each_usage_type() -> None:
    codes = [code for code, _ in example_codes()]
    assert len(set(codes)) == len(codes)
    usage_types = {template["usageType"] for template in WHOLE["templates"]}
    assert usage_types == {"Register", "SignIn", "ForgotPassword", "Generic"}


def test_the_example_file_is_what_the_tools_use() -> None:
    assert example_config("http://127.0.0.1:8025") == WHOLE


def test_names_in_the_default_account_are_unique() -> None:
    for names in (
        [key.id for key in DEFAULT_ACCOUNT.access_keys],
        [sign.name for sign in SIGNS],
        [template.code for template in TEMPLATES],
    ):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", [ORDINARY_KEY, STS_KEY, DISABLED_KEY])
def test_a_secret_is_random_letters_and_digits(key: Any) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{30,}", key.secret)


def test_every_occurrence_of_a_variable_is_replaced() -> None:
    template = AccountTemplate("SMS_1", "两次", "${code}，再说一次：${code}，${name}")
    assert template.variables == {"code", "name"}
    assert template.render({"code": "$1\\1", "name": "${code}", "more": ""}) == (
        "$1\\1，再说一次：$1\\1，${code}"
    )


def test_every_access_key_is_in_the_document() -> None:
    for key in DEFAULT_ACCOUNT.access_keys:
        assert f"id `{key.id}`<br>secret `{key.secret}`" in DOCUMENT
    for token in (STS_KEY.security_token, STS_KEY.expired_token):
        assert f"token `{token}`" in DOCUMENT


def test_every_sign_is_in_the_document() -> None:
    reviews = {
        Review.APPROVED: "approved",
        Review.PENDING: "under review",
        Review.REJECTED: "rejected",
    }
    scenes = {
        Scene.GENERAL: "everything (通用)",
        Scene.VERIFICATION: "verification codes (验证码)",
        Scene.NOTIFICATION: "notifications (通知)",
    }
    tags = {SignTag.OWN: "own", SignTag.TEST: "test (测试)", SignTag.TRIAL: "trial (试用)"}
    for sign in SIGNS:
        row = f"| {sign.name} | {reviews[sign.review]} | {scenes[sign.scene]} | {tags[sign.tag]} | "
        [registration] = re.findall(f"^{re.escape(row)}(.*) \\|$", DOCUMENT, re.M)
        state = sign.registration.mobile
        if sign.registration == Registration():
            assert registration == "registered"
        elif sign.registration == everywhere(state):
            assert registration.endswith(f"({state.value})")


def test_there_is_a_sign_with_each_state_of_registration() -> None:
    states = {state for sign in SIGNS for state in sign.registration}
    assert states == set(State)
    assert " and ".join(BOUND_NUMBERS) in DOCUMENT


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.code)
def test_every_template_is_in_the_document(template: AccountTemplate) -> None:
    row = next(line for line in DOCUMENT.splitlines() if f"| `{template.code}` |" in line)
    assert row.endswith(f"| {template.content} |")
    assert ("| abroad |" in row) == template.overseas
    assert ("| approved |" in row) == (template.review is Review.APPROVED)


@pytest.mark.parametrize("number", MAGIC_NUMBERS)
def test_every_magic_number_is_in_the_document(number: str) -> None:
    match MAGIC_NUMBERS[number]:
        case Refusal(status=200, code=code):
            row = f"| {number} | `{code}` |"
        case Refusal(status=status, code=code):
            row = f"| {number} | `{code}` | {status} |"
        case FailedDelivery(err_code=code, meaning=meaning):
            row = f"| {number} | `{code}` | {meaning} |"
        case Reporting() as reporting:
            row = f"| {number} | {reporting.value} |"
        case Behaviour() as behaviour:
            kept = "yes" if behaviour.keeps_message else "no"
            row = f"| {number} | {behaviour.value} | {kept} |"
    assert row in DOCUMENT.splitlines()
