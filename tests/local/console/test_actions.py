"""The console's API over a real socket."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sms_connector.local.checkout import PROJECT
from sms_connector.local.console.form import Form
from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import DISABLED_KEY, ORDINARY_KEY
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator

from .calling import PHONE, Page

SECRET = "NeverToBeSeenInAnyAnswer"


def message(form: dict[str, Any], phone: str = PHONE, usage_type: str = "SignIn") -> dict[str, Any]:
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


def test_with_an_emulator_and_without_a_file_the_form_begins_with_the_example(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    settings = page.get("/api/settings").json()
    assert msgspec.convert(settings["form"], Form) == msgspec.convert(form, Form)
    assert settings["secretKept"] is True
    assert settings["file"] == {"path": str(file), "exists": False, "readable": True}


def test_an_empty_form_begins_with_a_row_for_each_required_type(
    tmp_path: Path,
) -> None:
    with Console(tmp_path / "connector.json") as console:
        settings = Page(console).get("/api/settings").json()
    rows = settings["form"]["templates"]
    assert [row["usageType"] for row in rows] == settings["requiredUsageTypes"]
    assert (settings["secretKept"], settings["emulator"]) == (False, None)


def test_each_problem_has_its_path_and_a_remedy_on_the_page(
    page: Page, form: dict[str, Any]
) -> None:
    rows = [{**form["templates"][0], "code": "with space"}, *form["templates"][1:3]]
    bad = {**form, "signName": "", "endpoint": "ftp://x", "templates": rows}
    answer = page.post("/api/validate", message(bad)).json()
    assert {problem["subject"] for problem in answer["problems"]} == {
        "signName",
        "templates[0].templateCode",
        "templates",
        "endpoint",
    }
    assert all(problem["remedy"] for problem in answer["problems"])


def test_a_valid_form_is_validated_with_the_json_and_lines_to_copy(
    page: Page, form: dict[str, Any]
) -> None:
    answer = page.post("/api/validate", message(form)).json()
    assert answer["problems"] == []
    assert answer["real"] is False
    assert json.loads(answer["json"])["accessKeyId"] == ORDINARY_KEY.id
    assert answer["environment"] in (PROJECT / "s.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("phone", "note"),
    [
        ("", None),
        (PHONE, {"ok": True, "mainland": True, "templateCode": "SMS_200000002"}),
        ("+85251234567", {"ok": True, "mainland": False, "templateCode": "SMS_200000102"}),
    ],
)
def test_a_valid_number_is_shown_with_its_template(
    page: Page, form: dict[str, Any], phone: str, note: object
) -> None:
    assert page.post("/api/validate", message(form, phone)).json()["phone"] == note


def test_a_number_that_the_template_cannot_send_to_is_refused_in_the_note(
    page: Page, form: dict[str, Any]
) -> None:
    one_code = [{**row, "overseas": ""} for row in form["templates"]]
    note = page.post("/api/validate", message({**form, "templates": one_code}, "+13123456789"))
    assert note.json()["phone"]["ok"] is False
    assert "`overseas`" in note.json()["phone"]["message"]


def test_an_invalid_number_is_refused_without_repeating_it(
    page: Page, form: dict[str, Any]
) -> None:
    note = page.post("/api/validate", message(form, "12345")).json()["phone"]
    assert note["ok"] is False
    assert "12345" not in note["message"]


def test_each_check_names_its_subject(page: Page, form: dict[str, Any]) -> None:
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


def test_a_test_message_is_sent_followed_and_shown_on_the_phone(
    page: Page, form: dict[str, Any], emulator: Emulator
) -> None:
    answer = page.post("/api/send", message(form)).json()
    [received] = emulator.inbox.messages()
    assert answer["receipt"]["bizId"] == received.biz_id
    assert answer["receipt"]["templateCode"] == "SMS_200000002"
    first = page.get(f"/api/sent/{answer['sent']}").json()
    assert first["delivery"]["state"] == "waiting"
    assert first["screen"]["content"] == received.content
    last = delivered(page, answer["sent"])
    assert last["delivery"] == {"state": "delivered", "code": "", "message": "", "final": True}


def test_a_message_that_the_carrier_rejects_is_shown_as_failed(
    page: Page, form: dict[str, Any]
) -> None:
    phone = number_for("MOBILE_IN_BLACK")
    answer = page.post("/api/send", message(form, phone)).json()
    delivery = delivered(page, answer["sent"])["delivery"]
    assert (delivery["state"], delivery["code"]) == ("failed", "MOBILE_IN_BLACK")
    assert "block list" in delivery["message"]


def test_a_refusal_has_the_form_of_the_function_s_errors(page: Page, form: dict[str, Any]) -> None:
    phone = number_for("isv.AMOUNT_NOT_ENOUGH")
    answer = page.post("/api/send", message(form, phone))
    assert answer.status_code == 200
    error = answer.json()["error"]
    assert (error["code"], error["sent"]) == ("usage_limit_exceeded", False)
    assert error["provider"]["code"] == "isv.AMOUNT_NOT_ENOUGH"


@pytest.mark.parametrize("path", ["/api/send", "/api/save", "/api/check"])
def test_an_invalid_form_is_neither_sent_nor_saved_nor_checked(
    page: Page, form: dict[str, Any], file: Path, emulator: Emulator, path: str
) -> None:
    bad = {**form, "signName": ""}
    answer = page.post(path, message(bad) if path == "/api/send" else bad)
    assert answer.status_code == 422
    assert [problem["subject"] for problem in answer.json()["problems"]] == ["signName"]
    assert not file.exists()
    assert emulator.inbox.messages() == ()


@pytest.mark.parametrize("body", [None, [], {}, {"form": 1}, "text"])
@pytest.mark.parametrize("path", ["/api/send", "/api/save", "/api/check", "/api/validate"])
def test_a_body_that_the_page_does_not_send_is_refused(page: Page, path: str, body: object) -> None:
    answer = page.post(path, body, Content_Type="application/json")
    assert answer.status_code in (400, 411)


def test_only_save_writes_the_file(page: Page, form: dict[str, Any], file: Path) -> None:
    page.post("/api/validate", message(form))
    page.post("/api/send", message(form))
    checks(page, form)
    assert not file.exists()
    assert page.post("/api/save", form).json() == {"saved": True}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text("utf-8"))["accessKeySecret"] == ORDINARY_KEY.secret


def test_saving_keeps_the_secret_and_unknown_keys(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    page.post("/api/save", {**form, "accessKeySecret": SECRET})
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "own": [1]}))
    page.post("/api/save", {**form, "signName": "码上验证"})
    saved = json.loads(file.read_text("utf-8"))
    assert (saved["accessKeySecret"], saved["own"]) == (SECRET, [1])
    assert saved["signName"] == "码上验证"


def test_a_file_that_is_not_a_connector_json_is_not_overwritten(
    page: Page, form: dict[str, Any], file: Path
) -> None:
    file.write_text("{ my notes")
    assert page.get("/api/settings").json()["file"]["readable"] is False
    assert page.post("/api/save", form).status_code == 409
    assert file.read_text() == "{ my notes"


def test_a_file_that_cannot_be_written_is_an_error_that_says_why(
    tmp_path: Path, form: dict[str, Any]
) -> None:
    with Console(tmp_path / "nowhere" / "connector.json") as console:
        answer = Page(console).post("/api/save", {**form, "accessKeySecret": "x"})
    assert answer.status_code == 500
    assert answer.json()["message"] == "The file could not be written: No such file or directory."


@pytest.mark.parametrize("kept", [True, False])
def test_no_response_contains_the_secret_or_the_code(
    page: Page, form: dict[str, Any], emulator: Emulator, kept: bool
) -> None:
    """Whether the secret is saved or just typed, accepted or refused."""
    typed = {**form, "accessKeySecret": SECRET}
    if kept:
        page.post("/api/save", typed)
    sent = form if kept else typed
    answers = [
        page.get("/api/settings"),
        page.post("/api/validate", message(sent)),
        page.post("/api/validate", message({**sent, "signName": ""})),
        page.post("/api/check", sent),
        page.post("/api/send", message(sent)),
        page.post("/api/save", sent),
        page.post("/api/save", {**sent, "signName": ""}),
        page.get("/"),
    ]
    good = {**form, "accessKeySecret": ORDINARY_KEY.secret}
    answers.append(page.post("/api/send", message(good)))
    code = emulator.inbox.messages()[0].template_param["code"]
    assert answers[-1].json()["sent"]
    for answer in answers:
        assert SECRET not in answer.text
        assert ORDINARY_KEY.secret not in answer.text
        assert code not in answer.text


def test_the_delivery_of_an_unknown_message_is_404(page: Page) -> None:
    assert page.get("/api/sent/unheard-of").status_code == 404


# --- where messages go ----------------------------------------------------------------------

REAL = "192.0.2.1:1"  # an address reserved for documentation: nothing answers
