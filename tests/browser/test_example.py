"""The example page in a browser, before the function as `serve` runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from docs.examples.sign_in import app
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.web_server import WebServer
from tests.support.serving import ServeProcess
from tests.support.verifying import wrong

from .accessibility import violations

PHONE = "13812345678"
AUTHORIZATION = "a-key-for-tests"


@pytest.fixture
def served() -> Iterator[ServeProcess]:
    with ServeProcess(
        "--emulator",
        "--emulator-port=0",
        SMS_CONNECTOR_AUTHORIZATION=AUTHORIZATION,
        SMS_CONNECTOR_STORE="memory://",
    ) as process:
        process.find(r"^Ready")
        yield process


@pytest.fixture
def page(browser: Browser, served: ServeProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("SMS_URL", served.url)
    monkeypatch.setenv("SMS_AUTHORIZATION", AUTHORIZATION)
    with WebServer(app, name="example") as server, browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(server.url)
        yield page


def codes(served: ServeProcess) -> list[str]:
    """Return the codes that the phone received, the latest first."""
    inbox = served.find(r"GET (\S+/inbox)")
    messages = requests.get(inbox, params={"phone": PHONE}, timeout=5).json()
    return [message["templateParam"]["code"] for message in messages]


def enter(page: Page, field: str, value: str) -> None:
    page.get_by_label(field).fill(value)
    page.get_by_label(field).press("Enter")


def expect_title(page: Page, title: str) -> None:
    expect(page.get_by_role("heading")).to_have_text(title)
    assert violations(page) == []


def test_a_person_signs_in_after_a_wrong_code_and_a_second_message(
    page: Page, served: ServeProcess
) -> None:
    expect_title(page, "Sign in")
    enter(page, "Phone", PHONE)
    expect_title(page, "Type the code")
    (code,) = codes(served)
    assert code not in page.content()
    enter(page, "Code", wrong(code))
    expect_title(page, "That is not the code")
    page.get_by_role("button", name="Send it again").click()
    expect_title(page, "Type the code")
    assert codes(served) == [code, code]
    enter(page, "Code", code)
    expect_title(page, "Welcome")
    assert AUTHORIZATION not in page.content()


def test_a_code_that_was_used_does_not_sign_in_again(page: Page, served: ServeProcess) -> None:
    enter(page, "Phone", PHONE)
    expect_title(page, "Type the code")
    (code,) = codes(served)
    enter(page, "Code", code)
    expect_title(page, "Welcome")
    page.go_back()
    enter(page, "Code", code)
    expect_title(page, "Ask for another code")


def test_a_number_that_gets_no_message_can_be_corrected(page: Page, served: ServeProcess) -> None:
    enter(page, "Phone", number_for("isv.AMOUNT_NOT_ENOUGH"))
    expect_title(page, "No code was sent: try again later")
    enter(page, "Phone", PHONE)
    expect_title(page, "Type the code")
    assert len(codes(served)) == 1
