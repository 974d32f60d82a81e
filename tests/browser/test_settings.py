"""The form of the settings: what is reported when, the checks, the preview, and the export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.account import ORDINARY_KEY
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config

from .accessibility import violations
from .conftest import Open
from .using import check_settings, open_tab, press, send
from .words import LANGUAGES, Words

PHONE = "13812345678"
REQUIRED = ("Register", "SignIn", "ForgotPassword", "Generic")


def row(page: Page, words: Words, usage_type: str) -> Locator:
    return page.get_by_role("group", name=words("rowLabel", usageType=usage_type), exact=True)


def add_template(page: Page, words: Words, usage_type: str, code: str) -> Locator:
    press(page, words, "addTemplate")
    page.keyboard.type(usage_type)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Tab")
    return page.locator("#rows > :last-child")


def test_a_field_is_reported_when_it_was_left_and_cleared_while_it_is_corrected(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    sign = page.get_by_label(words("signName"), exact=True)
    notes = page.locator("#sign-name-notes .bad")
    with page.expect_response("**/api/validate"):
        sign.fill("")
    expect(page.locator("#state")).to_have_text(words("unsaved"))
    with page.expect_response("**/api/validate"):
        sign.press_sequentially("[码")
    expect(notes).to_have_count(0)
    sign.blur()
    expect(notes).to_be_visible()
    expect(sign).to_have_attribute("aria-invalid", "true")
    sign.fill("码")
    expect(notes).to_have_count(0)


def test_a_phone_number_is_reported_when_its_field_was_left(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    open_tab(page, words, "test")
    phone = page.get_by_label(words("phone"), exact=True)
    with page.expect_response("**/api/validate"):
        phone.press_sequentially("1381")
    expect(page.locator("#phone-notes li")).to_have_count(0)
    phone.blur()
    expect(page.locator("#phone-notes .bad")).to_be_visible()
    phone.fill(PHONE)
    expect(page.locator("#phone-notes .good")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "brackets", "no_code", "twice"),
    [
        ("en", "brackets: the provider adds 【】", "Not a template code", "SignIn already"),
        ("zh-CN", "由阿里云自动添加", "不是模板 CODE", "SignIn 已经有模板了"),
    ],
)
def test_brackets_a_name_for_a_code_and_a_second_template_have_messages_of_their_own(
    open_page: Open, console: Console, language: str, brackets: str, no_code: str, twice: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    page.get_by_label(words("signName"), exact=True).fill("【码上登录】")
    code = row(page, words, "Register").get_by_label(words("templateCode"), exact=True)
    code.fill("登录验证码")
    second = add_template(page, words, "SignIn", "SMS_200000002")
    expect(page.locator("#sign-name-notes .bad")).to_contain_text(brackets)
    expect(row(page, words, "Register").locator(".bad")).to_contain_text(no_code)
    expect(second.locator(".bad")).to_contain_text(twice)
    expect(page.locator("#settings [aria-invalid]")).to_have_count(3)
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("problems", count=3))
    assert violations(page) == []


def test_a_required_usage_type_is_text_with_its_purpose_and_only_an_added_one_a_field(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    usage_types = page.locator("#rows").get_by_label(words("usageType"), exact=True)
    for usage_type in REQUIRED:
        shown = row(page, words, usage_type).locator(".usage")
        expect(shown).to_have_text(f"{usage_type} {words(f'purpose.{usage_type}')}")
    expect(usage_types).to_have_count(0)
    add_template(page, words, "MfaVerification", "SMS_200000004")
    expect(usage_types).to_have_value("MfaVerification")


def test_a_required_usage_type_that_the_file_lacks_has_an_empty_row(
    open_page: Open, file: Path, emulator: Emulator
) -> None:
    words = Words("en")
    config = example_config(emulator.url)
    config["templates"] = [each for each in config["templates"] if each["usageType"] != "SignIn"]
    file.write_text(json.dumps(config))
    with Console(file, emulator) as console:
        page = open_page(console.address)
        code = row(page, words, "SignIn").get_by_label(words("templateCode"), exact=True)
        expect(code).to_have_value("")
        expect(code).to_have_attribute("aria-invalid", "true")


def lefts(page: Page) -> list[float]:
    """Return where the fields of all rows begin and end, each place once."""
    boxes = [field.bounding_box() for field in page.locator("#rows .template-code").all()]
    places = {round(place) for box in boxes if box for place in (box["x"], box["x"] + box["width"])}
    return sorted(places)


def test_the_columns_of_the_templates_stay_where_they_are(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    expect(page.locator("#panels")).to_be_visible()
    before = lefts(page)
    assert len(before) == 2
    check_settings(page, words)
    assert lefts(page) == before
    add_template(page, words, "A usage type with a very long name", "SMS_" + "9" * 40)
    assert lefts(page) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_is_a_mark_in_its_row_with_details_on_demand(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    row(page, words, "Register").locator(".template-code").fill("SMS_200000202")
    check_settings(page, words, "oneCheckFailed")
    passed = row(page, words, "SignIn").get_by_role("button", name=words("checkGood"), exact=True)
    details = row(page, words, "SignIn").locator(".notes li")
    expect(passed).to_have_attribute("aria-expanded", "false")
    expect(details).to_have_count(2)
    expect(details.first).to_be_hidden()
    passed.click()
    expect(passed).to_have_attribute("aria-expanded", "true")
    expect(details.first).to_contain_text("SMS_200000002")
    expect(details.first).to_be_visible()
    passed.click()
    expect(details.first).to_be_hidden()
    # What failed is open from the start; a warning has a mark of its own.
    failed = row(page, words, "Register").get_by_role("button", name=words("checkBad"), exact=True)
    expect(failed).to_have_attribute("aria-expanded", "true")
    expect(row(page, words, "Register").locator(".notes li")).to_be_visible()
    expect(page.locator("#other").get_by_role("button", name=words("checkWarning"))).to_be_visible()
    assert violations(page) == []
    # A change removes the marks.
    page.get_by_label(words("endpoint"), exact=True).fill("")
    expect(page.locator("button.mark")).to_have_count(0)
    expect(page.locator("#other")).to_be_hidden()


def test_a_checked_template_is_previewed_with_its_own_text(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    preview = page.get_by_role("region", name=words("preview", usageType="SignIn"))
    expect(preview).to_contain_text(words("previewEmpty"))
    expect(preview.locator(".phone")).to_have_count(0)
    check_settings(page, words)
    expect(preview.locator(".sender")).to_have_text("码上登录")
    expect(preview.locator(".bubble")).to_have_text(
        [
            "【码上登录】您的登录验证码为${code}，5分钟内有效，请勿告知他人。",
            "【码上登录】Your sign-in code is ${code}. It is valid for 5 minutes.",
        ]
    )
    # Of the row that has the focus, and only as long as its code is the one that was checked.
    code = row(page, words, "ForgotPassword").get_by_label(words("templateCode"), exact=True)
    code.focus()
    preview = page.get_by_role("region", name=words("preview", usageType="ForgotPassword"))
    expect(preview.locator(".bubble")).to_contain_text("您正在重置密码")
    assert violations(page) == []
    code.fill("SMS_1")
    expect(preview).to_contain_text(words("previewEmpty"))


def test_leaving_with_unsaved_changes_asks_first(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    sign = page.get_by_label(words("signName"), exact=True)
    sign.fill("码上验证")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    # A value that is as before needs no question.
    sign.fill("码上登录")
    expect(page.locator("#state")).to_have_text(words("unchanged"))
    sign.fill("码上验证")
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_switching_the_service_and_back_changes_nothing(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.get_by_label(words("givenSign"), exact=True).check()
    expect(page.locator("#state")).to_have_text(words("unsaved"))
    page.get_by_label(words("ownSign"), exact=True).check()
    expect(page.locator("#state")).to_have_text(words("unchanged"))


def test_a_change_of_the_settings_removes_the_results_of_earlier_messages(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    send(page, words, PHONE)
    expect(page.get_by_text(words("delivery.delivered"))).to_be_visible()
    open_tab(page, words, "verify")
    press(page, words, "start")
    expect(page.locator("#code")).to_be_focused()
    open_tab(page, words, "settings")
    page.get_by_label(words("strict"), exact=True).check()
    open_tab(page, words, "verify")
    for id_ in ("started", "verify-delivery", "result", "outcome", "delivery"):
        expect(page.locator(f"#{id_}")).to_be_empty()
    expect(page.locator("#check-code")).to_be_hidden()
    expect(page.locator("#screen")).to_contain_text(words("screenEmpty"))


def test_the_export_is_folded_away_and_its_buttons_copy_what_it_shows(
    open_page: Open, console: Console
) -> None:
    words = Words("en")
    page = open_page(console.address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator("#json")).to_be_hidden()
    page.get_by_text(words("export"), exact=True).click()
    expect(page.locator("#json")).to_contain_text("accessKeyId")
    assert violations(page) == []
    for place in ("json", "environment", "shell"):
        button = page.locator(f"[data-copies={place}]")
        button.click()
        expect(button).to_have_text(words("copied"))
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator(f"#{place}").text_content()
        assert ORDINARY_KEY.secret not in copied
    expect(page.locator("[data-copies=json]")).to_have_text(words("copy"))
