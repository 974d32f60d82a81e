"""What stands around the tabs of the console, how its parts look, and the phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator

from .accessibility import violations
from .conftest import Open
from .using import check_settings, open_tab, press, send
from .words import LANGUAGES, Words

PHONE = "13812345678"

# The part of what has the focus that is covered, in pixels; 0 for what is in the bar itself.
COVERED = """() => {
    const bar = document.getElementById("bar");
    const focused = document.activeElement;
    if (bar.contains(focused) || focused === document.body) return 0;
    const box = focused.getBoundingClientRect();
    const bottom = Math.min(bar.getBoundingClientRect().top, innerHeight);
    return Math.max(Math.ceil(box.bottom - bottom), Math.ceil(-box.top), 0);
}"""
# Focuses each field where the bar would cover it, and returns the ids of those that it covers then.
FOCUS_BEHIND_BAR = f"""() => [...document.querySelectorAll("#settings :is(input, button)")]
    .filter(field => field.checkVisibility() && (field.type !== "radio" || field.checked))
    .filter(field => {{
        scrollBy(0, field.getBoundingClientRect().bottom - innerHeight);
        field.focus();
        return ({COVERED})() > 0;
    }})
    .map(field => field.id || field.className)"""
SIZES = """() => [...document.querySelectorAll(
    "#settings input:not([type=radio], [type=checkbox]), #phone, #usage, #code, #hours")]
    .map(field => getComputedStyle(field).fontSize)"""


def weight(page: Page, selector: str) -> int:
    found: str = page.locator(selector).first.evaluate("e => getComputedStyle(e).fontWeight")
    return int(found)


@pytest.mark.parametrize(("width", "height"), [(390, 700), (768, 600), (1280, 600)])
def test_save_and_check_are_always_visible_and_never_cover_the_focus(
    open_page: Open, console: Console, width: int, height: int
) -> None:
    words = Words("en")
    page = open_page(console.address, width=width)
    page.set_viewport_size({"width": width, "height": height})
    check_settings(page, words)
    page.evaluate("scrollTo(0, 0)")
    page.locator("#settings-tab").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(COVERED) == 0, page.evaluate("document.activeElement.outerHTML")
        for name in ("save", "checkEmulator"):
            expect(page.get_by_role("button", name=words(name), exact=True)).to_be_in_viewport(
                ratio=1
            )
        if page.evaluate("document.activeElement.id") == "save":
            break
    else:
        raise AssertionError("the Tab key never led to Save")
    assert page.evaluate(FOCUS_BEHIND_BAR) == []
    # At the end of the page, the bar stands below the last card.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last, bar = page.locator("#export").bounding_box(), page.locator("#bar").bounding_box()
    assert last
    assert bar
    assert last["y"] + last["height"] <= bar["y"]


def test_every_tab_shows_save_and_check_while_there_are_unsaved_changes(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    save = page.get_by_role("button", name=words("save"), exact=True)
    open_tab(page, words, "test")
    expect(save).to_be_hidden()
    open_tab(page, words, "settings")
    page.get_by_label(words("strict"), exact=True).check()
    open_tab(page, words, "test")
    expect(save).to_be_in_viewport(ratio=1)
    save.click()
    expect(page.get_by_text(words("saved"))).to_be_visible()
    open_tab(page, words, "verify")
    expect(save).to_be_hidden()


def test_sending_with_invalid_settings_moves_the_focus_to_the_invalid_field(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.get_by_label(words("signName"), exact=True).fill("")
    send(page, words, PHONE)
    expect(page.get_by_label(words("signName"), exact=True)).to_be_focused()
    expect(page.locator("#state")).to_have_text(words("oneProblem"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_leads_to_the_documentation_the_inbox_and_the_magic_numbers(
    open_page: Open, console: Console, emulator: Emulator, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    links = page.get_by_role("navigation", name=words("links"))
    expect(links.get_by_role("link")).to_have_text(
        [words("docs"), words("inbox"), words("magicNumbers")]
    )
    inbox = links.get_by_role("link", name=words("inbox"))
    expect(inbox).to_have_attribute("href", f"{emulator.url}/")
    magic = links.get_by_role("link", name=words("magicNumbers"))
    expect(magic).to_have_attribute("href", f"{emulator.url}/#magic-numbers")
    with page.context.expect_page() as opened:
        links.get_by_role("link", name=words("docs")).click()
    docs = opened.value
    expect(docs.get_by_role("heading", level=1)).to_be_visible()
    assert docs.evaluate("document.documentElement.lang") == language
    assert violations(docs) == []


def test_without_an_emulator_the_magic_numbers_are_those_of_the_documentation(
    open_page: Open, file: Path
) -> None:
    words = Words("en")
    with Console(file) as console:
        page = open_page(console.address)
        expect(page.locator("#inbox-link")).to_be_hidden()
        with page.context.expect_page() as opened:
            page.get_by_role("link", name=words("magicNumbers")).click()
        docs = opened.value
        expect(docs.locator("#magic-numbers")).to_be_in_viewport()
        assert violations(docs) == []
        # An endpoint on this machine is an emulator's.
        page.get_by_label(words("endpoint"), exact=True).fill("http://127.0.0.1:8025")
        expect(page.locator("#inbox-link")).to_have_attribute("href", "http://127.0.0.1:8025/")


def test_a_reload_shows_the_same_tab(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    open_tab(page, words, "traffic")
    page.reload()
    expect(page.get_by_role("tabpanel", name=words("traffic"))).to_be_visible()
    open_tab(page, words, "settings")
    assert page.url == f"{console.url}/"


def test_fields_are_quiet_at_rest_and_have_a_ring_in_focus(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    sign = page.get_by_label(words("signName"), exact=True)
    expect(sign).to_have_css("border-top-color", "rgba(0, 0, 0, 0)")
    expect(sign).to_have_css("outline-style", "none")
    sign.focus()
    expect(sign).to_have_css("outline-style", "solid")
    expect(sign).to_have_css("outline-width", "2px")
    accent = page.locator("#save").evaluate("e => getComputedStyle(e).backgroundColor")
    expect(sign).to_have_css("outline-color", accent)


def test_values_have_one_size_and_labels_are_lighter_than_headings(
    open_page: Open, console: Console
) -> None:
    page = open_page(console.address)
    expect(page.locator("#panels")).to_be_visible()
    sizes: list[str] = page.evaluate(SIZES)
    assert len(sizes) > 10
    assert set(sizes) == {"14px"}
    assert weight(page, "label") < weight(page, "h2")


def test_the_chosen_language_has_no_fill(open_page: Open, console: Console) -> None:
    page = open_page(console.address)
    chosen = page.get_by_role("button", name="English")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(chosen).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def box(page: Page, selector: str) -> dict[str, Any]:
    found = page.locator(selector).bounding_box()
    assert found
    return dict(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_badge_beside_send_says_that_a_message_is_emulated(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    for tab, button in (("test", "send"), ("verify", "start")):
        open_tab(page, words, tab)
        badge = page.locator(f"#{tab}-destination")
        expect(badge).to_have_text(words("emulated"))
        expect(page.locator(f"#{button}")).to_have_accessible_description(
            re.compile(re.escape(words("emulated")))
        )
        first, second = box(page, f"#{button}"), box(page, f"#{tab}-destination")
        assert 0 < second["x"] - (first["x"] + first["width"]) < 20
        assert first["y"] < second["y"] + second["height"] / 2 < first["y"] + first["height"]


def test_the_phone_shows_sign_and_code_and_is_quiet_while_it_is_empty(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_tab(page, words, "test")
    expect(page.locator("#screen .phone")).to_have_count(0)
    assert box(page, "#screen-messages")["height"] < 100
    send(page, words, PHONE)
    phone = page.locator("#screen .phone")
    expect(phone.locator("> :first-child")).to_have_text("码上登录")
    expect(phone).to_have_css("border-top-width", "1px")
    code = emulator.inbox.messages()[0].template_param["code"]
    shown = phone.get_by_text(code, exact=True)
    expect(shown).to_have_css("font-size", "28px")
    phone.get_by_role("button", name=words("copy"), exact=True).click()
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert violations(page) == []


def test_a_long_text_of_the_provider_is_folded(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    send(page, words, number_for("SignatureDoesNotMatch"))
    long = page.locator("#outcome details")
    summary = long.locator("summary")
    expect(summary).to_contain_text("…")
    whole = long.evaluate("details => details.lastChild.textContent")
    assert len(whole) > 90
    height = box(page, "#outcome details")["height"]
    summary.click()
    assert box(page, "#outcome details")["height"] > height
    assert violations(page) == []


def test_printed_settings_are_complete_and_have_no_buttons(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    check_settings(page, words)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    for gone in ("#bar", ".tabs", "#languages"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_label(words("signName"), exact=True)).to_be_visible()
    expect(page.locator("#preview .bubble").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 720


def test_nothing_moves_with_reduced_motion(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.emulate_media(reduced_motion="reduce")
    send(page, words, PHONE)
    expect(page.locator("#screen .phone")).to_be_visible()
    press(page, words, "send")
    assert page.evaluate("document.getAnimations().length") == 0
