"""The panel that looks up a number, as its page asks the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator
from tests.support.redis_server import RedisServer
from tests.support.reporting import PHONE
from tests.support.verifying import SECRET

from .calling import FORM, Page


def call(page: Page, path: str, **body: Any) -> Any:
    return page.post(path, {"form": FORM, "phone": PHONE, "usageType": "SignIn", **body}).json()


@pytest.mark.parametrize("with_store", [False, True])
def test_a_number_that_this_console_sent_to_is_shown(
    tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, with_store: bool
) -> None:
    with RedisServer() as server, Console(tmp_path / "connector.json", emulator) as console:
        if with_store:
            monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
            monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        page = Page(console)
        call(page, "/api/verifications")
        found = call(page, "/api/lookup", phone=f"+86 {PHONE}")
    assert found["country"] == "CN"
    assert found["templates"]["SignIn"].startswith("SMS_")
    assert [one["templateCode"] for one in found["messages"]] == [found["templates"]["SignIn"]]
    # The verifications of this console are its own; a store has those of the function.
    assert [one["status"] for one in found["verifications"]] == ([] if with_store else ["pending"])


def test_what_is_no_number_is_refused(tmp_path: Path, emulator: Emulator) -> None:
    with Console(tmp_path / "connector.json", emulator) as console:
        found = call(Page(console), "/api/lookup", phone="12")
    assert found["error"]["code"] == "invalid_request_parameters"
