"""Accessibility problems of a page, found by axe."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# All rules of axe, best practices included.
_OPTIONS = {"resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """Return each violation with its rule and place."""
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
