from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.emulate.account import STS_KEY
from tests.support.commands import run


def check(*arguments: str, whole: dict[str, Any], **environ: str) -> Any:
    return run("check", *arguments, SMS_CONNECTOR_CONFIG=json.dumps(whole), **environ)


def test_valid_settings_print_one_line_for_each_check(example: dict[str, Any]) -> None:
    ran = check(whole=example)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[-2:] == ["", "Messages can be sent."]
    advice = {line.split()[1] for line in lines[:-2] if not line.startswith("ok    ")}
    assert advice == {"limits", "strictPhoneRegionNumberCheck"}
    assert [line for line in lines if line.startswith("warn  limits  ")]
    shown = {line.split()[1] for line in lines[:-2]}
    assert shown >= {"Register", "SignIn", "ForgotPassword", "Generic"}
    assert shown >= {"OrganizationInvitation", "UserPermissionValidation", "BindNewIdentifier"}
    assert shown >= {"MfaVerification", "BindMfa", "accessKeyId", "signName"}
    assert "templates[1].templateCode.overseas" in shown


def test_the_json_option_prints_the_same_fields_of_every_check(example: dict[str, Any]) -> None:
    ran = check("--json", whole=example | {"signName": "码上审核"})
    assert (ran.code, ran.err) == (1, "")
    assert ran.json.keys() == {"ok", "checks"}
    assert ran.json["ok"] is False
    for item in ran.json["checks"]:
        assert list(item) == ["subject", "ok", "level", "message", "remedy"]
    [failed] = [item for item in ran.json["checks"] if not item["ok"]]
    assert failed["subject"] == "signName"
    assert failed["message"] == "The sign is under review."
    assert "签名管理" in failed["remedy"]


def test_a_problem_is_printed_with_its_remedy_and_link(example: dict[str, Any]) -> None:
    ran = check(whole=example | {"accessKeySecret": "AnotherSecret"})
    assert ran.code == 1
    [line] = [line for line in ran.out.splitlines() if line.startswith("fix")]
    assert "accessKeySecret" in line
    assert "Check `accessKeySecret`" in line
    assert "https://ram.console.aliyun.com/manage/ak" in line
    assert "1 problem to fix: some messages cannot be sent, or do not arrive." in ran.out
    assert "AnotherSecret" not in ran.out


def test_a_narrow_terminal_gets_colour_and_the_whole_text(example: dict[str, Any]) -> None:
    wrong = example | {"signName": "码上驳回"}
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "60", "TERM": "xterm", "NO_COLOR": ""}
    ran = check(whole=wrong, **terminal)
    assert ran.code == 1
    assert "\x1b[32mok" in ran.out
    assert "\x1b[1;31mfix" in ran.out
    for word in ("rejected", "签名与主体无关", "签名管理"):
        assert word in ran.out


def test_an_invalid_config_is_not_checked_with_the_provider(example: dict[str, Any]) -> None:
    ran = check("--json", whole=example | {"signName": 5, "templates": example["templates"][:3]})
    assert ran.code == 1
    assert [item["subject"] for item in ran.json["checks"]] == ["signName", "templates"]
    assert "Generic" in ran.json["checks"][1]["message"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"{"])
def test_a_missing_or_unreadable_config_is_one_failed_check(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_bytes(content)
    ran = run("check", "--json", SMS_CONNECTOR_CONFIG_FILE=str(path))
    assert (ran.code, ran.err) == (1, "")
    [only] = ran.json["checks"]
    assert (only["subject"], only["ok"]) == ("config", False)
    assert only["remedy"]


def test_a_config_file_is_read_as_the_function_reads_it(
    tmp_path: Path, example: dict[str, Any]
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(example), "utf-8-sig")
    assert run("check", SMS_CONNECTOR_CONFIG_FILE=str(path)).code == 0


def test_a_config_without_keys_is_checked_with_the_key_of_the_environment(
    example: dict[str, Any],
) -> None:
    bare = {key: value for key, value in example.items() if not key.startswith("accessKey")}
    role = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": STS_KEY.id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": STS_KEY.secret,
        "ALIBABA_CLOUD_SECURITY_TOKEN": STS_KEY.security_token or "",
    }
    assert check(whole=bare, **role).code == 0
    ran = check(whole=bare)
    assert ran.code == 1
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in ran.out
