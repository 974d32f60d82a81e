"""By keyboard alone, on a small screen, in dark mode, with long texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config

from .accessibility import violations
from .conftest import Open, Scheme
from .using import check_settings, open_tab, press, tab_to
from .words import LANGUAGES, Words

WIDTH_OF_A_PHONE = 360


def test_the_console_can_be_used_by_keyboard_alone(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    page = open_page(console.address)
    words = Words("en")
    expect(page.locator("#panels")).to_be_visible()
    tab_to(page, "access-key-secret")
    page.keyboard.type(ORDINARY_KEY.secret)
    tab_to(page, "save")
    page.keyboard.press("Enter")
    expect(page.get_by_text(words("saved"))).to_be_visible()
    tab_to(page, "settings-tab")
    page.keyboard.press("ArrowRight")
    tab_to(page, "phone")
    page.keyboard.type("13812345678")
    tab_to(page, "usage")
    page.keyboard.type("Gen")
    tab_to(page, "send")
    page.keyboard.press("Space")
    expect(page.get_by_text(words("delivery.delivered"))).to_be_visible()
    assert emulator.inbox.messages()[0].template_code == "SMS_200000004"
    expect(page.locator("#send")).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_screen_does_not_scroll_sideways(
    open_page: Open, console: Console, language: str
) -> None:
    page = open_page(console.address, language, width=WIDTH_OF_A_PHONE)
    expect(page.locator("#panels")).to_be_visible()
    words = Words(language)
    check_settings(page, words)
    press(page, words, "addTemplate")
    for closed in page.locator("summary:visible").all():
        closed.click()
    for tab in ("settings", "test", "verify", "traffic"):
        open_tab(page, words, tab)
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH_OF_A_PHONE
        assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_very_long_texts_do_not_widen_the_page(
    open_page: Open, console: Console, language: str
) -> None:
    page = open_page(console.address, language)
    words = Words(language)
    expect(page.locator("#panels")).to_be_visible()
    page.get_by_label(words("signName"), exact=True).fill("签" * 300)
    page.get_by_label(words("endpoint"), exact=True).fill("x" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") == 1100
    open_tab(page, words, "test")
    page.get_by_label(words("phone"), exact=True).fill("1" * 300)
    page.locator("#usage").focus()
    expect(page.locator("#phone-notes .bad")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 1100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_colour_has_enough_contrast(
    open_page: Open, file: Path, language: str, scheme: Scheme
) -> None:
    """Contrast is measured as painted, for each language in each scheme."""
    words = Words(language)
    file.write_text(json.dumps(example_config("http://127.0.0.1:8025")))
    with Console(file) as console:
        page = open_page(console.address, language, scheme)
        page.get_by_label(words("accessKeyId"), exact=True).fill("")
        page.get_by_label(words("endpoint"), exact=True).focus()
        expect(page.locator("#access-key-id-notes .bad")).to_be_visible()
        assert violations(page) == []
        page.get_by_label(words("accessKeyId"), exact=True).fill(ORDINARY_KEY.id)
        open_tab(page, words, "test")
        expect(page.get_by_text(words("toEmulator"))).to_be_visible()
        assert violations(page) == []
        open_tab(page, words, "settings")
        page.get_by_label(words("endpoint"), exact=True).fill("")
        open_tab(page, words, "test")
        expect(page.get_by_text(words("toProvider"))).to_be_visible()
        assert violations(page) == []


def test_changes_are_announced_to_screen_readers(open_page: Open, console: Console) -> None:
    """Changes are in live regions, and fields have their problems in their descriptions."""
    page = open_page(console.address)
    for id_ in ("state", "outcome", "delivery"):
        assert page.locator(f"#{id_}").get_attribute("role") == "status"
    assert page.locator("#screen-messages").get_attribute("role") == "log"
    sign = page.get_by_label(Words("en")("signName"), exact=True)
    sign.fill("")
    sign.blur()
    expect(sign).to_have_attribute("aria-invalid", "true")
    expect(sign).to_have_accessible_description(
        "As approved, without the brackets 【】. Error: Required. "
        "Put the name of an approved sign here: dysms.console.aliyun.com/domestic/text/sign "
        "(国内消息 → 签名管理)."
    )
