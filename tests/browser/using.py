"""What a person does on the console, found by the words on it."""

from playwright.sync_api import Page, expect

from .words import Words

FOCUSED = "document.activeElement.id || document.activeElement.className"
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


def open_tab(page: Page, words: Words, name: str) -> None:
    page.get_by_role("tab", name=words(name), exact=True).click()


def press(page: Page, words: Words, name: str) -> None:
    page.get_by_role("button", name=words(name), exact=True).click()


def send(page: Page, words: Words, phone: str) -> None:
    """Send a test message."""
    open_tab(page, words, "test")
    page.get_by_label(words("phone"), exact=True).fill(phone)
    press(page, words, "send")


def check_settings(page: Page, words: Words, outcome: str = "oneWarning") -> None:
    """Check with the emulator, which warns that nothing limits the messages abroad."""
    press(page, words, "checkEmulator")
    expect(page.locator("#state")).to_have_text(words(outcome))


def tab_to(page: Page, id_: str) -> None:
    """Press Tab until an element has the focus, which must be visible at every stop."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(OUTLINE) != "none"
        if page.evaluate(FOCUSED) == id_:
            return
    raise AssertionError(f"the Tab key never led to {id_}")
