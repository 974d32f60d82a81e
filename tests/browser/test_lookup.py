"""The panel that looks up a number: what the verification of the page left, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from sms_connector.local.console.server import Console

from .accessibility import violations
from .conftest import Open
from .test_verify import start
from .using import open_tab, press
from .words import LANGUAGES, Words

PHONE = "13800000001"


def look_up(page: Page, words: Words, phone: str) -> None:
    open_tab(page, words, "traffic")
    page.get_by_label(words("lookupPhone"), exact=True).fill(phone)
    with page.expect_response("**/api/lookup"):
        press(page, words, "lookUp")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_shows_its_verification_and_its_message(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    start(page, words, PHONE)
    look_up(page, words, f"\u202a+86 {PHONE}\u202c")
    found = page.locator("#found")
    expect(found).to_have_role("status")
    expect(found).to_contain_text(words("lookupCountry").format(country="CN"))
    # The console sends without the default limits, so there is no table of these.
    templates, verification, message = found.locator("table").all()
    expect(templates).to_contain_text("SMS_")
    expect(verification).to_contain_text(words("lookupPending"))
    expect(message).to_contain_text("SMS_")
    expect(found).not_to_contain_text(PHONE)
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_number_is_said(open_page: Open, console: Console, language: str) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    look_up(page, words, "12")
    expect(page.locator("#found .bad")).not_to_be_empty()
