"""`verify`, as a process of its own whose keyboard is a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from tests.support.commands import ROOT, run
from tests.support.serving import ServeProcess
from tests.support.verifying import wrong

PHONE = "13812345678"
AUTHORIZATION = "a-key-for-tests"


def verify(
    emulator: Emulator, guesses: list[str], *options: str, **environ: str
) -> tuple[int, Any, str]:
    """Type the guesses (``right`` and ``wrong`` stand for codes) after the message arrived."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "sms_connector", "verify", "--phone", PHONE, *options],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not (messages := emulator.inbox.messages()) and time.monotonic() < deadline:
        time.sleep(0.02)
    code = messages[0].template_param["code"]
    typed = [{"right": code, "wrong": wrong(code)}.get(guess, guess) for guess in guesses]
    out, err = process.communicate("\n".join(typed) + "\n", timeout=30)
    return process.returncode, json.loads(out) if out else None, err


@pytest.fixture
def here(example: dict[str, Any]) -> dict[str, str]:
    return {"SMS_CONNECTOR_CONFIG": json.dumps({**example, "verification": {"attempts": 2}})}


def test_the_right_code_is_approved(emulator: Emulator, here: dict[str, str]) -> None:
    code, answer, err = verify(emulator, ["12 34 ab", "wrong", "right"], **here)
    assert (code, answer["status"], answer["usageType"]) == (0, "approved", "Generic")
    assert "must be the 4 to 8 digits" in err
    assert "Attempts left: 1" in err


@pytest.mark.parametrize("guesses", [["wrong", "wrong"], ["wrong"]])
def test_anything_else_is_not(emulator: Emulator, here: dict[str, str], guesses: list[str]) -> None:
    code, answer, _ = verify(emulator, guesses, "--usage-type", "SignIn", **here)
    assert code == 1
    assert answer is None or answer["error"]["attemptsLeft"] == 0


@pytest.mark.parametrize(
    ("phone", "code", "error"),
    [
        ("123", 1, "invalid_request_parameters"),
        (number_for("isv.AMOUNT_NOT_ENOUGH"), 1, "usage_limit_exceeded"),
    ],
)
def test_a_message_that_is_refused_is_said(
    here: dict[str, str], phone: str, code: int, error: str
) -> None:
    ran = run("verify", "--phone", phone, **here)
    assert (ran.code, ran.json["error"]["code"]) == (code, error)


def test_a_real_message_is_asked_about_first(example: dict[str, Any]) -> None:
    whole = json.dumps({**example, "endpoint": "sms.example.com"})
    ran = run("verify", "--phone", PHONE, typed="n\n", SMS_CONNECTOR_CONFIG=whole)
    assert (ran.code, ran.out) == (1, "")
    assert "138****5678" in ran.err


def test_a_function_behind_a_url(emulator: Emulator, here: dict[str, str]) -> None:
    served = ServeProcess(
        SMS_CONNECTOR_CONFIG=here["SMS_CONNECTOR_CONFIG"],
        SMS_CONNECTOR_AUTHORIZATION=AUTHORIZATION,
        SMS_CONNECTOR_STORE="memory://",
    )
    with served:
        options = ("--url", served.url)
        code, answer, _ = verify(
            emulator, ["right"], *options, SMS_CONNECTOR_AUTHORIZATION=AUTHORIZATION
        )
        assert (code, answer["status"]) == (0, "approved")
        ran = run("verify", "--phone", PHONE, *options, SMS_CONNECTOR_AUTHORIZATION="another")
        assert (ran.code, ran.json["error"]["code"]) == (1, "authorization_failed")
    ran = run("verify", "--phone", PHONE, *options)
    assert (ran.code, ran.json["error"]["sent"]) == (1, False)
