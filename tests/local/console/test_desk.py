"""What the page can ask for, over a real socket."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console.server import EXAMPLE, Console
from sms_connector.local.emulate.account import DISABLED_KEY, ORDINARY_KEY
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator

from .calling import FORM, PHONE, Page

SECRET = "NeverToBeSeenInAnyAnswer"


@pytest.fixture
def form(emulator: Emulator) -> dict[str, Any]:
    return {**FORM, "endpoint": emulator.url}


def trial(form: dict[str, Any], phone: str = PHONE, usage_type: str = "SignIn") -> dict[str, Any]:
    return {"form": form, "phone": phone, "usageType": usage_type}


def checks(page: Page, form: dict[str, Any]) -> list[dict[str, Any]]:
    lines = page.post("/api/check", form).content.decode().splitlines()
    return [json.loads(line) for line in lines]


def delivered(page: Page, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + 5
    while True:
        answer: dict[str, Any] = page.get(f"/api/sent/{name}").json()
        if answer["delivery"]["final"] or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


def test_with_an_emulator_and_no_file_the_form_begins_with_the_example(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    settings = page.get("/api/settings").json()
    assert settings["form"] == form
    assert settings["secretKept"] is True
    assert settings["file"] == {"path": str(file), "exists": False, "readable": True}


def test_without_either_it_begins_with_a_row_for_each_required_type(tmp_path: Path) -> None:
    with Console(tmp_path / "connector.json") as console:
        settings = Page(console).get("/api/settings").json()
    rows = settings["form"]["templates"]
    assert [row["usageType"] for row in rows] == settings["requiredUsageTypes"]
    assert (settings["secretKept"], settings["emulator"]) == (False, None)


def test_problems_are_told_by_their_path(page: Page, form: dict[str, Any]) -> None:
    rows = [{**form["templates"][0], "code": "with space"}, *form["templates"][1:3]]
    bad = {**form, "signName": "", "endpoint": "ftp://x", "templates": rows}
    answer = page.post("/api/validate", trial(bad)).json()
    assert {problem["subject"] for problem in answer["problems"]} == {
        "signName",
        "templates[0].templateCode",
        "templates",
        "endpoint",
    }
    assert all(problem["remedy"] for problem in answer["problems"])


def test_a_valid_form_is_told_what_it_stands_for(page: Page, form: dict[str, Any]) -> None:
    answer = page.post("/api/validate", trial(form)).json()
    assert answer["problems"] == []
    assert answer["emulated"] is True
    assert json.loads(answer["json"])["accessKeyId"] == ORDINARY_KEY.id
    assert answer["environment"] in (EXAMPLE.parent / "s.yaml").read_text("utf-8")
    real = page.post("/api/validate", trial({**form, "endpoint": ""})).json()
    assert real["emulated"] is False


@pytest.mark.parametrize(
    ("phone", "note"),
    [
        ("", None),
        (PHONE, {"ok": True, "mainland": True, "templateCode": "SMS_200000002"}),
        ("+85251234567", {"ok": True, "mainland": False, "templateCode": "SMS_200000102"}),
    ],
)
def test_a_number_is_told_its_template(
    page: Page, form: dict[str, Any], phone: str, note: object
) -> None:
    assert page.post("/api/validate", trial(form, phone)).json()["phone"] == note


def test_a_number_that_is_none_is_told_so(page: Page, form: dict[str, Any]) -> None:
    note = page.post("/api/validate", trial(form, "12345")).json()["phone"]
    assert note["ok"] is False
    assert "12345" not in note["message"]


def test_the_checks_come_with_their_subjects(page: Page, form: dict[str, Any]) -> None:
    found = checks(page, form)
    assert all(check["ok"] for check in found)
    assert {check["subject"] for check in found} >= {
        "accessKeyId",
        "signName",
        "templates[1].templateCode.overseas",
        "limits.perNumber",
        "limits",
    }
    disabled = checks(page, {**form, "accessKeyId": DISABLED_KEY.id})
    [failed] = [check for check in disabled if not check["ok"]]
    assert (failed["subject"], failed["ok"]) == ("accessKeyId", False)


def test_a_message_goes_out_is_followed_and_shows_on_the_phone(
    page: Page, form: dict[str, Any], emulator: Emulator
) -> None:
    answer = page.post("/api/send", trial(form)).json()
    [message] = emulator.inbox.messages()
    assert answer["receipt"]["bizId"] == message.biz_id
    assert answer["receipt"]["templateCode"] == "SMS_200000002"
    first = page.get(f"/api/sent/{answer['sent']}").json()
    assert first["delivery"]["state"] == "waiting"
    assert first["screen"]["content"] == message.content
    last = delivered(page, answer["sent"])
    assert last["delivery"] == {"state": "delivered", "code": "", "message": "", "final": True}


def test_a_message_that_the_carrier_fails_is_told_so(page: Page, form: dict[str, Any]) -> None:
    phone = number_for("MOBILE_IN_BLACK")
    answer = page.post("/api/send", trial(form, phone)).json()
    delivery = delivered(page, answer["sent"])["delivery"]
    assert (delivery["state"], delivery["code"]) == ("failed", "MOBILE_IN_BLACK")
    assert "block list" in delivery["message"]


def test_a_refusal_is_told_as_every_caller_gets_it(page: Page, form: dict[str, Any]) -> None:
    phone = number_for("isv.AMOUNT_NOT_ENOUGH")
    answer = page.post("/api/send", trial(form, phone))
    assert answer.status_code == 200
    error = answer.json()["error"]
    assert (error["code"], error["sent"]) == ("usage_limit_exceeded", False)
    assert error["provider"]["code"] == "isv.AMOUNT_NOT_ENOUGH"


@pytest.mark.parametrize("path", ["/api/send", "/api/save", "/api/check"])
def test_with_a_form_that_is_not_valid_nothing_is_done(
    page: Page, form: dict[str, Any], file: Path, emulator: Emulator, path: str
) -> None:
    bad = {**form, "signName": ""}
    answer = page.post(path, trial(bad) if path == "/api/send" else bad)
    assert answer.status_code == 422
    assert [problem["subject"] for problem in answer.json()["problems"]] == ["signName"]
    assert not file.exists()
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("body", [None, [], {}, {"form": 1}, "text"])
@pytest.mark.parametrize("path", ["/api/send", "/api/save", "/api/check", "/api/validate"])
def test_what_the_page_would_not_send_is_refused(page: Page, path: str, body: object) -> None:
    answer = page.post(path, body, Content_Type="application/json")
    assert answer.status_code in (400, 411)


def test_only_save_writes_and_for_its_owner_alone(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    page.post("/api/validate", trial(form))
    page.post("/api/send", trial(form))
    checks(page, form)
    assert not file.exists()
    assert page.post("/api/save", form).json() == {"saved": True}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text("utf-8"))["accessKeySecret"] == ORDINARY_KEY.secret


def test_saving_keeps_the_secret_and_keys_nobody_knows(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    page.post("/api/save", {**form, "accessKeySecret": SECRET})
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "own": [1]}))
    page.post("/api/save", {**form, "signName": "码上验证"})
    saved = json.loads(file.read_text("utf-8"))
    assert (saved["accessKeySecret"], saved["own"]) == (SECRET, [1])
    assert saved["signName"] == "码上验证"


def test_a_file_that_is_no_connector_json_is_not_overwritten(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    file.write_text("{ my notes")
    assert page.get("/api/settings").json()["file"]["readable"] is False
    assert page.post("/api/save", form).status_code == 409
    assert file.read_text() == "{ my notes"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, form: dict[str, Any]) -> None:
    with Console(tmp_path / "nowhere" / "connector.json") as console:
        answer = Page(console).post("/api/save", {**form, "accessKeySecret": "x"})
    assert answer.status_code == 500
    assert answer.json()["message"] == "The file could not be written: No such file or directory."


@pytest.mark.parametrize("kept", [True, False])
def test_the_secret_and_the_code_are_in_no_answer(
    page: Page, form: dict[str, Any], emulator: Emulator, kept: bool
) -> None:
    """Neither the kept one nor one that was just typed, whether the provider likes it or not."""
    typed = {**form, "accessKeySecret": SECRET}
    if kept:
        page.post("/api/save", typed)
    asked = form if kept else typed
    answers = [
        page.get("/api/settings"),
        page.post("/api/validate", trial(asked)),
        page.post("/api/validate", trial({**asked, "signName": ""})),
        page.post("/api/check", asked),
        page.post("/api/send", trial(asked)),
        page.post("/api/save", asked),
        page.post("/api/save", {**asked, "signName": ""}),
        page.get("/"),
    ]
    good = {**form, "accessKeySecret": ORDINARY_KEY.secret}
    answers.append(page.post("/api/send", trial(good)))
    code = emulator.inbox.messages()[0].template_param["code"]
    assert answers[-1].json()["sent"]
    for answer in answers:
        assert SECRET not in answer.text
        assert ORDINARY_KEY.secret not in answer.text
        assert code not in answer.text


def test_a_message_that_nobody_sent_is_not_found(page: Page) -> None:
    assert page.get("/api/sent/unheard-of").status_code == 404
