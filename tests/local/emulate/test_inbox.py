from __future__ import annotations

from datetime import datetime, timezone

import pytest
import requests

from sms_connector.local.emulate.inbox import Entry, Inbox, count_parts
from sms_connector.local.emulate.server import Emulator

from .calling import GOOD, rpc
from .entries import message


def test_a_full_inbox_drops_the_oldest_message() -> None:
    inbox = Inbox(capacity=2)
    for phone in ("1", "2", "3"):
        inbox.add(message(phone))
    assert [kept.phone for kept in inbox.messages()] == ["3", "2"]


def test_a_listener_is_called_with_each_message() -> None:
    heard: list[Entry] = []
    inbox = Inbox(on_message=heard.append)
    inbox.add(message("1"))
    assert heard == list(inbox.entries())
    assert [entry.item for entry in heard] == [message("1")]


@pytest.mark.parametrize(
    ("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3)]
)
def test_a_long_message_is_billed_in_parts_of_67(length: int, parts: int) -> None:
    assert count_parts("字" * length) == parts


def test_the_inbox_is_served_newest_first(emulator: Emulator) -> None:
    rpc(emulator, {**GOOD, "OutId": "first"})
    rpc(emulator, {**GOOD, "PhoneNumbers": "8613900001111"})
    newest, oldest = requests.get(f"{emulator.url}/inbox", timeout=5).json()
    assert set(newest) | {"outId"} == set(oldest)
    assert list(oldest) == [
        "phone",
        "signName",
        "templateCode",
        "templateParam",
        "content",
        "bizId",
        "requestId",
        "receivedAt",
        "outId",
        "parts",
    ]
    assert newest["phone"] == "13900001111"
    assert newest["templateParam"] == {"code": "246810"}
    assert oldest["outId"] == "first"
    received_at = datetime.strptime(newest["receivedAt"], "%Y-%m-%dT%H:%M:%S.%fZ")
    age = datetime.now(timezone.utc) - received_at.replace(tzinfo=timezone.utc)
    assert 0 <= age.total_seconds() < 5


def test_the_inbox_is_searched_by_a_part_of_the_number(emulator: Emulator) -> None:
    for number in ("13812345678", "13900001111"):
        rpc(emulator, {**GOOD, "PhoneNumbers": number})
    for part, found in (("5678", ["13812345678"]), ("0000", ["13900001111"]), ("42", [])):
        shown = requests.get(f"{emulator.url}/inbox", params={"phone": part}, timeout=5).json()
        assert [entry["phone"] for entry in shown] == found


def test_the_inbox_can_be_emptied(emulator: Emulator) -> None:
    rpc(emulator)
    emptied = requests.delete(f"{emulator.url}/inbox", timeout=5)
    assert (emptied.status_code, emptied.content) == (204, b"")
    assert requests.get(f"{emulator.url}/inbox", timeout=5).json() == []
    assert emulator.inbox.messages() == ()
