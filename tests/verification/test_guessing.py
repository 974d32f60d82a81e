"""Many instances at one verification, at the same moment."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.store.transaction import Store
from tests.support.guessing import faults, guess_at_once
from tests.support.redis_server import RedisServer
from tests.support.verifying import PHONE, Phones, kind_of, sms_to, verifications


@pytest.mark.parametrize("rounds", [30, pytest.param(90, marks=pytest.mark.long)])
def test_sixteen_processes_get_one_approval_and_no_guess_too_many(
    server: RedisServer, rounds: int
) -> None:
    tallies = guess_at_once(server.address, rounds=rounds, attempts=5, right_ones=2)
    assert faults(tallies, 5) == []
    # Otherwise it would not have been a race.
    assert len({len(one.left) for one in tallies if one.approved}) > 2
    nobody_knew = tallies[::3]
    assert {(one.approved, one.left) for one in nobody_knew} == {(0, (4, 3, 2, 1, 0))}
    assert {one.others for one in nobody_knew} == {("attempts_used_up",) * 11}


def test_threads_that_start_at_once_send_no_message_too_many(store: Store) -> None:
    service, phones = verifications(store, verification={"sends": 5}), Phones()
    kinds: Counter[str] = Counter()
    barrier = threading.Barrier(16)

    def start() -> None:
        barrier.wait()
        kinds[kind_of(service.start, sms_to(), phones)] += 1

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds == {"": 5, "rate_limited": 11}
    assert len({sms.code for sms in phones.received}) == 1


def test_threads_whose_messages_all_fail_leave_no_verification(store: Store) -> None:
    service, phones = verifications(store), Phones()
    phones.fails = ConnectorError("unavailable", "not reached", sent=False)
    threads = [
        threading.Thread(target=kind_of, args=(service.start, sms_to(), phones)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kind_of(service.check_number, PHONE, "SignIn", "246810") == "not_pending"
    phones.fails = None
    assert service.start(sms_to(), phones).verification.sends_left == 4
