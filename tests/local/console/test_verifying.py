"""A verification by the console's API: with the settings of the form, in the console's memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console.server import Console
from sms_connector.local.console.verifying import CodeRequest
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.verifying import wrong

from .calling import FORM, PHONE, Page


def start(page: Page, phone: str = PHONE, **changes: Any) -> dict[str, Any]:
    body = {"form": FORM, "phone": phone, "usageType": "SignIn", **changes}
    answer: dict[str, Any] = page.post("/api/verifications", body).json()
    return answer


def check(page: Page, code: str, **fields: str) -> dict[str, Any]:
    answer: dict[str, Any] = page.post("/api/verifications/check", {"code": code, **fields}).json()
    return answer


def cancel(page: Page, verification_id: str) -> dict[str, Any]:
    answer = page.post("/api/verifications/cancel", {"id": verification_id})
    whole: dict[str, Any] = answer.json()
    return whole


def code_of(answer: dict[str, Any]) -> str:
    code: str = answer.get("error", {}).get("code", "")
    return code.removeprefix("verification_code.")


def test_the_code_on_the_phone_is_approved_once(page: Page, emulator: Emulator) -> None:
    started = start(page)
    verification = started["verification"]
    assert (verification["status"], started["isNew"]) == ("pending", True)
    screen = page.get(f"/api/sent/{started['sent']}").json()["screen"]
    code = emulator.inbox.messages()[0].template_param["code"]
    assert code in screen["content"]
    assert code not in json.dumps(started)
    approved = check(page, f"{code[:3]} {code[3:]}", id=verification["id"])
    assert approved == {"status": "approved", "id": verification["id"], "usageType": "SignIn"}
    assert code_of(check(page, code, id=verification["id"])) == "not_found"


def test_a_resend_brings_the_same_code_and_leaves_one_message_less(
    page: Page, emulator: Emulator
) -> None:
    """With an emulator, the default limit of one message a minute is off."""
    first, second = start(page), start(page)
    assert second["isNew"] is False
    assert second["verification"]["id"] == first["verification"]["id"]
    left = [answer["verification"]["sendsLeft"] for answer in (first, second)]
    assert left == [4, 3]
    assert len({message.content for message in emulator.inbox.messages()}) == 1
    assert len(emulator.inbox.messages()) == 2


def test_a_limit_that_the_file_sets_holds(page: Page, file: Path) -> None:
    config = example_config("http://127.0.0.1:1") | {"limits": {"perNumber": ["1/minute"]}}
    file.write_text(json.dumps(config))
    start(page, "13812340001")
    refused = start(page, "13812340001")["error"]
    assert (refused["sent"], refused["limit"]["value"]) == (False, "1/minute")


def test_wrong_codes_count_down_until_the_right_one_is_refused_too(
    page: Page, emulator: Emulator
) -> None:
    verification = start(page, "13812340002")["verification"]
    code = emulator.inbox.messages()[0].template_param["code"]
    answers = [check(page, wrong(code), id=verification["id"])["error"] for _ in range(5)]
    assert [answer["attemptsLeft"] for answer in answers] == [4, 3, 2, 1, 0]
    assert code_of(check(page, code, id=verification["id"])) == "exceed_max_try"


def test_letters_are_refused_and_not_counted(page: Page, emulator: Emulator) -> None:
    verification = start(page, "13812340003")["verification"]
    assert "attemptsLeft" not in check(page, "letters", id=verification["id"])["error"]
    code = emulator.inbox.messages()[0].template_param["code"]
    assert check(page, wrong(code), id=verification["id"])["error"]["attemptsLeft"] == 4


def test_a_cancelled_verification_is_not_approved(page: Page, emulator: Emulator) -> None:
    verification = start(page, "13812340004")["verification"]
    code = emulator.inbox.messages()[0].template_param["code"]
    assert cancel(page, verification["id"])["status"] == "cancelled"
    assert code_of(cancel(page, verification["id"])) == "not_found"
    assert code_of(check(page, code, id=verification["id"])) == "not_found"


def test_the_code_of_a_message_with_an_unknown_outcome_can_be_checked_by_number(
    page: Page, emulator: Emulator
) -> None:
    phone = number_for(Behaviour.RESET_AFTER)
    answer = start(page, phone)
    assert answer["error"]["sent"] is None
    code = emulator.inbox.messages()[0].template_param["code"]
    assert check(page, code, phone=phone, usageType="SignIn")["status"] == "approved"


def test_a_refused_message_leaves_no_verification_behind(page: Page) -> None:
    phone = number_for("isv.AMOUNT_NOT_ENOUGH")
    assert start(page, phone)["error"]["sent"] is False
    assert code_of(check(page, "000000", phone=phone, usageType="SignIn")) == "not_found"


@pytest.mark.parametrize("fields", [{"id": "no id"}, {"phone": PHONE, "usageType": "Other"}])
def test_a_check_before_any_start_finds_nothing(tmp_path: Path, fields: dict[str, str]) -> None:
    with Console(tmp_path / "connector.json") as console:
        assert code_of(check(Page(console), "000000", **fields)) == "not_found"


def test_a_real_message_is_sent_only_once_it_is_confirmed(tmp_path: Path) -> None:
    config = example_config("http://192.0.2.1:1") | {"connectTimeout": 1}
    path = tmp_path / "connector.json"
    path.write_text(json.dumps(config))
    with Console(path) as console:
        page = Page(console)
        form = page.get("/api/settings").json()["form"]
        asked = start(page, form=form)
        assert asked == {
            "confirm": {
                "phone": "138****5678",
                "templateCode": "SMS_200000002",
                "usageType": "SignIn",
            }
        }
        assert start(page, form=form, confirmed=True)["error"]["sent"] is False


def test_settings_that_are_invalid_start_nothing(page: Page, emulator: Emulator) -> None:
    body = {"form": {**FORM, "signName": ""}, "phone": PHONE, "usageType": "SignIn"}
    answer = page.post("/api/verifications", body)
    assert (answer.status_code, answer.json()["problems"][0]["subject"]) == (422, "signName")
    assert emulator.inbox.messages() == ()


def test_the_repr_of_a_request_holds_no_code_and_no_number() -> None:
    assert repr(CodeRequest("246810", "", PHONE, "SignIn")) == "CodeRequest()"
