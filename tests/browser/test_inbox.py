"""The emulator's inbox in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from sms_connector.config import parse_config
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.message import Message
from sms_connector.sending.connector import SmsConnector
from tests.local.emulate.calling import GOOD, rpc
from tests.local.emulate.test_reports import listening

from .accessibility import violations
from .conftest import Open, Scheme
from .screenshots import picture
from .words import inbox_words

EN = inbox_words("en")

# In milliseconds: a page on a busy machine takes more than the default.
expect.set_options(timeout=10_000)

LANGUAGES = pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])


def send(emulator: Emulator, phone: str, code: str) -> None:
    connector = SmsConnector(parse_config(json.dumps(example_config(emulator.url))))
    connector.send(connector.compose(Message(phone, "SignIn", code)))


def send_many(emulator: Emulator, number: int) -> None:
    for one in range(number):
        rpc(emulator, {**GOOD, "TemplateParam": f'{{"code":"{one:06}"}}'})


def rows(page: Page) -> Locator:
    return page.locator("#list .row")


def pane(page: Page) -> Locator:
    return page.get_by_role("region", name=inbox_words(language_of(page))("pane"), exact=True)


def language_of(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def focused(page: Page) -> str:
    """Return the text of what has the focus, empty if nothing has."""
    is_body = "document.activeElement === document.body"
    return str(page.evaluate(f"{is_body} ? '' : document.activeElement.innerText"))


@LANGUAGES
def test_messages_are_listed_newest_first_and_can_be_searched(
    open_page: Open, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = inbox_words(language)
    page = open_page(emulator.url, language, scheme)
    expect(page.get_by_text(words("none"))).to_be_visible()
    assert violations(page) == []

    # They appear without a reload.
    send(emulator, "13812345678", "246810")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text(words("none"))).to_be_hidden()
    send(emulator, "13987654321", "135791")
    send(emulator, "+852 5123 4567", "112233")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).nth(0)).to_contain_text("Your sign-in code is 112233.")
    expect(rows(page).nth(2)).to_contain_text("246810")
    expect(rows(page).nth(2)).to_contain_text(words("state.delivered"))
    assert violations(page) == []

    search = page.get_by_role("searchbox")
    for wanted, count in (("138 1234", 1), ("Your sign-in", 1), ("135791", 1), ("SMS_2", 3)):
        search.fill(wanted)
        expect(rows(page)).to_have_count(count)
    search.fill("nothing like it")
    expect(page.get_by_text(words("noneFound"))).to_be_visible()
    expect(page.get_by_text(words("none"), exact=True)).to_be_hidden()
    search.press("Escape")
    expect(rows(page)).to_have_count(3)


@pytest.fixture
def fresh() -> Iterator[Emulator]:
    """An emulator that nothing was emptied from, and that delivers at once."""
    with Emulator(flow_control=False, delivery_delay=0) as emulator:
        yield emulator


@LANGUAGES
def test_a_refused_request_is_in_the_list_and_explained_in_full(
    open_page: Open, fresh: Emulator, language: str, scheme: Scheme
) -> None:
    words = inbox_words(language)
    send(fresh, "13812345678", "246810")
    send(fresh, "13987654321", "135791")
    send(fresh, number_for("MOBILE_NOT_ON_SERVICE"), "864209")
    rpc(fresh, {**GOOD, "TemplateParam": '{"code":"12-34"}'})
    rpc(fresh, {**GOOD, "SignName": "码上登陆"})
    page = open_page(fresh.url, language, scheme, width=1280)
    refused = rows(page).first
    expect(refused).to_contain_text(words("state.refused"))
    expect(refused).to_contain_text("isv.SMS_SIGNATURE_ILLEGAL")
    why = {"en": "The account has no such sign name.", "zh-CN": "账号下没有此签名。"}[language]
    expect(refused).to_contain_text(why)

    refused.get_by_role("link").click()
    expect(pane(page)).to_contain_text(why)
    expect(pane(page)).to_contain_text("该账号下找不到对应签名")
    expect(pane(page)).to_contain_text("SignName=码上登陆")
    expect(pane(page)).to_contain_text("AccessKeyId=****")
    expect(pane(page)).to_contain_text("Signature=****")
    expect(refused.get_by_role("link")).to_have_attribute("aria-current", "true")
    assert violations(page) == []
    cut = "numbers => numbers.filter((number) => number.scrollWidth > number.clientWidth).length"
    assert page.locator(".row .number").evaluate_all(cut) == 0
    picture(page, "inbox")

    for name, count in (("refused", 2), ("delivered", 2), ("failed", 1), ("all", 5)):
        button = page.get_by_role("button", name=f"{words(f'filter.{name}')} {count}", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(rows(page)).to_have_count(count)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_details_show_the_message_and_each_step_of_its_delivery(
    open_page: Open, language: str
) -> None:
    words = inbox_words(language)
    with (
        listening() as address,
        Emulator(delivery_delay=0.5, flow_control=False, reports=address.url) as emulator,
    ):
        page = open_page(emulator.url, language)
        address.answers = [b"no"]
        send(emulator, number_for("MOBILE_NOT_ON_SERVICE"), "246810")
        rows(page).first.get_by_role("link").click()
        expect(pane(page).locator(".bubble")).to_contain_text("246810")
        # They follow by themselves.
        for text in (
            words("accepted"),
            words("reportFailed"),
            words("reportNotTaken"),
            "MOBILE_NOT_ON_SERVICE",
            {"en": "the number is not in use", "zh-CN": "空号"}[language],
        ):
            expect(pane(page)).to_contain_text(text)
        expect(pane(page)).to_contain_text(words("state.failed"))
        expect(rows(page).first).to_contain_text(words("state.failed"))
        assert violations(page) == []


def test_details_explain_what_a_magic_number_does_to_the_answer(
    open_page: Open, emulator: Emulator
) -> None:
    rpc(emulator, {**GOOD, "PhoneNumbers": number_for(Behaviour.LIST)})
    page = open_page(emulator.url)
    rows(page).first.get_by_role("link").click()
    expect(pane(page)).to_contain_text(f"{EN('answerFault')} {Behaviour.LIST.value}")


def test_one_click_in_the_row_copies_the_code(open_page: Open, emulator: Emulator) -> None:
    send(emulator, "13812345678", "246810")
    page = open_page(emulator.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows(page).first.get_by_role("button", name=EN("copyCode", code="246810")).click()
    expect(page.get_by_role("status").filter(has_text="246810")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "246810"
    expect(pane(page)).to_be_hidden()


def test_the_code_is_copied_without_permission_for_the_clipboard(
    open_page: Open, emulator: Emulator
) -> None:
    """A page at a plain address in the network has no `navigator.clipboard`."""
    send(emulator, "13812345678", "246810")
    page = open_page(emulator.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    button = rows(page).first.get_by_role("button")
    button.click()
    expect(page.get_by_role("status").filter(has_text="246810")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "246810"
    expect(button).to_be_focused()


def test_unread_entries_are_marked_until_they_are_opened(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 3)
    page = open_page(emulator.url)
    unread = page.locator(".row.unread")
    expect(unread).to_have_count(3)
    expect(page).to_have_title(f"(3) {EN('title')}")
    expect(rows(page).nth(1).get_by_role("link")).to_have_accessible_name(
        re.compile(f"^{EN('unread')} ")
    )
    rows(page).nth(1).get_by_role("link").click()
    expect(unread).to_have_count(2)
    page.reload()
    expect(unread).to_have_count(2)
    page.get_by_role("button", name=EN("readAll")).click()
    expect(unread).to_have_count(0)
    expect(page).to_have_title(EN("title"))


@LANGUAGES
def test_undo_restores_entries_below_those_received_since(
    open_page: Open, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = inbox_words(language)
    send(emulator, "13812345678", "246810")
    rpc(emulator, {**GOOD, "SignName": "别的"})
    page = open_page(emulator.url, language, scheme)
    page.get_by_role("button", name=words("clear"), exact=True).click()
    expect(rows(page)).to_have_count(0)
    assert emulator.inbox.messages() == ()
    undo = page.get_by_role("button", name=words("undo", total=2), exact=True)
    expect(undo).to_be_focused()
    send(emulator, "13987654321", "135791")
    expect(rows(page)).to_have_count(1)
    assert violations(page) == []
    undo.click()
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("135791")
    expect(undo).to_be_hidden()
    assert len(emulator.inbox.messages()) == 2


def test_the_keyboard_leads_through_rows_and_details(open_page: Open, emulator: Emulator) -> None:
    send_many(emulator, 4)
    page = open_page(emulator.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(rows(page)).to_have_count(4)
    for key, code in (
        ("ArrowDown", "000003"),
        ("ArrowDown", "000002"),
        ("j", "000001"),
        ("j", "000000"),
        ("j", "000000"),
        ("ArrowUp", "000001"),
        ("k", "000002"),
    ):
        page.keyboard.press(key)
        assert code in focused(page)
    page.keyboard.press("c")
    expect(page.get_by_role("status").filter(has_text="000002")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "000002"
    expect(pane(page)).to_be_hidden()

    page.keyboard.press("Enter")
    expect(pane(page).locator(".bubble")).to_contain_text("000002")
    page.keyboard.press("j")
    expect(pane(page).locator(".bubble")).to_contain_text("000001")
    assert "000001" in focused(page)
    page.keyboard.press("Escape")
    expect(pane(page)).to_be_hidden()
    assert "000001" in focused(page)
    # One step leads out of the rows, however many there are: the code of the row, then the footer.
    page.keyboard.press("Tab")
    assert focused(page) == "000001"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.row')")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jkc")
    expect(page.get_by_role("searchbox")).to_have_value("jkc")


def test_the_focus_stays_on_its_row_when_messages_arrive(
    open_page: Open, emulator: Emulator
) -> None:
    send_many(emulator, 2)
    page = open_page(emulator.url)
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    row = rows(page).nth(1)
    row.evaluate("element => { element.dataset.mine = 'yes'; }")
    send(emulator, "13987654321", "135791")
    expect(rows(page)).to_have_count(3)
    expect(page.locator("[data-mine]")).to_contain_text("000000")
    assert "000000" in focused(page)
