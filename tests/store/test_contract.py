"""What every store does."""

from __future__ import annotations

import time
from typing import Any

import pytest

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

    def test_no_refusal_is_counted_where_the_caller_may_wait(self, store: Store) -> None:
        full = Counter("{t}full", 1, 2, refused=Figure(HOUR, "limited:perNumber", 60))
        take(store, full)
        assert 1 < take(store, full, max_wait=2.0).wait <= 2
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


class TestRestamping:
    @pytest.mark.parametrize("count", [1, 101], ids=["exact", "in hundredths"])
    def test_what_was_taken_counts_from_the_time_to_which_it_is_moved(
        self, store: Store, count: int
    ) -> None:
        counter = Counter("{t}counter", count, 30)
        first, *_ = (take(store, counter) for _ in range(count))
        time.sleep(0.35)
        store.transact(Transaction(restamp=(counter,), restamp_delay=1.5, taken_at=first.taken_at))
        (takes,) = store.transact(Transaction(count=(counter,))).counted
        assert sum(number for _, number in takes) == count
        assert takes[-1][1] == 1
        assert takes[-1][0] - first.now > 1.85e6
        lasting = Counter("{t}counter", 1, 30)
        assert take(store, lasting).wait == pytest.approx(31.5, abs=0.31)

    def test_restamping_twice_moves_once(self, store: Store) -> None:
        counter = Counter("{t}counter", 2, 60)
        first, second = take(store, counter), take(store, counter)
        for delay in (1.0, 2.0):
            store.transact(
                Transaction(restamp=(counter,), restamp_delay=delay, taken_at=first.taken_at)
            )
        (takes,) = store.transact(Transaction(count=(counter,))).counted
        assert [(at - second.now) // 1_000_000 for at, _ in takes] == [0, 1]

    def test_nothing_is_moved_back_and_nothing_that_was_not_taken(self, store: Store) -> None:
        counter, other = Counter("{t}counter", 1, 60), Counter("{t}other", 1, 60)
        taken = take(store, counter)
        for delay, taken_at in ((-5, taken.taken_at), (1, (12_345,)), (1, (0,))):
            store.transact(
                Transaction(restamp=(counter, other), restamp_delay=delay, taken_at=taken_at)
            )
        counted = store.transact(Transaction(count=(counter, other))).counted
        assert counted == (((taken.now, 1),), ())

    def test_what_is_taken_after_a_moved_take_is_counted_beside_it(self, store: Store) -> None:
        counter = Counter("{t}counter", 2, 60)
        first = take(store, counter)
        store.transact(Transaction(restamp=(counter,), restamp_delay=2, taken_at=first.taken_at))
        second = take(store, counter)
        refused = take(store, counter)
        assert refused.wait == pytest.approx(60, abs=1)
        store.transact(Transaction(give_back=(counter,), taken_at=second.taken_at))
        assert take(store, counter).committed


class TestWritesIfAbsent:
    @pytest.mark.parametrize("is_unneeded", [False, True])
    def test_a_write_if_absent_leaves_a_record_as_it_is(
        self, store: Store, is_unneeded: bool
    ) -> None:
        first = Write(KEY, "first", 30, if_absent=True, is_unneeded=is_unneeded)
        second = Write(KEY, "second", 90, if_absent=True, is_unneeded=is_unneeded)
        result = store.transact(Transaction(write=(first, second)))
        (found,) = read(store, KEY)
        assert result.committed
        assert found.value == "first"
        assert found.seconds == pytest.approx(30, abs=1)

    def test_a_spare_record_is_replaced_and_deleted_as_any_other(self, store: Store) -> None:
        for value in ("first", "second", ABSENT):
            store.transact(Transaction(write=(Write(KEY, value, 30, is_unneeded=True),)))
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
