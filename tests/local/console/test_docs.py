"""The documentation as pages: what a person follows from the console."""

from __future__ import annotations

import re
from urllib.parse import unquote, urldefrag, urljoin

import requests

from .calling import Page


def linked(page: Page, address: str) -> tuple[str, set[str]]:
    answer = page.get(address)
    assert answer.status_code == 200, address
    if not address.endswith(".md"):
        return "", set()
    links = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    own = {urljoin(address, link) for link in links if not link.startswith(("http", "/page/"))}
    return answer.text, own


def test_every_link_of_the_documentation_leads_to_a_page_with_its_anchor(page: Page) -> None:
    seen: dict[str, str] = {}
    anchors = {"/README.md", "/docs/README.zh-CN.md", "/docs/emulator.md#magic-numbers"}
    for _ in range(6):
        for address in {urldefrag(anchor).url for anchor in anchors} - seen.keys():
            seen[address], found = linked(page, address)
            anchors |= found
    assert len(seen) > 20
    for anchor in anchors:
        address, fragment = urldefrag(anchor)
        assert not fragment or f'id="{unquote(fragment)}"' in seen[address], anchor


def test_a_document_is_a_page_of_its_language_that_loads_nothing_from_elsewhere(
    page: Page,
) -> None:
    answer = page.get("/docs/README.zh-CN.md")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert '<html lang="zh-CN">' in answer.text
    assert "<table" in answer.text
    pictures = re.findall(r'<(?:img|link|script)[^>]+(?:src|href)="([^"]+)"', answer.text)
    assert all(picture.startswith(("/page/", "screenshots/")) for picture in pictures)


def test_no_other_file_of_the_checkout_is_served(page: Page) -> None:
    for path in ("/connector.json", "/pyproject.toml", "/docs/../connector.json", "/docs/"):
        assert page.get(path).status_code == 404


def test_no_page_of_another_site_reads_a_document(page: Page) -> None:
    answer: requests.Response = page.get("/README.md", Sec_Fetch_Site="cross-site", Origin=None)
    assert answer.status_code == 403
