"""A store does what a plain model says that is told the store's own time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sms_connector.store.memory import Memory
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import (
    ABSENT,
    Counter,
    Figure,
    Record,
    Store,
    Transaction,
    Write,
)
from tests.support.redis_server import RedisServer

COUNTERS = (
    Counter("{t}1", 1, 1),
    Counter("{t}3", 3, 1, refused=Figure("{t}figures", "limited", 60)),
    Counter("{t}130", 130, 1),
)
KEYS = ("{t}a", "{t}b")
VALUES = ("x", "y")


class Model(RuleBasedStateMachine):
    """Runs random transactions, and compares each result with what a plain model says."""

    def __init__(self, store: Store, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self.store = store
        self.sleep = sleep
        self.records: dict[str, tuple[str, int]] = {}
        self.takes: dict[str, list[int]] = {counter.key: [] for counter in COUNTERS}
        self.taken: list[tuple[tuple[Counter, ...], int]] = []
        self.limited = 0

    @rule(
        records=st.lists(
            st.builds(
                Record,
                st.sampled_from(KEYS),
                st.lists(st.sampled_from((ABSENT, *VALUES)), max_size=2).map(tuple),
            ),
            max_size=2,
        ),
        counters=st.lists(st.sampled_from(COUNTERS), unique=True, max_size=3),
        writes=st.lists(
            st.builds(
                Write,
                st.sampled_from(KEYS),
                st.sampled_from((ABSENT, *VALUES)),
                st.sampled_from((0.2, 60.0)),
            ),
            max_size=2,
            unique_by=lambda write: write.key,
        ),
    )
    def transact(self, records: list[Record], counters: list[Counter], writes: list[Write]) -> None:
        result = self.store.transact(
            Transaction(records=tuple(records), take=tuple(counters), write=tuple(writes))
        )
        now = result.now
        expected = [self.value(record.key, now) for record in records]
        assert [found.value for found in result.found] == expected
        as_expected = all(
            not record.expected or value in record.expected
            for record, value in zip(records, expected, strict=True)
        )
        waits = [self.wait(counter, now) for counter in counters] if as_expected else []
        longest = max([0, *waits])
        assert round(result.wait * 1e6) == longest
        assert result.full == (waits.index(longest) if longest else None)
        assert result.committed is (as_expected and not longest)
        if longest and counters[waits.index(longest)].refused:
            self.limited += 1
        if result.committed:
            self.commit(counters, writes, now)

    def commit(self, counters: list[Counter], writes: list[Write], now: int) -> None:
        for counter in counters:
            self.takes[counter.key].append(-(-now // counter.step) * counter.step)
        if counters:
            self.taken.append((tuple(counters), now))
        for write in writes:
            self.records[write.key] = write.value, now + round(write.seconds * 1e6)

    def value(self, key: str, now: int) -> str:
        value, expiry = self.records.get(key, (ABSENT, 0))
        assume(abs(expiry - now) > 5_000)  # a server expires by the millisecond
        return value if expiry > now else ABSENT

    def wait(self, counter: Counter, now: int) -> int:
        begin = now - counter.seconds * 1_000_000
        within = sorted(at for at in self.takes[counter.key] if at > begin)
        return within[-counter.count] - begin if len(within) >= counter.count else 0

    @rule(number=st.integers(min_value=40, max_value=90))
    def take_many(self, number: int) -> None:
        for _ in range(number):
            self.transact([], [COUNTERS[2]], [])

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        assume(self.taken)
        counters, at = data.draw(st.sampled_from(self.taken))
        # Twice is once only for exact counters: a claim guards the others.
        self.taken.remove((counters, at))
        result = self.store.transact(Transaction(give_back=counters, taken_at=(at,)))
        assert result.committed
        for counter in counters:
            takes = self.takes[counter.key]
            rounded = -(-at // counter.step) * counter.step
            if rounded in takes:
                takes.remove(rounded)

    @rule(data=st.data(), delay=st.sampled_from((0.0, 0.3)))
    def restamp(self, data: st.DataObject, delay: float) -> None:
        assume(self.taken)
        counters, at = data.draw(st.sampled_from(self.taken))
        self.taken.remove((counters, at))
        result = self.store.transact(
            Transaction(restamp=counters, restamp_delay=delay, taken_at=(at,))
        )
        assert result.committed
        for counter in counters:
            takes = self.takes[counter.key]
            before, after = (
                -(-time // counter.step) * counter.step
                for time in (at, result.now + round(delay * 1e6))
            )
            if before in takes and before > result.now - counter.seconds * 1_000_000:
                takes.remove(before)
                takes.append(max(before, after))

    @rule(seconds=st.sampled_from((0.02, 0.3)))
    def let_time_pass(self, seconds: float) -> None:
        self.sleep(seconds)

    @invariant()
    def refusals_are_counted(self) -> None:
        assert self.store.figures(["{t}figures"])[0].get("limited", 0) == self.limited


@pytest.mark.parametrize("examples", [20, pytest.param(60, marks=pytest.mark.long)])
def test_the_memory_agrees_with_the_model(examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock of its own: hypothesis must see the same each time that it tries the same.
    passed = [1_800_000_000.0]

    def now() -> float:
        passed[0] += 0.000_003
        return passed[0]

    monkeypatch.setattr("sms_connector.clock.time.monotonic", now)
    monkeypatch.setattr("sms_connector.clock.time.time", now)

    def let_pass(seconds: float) -> None:
        passed[0] += seconds

    def model() -> Model:
        passed[0] = 1_800_000_000.0
        return Model(Memory(), let_pass)

    run_state_machine_as_test(
        model,  # type: ignore[arg-type]
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None),
    )


@pytest.mark.parametrize("examples", [3, pytest.param(8, marks=pytest.mark.long)])
def test_a_server_agrees_with_the_model(examples: int, server: RedisServer) -> None:
    def model() -> Model:
        server.command("FLUSHALL")
        return Model(RedisStore(server.address), time.sleep)

    run_state_machine_as_test(
        model,  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
