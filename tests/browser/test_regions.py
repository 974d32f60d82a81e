"""Countries, signs abroad, backups and test numbers in the form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.pnvs_account import GIVEN_SIGNS
from sms_connector.local.emulate.server import Emulator

from .accessibility import violations
from .conftest import Open
from .test_settings import row
from .using import open_tab, press, send
from .words import LANGUAGES, Words


def fill(page: Page, words: Words, **fields: str) -> None:
    for name, value in fields.items():
        page.get_by_label(words(name), exact=True).fill(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_opens_into_countries_signs_and_a_backup(
    open_page: Open, console: Console, file: Path, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    sign_in = row(page, words, "SignIn")
    expect(sign_in.locator(".opened > .pair").first).to_be_hidden()
    sign_in.get_by_text(words("openRow"), exact=True).click()
    sign_in.get_by_role("button", name=words("addCountry"), exact=True).click()
    page.keyboard.type("hk")
    sign_in.get_by_label(words("countryCode"), exact=True).fill("SMS_200000101")
    sign_in.get_by_label(words("countrySign"), exact=True).fill("码上验证")
    sign_in.get_by_label(words("rowBackupCode"), exact=True).fill("100003")
    sign_in.get_by_label(words("rowBackupSign"), exact=True).fill("赠送")
    fill(page, words, backupCode="100001", backupSign=GIVEN_SIGNS[0], signOverseas="码上验证")
    assert violations(page) == []
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))
    saved = json.loads(file.read_text("utf-8"))
    assert saved["signName"] == {"china": "码上登录", "overseas": "码上验证"}
    assert saved["backup"] == {"templateCode": "100001", "signName": GIVEN_SIGNS[0]}
    assert saved["templates"][1] == {
        "usageType": "SignIn",
        "templateCode": {
            "china": "SMS_200000002",
            "overseas": "SMS_200000102",
            "HK": "SMS_200000101",
        },
        "signName": {"HK": "码上验证"},
        "backup": {"templateCode": "100003", "signName": "赠送"},
    }
    # It is open after a reload, and a removed country leaves the file.
    page.reload()
    open_tab(page, words, "settings")
    remove = sign_in.get_by_role("button", name=words("removeCountry", country="HK"), exact=True)
    expect(remove).to_be_visible()
    remove.click()
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))
    template = json.loads(file.read_text("utf-8"))["templates"][1]
    assert "HK" not in template["templateCode"]
    assert "signName" not in template


def test_a_problem_in_a_closed_part_of_a_row_opens_it(open_page: Open, console: Console) -> None:
    words = Words("en")
    page = open_page(console.address)
    generic = row(page, words, "Generic")
    generic.get_by_text(words("openRow"), exact=True).click()
    backup = generic.get_by_label(words("rowBackupCode"), exact=True)
    backup.fill("SMS_1")
    generic.get_by_text(words("openRow"), exact=True).click()
    expect(backup).to_be_hidden()
    press(page, words, "save")
    expect(backup).to_be_visible()
    expect(backup).to_have_attribute("aria-invalid", "true")
    expect(generic.locator(".notes .bad").first).to_contain_text("6 digits")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_and_a_sign_of_two_services_are_reported_where_they_can_be_corrected(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    code = row(page, words, "SignIn").locator(".template-code")
    code.fill("100001")
    code.blur()
    sign = row(page, words, "SignIn").get_by_label(words("rowSign"), exact=True)
    press(page, words, "save")
    expect(sign).to_be_focused()
    sign.fill(GIVEN_SIGNS[0])
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_numbers_are_rows_of_a_table(
    open_page: Open, console: Console, file: Path, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    press(page, words, "addNumber")
    page.keyboard.type("13800000000")
    fill(page, words, testCode="424242", until="2020-01-01")
    assert violations(page) == []
    press(page, words, "save")
    phone = page.get_by_label(words("testPhone"), exact=True)
    expect(phone).to_have_attribute("aria-invalid", "true")
    phone.fill("+8613800000000")
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))
    number = {"phone": "+8613800000000", "code": "424242", "until": "2020-01-01"}
    assert json.loads(file.read_text("utf-8"))["testNumbers"] == [number]
    press(page, words, "checkEmulator")
    numbered = page.get_by_role("group", name=words("numberLabel", phone="+8613800000000"))
    expect(numbered.get_by_role("button", name=words("checkWarning"), exact=True)).to_be_visible()
    numbered.get_by_role("button", name=words("removeNumber", phone="+8613800000000")).click()
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("saved"))
    assert "testNumbers" not in json.loads(file.read_text("utf-8"))


def test_a_message_that_went_out_by_the_backup_says_so_and_is_counted(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    # Approved for notifications alone: the emulator refuses codes with it.
    sign = next(sign for sign in emulator.account.signs if sign.name == "码上通知")
    page.get_by_label(words("signName"), exact=True).fill(sign.name)
    fill(page, words, backupCode="100001", backupSign=GIVEN_SIGNS[0])
    send(page, words, "13812345678")
    expect(page.locator("#outcome")).to_contain_text(words("byBackup"))
    expect(page.locator("#outcome")).to_contain_text("scenario of the sign")
    [message] = emulator.inbox.messages()
    assert message.template_code == "100001"
    open_tab(page, words, "traffic")
    share = page.locator("#share-chart tr").filter(has_text=words("backupShare"))
    expect(share).to_contain_text("100%")
