"""The emulator's inbox in a browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from sms_connector.config import parse_config
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.message import Message
from sms_connector.sending.connector import SmsConnector

from .accessibility import violations
from .conftest import Open, Scheme
from .screenshots import picture
from .words import inbox_words


def send(emulator: Emulator, phone: str, code: str) -> None:
    connector = SmsConnector(parse_config(json.dumps(example_config(emulator.url))))
    connector.send(connector.compose(Message(phone, "SignIn", code)))


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_messages_show_up_newest_first_and_can_be_searched(
    open_page: Open, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = inbox_words(language)
    page = open_page(emulator.url, language, scheme)
    messages = page.get_by_role("main").get_by_role("listitem")
    expect(page.get_by_text(words("none"))).to_be_visible()
    assert violations(page) == []

    # They appear without a reload.
    send(emulator, "13812345678", "246810")
    expect(messages).to_have_count(1)
    expect(page.get_by_text(words("one"), exact=True)).to_be_visible()
    send(emulator, "13987654321", "135791")
    send(emulator, "+852 5123 4567", "112233")
    expect(messages).to_have_count(3)
    expect(messages.nth(0)).to_contain_text("Your sign-in code is 112233.")
    expect(messages.nth(2)).to_contain_text("246810")
    assert violations(page) == []
    picture(page, "inbox")

    search = page.get_by_label(words("search"), exact=True)
    search.fill("138 1234")
    expect(messages).to_have_count(1)
    expect(messages).to_contain_text("138 1234 5678")
    search.fill("000")
    expect(page.get_by_text(words("noneFound"))).to_be_visible()
    search.fill("")
    expect(messages).to_have_count(3)

    page.get_by_role("button", name=words("clear"), exact=True).click()
    expect(messages).to_have_count(0)
    assert emulator.inbox.messages() == ()


def test_a_shown_message_is_not_redrawn_when_another_arrives(
    open_page: Open, emulator: Emulator
) -> None:
    """A new message does not disturb a person who reads or copies."""
    send(emulator, "13812345678", "246810")
    page = open_page(emulator.url)
    first = page.get_by_role("main").get_by_role("listitem").first
    first.evaluate("element => { element.dataset.mine = 'yes'; }")
    send(emulator, "13987654321", "135791")
    expect(page.locator("[data-mine]")).to_contain_text("246810")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)


def test_a_stopped_emulator_is_reported_and_found_again(open_page: Open) -> None:
    words = inbox_words("en")
    with Emulator(flow_control=False) as emulator:
        send(emulator, "13812345678", "246810")
        page = open_page(emulator.url)
        expect(page.get_by_text("246810")).to_be_visible()
        port = int(emulator.url.rsplit(":", 1)[1])
    expect(page.get_by_text(words("gone"))).to_be_visible()
    expect(page.get_by_text("246810")).to_be_visible()
    with Emulator(port, flow_control=False):
        expect(page.get_by_text(words("none"))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_undelivered_message_is_marked_with_the_code_of_the_carrier(
    open_page: Open, emulator: Emulator, language: str
) -> None:
    send(emulator, "13812345678", "246810")
    send(emulator, number_for("MOBILE_NOT_ON_SERVICE"), "246810")
    page = open_page(emulator.url, language)
    messages = page.get_by_role("main").get_by_role("listitem")
    expect(messages).to_have_count(2)
    failed, received = messages.all()
    mark = inbox_words(language)("undelivered")
    expect(failed.get_by_text(mark, exact=True)).to_be_visible()
    expect(failed.get_by_text("MOBILE_NOT_ON_SERVICE", exact=True)).to_be_visible()
    expect(received.get_by_text(mark, exact=True)).to_be_hidden()
    assert violations(page) == []
