"""Who can open the console, and what it says when it or its file cannot be used."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sms_connector.local.console.browser import open_in_browser
from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator

from .accessibility import violations
from .conftest import Open
from .test_console import fill_in
from .using import press
from .words import Words


def test_without_a_token_the_page_says_where_to_find_it(open_page: Open, console: Console) -> None:
    page = open_page(console.url)
    expect(page.get_by_role("alert")).to_have_text(Words("en")("noToken"))
    expect(page.locator("#panels")).to_be_hidden()
    assert violations(page) == []


def test_a_stopped_console_is_reported_on_the_page(open_page: Open, file: Path) -> None:
    words = Words("en")
    with Console(file) as console:
        page = open_page(console.address)
        expect(page.locator("#panels")).to_be_visible()
    press(page, words, "save")
    expect(page.locator("#state")).to_have_text(words("gone"))


def test_a_file_that_is_not_a_connector_json_is_reported_and_not_overwritten(
    open_page: Open, file: Path, emulator: Emulator
) -> None:
    words = Words("en")
    file.write_text("{ my notes")
    with Console(file, emulator) as console:
        page = open_page(console.address)
        expect(page.get_by_role("alert")).to_have_text(words("unreadable", path="connector.json"))
        fill_in(page, words, emulator.url)
        press(page, words, "save")
        expect(page.locator("#state")).to_contain_text("not a connector JSON")
    assert file.read_text() == "{ my notes"


def test_the_file_that_opens_the_browser_leads_to_the_console(
    open_page: Open, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(console.url)
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    with open_in_browser(console.address):
        own = page.context.new_page()
        own.goto(opened[0])
        expect(own.locator("#panels")).to_be_visible()
        assert own.url == f"{console.url}/"
