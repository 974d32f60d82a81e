"""A browser, a console with an emulator, and pages that may not load from other hosts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator
from tests.support.emulators import emulator, running_emulator

__all__ = ["emulator", "running_emulator"]

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# No updates and no other requests of its own. CI runs it as root.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file the console saves: `connector.json` in a directory of the test's own."""
    monkeypatch.chdir(tmp_path)
    return Path("connector.json")


@pytest.fixture
def console(file: Path, emulator: Emulator) -> Iterator[Console]:
    with Console(file, emulator) as console:
        yield console


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open an address in a browser of its own: `open_page(url, "zh-CN", "dark")`.

    When the test ends, no script may have failed, and no other host been requested.
    """
    failures: list[str] = []
    contexts = []

    def foreign(address: str, origin: str) -> list[str]:
        return [] if address.startswith(f"{origin}/") else [address]

    def open_address(
        url: str, language: str = "en", scheme: Scheme = "light", width: int = 1100
    ) -> Page:
        context = browser.new_context(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 800}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        origin = "/".join(url.split("/")[:3])
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("request", lambda asked: failures.extend(foreign(asked.url, origin)))
        page.goto(url)
        page.locator("h1").filter(has_text="SMS" if language == "en" else "短信").wait_for()
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert failures == []
