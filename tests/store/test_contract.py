"""What every store does, checked against a model that is told the store's own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

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
    Found,
    Record,
    Result,
    Store,
    Transaction,
    Write,
)
from tests.support.redis_server import RedisServer

KEY, OTHER = "{t}record", "{t}other"
HOUR = "{t}hour"


def take(store: Store, *counters: Counter, **fields: Any) -> Result:
    return store.transact(Transaction(take=counters, **fields))


def read(store: Store, *keys: str) -> tuple[Found, ...]:
    return store.transact(Transaction(records=tuple(map(Record, keys)))).found


class TestRecords:
    def test_a_record_is_found_with_its_time_to_live(self, store: Store) -> None:
        store.transact(Transaction(write=(Write(KEY, "value", 30),)))
        found, absent = read(store, KEY, OTHER)
        assert found.value == "value"
        assert found.seconds == pytest.approx(30, abs=1)
        assert absent == Found(ABSENT, 0)

    def test_a_record_expires(self, store: Store) -> None:
        store.transact(Transaction(write=(Write(KEY, "value", 0.05),)))
        time.sleep(0.1)
        assert read(store, KEY) == (Found(),)

    def test_a_deleted_record_is_absent(self, store: Store) -> None:
        store.transact(Transaction(write=(Write(KEY, "value", 30),)))
        store.transact(Transaction(write=(Write(KEY),)))
        assert read(store, KEY) == (Found(),)

    @pytest.mark.parametrize(
        ("expected", "committed"),
        [
            ((), True),
            (("value",), True),
            ((ABSENT, "value"), True),
            ((ABSENT,), False),
            (("other",), False),
        ],
    )
    def test_a_transaction_commits_only_on_an_expected_value(
        self, store: Store, expected: tuple[str, ...], committed: bool
    ) -> None:
        store.transact(Transaction(write=(Write(KEY, "value", 30),)))
        result = store.transact(
            Transaction(records=(Record(KEY, expected),), write=(Write(OTHER, "written", 30),))
        )
        assert result.committed is committed
        assert result.found[0].value == "value"
        assert read(store, OTHER)[0].value == ("written" if committed else ABSENT)

    def test_a_value_may_hold_any_text(self, store: Store) -> None:
        value = 'é中\U0001f600\x00"\r\n' + "x" * 70_000
        store.transact(Transaction(write=(Write(KEY, value, 30),)))
        assert read(store, KEY)[0].value == value

    def test_nothing_is_taken_or_counted_where_a_record_is_not_as_expected(
        self, store: Store
    ) -> None:
        once = Counter("{t}once", 1, 60)
        store.transact(
            Transaction(
                records=(Record(KEY, ("value",)),),
                take=(once,),
                add=(Figure(HOUR, "accepted", 60),),
            )
        )
        assert take(store, once).committed
        assert store.figures([HOUR]) == ({},)


class TestCounters:
    @pytest.mark.parametrize("count", [1, 3, 100, 101, 250])
    def test_a_counter_gives_its_count_and_not_one_more(self, store: Store, count: int) -> None:
        counter = Counter("{t}counter", count, 3_600)
        assert all(take(store, counter).committed for _ in range(count))
        refused = take(store, counter)
        assert (refused.committed, refused.full) == (False, 0)
        assert refused.wait == pytest.approx(3_600, abs=37)

    def test_all_counters_are_taken_from_or_none(self, store: Store) -> None:
        one, two = Counter("{t}one", 1, 60), Counter("{t}two", 2, 60)
        assert take(store, one).committed
        assert not take(store, two, one).committed
        assert [take(store, two).committed for _ in range(3)] == [True, True, False]

    def test_of_several_full_counters_the_one_full_longest_is_named(self, store: Store) -> None:
        counters = [Counter(f"{{t}}{n}", 1, n) for n in (60, 3_600, 600)]
        assert take(store, *counters).committed
        refused = take(store, *counters)
        assert refused.full == 1
        assert refused.wait == pytest.approx(3_600, abs=1)

    def test_a_refused_transaction_writes_nothing_but_the_refusal_s_figure(
        self, store: Store
    ) -> None:
        full = Counter("{t}full", 1, 60, refused=Figure(HOUR, "limited:perNumber", 60))
        free = Counter("{t}free", 1, 60, refused=Figure(HOUR, "limited:total", 60))
        take(store, full)
        take(store, free, full, write=(Write(KEY, "x", 9),), add=(Figure(HOUR, "accepted", 60),))
        assert read(store, KEY) == (Found(),)
        assert store.figures([HOUR]) == ({"limited:perNumber": 1},)

    def test_no_refusal_is_counted_for_a_wait_within_the_patience(self, store: Store) -> None:
        full = Counter("{t}full", 1, 2, refused=Figure(HOUR, "limited:perNumber", 60))
        take(store, full)
        assert 1 < take(store, full, patience=2.0).wait <= 2
        assert store.figures([HOUR]) == ({},)

    @pytest.mark.parametrize("count", [2, 101], ids=["exact", "in hundredths"])
    def test_what_is_given_back_can_be_taken_again(self, store: Store, count: int) -> None:
        counter = Counter("{t}counter", count, 3_600)
        results = [take(store, counter) for _ in range(count)]
        assert not take(store, counter).committed
        store.transact(Transaction(give_back=(counter,), taken_at=results[0].taken_at))
        assert [take(store, counter).committed for _ in range(2)] == [True, False]

    def test_giving_back_twice_gives_back_once(self, store: Store) -> None:
        counter = Counter("{t}counter", 2, 3_600)
        first, _ = take(store, counter), take(store, counter)
        for _ in range(2):
            store.transact(Transaction(give_back=(counter,), taken_at=first.taken_at))
        assert [take(store, counter).committed for _ in range(2)] == [True, False]

    def test_giving_back_what_was_never_taken_changes_nothing(self, store: Store) -> None:
        counter = Counter("{t}counter", 1, 60)
        store.transact(Transaction(give_back=(counter,), taken_at=(0,)))
        take(store, counter)
        store.transact(Transaction(give_back=(counter,), taken_at=(12_345,)))
        assert not take(store, counter).committed

    @pytest.mark.parametrize("count", [100, 1_000_000_000])
    def test_the_takes_of_a_counter_can_be_read_as_they_were_before(
        self, store: Store, count: int
    ) -> None:
        counter, untouched = Counter("{t}read", count, 60), Counter("{t}untouched", count, 60)
        first = take(store, counter, count=(counter,))
        assert first.counted == ((),)
        take(store, counter)
        refused = take(store, Counter("{t}read", 1, 60), count=(counter, untouched))
        assert not refused.committed
        takes, nothing = refused.counted
        assert nothing == ()
        assert sum(number for _, number in takes) == 2
        assert 0 <= takes[0][0] - first.now <= counter.step

    def test_a_smaller_count_refuses_until_enough_has_left_the_window(self, store: Store) -> None:
        for _ in range(5):
            take(store, Counter("{t}counter", 5, 60))
        refused = take(store, Counter("{t}counter", 2, 60))
        assert refused.wait == pytest.approx(60, abs=1)


class TestWritesIfAbsent:
    @pytest.mark.parametrize("is_spare", [False, True])
    def test_a_write_if_absent_leaves_a_record_as_it_is(self, store: Store, is_spare: bool) -> None:
        first = Write(KEY, "first", 30, if_absent=True, is_spare=is_spare)
        second = Write(KEY, "second", 90, if_absent=True, is_spare=is_spare)
        result = store.transact(Transaction(write=(first, second)))
        (found,) = read(store, KEY)
        assert result.committed
        assert found.value == "first"
        assert found.seconds == pytest.approx(30, abs=1)

    def test_a_spare_record_is_replaced_and_deleted_as_any_other(self, store: Store) -> None:
        for value in ("first", "second", ABSENT):
            store.transact(Transaction(write=(Write(KEY, value, 30, is_spare=True),)))
            assert read(store, KEY)[0].value == value


class TestFigures:
    def test_figures_add_up_by_field(self, store: Store) -> None:
        figures = (Figure(HOUR, "accepted", 60), Figure(HOUR, "refused", 60, count=3))
        for _ in range(2):
            store.transact(Transaction(add=figures))
        assert store.figures([HOUR, "{t}none"]) == ({"accepted": 2, "refused": 6}, {})


class TestTime:
    def test_the_store_tells_its_time(self, store: Store) -> None:
        assert store.transact(Transaction()).now / 1e6 == pytest.approx(time.time(), abs=5)


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

    @rule(seconds=st.sampled_from((0.02, 0.3)))
    def let_time_pass(self, seconds: float) -> None:
        self.sleep(seconds)

    @invariant()
    def refusals_are_counted(self) -> None:
        assert self.store.figures(["{t}figures"])[0].get("limited", 0) == self.limited


def test_the_memory_agrees_with_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]
    real = time.monotonic, time.time
    monkeypatch.setattr("sms_connector.clock.time.monotonic", lambda: real[0]() + passed[0])
    monkeypatch.setattr("sms_connector.clock.time.time", lambda: real[1]() + passed[0])

    def let_pass(seconds: float) -> None:
        passed[0] += seconds

    run_state_machine_as_test(
        lambda: Model(Memory(), let_pass),  # type: ignore[arg-type]
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )


def test_a_server_agrees_with_the_model(server: RedisServer) -> None:
    def model() -> Model:
        server.command("FLUSHALL")
        return Model(RedisStore(server.address), time.sleep)

    run_state_machine_as_test(
        model,  # type: ignore[arg-type]
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
