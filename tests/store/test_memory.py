from __future__ import annotations

import threading
import time

import pytest
from pytest_mock import MockerFixture

from sms_connector.store.memory import Memory
from sms_connector.store.transaction import Counter, Figure, Record, Transaction, Write


def set_clocks(mocker: MockerFixture, monotonic: float, wall: float) -> None:
    mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)
    mocker.patch("sms_connector.clock.time.time", return_value=wall)


def write(store: Memory, key: str, seconds: float, lease: float = 0) -> None:
    store.transact(Transaction(write=(Write(key, "value", seconds, lease),)))


def knows(store: Memory, key: str) -> bool:
    return bool(store.transact(Transaction(records=(Record(key),))).found[0].value)


class TestFrozen:
    @pytest.mark.parametrize(("seconds", "known"), [(29, True), (31, False)])
    @pytest.mark.parametrize("frozen", [False, True])
    def test_a_record_expires_by_the_clock_that_says_more(
        self, mocker: MockerFixture, seconds: float, known: bool, frozen: bool
    ) -> None:
        store = Memory()
        write(store, "a", 30)
        monotonic = time.monotonic() + (0 if frozen else seconds)
        set_clocks(mocker, monotonic, time.time() + seconds)
        assert knows(store, "a") is known


class TestSpace:
    def test_what_has_expired_takes_no_room(self, mocker: MockerFixture) -> None:
        store = Memory()
        for number in range(500):
            write(store, f"record{number}", 30)
            store.transact(
                Transaction(
                    take=(Counter(f"counter{number}", 1, 30),),
                    add=(Figure(f"hour{number}", "x", 30),),
                )
            )
        set_clocks(mocker, time.monotonic() + 31, time.time() + 31)
        write(store, "last", 30)
        assert len(store._entries) == 1
        assert sum(map(len, store._entries._due)) == 1

    def test_a_record_that_is_written_again_and_again_takes_the_room_of_one(self) -> None:
        store = Memory()
        for _ in range(2_000):
            write(store, "a", 30)
        assert sum(map(len, store._entries._due)) < 200


class TestWaiting:
    def test_those_who_wait_go_on_as_soon_as_the_record_has_changed(self) -> None:
        store = Memory()
        write(store, "a", 30)
        waited: list[float] = []

        def wait() -> None:
            started = time.monotonic()
            store.wait("a", "value", 0.02, 20)
            waited.append(time.monotonic() - started)

        threads = [threading.Thread(target=wait) for _ in range(10)]
        for thread in threads:
            thread.start()
        write(store, "b", 30)
        assert not waited
        store.transact(Transaction(write=(Write("a"),)))
        for thread in threads:
            thread.join()
        assert max(waited) < 5

    def test_nobody_waits_longer_than_asked_for(self) -> None:
        store = Memory()
        write(store, "a", 30)
        started = time.monotonic()
        store.wait("a", "value", 0.02, 0.05)
        assert 0.05 <= time.monotonic() - started < 1
