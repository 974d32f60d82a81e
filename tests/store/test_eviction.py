"""What a memory holds and drops, against a model that looks through all entries."""

from __future__ import annotations

from contextlib import suppress
from typing import get_args

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sms_connector.store.eviction import NEVER, BoundedEntries, Rank

KEYS = st.sampled_from("abcdef")
RANKS = st.sampled_from(get_args(Rank))
MOST = 2_400
"""Bytes: four to five entries."""


class Entry(msgspec.Struct):
    value: str
    expiry: int
    lease: int
    rank: Rank

    @property
    def place(self) -> Rank:
        return NEVER if self.lease else self.rank


class Model(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.now, self.largest = 0, 0
        self.entries = BoundedEntries(MOST)
        self.model: dict[str, Entry] = {}

    @rule(
        key=KEYS,
        length=st.integers(0, 150),
        life=st.integers(1, 30),
        rank=RANKS,
        lease=st.integers(0, 20),
    )
    def put(self, key: str, length: int, life: int, rank: Rank, lease: int) -> None:
        value, expiry = "v" * length, self.now + life
        until = self.now + lease if lease else 0
        needed = self.entries.growth(key, value)
        with suppress(MemoryError):
            self.make_space(needed, NEVER)
        self.entries.put(key, value, expiry, rank, until)
        self.model[key] = Entry(value, expiry, min(until, expiry), rank)
        self.largest = max(self.largest, len(self.entries))

    @rule(key=KEYS)
    def drop(self, key: str) -> None:
        self.entries.drop(key)
        self.model.pop(key, None)

    @rule(passed=st.integers(0, 12))
    def expire(self, passed: int) -> None:
        self.now += passed
        self.entries.expire(self.now)
        self.model = {key: one for key, one in self.model.items() if one.expiry > self.now}
        for one in self.model.values():
            if one.lease <= self.now:
                one.lease = 0

    @rule(needed=st.integers(0, MOST), highest=RANKS)
    def make_space(self, needed: int, highest: Rank) -> None:
        expected: Rank | None = None
        size = self.entries.size
        droppable = sorted(
            (one.place, one.expiry, key)
            for key, one in self.model.items()
            if one.place < NEVER and one.place <= highest
        )
        for place, _, key in droppable:
            if size + needed <= MOST:
                break
            size -= -self.entries.growth(key, "") + self.entries.growth("nothing", "")
            del self.model[key]
            expected = place
        if size + needed > MOST:
            with suppress(MemoryError):
                self.entries.make_space(needed, highest)
                raise AssertionError
        else:
            assert self.entries.make_space(needed, highest) == expected

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        for key in "abcdef":
            held = self.model.get(key)
            expected = held.value if held and held.expiry > self.now else None
            assert self.entries.get(key, self.now) == expected
        assert len(self.entries) == len(self.model)
        sizes = [self.entries.growth("nothing", one.value) for one in self.model.values()]
        assert self.entries.size == sum(sizes)

    @invariant()
    def queues_no_more_than_it_holds(self) -> None:
        queued = sum(len(heap) for heap in self.entries._due)
        assert queued <= 2 * self.largest + len(self.entries._due) * 101


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_what_is_put_and_dropped_again_and_again_is_not_queued_without_end() -> None:
    entries = BoundedEntries(MOST)
    for turn in range(3_000):
        entries.put("a", "", 1_000, NEVER)
        if turn % 2:
            entries.drop("a")
    assert sum(len(heap) for heap in entries._due) <= 103


def test_what_many_entries_leave_in_the_queue_goes_with_the_next_change() -> None:
    entries = BoundedEntries(1_000_000)
    for number in range(1_000):
        entries.put(f"{number}", "", 1_000 + number, NEVER)
    for number in range(1, 1_000):
        entries.drop(f"{number}")
    entries.put("0", "", 2_000, NEVER)
    assert sum(len(heap) for heap in entries._due) == 1
