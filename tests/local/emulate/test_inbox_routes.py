"""What the page of the inbox asks for."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from sms_connector.local.emulate.account import ORDINARY_KEY, Account
from sms_connector.local.emulate.example_request import example_command
from sms_connector.local.emulate.magic import MAGIC_NUMBERS, Behaviour, Reporting, number_for
from sms_connector.local.emulate.pnvs_account import PNVS_MAGIC_NUMBERS
from sms_connector.local.emulate.server import Emulator

from .calling import CODE, GOOD, PHONE, rpc
from .entries import AT
from .test_reports import listening


def listing(emulator: Emulator, **query: str | int) -> dict[str, Any]:
    answer = requests.get(f"{emulator.url}/inbox/entries", params=query, timeout=5)
    found: dict[str, Any] = answer.json()
    return found


def details(emulator: Emulator, number: int = 0) -> dict[str, Any]:
    name = listing(emulator)["rows"][number]["id"]
    found: dict[str, Any] = requests.get(f"{emulator.url}/inbox/entries/{name}", timeout=5).json()
    return found


@pytest.fixture
def mixed() -> Iterator[Emulator]:
    """An emulator with a delivered, a failed and a refused entry, the newest first."""
    with Emulator(flow_control=False, delivery_delay=0) as emulator:
        rpc(emulator, {**GOOD, "SignName": "别的"})
        rpc(emulator, {**GOOD, "PhoneNumbers": number_for("MK:0001")})
        rpc(emulator, {**GOOD, "OutId": "mine"})
        yield emulator


def test_rows_have_the_state_the_code_and_the_error(mixed: Emulator) -> None:
    found = listing(mixed)
    shown = [(row["state"], row["code"], row["error"], row["read"]) for row in found["rows"]]
    assert shown == [
        ("delivered", CODE, "", False),
        ("failed", CODE, "MK:0001", False),
        ("refused", "", "isv.SMS_SIGNATURE_ILLEGAL", False),
    ]
    assert found["counts"] == {"all": 3, "delivered": 1, "failed": 1, "refused": 1}
    assert (found["unread"], found["emptied"]) == (3, 0)


@pytest.mark.parametrize("shown", ["delivered", "failed", "refused"])
def test_rows_can_be_filtered_by_state(mixed: Emulator, shown: str) -> None:
    found = listing(mixed, show=shown)
    assert [row["state"] for row in found["rows"]] == [shown]
    assert found["counts"]["all"] == 3


@pytest.mark.parametrize(
    ("search", "states"),
    [
        ("138 1234", ["delivered", "refused"]),
        ("+86", []),
        ("登录】您的注册", ["delivered", "failed"]),
        ("sms_signature", ["refused"]),
        ("别的", ["refused"]),
        (" MK:0001 ", ["failed"]),
        ("mine", ["delivered"]),
        (CODE, ["delivered", "failed", "refused"]),
        ("SMS_200000001", ["delivered", "failed", "refused"]),
        ("nothing of it", []),
    ],
)
def test_rows_are_searched_in_text_and_numbers(
    mixed: Emulator, search: str, states: list[str]
) -> None:
    found = listing(mixed, search=search)
    assert [row["state"] for row in found["rows"]] == states
    assert found["counts"]["all"] == len(states)


def test_the_number_of_rows_is_limited_but_the_counts_are_not(emulator: Emulator) -> None:
    for _ in range(3):
        rpc(emulator)
    found = listing(emulator, limit=2)
    assert (len(found["rows"]), found["counts"]["all"]) == (2, 3)
    assert len(listing(emulator, limit="x", show="x")["rows"]) == 3
    assert len(listing(emulator, limit="9" * 5_000)["rows"]) == 3


def test_a_message_is_pending_until_the_delay_is_over() -> None:
    now = AT.timestamp()
    with Emulator(clock=lambda: now, delivery_delay=5) as emulator:
        parameters = {**GOOD, "Timestamp": AT.strftime("%Y-%m-%dT%H:%M:%SZ")}
        assert rpc(emulator, parameters).json()["Code"] == "OK"
        assert details(emulator)["row"]["state"] == "pending"
        now += 5
        assert details(emulator)["row"]["state"] == "delivered"


def test_details_have_the_message_the_request_and_the_meaning_of_the_error(
    mixed: Emulator,
) -> None:
    delivered, failed, refused = (details(mixed, number) for number in range(3))
    assert delivered["message"]["outId"] == "mine"
    assert failed["meaning"] == "the number is not in use"
    assert refused["refused"]["signName"] == "别的"
    assert refused["explanation"].startswith("The account has no such sign name.")
    assert [found["message"] is None for found in (delivered, failed, refused)] == [0, 0, 1]
    assert all(found["request"].startswith("POST /\n") for found in (delivered, failed, refused))


def test_an_unknown_entry_is_not_found(emulator: Emulator) -> None:
    assert requests.get(f"{emulator.url}/inbox/entries/1", timeout=5).status_code == 404
    assert requests.post(f"{emulator.url}/inbox/entries/1/read", timeout=5).status_code == 404


def test_entries_are_marked_as_read_one_by_one_or_all(mixed: Emulator) -> None:
    first, *_ = listing(mixed)["rows"]
    requests.post(f"{mixed.url}/inbox/entries/{first['id']}/read", timeout=5)
    assert [row["read"] for row in listing(mixed)["rows"]] == [True, False, False]
    requests.post(f"{mixed.url}/inbox/read", timeout=5)
    assert listing(mixed)["unread"] == 0


def test_emptying_can_be_undone_over_http(mixed: Emulator) -> None:
    before = listing(mixed)["rows"]
    seen = requests.get(f"{mixed.url}/inbox", timeout=5).headers["ETag"]
    requests.delete(f"{mixed.url}/inbox", timeout=5)
    assert listing(mixed)["emptied"] == 3
    rpc(mixed)
    assert requests.post(f"{mixed.url}/inbox/undo", timeout=5).status_code == 204
    after = listing(mixed)
    assert after["rows"][1:] == before
    assert after["emptied"] == 0
    again = requests.get(f"{mixed.url}/inbox", headers={"If-None-Match": seen}, timeout=5)
    assert len(again.json()) == 3


def test_each_pushed_report_is_recorded_with_its_result() -> None:
    with (
        listening() as address,
        Emulator(delivery_delay=0.05, flow_control=False, reports=address.url) as emulator,
    ):
        rpc(emulator, {**GOOD, "PhoneNumbers": number_for(Reporting.OUT_OF_ORDER)})
        noted = wait_for_reports(emulator, 2)
        address.answers = [b"no"]
        rpc(emulator)
        refused = wait_for_reports(emulator, 1)
    shown = [(report["success"], report["code"], report["problem"]) for report in noted]
    assert shown == [(True, "DELIVERED", ""), (False, "MOBILE_NOT_ON_SERVICE", "")]
    assert refused[0]["problem"] == "no valid answer in 0.7 s"


def test_undo_restores_the_reports_of_a_message_too() -> None:
    with (
        listening() as address,
        Emulator(delivery_delay=0.3, flow_control=False, reports=address.url) as emulator,
    ):
        rpc(emulator)
        emulator.clear()
        address.wait(1)
        emulator.inbox.undo()
        assert len(wait_for_reports(emulator, 1)) == 1
        assert details(emulator)["pushesReports"]


def wait_for_reports(emulator: Emulator, number: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 10
    while len(found := details(emulator)["reports"]) < number and time.monotonic() < deadline:
        time.sleep(0.01)
    return list(found)


@contextmanager
def following(emulator: Emulator) -> Iterator[Iterator[bytes]]:
    url = f"{emulator.url}/inbox/changes"
    with requests.get(url, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield (line for line in answer.iter_lines(1) if line)


def test_changes_are_streamed_as_they_happen() -> None:
    with (
        Emulator(flow_control=False, delivery_delay=3600) as emulator,
        following(emulator) as lines,
    ):
        assert next(lines) == b"data: changed"
        for change in (
            lambda: rpc(emulator),
            lambda: rpc(emulator, {**GOOD, "SignName": "别的"}),
            emulator.inbox.mark_read,
            emulator.clear,
            emulator.inbox.undo,
        ):
            timer = threading.Timer(0.2, change)
            timer.start()
            assert next(lines) == b"data: changed"
            timer.join()


def test_a_delivery_is_a_change() -> None:
    with Emulator(delivery_delay=0.5) as emulator, following(emulator) as lines:
        next(lines)
        rpc(emulator)
        while listing(emulator)["rows"][0]["state"] == "pending":
            assert next(lines) == b"data: changed"
        assert listing(emulator)["rows"][0]["state"] == "delivered"


def test_a_delivery_right_after_a_page_was_woken_is_a_change() -> None:
    now = AT.timestamp()
    with Emulator(clock=lambda: now, delivery_delay=0.5) as emulator:
        rpc(emulator, {**GOOD, "Timestamp": AT.strftime("%Y-%m-%dT%H:%M:%SZ")})
        with following(emulator) as lines:
            next(lines)
            now += 0.5
            assert next(lines) == b"data: changed"


def test_the_emulator_stops_while_a_page_follows() -> None:
    with Emulator() as emulator, following(emulator) as lines:
        next(lines)
        began = time.monotonic()
        emulator.__exit__(None, None, None)
        assert time.monotonic() - began < 10


def test_a_page_of_another_site_can_read_and_change_nothing(mixed: Emulator) -> None:
    headers = {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"}
    before = listing(mixed)
    for method, path in (
        ("GET", "entries"),
        ("GET", "changes"),
        ("GET", f"entries/{before['rows'][0]['id']}"),
        ("POST", "read"),
        ("POST", "undo"),
        ("POST", f"entries/{before['rows'][0]['id']}/read"),
    ):
        url = f"{mixed.url}/inbox/{path}"
        assert requests.request(method, url, headers=headers, timeout=5).status_code == 403
    assert listing(mixed) == before


def test_all_magic_numbers_are_listed(emulator: Emulator) -> None:
    listed = requests.get(f"{emulator.url}/inbox/magic-numbers", timeout=5).json()
    assert [one["number"] for one in listed] == [*MAGIC_NUMBERS, *PNVS_MAGIC_NUMBERS]
    by_number = {one["number"]: one for one in listed}
    assert by_number[number_for("MK:0001")]["meaning"] == "the number is not in use"
    assert by_number[number_for(Behaviour.LIST)]["group"] == "lost"


def test_the_example_request_is_accepted_once_as_it_is_shown() -> None:
    with Emulator() as emulator:
        url = f"{emulator.url}/inbox/example-request"
        command = requests.get(url, timeout=5).json()["command"]
        for code in ("OK", "SignatureNonceUsed"):
            done = subprocess.run(["bash", "-c", f"{command} -s"], capture_output=True, check=True)  # noqa: S603, S607
            assert json.loads(done.stdout)["Code"] == code
        (message,) = emulator.inbox.messages()
        assert message.phone == PHONE


def test_there_is_no_example_for_an_account_that_cannot_send() -> None:
    assert example_command(Account((ORDINARY_KEY,), (), ()), "http://127.0.0.1:1", AT) == ""
