"""The inbox page on small screens, on paper, in both languages and for screen readers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from tests.local.emulate.calling import GOOD, rpc
from tests.local.emulate.entries import AT, message

from .accessibility import violations
from .conftest import Open, Scheme
from .test_inbox import EN, LANGUAGES, pane, rows, send, send_many
from .words import inbox_words


def test_a_stopped_emulator_is_reported_and_found_again(open_page: Open) -> None:
    with Emulator(flow_control=False) as emulator:
        send(emulator, "13812345678", "246810")
        page = open_page(emulator.url)
        expect(rows(page)).to_have_count(1)
        port = int(emulator.url.rsplit(":", 1)[1])
    expect(page.get_by_text(EN("gone"))).to_be_visible()
    expect(rows(page)).to_have_count(1)
    with Emulator(port, flow_control=False):
        expect(page.get_by_text(EN("none"), exact=True)).to_be_visible()
        expect(page.get_by_text(EN("gone"))).to_be_hidden()


def test_a_hidden_page_makes_no_request_and_catches_up_when_it_is_visible(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 1)
    page = open_page(emulator.url)
    expect(rows(page)).to_have_count(1)
    hide = "Object.defineProperty(document, 'hidden', {configurable: true, value: %s});"
    event = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hide % "true" + event)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    send_many(emulator, 2)
    # Long enough for a page that is seen: it shows a message within 0.3 s.
    page.wait_for_timeout(1_500)
    assert asked == []
    expect(rows(page)).to_have_count(1)
    page.evaluate(hide % "false" + event)
    expect(rows(page)).to_have_count(3)


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", ["Today · ", "Friday, January 2, 2026"]),
        ("zh-CN", ["今天 · ", "2026年1月2日星期五"]),
    ],
)
def test_rows_are_grouped_by_day_in_the_readers_format(
    open_page: Open, emulator: Emulator, language: str, days: list[str]
) -> None:
    emulator.inbox.add(message(received_at=AT + timedelta(hours=12)))
    send_many(emulator, 2)
    page = open_page(emulator.url, language)
    expect(page.locator(".day h2")).to_have_text([re.compile(f"^{day}") for day in days])
    expect(page.locator(".day").nth(0).locator(".row")).to_have_count(2)
    expect(page.locator(".day").nth(1).locator(".row")).to_have_count(1)


def test_a_link_leads_to_the_page_about_the_emulator(open_page: Open, emulator: Emulator) -> None:
    page = open_page(emulator.url)
    with page.expect_popup() as opened:
        page.get_by_role("link", name=EN("docs"), exact=True).click()
    expect(opened.value.get_by_role("heading", name="The emulator", exact=True)).to_be_visible()


def test_an_arrival_is_announced_to_screen_readers(open_page: Open, emulator: Emulator) -> None:
    send_many(emulator, 2)
    page = open_page(emulator.url)
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#status")).to_have_text("")
    send_many(emulator, 1)
    expect(page.locator("#status")).to_have_text(EN("arrived", total=1))


def test_fifteen_rows_fit_on_a_screen_of_900_pixels(open_page: Open, emulator: Emulator) -> None:
    send_many(emulator, 20)
    page = open_page(emulator.url, width=1280)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(rows(page)).to_have_count(20)
    seen = page.evaluate(
        "[...document.querySelectorAll('.row')]"
        ".filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert seen >= 15


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_on_a_phone_the_details_take_the_place_of_the_list(
    open_page: Open, emulator: Emulator, language: str
) -> None:
    words = inbox_words(language)
    send(emulator, "13812345678", "246810")
    rpc(emulator, {**GOOD, "SignName": "别的" * 30, "PhoneNumbers": "1" * 60})
    page = open_page(emulator.url, language, width=390)
    wide = "document.documentElement.scrollWidth > innerWidth"
    for number in range(2):
        expect(rows(page)).to_have_count(2)
        assert not page.evaluate(wide)
        rows(page).nth(number).get_by_role("link").click()
        expect(pane(page)).to_be_visible()
        expect(rows(page).first).to_be_hidden()
        assert not page.evaluate(wide)
        assert violations(page) == []
        page.go_back()
        expect(pane(page)).to_be_hidden()
        expect(rows(page).first).to_be_visible()
    rows(page).first.get_by_role("link").click()
    page.get_by_role("button", name=words("older")).click()
    expect(pane(page).locator(".bubble")).to_contain_text("246810")
    page.get_by_role("button", name=words("close"), exact=True).click()
    expect(rows(page).nth(1).get_by_role("link")).to_be_focused()


@LANGUAGES
def test_before_the_first_message_the_page_gives_a_request_and_numbers_to_copy(
    open_page: Open, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = inbox_words(language)
    page = open_page(emulator.url, language, scheme)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator("#example-request")).to_contain_text(f"curl {emulator.url}")
    page.locator("#example").get_by_role("button", name=words("copy"), exact=True).click()
    expect(page.locator("#example [data-copied]")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"curl {emulator.url} ")
    expect(page.get_by_role("button", name=emulator.url)).to_be_visible()

    page.get_by_role("link", name=words("allMagicNumbers")).click()
    for text in (number_for("Throttling"), "Throttling", number_for(Behaviour.HUNG), "MK:0001"):
        expect(pane(page).get_by_text(text, exact=True).first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(pane(page)).to_be_hidden()


def test_the_language_of_rows_and_details_changes_at_once(
    open_page: Open, emulator: Emulator
) -> None:
    rpc(emulator, {**GOOD, "SignName": "别的"})
    page = open_page(emulator.url)
    rows(page).first.get_by_role("link").click()
    expect(pane(page)).to_contain_text(EN("request"))
    page.get_by_role("button", name="中文").click()
    chinese = inbox_words("zh-CN")
    expect(rows(page).first).to_contain_text("账号下没有此签名。")
    expect(rows(page).first).to_contain_text(chinese("state.refused"))
    expect(pane(page)).to_contain_text(chinese("request"))
    expect(page.locator(".day h2")).to_contain_text("今天")
    expect(page.get_by_role("searchbox")).to_have_attribute("placeholder", chinese("search"))


def test_an_entry_that_is_emptied_while_it_is_open_is_closed(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 1)
    page = open_page(emulator.url)
    rows(page).first.get_by_role("link").click()
    expect(pane(page)).to_be_visible()
    emulator.clear()
    expect(pane(page)).to_be_hidden()
    expect(page.get_by_text(EN("none"), exact=True)).to_be_visible()


def test_more_rows_are_shown_on_demand(open_page: Open, emulator: Emulator) -> None:
    send_many(emulator, 201)
    page = open_page(emulator.url)
    expect(rows(page)).to_have_count(200)
    page.get_by_role("button", name=EN("more", shown=200, total=201)).click()
    expect(rows(page)).to_have_count(201)
    expect(page.locator("#more")).to_be_hidden()


def test_a_printed_list_has_all_rows_and_their_whole_text(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 40)
    page = open_page(emulator.url)
    expect(rows(page)).to_have_count(40)
    page.emulate_media(media="print")
    height = page.evaluate("document.body.scrollHeight")
    assert height > page.evaluate("innerHeight")
    assert page.evaluate("getComputedStyle(document.querySelector('.text')).whiteSpace") == "normal"
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_nothing_moves_with_reduced_motion(open_page: Open, emulator: Emulator) -> None:
    send_many(emulator, 1)
    page = open_page(emulator.url)
    page.emulate_media(reduced_motion="reduce")
    rows(page).first.get_by_role("button").click()
    expect(page.locator("[data-copied]")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_selection_in_the_details_stays_when_messages_arrive(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 1)
    page = open_page(emulator.url)
    rows(page).first.get_by_role("link").click()
    bubble = pane(page).locator(".bubble")
    expect(bubble).to_be_visible()
    expect(pane(page)).to_contain_text(EN("state.delivered"), timeout=10_000)
    bubble.select_text()
    send(emulator, "13987654321", "135791")
    expect(rows(page)).to_have_count(2)
    assert "000000" in page.evaluate("getSelection().toString()")
