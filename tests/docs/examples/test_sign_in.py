"""The example page, with a browser's forms, before the function of `serve`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from docs.examples.sign_in import app
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.web_server import WebServer
from tests.support.serving import serving
from tests.support.verifying import wrong

AUTHORIZATION = "a-key-for-tests"


@pytest.fixture
def page(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", AUTHORIZATION)
    monkeypatch.setenv("SMS_AUTHORIZATION", AUTHORIZATION)
    with serving() as url, WebServer(app, name="example") as server:
        monkeypatch.setenv("SMS_URL", url)
        yield server.url


def title(response: requests.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", response.text)
    assert found
    return found[1]


def submit(page: str, **fields: str) -> requests.Response:
    return requests.post(page, data=fields, timeout=10)


def test_a_person_signs_in_with_the_code_of_the_message(page: str, emulator: Emulator) -> None:
    assert title(requests.get(page, timeout=10)) == "Sign in"
    phone = "138 1234 5678"
    assert title(submit(page, phone=phone)) == "Type the code"
    code = emulator.inbox.messages()[0].template_param["code"]
    assert title(submit(page, phone=phone, code=wrong(code))) == "That is not the code"
    assert title(submit(page, phone=phone, code="abc")) == "That is not the code"
    assert title(submit(page, phone=phone, code=f"{code[:3]} {code[3:]}")) == "Welcome"
    assert title(submit(page, phone=phone, code=code)) == "Ask for another code"


def test_a_person_whose_messages_are_used_up_can_type_the_code_of_an_earlier_one(
    page: str, emulator: Emulator
) -> None:
    phone = "13812345678"
    submit(page, phone=phone)
    for _ in range(4):
        assert title(submit(page, phone=phone, again="yes")) == "Type the code"
    refused = submit(page, phone=phone, again="yes")
    assert title(refused).startswith("No code was sent")
    assert 'name="code"' in refused.text
    code = emulator.inbox.messages()[0].template_param["code"]
    assert title(submit(page, phone=phone, code=code)) == "Welcome"


def test_a_person_whose_attempts_are_used_up_starts_again(page: str, emulator: Emulator) -> None:
    submit(page, phone="13812345678")
    code = wrong(emulator.inbox.messages()[0].template_param["code"])
    titles = [title(submit(page, phone="13812345678", code=code)) for _ in range(6)]
    assert titles[-1] == "Ask for another code"


def test_a_message_that_cannot_be_sent_is_said(page: str) -> None:
    for phone in ("123", number_for("isv.AMOUNT_NOT_ENOUGH")):
        assert title(submit(page, phone=phone)).startswith("No code was sent")


def test_two_guesses_are_left_to_the_browser_that_asked_whatever_strangers_guess(
    page: str, emulator: Emulator
) -> None:
    phone = "13812345678"
    browser = requests.Session()
    asked = browser.post(page, data={"phone": phone}, timeout=10)
    assert "HttpOnly" in asked.headers["set-cookie"]
    assert phone not in asked.headers["set-cookie"]
    code = emulator.inbox.messages()[0].template_param["code"]
    for _ in range(8):
        submit(page, phone=phone, code=wrong(code))
    assert title(submit(page, phone=phone, code=code)) == "Ask for another code"
    guess = {"phone": phone, "code": code}
    assert title(browser.post(page, data=guess, timeout=10)) == "Welcome"


@pytest.mark.parametrize("change", [lambda it: it, lambda it: f"{it}0", lambda _: "\xdf.x"])
def test_the_code_of_one_number_does_not_sign_in_another(
    page: str, emulator: Emulator, change: Callable[[str], str]
) -> None:
    cookie = submit(page, phone="13812345678").cookies.get("verification") or ""
    submit(page, phone="13912345678")
    other, code = (sms.template_param["code"] for sms in emulator.inbox.messages())
    headers = {"Cookie": f"verification={change(cookie)}".encode()}
    guess = {"phone": "13912345678", "code": wrong(other) if code == other else code}
    assert title(requests.post(page, data=guess, headers=headers, timeout=10)) != "Welcome"


def test_a_number_is_shown_as_text_alone(page: str, emulator: Emulator) -> None:
    response = submit(page, phone='"><script>', code="246810")
    assert "<script>" not in response.text
    assert emulator.inbox.messages() == ()
