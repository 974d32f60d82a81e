"""Fill in, see an error, fix it, check, send, see the SMS, save, reload: in both languages."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.magic import number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.given_templates import GIVEN_TEMPLATES

from .accessibility import violations
from .conftest import Open, Scheme
from .screenshots import picture
from .using import check_settings, open_tab, press, send
from .words import Words

PHONE = "13812345678"
CODES = ("SMS_200000001", "SMS_200000002", "SMS_200000003", "SMS_200000004")
RED: dict[Scheme, str] = {"light": "rgb(168, 41, 28)", "dark": "rgb(255, 157, 143)"}
STORIES: list[tuple[str, Scheme]] = [("en", "light"), ("zh-CN", "dark")]


def fill_in(page: Page, words: Words, endpoint: str) -> None:
    page.get_by_label(words("accessKeyId"), exact=True).fill(ORDINARY_KEY.id)
    page.get_by_label(words("accessKeySecret"), exact=True).fill(ORDINARY_KEY.secret)
    page.get_by_label(words("signName"), exact=True).fill("码上登录")
    page.get_by_label(words("endpoint"), exact=True).fill(endpoint)
    for field, code in zip(
        page.get_by_label(words("templateCode"), exact=True).all(), CODES, strict=True
    ):
        field.fill(code)


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_filling_in_fixing_and_saving_the_settings(
    open_page: Open, file: Path, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    with Console(file) as console:  # no emulator of its own: the form is empty
        page = open_page(console.address, language, scheme)
        header = page.locator("#file")
        expect(header).to_have_text(words("noFile", path="connector.json"))
        assert violations(page) == []

        # Saving an incomplete form moves the focus to the first missing field.
        page.get_by_role("button", name=words("save"), exact=True).click()
        expect(page.get_by_text(words("problems", count=5))).to_be_visible()
        sign = page.get_by_label(words("signName"), exact=True)
        expect(sign).to_be_focused()
        expect(sign).to_have_attribute("aria-invalid", "true")
        assert violations(page) == []
        picture(page, "console-errors")
        assert not file.exists()

        # Problems disappear while the fields are filled in.
        fill_in(page, words, emulator.url)
        expect(page.locator("[aria-invalid]")).to_have_count(0)
        page.get_by_role("button", name=words("save"), exact=True).click()
        expect(page.get_by_text(words("saved"))).to_be_visible()
        expect(header).to_have_text("connector.json")
        saved = json.loads(file.read_text("utf-8"))
        assert saved["accessKeySecret"] == ORDINARY_KEY.secret
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        # A reload shows what was saved, and never the secret.
        page.reload()
        expect(page.get_by_label(words("signName"), exact=True)).to_have_value("码上登录")
        expect(page.get_by_text(words("secretKept"))).to_be_visible()
        assert ORDINARY_KEY.secret not in page.content()
        assert "token" not in page.url


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_checking_and_sending_a_test_message(
    open_page: Open, console: Console, emulator: Emulator, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    page = open_page(console.address, language, scheme)

    # A check that fails is shown beside its field.
    sign = page.get_by_label(words("signName"), exact=True)
    sign.fill("码上驳回")
    check_settings(page, words, "oneCheckFailed")
    notes = page.locator("#sign-name-notes")
    expect(notes).to_contain_text(words("wrong"))
    expect(notes.get_by_text("签名与主体无关")).to_be_visible()
    assert violations(page) == []

    # A change of the field removes the old check.
    sign.fill("码上登录")
    expect(notes).to_be_empty()
    check_settings(page, words)
    picture(page, "console-settings")

    # First an invalid number, then a valid one.
    open_tab(page, words, "test")
    expect(page.get_by_text(words("screenEmpty"))).to_be_visible()
    phone = page.get_by_label(words("phone"), exact=True)
    phone.fill("12345")
    phone.blur()
    expect(page.locator("#phone-notes .bad")).to_be_visible()
    phone.fill(PHONE)
    note = words("mainlandTemplate", code="SMS_200000002")
    expect(page.get_by_text(note)).to_be_visible()
    press(page, words, "send")
    expect(page.get_by_text(words("accepted"))).to_be_visible()
    expect(page.get_by_text(words("delivery.waiting"))).to_be_visible()
    bubble = page.locator("#screen .bubble")
    expect(bubble).to_contain_text("【码上登录】您的登录验证码为")
    assert violations(page) == []
    expect(page.get_by_text(words("delivery.delivered"))).to_be_visible()
    assert emulator.inbox.messages()[0].content == bubble.inner_text()
    assert violations(page) == []
    picture(page, "console-sent")

    # The overseas code of the row is used abroad.
    phone.fill("+852 5123 4567")
    expect(page.get_by_text(words("abroadTemplate", code="SMS_200000102"))).to_be_visible()
    press(page, words, "send")
    expect(bubble).to_contain_text("Your sign-in code is")


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_a_refused_or_undelivered_message_is_shown_with_its_reason(
    open_page: Open, console: Console, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    page = open_page(console.address, language, scheme)
    send(page, words, number_for("isv.AMOUNT_NOT_ENOUGH"))
    expect(page.locator("#outcome")).to_contain_text(words("notSent"))
    expect(page.locator("#outcome")).to_contain_text("isv.AMOUNT_NOT_ENOUGH")
    # In Chinese, the advice is Chinese too.
    assert bool(re.search("top it up", page.locator("#outcome").inner_text())) == (language == "en")
    assert violations(page) == []

    send(page, words, number_for("MOBILE_IN_BLACK"))
    expect(page.get_by_text(words("delivery.failed"))).to_be_visible()
    expect(page.locator("#delivery")).to_contain_text("MOBILE_IN_BLACK")
    assert violations(page) == []


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_the_switch_to_given_templates_keeps_what_was_typed_for_the_others(
    open_page: Open, console: Console, file: Path, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    page = open_page(console.address, language, scheme)
    own = page.get_by_label(words("ownSign"), exact=True)
    given = page.get_by_label(words("givenSign"), exact=True)
    sign = page.get_by_label(words("signName"), exact=True)
    codes = page.get_by_label(words("templateCode"), exact=True)
    expect(own).to_be_checked()
    expect(page.locator("#given-templates")).to_be_hidden()

    # The given templates are listed, and filled in for each usage type.
    given.check()
    expect(page.locator("#given-templates dt")).to_have_text(list(GIVEN_TEMPLATES))
    expect(page.locator("#given-templates dd").nth(2)).to_have_text(words("given.100003"))
    expect(page.get_by_text(words("givenSignHint"))).to_be_visible()
    assert [field.input_value() for field in codes.all()] == [
        "100001",
        "100001",
        "100003",
        "100001",
    ]
    expect(codes.first).to_have_attribute("list", "given-codes")
    expect(sign).to_have_value("")
    sign.fill("码上速通")
    expect(page.locator("#preview")).to_have_text(words("previewGiven"))
    assert violations(page) == []
    picture(page, "console-given")

    # What was typed for the other service is there again.
    own.check()
    expect(sign).to_have_value("码上登录")
    expect(codes.first).to_have_value("SMS_200000001")
    given.check()
    expect(sign).to_have_value("码上速通")

    # An overseas code needs a sign of its own: this config is for the mainland alone.
    for field in page.get_by_label(words("overseasCode"), exact=True).all():
        field.fill("")
    check_settings(page, words)
    assert violations(page) == []
    send(page, words, PHONE)
    bubble = page.locator("#screen .bubble")
    expect(bubble).to_contain_text("【码上速通】您正在登录或注册，验证码为")
    expect(bubble).to_contain_text("10分钟内有效")
    expect(page.get_by_text(words("delivery.unknown"))).to_be_visible()
    page.get_by_role("button", name=words("save"), exact=True).click()
    expect(page.get_by_text(words("saved"))).to_be_visible()
    assert json.loads(file.read_text("utf-8"))["templates"][1]["templateCode"] == "100001"

    # A reload shows the switch as the saved templates need it.
    page.reload()
    open_tab(page, words, "settings")
    expect(given).to_be_checked()
    expect(page.locator("#given-templates")).to_be_visible()


def test_template_rows_can_be_added_and_removed(
    open_page: Open, console: Console, file: Path
) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.get_by_role("button", name=words("addTemplate"), exact=True).click()
    new = page.locator("#rows").get_by_label(words("usageType"), exact=True)
    expect(new).to_be_focused()
    new.fill("MfaVerification")
    group = page.get_by_role("group", name=words("rowLabel", usageType="MfaVerification"))
    group.get_by_label(words("templateCode"), exact=True).fill("SMS_200000004")
    group.get_by_label(words("overseasCode"), exact=True).fill("SMS_200000102")
    expect(group.locator(".bad")).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("button", name=words("save"), exact=True).click()
    expect(page.get_by_text(words("saved"))).to_be_visible()
    last = json.loads(file.read_text("utf-8"))["templates"][-1]
    assert last["templateCode"] == {"china": "SMS_200000004", "overseas": "SMS_200000102"}
    # A new row is offered for the test message at once, and can be removed.
    expect(page.locator("#usage option")).to_have_text(
        ["Register", "SignIn", "ForgotPassword", "Generic", "MfaVerification"]
    )
    name = words("removeTemplate", usageType="MfaVerification")
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("button", name=words("addTemplate"), exact=True)).to_be_focused()
    expect(page.locator("#usage option")).to_have_count(4)
    assert page.get_by_role("button", name="Remove the template").count() == 0


def test_the_language_changes_at_once_and_is_kept_on_reload(
    open_page: Open, console: Console
) -> None:
    page = open_page(console.address)
    english, chinese = Words("en"), Words("zh-CN")
    check_settings(page, english)
    page.get_by_role("button", name="中文", exact=True).click()
    # Texts that are already shown change too.
    expect(page.get_by_text(chinese("oneWarning"))).to_be_visible()
    expect(page.locator("#sign-name-notes")).to_contain_text("签名已通过审核")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == chinese("title")
    page.reload()
    expect(page.get_by_role("tab", name=chinese("settings"), exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="中文")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_a_real_message_is_sent_only_after_a_confirmation(
    open_page: Open, file: Path, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    file.write_text(json.dumps(example_config("http://192.0.2.1:1") | {"connectTimeout": 1}))
    asked: list[str] = []
    with Console(file) as console:
        page = open_page(console.address, language, scheme)

        def refuse(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.dismiss()

        page.once("dialog", refuse)
        open_tab(page, words, "test")
        destination = page.locator("#test-destination")
        expect(destination).to_have_text(words("real"))
        expect(destination).to_have_css("color", RED[scheme])
        expect(page.get_by_text(words("toProvider"))).to_be_visible()
        assert violations(page) == []
        page.get_by_label(words("phone"), exact=True).fill(PHONE)
        send = page.get_by_role("button", name=words("send"), exact=True)
        send.click()
        expect(page.locator("#outcome")).to_have_text(words("notSent"))
        page.once("dialog", lambda dialog: dialog.accept())
        send.click()
        expect(page.locator("#outcome dl")).to_contain_text("general")
    values = {"usageType": "SignIn", "phone": "138****5678", "templateCode": "SMS_200000002"}
    assert asked == [words("confirmSend", **values)]


def test_the_phone_shows_no_earlier_message_once_another_is_sent(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    send(page, words, PHONE)
    expect(page.locator("#screen .bubble")).to_contain_text("验证码")
    send(page, words, "19900001001")
    expect(page.locator("#screen .bubble")).to_have_count(0)
    expect(page.get_by_text(words("screenEmpty"))).to_be_visible()
