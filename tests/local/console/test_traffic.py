"""Figures by the console's API: of its own messages, or of the store of the settings."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.store.redis import RedisStore
from tests.support.redis_server import RedisServer
from tests.support.reporting import Recording
from tests.support.verifying import SECRET

from .calling import FORM, PHONE, Page


@pytest.fixture
def page(tmp_path: Path, emulator: Emulator) -> Iterator[Page]:
    """The page of a console that has sent nothing yet."""
    with Console(tmp_path / "connector.json", emulator) as console:
        yield Page(console)


def call(page: Page, path: str, **body: Any) -> Any:
    return page.post(path, {"form": FORM, "phone": PHONE, "usageType": "SignIn", **body}).json()


def traffic(page: Page, hours: object = 24) -> dict[str, Any]:
    answer: dict[str, Any] = page.get(f"/api/traffic?hours={hours}").json()
    return answer


def counts(answer: dict[str, Any]) -> Counter[tuple[str, str, str]]:
    found = Counter[tuple[str, str, str]]()
    for row in answer["rows"]:
        found[row["country"], row["usageType"], row["outcome"]] += row["count"]
    return found


def test_a_new_console_has_no_figures(page: Page) -> None:
    answer = traffic(page)
    assert (answer["source"], answer["rows"]) == ("console", [])


def test_messages_are_counted_by_their_outcome(page: Page) -> None:
    call(page, "/api/send")
    call(page, "/api/send", usageType="MadeUp")
    call(page, "/api/send", phone="+852 5123 4567")
    call(page, "/api/send", phone=number_for("isv.AMOUNT_NOT_ENOUGH"))
    call(page, "/api/send", phone=number_for(Behaviour.RESET_AFTER))
    assert counts(traffic(page)) == {
        ("CN", "SignIn", "accepted"): 1,
        ("CN", "Generic", "accepted"): 1,
        ("HK", "SignIn", "accepted"): 1,
        ("CN", "SignIn", "refused:usage_limit_exceeded"): 1,
        ("CN", "SignIn", "unknown"): 1,
    }


@pytest.mark.parametrize("path", ["/api/send", "/api/verifications"])
@pytest.mark.parametrize(
    ("phone", "outcome"), [(PHONE, "delivered"), (number_for("MK:0001"), "failed")]
)
def test_a_delivery_is_counted_once_however_often_it_is_asked_for(
    page: Page, path: str, phone: str, outcome: str
) -> None:
    sent = call(page, path, phone=phone)["sent"]
    for _ in range(3):
        while not page.get(f"/api/sent/{sent}").json()["delivery"]["final"]:
            time.sleep(0.05)
    assert counts(traffic(page)) == {
        ("CN", "SignIn", "accepted"): 1,
        ("CN", "SignIn", outcome): 1,
    }


def test_a_verification_counts_its_approval_and_its_refusal_by_a_limit(
    page: Page, tmp_path: Path, emulator: Emulator
) -> None:
    limits = {"limits": {"perNumber": ["1/hour"]}}
    (tmp_path / "connector.json").write_text(json.dumps(example_config(emulator.url) | limits))
    started = call(page, "/api/verifications")
    code = emulator.inbox.messages()[0].template_param["code"]
    approval = {"code": code, "id": started["verification"]["id"]}
    assert page.post("/api/verifications/check", approval).json()["status"] == "approved"
    assert "error" in call(page, "/api/verifications")
    assert counts(traffic(page)) == {
        ("CN", "SignIn", "accepted"): 1,
        ("CN", "SignIn", "approved"): 1,
        ("CN", "SignIn", "limited:perNumber"): 1,
    }


@pytest.mark.parametrize("hours", ["", "0", "745", "-1", "1.5", "٣", "9999", "x"])
def test_a_period_outside_1_to_744_hours_is_refused(page: Page, hours: str) -> None:
    assert traffic(page, hours)["error"]["code"] == "invalid_request_parameters"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"X_Console_Token": None}, 401),
        ({"X_Console_Token": "wrong"}, 401),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://example.com"}, 403),
    ],
)
def test_figures_are_for_the_page_of_the_console_alone(
    page: Page, changes: dict[str, str | None], status: int
) -> None:
    assert page.get("/api/traffic", **changes).status_code == status


def test_the_store_of_the_settings_is_read_in_place_of_the_console(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        call(page, "/api/send")
        assert (traffic(page)["source"], traffic(page)["rows"]) == ("store", [])
        kept = Recording(RedisStore(server.address), (SECRET,))
        kept.count("DE", "Register", "accepted", 3)
        kept.count("DE", "Register", "accepted", 4, hours_ago=1)
        assert counts(traffic(page, 1)) == {("DE", "Register", "accepted"): 3}
        assert counts(traffic(page, 2)) == {("DE", "Register", "accepted"): 7}
        server.kill()
        assert traffic(page)["error"]["message"].startswith("The store cannot be reached")


def test_a_store_without_a_secret_is_an_error_that_names_the_variable(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    assert "SMS_CONNECTOR_SECRET" in traffic(page)["error"]["message"]
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", "short")
    assert "SMS_CONNECTOR_SECRET" in traffic(page)["error"]["message"]
