"""Messages of the page to the emulator, and to the real service only when confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console import actions
from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.configs import config

from .calling import Page
from .test_actions import REAL, checks, delivered, message


@pytest.fixture
def real_file(tmp_path: Path) -> Path:
    """A connector JSON that sends real messages, with a sign and templates of its own."""
    path = tmp_path / "connector.json"
    path.write_text(json.dumps(config(endpoint=REAL)))
    return path


@pytest.fixture
def real_form(real_file: Path) -> dict[str, Any]:
    with Console(real_file) as console:
        form: dict[str, Any] = Page(console).get("/api/settings").json()["form"]
    return form


def test_with_an_emulator_a_message_goes_to_it_whatever_the_file_and_the_form_say(
    emulator: Emulator, real_file: Path, real_form: dict[str, Any]
) -> None:
    before = real_file.read_bytes()
    with Console(real_file, emulator) as console:
        page = Page(console)
        validated = page.post("/api/validate", message(real_form)).json()
        answer = page.post("/api/send", message(real_form)).json()
        state = delivered(page, answer["sent"])
    [received] = emulator.inbox.messages()
    assert (validated["real"], validated["problems"]) == (False, [])
    assert validated["phone"]["templateCode"] == received.template_code == "SMS_200000002"
    assert json.loads(validated["json"])["endpoint"] == REAL
    assert answer["receipt"]["bizId"] == received.biz_id
    assert received.sign_name == "码上登录"
    assert state["delivery"]["state"] == "delivered"
    assert state["screen"]["content"] == received.content
    assert real_file.read_bytes() == before


@pytest.mark.parametrize(
    ("sign_name", "codes", "received_sign", "received_code"),
    [
        ("速通互联验证码", ("100003", ""), "码上速通", "100003"),
        ("码上互信", ("100002", ""), "码上互信", "100002"),
        ("速通互联验证码", ("100099", ""), "码上速通", "100001"),
        ("速通互联验证码", ("100005", ""), "码上速通", "100005"),
    ],
)
def test_with_an_emulator_a_given_template_stays_one_and_is_shown_on_the_phone(
    emulator: Emulator,
    real_file: Path,
    real_form: dict[str, Any],
    sign_name: str,
    codes: tuple[str, str],
    received_sign: str,
    received_code: str,
) -> None:
    rows = [{**row, "code": codes[0], "overseas": codes[1]} for row in real_form["templates"]]
    form = {**real_form, "signName": sign_name, "templates": rows}
    with Console(real_file, emulator) as console:
        page = Page(console)
        answer = page.post("/api/send", message(form)).json()
        state = page.get(f"/api/sent/{answer['sent']}").json()
    [received] = emulator.inbox.messages()
    assert (received.sign_name, received.template_code) == (received_sign, received_code)
    assert state["screen"]["content"] == received.content
    assert (state["delivery"]["state"], state["delivery"]["final"]) == ("unknown", True)
    assert "发送记录" in state["delivery"]["message"]


def test_with_an_emulator_the_checks_show_what_it_knows_of_the_form(
    emulator: Emulator, real_file: Path, real_form: dict[str, Any]
) -> None:
    with Console(real_file, emulator) as console:
        found = checks(Page(console), real_form)
    assert {
        check["subject"]: check["ok"] for check in found if "limits" not in check["subject"]
    } == {
        "accessKeyId": True,
        "signName": False,
        "templates[0].templateCode": False,
        "templates[1].templateCode": False,
        "templates[2].templateCode": False,
        "templates[3].templateCode.china": False,
        "templates[3].templateCode.overseas": False,
    }


def test_a_real_message_is_not_sent_before_it_is_confirmed(
    real_file: Path, real_form: dict[str, Any]
) -> None:
    with Console(real_file) as console:
        page = Page(console)
        assert page.post("/api/validate", message(real_form)).json()["real"] is True
        answer = page.post("/api/send", message(real_form)).json()
    assert answer == {
        "confirm": {
            "phone": "138****5678",
            "templateCode": "SMS_SIGN_IN",
            "usageType": "SignIn",
        }
    }


def test_a_confirmed_real_message_is_sent(
    emulator: Emulator, tmp_path: Path, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "is_emulator", lambda _: False)
    typed = {**form, "accessKeySecret": ORDINARY_KEY.secret}
    with Console(tmp_path / "connector.json") as console:
        page = Page(console)
        assert "confirm" in page.post("/api/send", message(typed)).json()
        assert emulator.inbox.messages() == ()
        answer = page.post("/api/send", {**message(typed), "confirmed": True}).json()
    assert answer["receipt"]["bizId"] == emulator.inbox.messages()[0].biz_id


def test_a_message_to_an_emulator_on_this_machine_needs_no_confirmation(
    emulator: Emulator, tmp_path: Path
) -> None:
    path = tmp_path / "connector.json"
    path.write_text(json.dumps(example_config(emulator.url)))
    with Console(path) as console:
        page = Page(console)
        form = page.get("/api/settings").json()["form"]
        assert page.post("/api/validate", message(form)).json()["real"] is False
        assert page.post("/api/send", message(form)).json()["sent"]
    assert len(emulator.inbox.messages()) == 1
