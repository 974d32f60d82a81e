"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Everything axe knows, best practices included.
_OPTIONS = {"resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """Give each violation by rule and place; none is what a test wants."""
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
