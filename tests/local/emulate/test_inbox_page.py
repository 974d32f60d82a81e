"""The emulator in a browser: `/` is a page for people, and the provider for everything else."""

from __future__ import annotations

import pytest
import requests

from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, rpc, rpc_parameters, sdk_client, sdk_request

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_browser_gets_the_page_and_every_file_it_loads(emulator: Emulator) -> None:
    answer = requests.get(emulator.url, headers=BROWSER, timeout=5)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for path, kind in {
        "/page/inbox.js": "text/javascript; charset=utf-8",
        "/page/inbox.css": "text/css; charset=utf-8",
        "/page/shared/base.css": "text/css; charset=utf-8",
        "/page/shared/icon.svg": "image/svg+xml",
        "/page/texts/zh-CN.json": "application/json",
    }.items():
        assert requests.get(emulator.url + path, timeout=5).headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "path", ["/README.md", "/docs/openapi.yaml", "/docs/screenshots/inbox.en.png"]
)
def test_the_documentation_may_load_and_run_nothing_from_elsewhere(
    emulator: Emulator, path: str
) -> None:
    answer = requests.get(emulator.url + path, timeout=5)
    assert answer.status_code == 200
    assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_request_that_names_an_action_is_an_api_call(emulator: Emulator) -> None:
    query = rpc_parameters(GOOD, method="GET")
    signed = requests.get(emulator.url, params=query, headers=BROWSER, timeout=5)
    assert signed.json()["Code"] == "OK"
    posted = requests.post(emulator.url, data=rpc_parameters(GOOD), headers=BROWSER, timeout=5)
    assert posted.json()["Code"] == "OK"
    named = requests.get(
        emulator.url, headers={**BROWSER, "x-acs-action": "SendSms"}, timeout=5
    ).json()
    assert named["Code"] != "OK"
    assert sdk_client(emulator).send_sms(sdk_request()).body.code == "OK"


def test_a_request_that_accepts_no_html_is_an_api_call(emulator: Emulator) -> None:
    answer = requests.get(emulator.url, timeout=5)
    assert (answer.status_code, answer.json()["Code"]) == (400, "MissingVersion")


def test_the_inbox_answers_304_while_nothing_changes(emulator: Emulator) -> None:
    url = f"{emulator.url}/inbox"
    rpc(emulator)
    seen = requests.get(url, timeout=5).headers["ETag"]
    again = requests.get(url, headers={"If-None-Match": seen}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    rpc(emulator)
    assert len(requests.get(url, headers={"If-None-Match": seen}, timeout=5).json()) == 2
    emulator.clear()
    assert requests.get(url, headers={"If-None-Match": seen}, timeout=5).json() == []


def test_the_etag_of_the_inbox_differs_after_a_restart() -> None:
    seen = set()
    for _ in range(3):
        with Emulator() as emulator:
            seen.add(requests.get(f"{emulator.url}/inbox", timeout=5).headers["ETag"])
    assert len(seen) == 3


@pytest.mark.parametrize(("limit", "given"), [("2", 2), ("0", 0), ("9", 3), ("", 3), ("x", 3)])
def test_the_inbox_can_be_limited_to_the_newest(emulator: Emulator, limit: str, given: int) -> None:
    codes = ["1111", "2222", "3333"]
    for code in codes:
        rpc(emulator, {**GOOD, "TemplateParam": f'{{"code":"{code}"}}'})
    answer = requests.get(f"{emulator.url}/inbox?limit={limit}", timeout=5)
    shown = [message["templateParam"]["code"] for message in answer.json()]
    assert shown == codes[::-1][:given]
    assert answer.headers.get("X-Total-Count") == ("3" if limit.isdecimal() else None)
