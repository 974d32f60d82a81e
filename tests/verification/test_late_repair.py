"""Work that is done once the store is back: it costs the number nothing more than was spent."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.transaction import Result, Transaction
from sms_connector.verification.service import Verifications
from tests.support.verifying import LaterMemory, Phones, kind_of, sms_to, verifications


class Losing(LaterMemory):
    """Loses the writing transactions whose numbers, from 1 on, are in ``lost``."""

    def __init__(self, *lost: int) -> None:
        super().__init__()
        self.lost = lost
        self.writes = 0

    def transact(self, transaction: Transaction) -> Result:
        if transaction.write:
            self.writes += 1
            if self.writes in self.lost:
                raise StoreAwayError("silent", maybe_done=True)
        return super().transact(transaction)


def service(store: Losing, *rules: str, **changes: Any) -> Verifications:
    return verifications(Mirrored(Memory(), store), limits={"perNumber": list(rules)}, **changes)


def test_a_lost_start_that_is_undone_after_its_time_does_not_block_the_next_one() -> None:
    store, phones = Losing(1), Phones()
    instance = service(store, "1/hour")
    assert kind_of(instance.start, sms_to(), phones) == "unavailable"
    store.seconds = 700
    assert instance.start(sms_to(), phones).is_new


def test_a_lost_start_whose_undoing_is_lost_too_does_not_block_the_next_one() -> None:
    store, phones = Losing(1, 3), Phones()
    instance = service(store, "1/hour")
    assert kind_of(instance.start, sms_to(), phones) == "unavailable"
    assert instance.start(sms_to(), phones).is_new


def test_the_limits_count_from_the_outcome_though_it_is_written_much_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phones, now = Phones(), time.time
    instance = service(Losing(2), "2/hour")
    for later in (0, 3_000, 3_610):
        monkeypatch.setattr(time, "time", lambda later=later: now() + later)
        assert instance.start(sms_to(), phones).is_new
    assert len(phones.received) == 3
