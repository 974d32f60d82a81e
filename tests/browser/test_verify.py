"""A whole verification in the console: code, wrong code, resend, approval, and what comes after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from tests.support.verifying import wrong

from .accessibility import violations
from .conftest import Open, Scheme
from .screenshots import picture
from .test_ways_to_use import WIDTH_OF_A_PHONE
from .using import open_tab, press, tab_to
from .words import LANGUAGES, Words

PHONE = "13812345678"
STORIES: list[tuple[str, Scheme]] = [("en", "light"), ("zh-CN", "dark")]


def start(page: Page, words: Words, phone: str = PHONE) -> None:
    open_tab(page, words, "verify")
    page.get_by_label(words("phone"), exact=True).fill(phone)
    press(page, words, "start")


def latest_code(emulator: Emulator) -> str:
    return emulator.inbox.messages()[0].template_param["code"]


def type_code(page: Page, words: Words, code: str) -> None:
    page.get_by_label(words("code"), exact=True).fill(code)
    press(page, words, "checkCode")


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_a_whole_verification(
    open_page: Open, console: Console, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    page = open_page(console.address, language, scheme)
    expect(page.locator("#code")).to_be_hidden()
    open_tab(page, words, "verify")
    expect(page.locator("#send")).to_be_hidden()
    expect(page.locator("#code")).to_be_hidden()
    assert violations(page) == []

    start(page, words)
    expect(page.get_by_text(words("codeSent"), exact=True)).to_be_visible()
    expect(page.get_by_label(words("code"), exact=True)).to_be_focused()
    code = latest_code(emulator)
    expect(page.locator("#screen .bubble")).to_contain_text(code)
    assert violations(page) == []

    result = page.locator("#result")
    type_code(page, words, wrong(code))
    expect(result.locator(".bad")).to_be_visible()
    expect(result.locator("dl")).to_contain_text(words("attemptsLeft") + "4")
    assert bool(result.get_by_text("not the one").count()) == (language == "en")
    assert violations(page) == []

    press(page, words, "resend")
    expect(page.get_by_text(words("codeSentAgain"), exact=True)).to_be_visible()
    expect(page.locator("#started dl")).to_contain_text(words("sendsLeft") + "3")
    expect(result).to_be_empty()
    assert [message.template_param["code"] for message in emulator.inbox.messages()] == [code] * 2

    type_code(page, words, f"{code[:3]} {code[3:]}")
    expect(result).to_have_text(words("approved"))
    expect(page.locator("#verify-delivery")).to_have_text(words("delivery.delivered"))
    assert violations(page) == []
    picture(page, "console-verified")

    press(page, words, "checkCode")
    expect(result).to_contain_text("verification_code.not_found")


def test_a_cancelled_verification_approves_no_code(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    start(page, words)
    expect(page.locator("#code")).to_be_focused()
    press(page, words, "cancel")
    expect(page.locator("#result")).to_have_text(words("cancelled"))
    type_code(page, words, latest_code(emulator))
    expect(page.locator("#result")).to_contain_text("verification_code.not_found")


def test_used_up_attempts_are_shown_also_for_the_right_code(
    open_page: Open, file: Path, emulator: Emulator
) -> None:
    words = Words("en")
    config = example_config(emulator.url) | {"verification": {"attempts": 1, "sends": 1}}
    file.write_text(json.dumps(config))
    with Console(file, emulator) as console:
        page = open_page(console.address)
        start(page, words)
        expect(page.locator("#code")).to_be_focused()
        press(page, words, "resend")
        expect(page.locator("#started")).to_contain_text("rate_limit_exceeded")
        code = latest_code(emulator)
        type_code(page, words, wrong(code))
        expect(page.locator("#result dl")).to_contain_text(words("attemptsLeft") + "0")
        type_code(page, words, code)
        expect(page.locator("#result")).to_contain_text("verification_code.exceed_max_try")


def test_a_code_whose_message_may_have_been_sent_is_checked_by_number(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    start(page, words, number_for(Behaviour.RESET_AFTER))
    expect(page.locator("#started")).to_contain_text(words("maybeSent"))
    expect(page.locator("#cancel")).to_be_hidden()
    type_code(page, words, latest_code(emulator))
    expect(page.locator("#result")).to_have_text(words("approved"))


def test_a_refused_start_asks_for_no_code(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    start(page, words, number_for("isv.AMOUNT_NOT_ENOUGH"))
    expect(page.locator("#started")).to_contain_text("isv.AMOUNT_NOT_ENOUGH")
    expect(page.locator("#code")).to_be_hidden()


def test_a_real_code_is_sent_only_after_a_confirmation(open_page: Open, file: Path) -> None:
    words = Words("en")
    file.write_text(json.dumps(example_config("http://192.0.2.1:1") | {"connectTimeout": 1}))
    with Console(file) as console:
        page = open_page(console.address)
        page.once("dialog", lambda dialog: dialog.dismiss())
        start(page, words)
        expect(page.locator("#started")).to_have_text(words("notSent"))
        page.once("dialog", lambda dialog: dialog.accept())
        press(page, words, "start")
        expect(page.locator("#started dl")).to_contain_text("general")


def test_the_verification_can_be_used_by_keyboard_alone(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    expect(page.locator("#panels")).to_be_visible()
    tab_to(page, "settings-tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#test-tab")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#verify-tab")).to_be_focused()
    expect(page.get_by_role("tabpanel", name=words("verify"), exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#traffic-tab")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#settings-tab")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    tab_to(page, "phone")
    page.keyboard.type(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(latest_code(emulator))
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_have_text(words("approved"))
    for id_ in ("check-it", "resend", "cancel", "small copy-code"):
        tab_to(page, id_)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verification_fits_a_small_screen(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language, width=WIDTH_OF_A_PHONE)
    start(page, words)
    expect(page.locator("#code")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH_OF_A_PHONE
    assert violations(page) == []


def test_results_are_announced_to_screen_readers(open_page: Open, console: Console) -> None:
    page = open_page(console.address)
    open_tab(page, Words("en"), "verify")
    for id_ in ("started", "verify-delivery"):
        expect(page.locator(f"#{id_}")).to_have_role("status")
    start(page, Words("en"))
    expect(page.locator("#result")).to_have_role("status")
