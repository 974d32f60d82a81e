from __future__ import annotations

import threading
import time

import pytest
from pytest_mock import MockerFixture

from sms_connector.store import memory
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


class TestBounds:
    def test_a_full_memory_drops_what_expires_soonest(self, mocker: MockerFixture) -> None:
        mocker.patch.object(memory, "MOST_RECORDS", 3)
        store = Memory()
        for key, seconds in (("a", 40), ("b", 10), ("c", 20), ("d", 30)):
            write(store, key, seconds)
        assert [key for key in "abcd" if knows(store, key)] == ["a", "c", "d"]

    def test_a_full_memory_drops_nothing_that_is_under_way(self, mocker: MockerFixture) -> None:
        mocker.patch.object(memory, "MOST_RECORDS", 3)
        store = Memory()
        for number in range(5):
            write(store, f"claim{number}", 5, lease=5)
        write(store, "outcome", 30)
        assert all(knows(store, f"claim{number}") for number in range(5))

    def test_a_lease_that_has_ended_protects_no_longer(self, mocker: MockerFixture) -> None:
        mocker.patch.object(memory, "MOST_RECORDS", 2)
        store = Memory()
        write(store, "claim", 35, lease=0.02)
        time.sleep(0.03)
        write(store, "a", 60)
        write(store, "b", 60)
        assert not knows(store, "claim")

    def test_counters_push_out_no_records(self, mocker: MockerFixture) -> None:
        mocker.patch.object(memory, "MOST_COUNTERS", 10)
        store = Memory()
        write(store, "a", 1)
        for number in range(100):
            store.transact(Transaction(take=(Counter(f"c{number}", 1, 60 + number),)))
        assert knows(store, "a")
        # The newest of them are still counted.
        assert not store.transact(Transaction(take=(Counter("c99", 1, 159),))).committed
        assert store.transact(Transaction(take=(Counter("c0", 1, 60),))).committed

    def test_what_has_expired_takes_no_room(self, mocker: MockerFixture) -> None:
        store = Memory()
        for number in range(500):
            write(store, f"{number}", 30)
            store.transact(
                Transaction(
                    take=(Counter(f"{number}", 1, 30),), add=(Figure(f"{number}", "x", 30),)
                )
            )
        set_clocks(mocker, time.monotonic() + 31, time.time() + 31)
        write(store, "last", 30)
        store.transact(Transaction(take=(Counter("last", 1, 30),), add=(Figure("last", "x", 30),)))
        kept = (store._records, store._counters, store._figures)
        assert [len(each._entries) for each in kept] == [1, 1, 1]
        assert [len(each._by_expiry) for each in kept] == [1, 1, 1]

    def test_a_record_that_is_written_again_and_again_takes_the_room_of_one(self) -> None:
        store = Memory()
        for _ in range(2_000):
            write(store, "a", 30)
        assert len(store._records._by_expiry) < 200


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


def test_spare_records_never_take_the_place_of_others(mocker: MockerFixture) -> None:
    mocker.patch.object(memory, "MOST_RECORDS", 2)
    mocker.patch.object(memory, "MOST_SPARE", 2)
    store = Memory()
    write(store, "claim", 1)
    for name in "abc":
        store.transact(Transaction(write=(Write(name, "value", 60, is_spare=True),)))
    assert [knows(store, name) for name in ("claim", "a", "b", "c")] == [True, False, True, True]
