"""A memory that is full drops what matters least, and refuses rather than drop what may not be."""

from __future__ import annotations

import gc
import json
import secrets
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from sms_connector.store import memory
from sms_connector.store.memory import Memory
from sms_connector.store.outage import MemoryFullError, StoreAwayError
from sms_connector.store.transaction import ABSENT, Counter, Figure, Record, Transaction, Write

MiB = 1024 * 1024

PER_NUMBER = ((1, 60), (5, 3_600), (10, 86_400))


def key() -> str:
    return "{sms}" + secrets.token_hex(16)


def message(number: str, *shared: Counter) -> Transaction:
    """A message to a number with the default limits, as it is claimed."""
    own = tuple(Counter(f"{number}/{rule[1]}", *rule) for rule in PER_NUMBER)
    name = key()
    claim = Write(name, secrets.token_hex(100), 40, 10)
    return Transaction((Record(name, (ABSENT,)),), take=(*own, *shared), write=(claim,))


def start() -> Transaction:
    """A verification: two records of ten minutes."""
    names, value = (key(), key()), secrets.token_hex(150)
    return Transaction(
        tuple(Record(name, (ABSENT,)) for name in names),
        write=tuple(Write(name, value, 600, 10, must_stay=True) for name in names),
    )


def outcome() -> Transaction:
    return Transaction(write=(Write(key(), secrets.token_hex(100), 30),))


def unneeded() -> Transaction:
    return Transaction(write=(Write(key(), secrets.token_hex(30), 259_200, is_unneeded=True),))


def one_take(seconds: int, *, is_shared: bool = False) -> Transaction:
    return Transaction(take=(Counter(key(), 5, seconds, is_shared=is_shared),))


def names(transaction: Transaction) -> tuple[str, ...]:
    return (*(one.key for one in transaction.write), *(one.key for one in transaction.take))


def left(store: Memory, transactions: list[Transaction]) -> int:
    return sum(name in store._entries._entries for one in transactions for name in names(one))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setattr(memory, "MOST_BYTES", 300_000)
    return Memory()


def fill(store: Memory, make: Callable[[], Transaction], number: int) -> list[Transaction]:
    made = [make() for _ in range(number)]
    for one in made:
        store.transact(one)
    return made


def fill_up(store: Memory) -> Iterator[Transaction]:
    """Start verifications until there is no space for another, and yield each."""
    with suppress(MemoryFullError):
        while True:
            verification = start()
            store.transact(verification)
            yield verification


class TestOrder:
    def test_what_matters_least_is_dropped_first(self, small: Memory) -> None:
        kinds = {
            "unneeded": fill(small, unneeded, 50),
            "outcome": fill(small, outcome, 50),
            "day": fill(small, lambda: one_take(86_400), 50),
            "hour": fill(small, lambda: one_take(3_600), 50),
            "minute": fill(small, lambda: one_take(60), 50),
            "shared": fill(small, lambda: one_take(86_400, is_shared=True), 50),
            "pending": fill(small, start, 25),
        }
        order = ["unneeded", "outcome", "day", "hour"]
        complete = {name: left(small, made) for name, made in kinds.items()}
        for _ in fill_up(small):
            now = {name: left(small, made) for name, made in kinds.items()}
            touched = [name for name in kinds if now[name] < complete[name]]
            # Nothing of a kind is dropped while anything of the kind before it is left.
            assert touched == order[: len(touched)]
            assert all(now[name] == 0 for name in touched[:-1])
        assert {name: left(small, kinds[name]) for name in order} == dict.fromkeys(order, 0)
        for name in ("minute", "shared", "pending"):
            assert left(small, kinds[name]) == complete[name]

    def test_of_one_kind_what_expires_soonest_is_dropped(self, small: Memory) -> None:
        lives = [40, 10, 30]
        made = [Transaction(write=(Write(key(), "x" * 50_000, life),)) for life in lives]
        for one in made:
            small.transact(one)
        while left(small, made) == len(made):
            small.transact(start())
        assert [left(small, [one]) for one in made] == [1, 0, 1]

    def test_a_claim_is_safe_until_its_lease_ends(self, small: Memory) -> None:
        claims = fill(small, lambda: message(key()), 30)
        ended = [Transaction(write=(Write(key(), "x", 60, lease=0.000_001),))]
        small.transact(ended[0])
        list(fill_up(small))
        assert sum(one.write[0].key in small._entries._entries for one in claims) == 30
        assert left(small, ended) == 0

    def test_nothing_is_dropped_for_what_nothing_depends_on(self, small: Memory) -> None:
        outcomes = fill(small, outcome, 500)
        before = left(small, outcomes)
        fill(small, unneeded, 500)
        for _ in range(500):
            small.transact(Transaction(add=(Figure(key(), "accepted", 60),)))
        assert left(small, outcomes) == before


class TestRefusal:
    def test_a_transaction_without_space_does_nothing_and_says_so(self, small: Memory) -> None:
        list(fill_up(small))
        refused = message("number")
        with pytest.raises(StoreAwayError) as full:
            small.transact(refused)
        assert left(small, [refused]) == 0
        assert not full.value.maybe_done
        error = full.value.as_error()
        assert (error.kind, error.sent, error.retry_after) == ("unavailable", False, 60)
        assert "memory of this instance is full" in str(full.value)

    def test_what_is_there_already_can_be_read_changed_and_ended(self, small: Memory) -> None:
        pending = list(fill_up(small))
        first = pending[0].write[0]
        guarded = (Record(first.key, (first.value,)),)
        changed = Write(first.key, first.value + "guessed", 600, must_stay=True)
        assert small.transact(Transaction(guarded, write=(changed,))).committed
        assert small.transact(Transaction(write=(Write(first.key),))).committed
        assert small.transact(Transaction(write=(Write(pending[1].write[0].key),))).committed
        assert small.transact(one_take(60)).committed

    def test_a_full_memory_is_logged_once_an_hour(
        self, small: Memory, caplog: pytest.LogCaptureFixture
    ) -> None:
        fill(small, lambda: one_take(86_400), 2_000)
        for _ in range(2):
            list(fill_up(small))
        lines = [json.loads(line) for line in caplog.messages]
        assert [line["drops"].split(":")[0] for line in lines] == [
            "limits of single subjects above an hour",
            "nothing more",
        ]
        small._logged = {what: at - 3_601_000_000 for what, at in small._logged.items()}
        with pytest.raises(MemoryFullError):
            small.transact(start())
        assert len(caplog.messages) == 3


@pytest.fixture(params=[16, pytest.param(1, marks=pytest.mark.long)], ids="1/{}".format)
def part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many times smaller the memory is than the real one. No time passes meanwhile."""
    monkeypatch.setattr(memory, "MOST_BYTES", memory.MOST_BYTES // request.param)
    for clock in ("monotonic", "time"):
        monkeypatch.setattr(f"sms_connector.clock.time.{clock}", lambda: 1_800_000_000.0)
    return int(request.param)


class TestCapacity:
    def test_a_flood_of_numbers_passes_no_limit_of_a_minute_and_none_for_all(
        self, part: int
    ) -> None:
        store = Memory()
        total, hourly = (
            Counter("total/60", 5, 60, is_shared=True),
            Counter("total/3600", 600, 3_600, is_shared=True),
        )
        for _ in range(5):
            store.transact(Transaction(take=(total,)))
        for _ in range(600):
            store.transact(Transaction(take=(hourly,)))
        address = Counter("address", 10, 60)
        for _ in range(10):
            store.transact(Transaction(take=(address,)))
        assert store.transact(message("victim")).committed
        for _ in range(31_000 // part):
            store.transact(Transaction(take=tuple(Counter(key(), *rule) for rule in PER_NUMBER)))
        assert [store.transact(message("victim")).committed for _ in range(10)] == [False] * 10
        for full in (total, hourly, address):
            assert not store.transact(Transaction(take=(full,))).committed

    def test_37_000_numbers_a_day_keep_all_their_limits(self, part: int) -> None:
        store = Memory()
        counters = [Counter(key(), *rule) for rule in PER_NUMBER[1:]]
        store.transact(Transaction(take=tuple(counters)))
        for _ in range(36_999 // part):
            own = tuple(Counter(key(), *rule) for rule in PER_NUMBER[1:])
            store.transact(Transaction(take=own))
        assert all(store.transact(Transaction(count=tuple(counters))).counted)

    def test_15_000_pending_verifications_fit(self, part: int) -> None:
        fill(Memory(), start, 15_000 // part)

    @pytest.mark.parametrize(
        "make", [start, outcome, unneeded, lambda: message(key()), lambda: one_take(3_600)]
    )
    def test_the_size_that_is_counted_is_not_less_than_the_real_one(
        self, make: Callable[[], Transaction], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "MOST_BYTES", MiB // 2)
        assert real_size(make() for _ in range(2_000)) < MiB // 2

    @pytest.mark.parametrize("takes", [15, pytest.param(50, marks=pytest.mark.long)])
    def test_counters_that_grow_are_counted_at_their_size(
        self, takes: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "MOST_BYTES", MiB // 4)
        keys = [key() for _ in range(200)]
        growing = (Transaction(take=(Counter(name, 100, 3_600),)) for name in keys * takes)
        assert real_size(growing) < MiB // 4

    def test_figures_that_were_dropped_for_another_figure_do_not_come_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "MOST_BYTES", 1_500)
        store = Memory()
        store.transact(Transaction(write=(Write("outcome", "v" * 400, 60),)))
        for field in "abcdefghij":
            store.transact(Transaction(add=(Figure("hour", field, 60),)))
            assert store._entries.size <= 1_500
        assert store.figures(["hour"])[0]["j"] == 1

    def test_a_counter_that_expires_at_the_same_time_after_each_take_stays_small(self) -> None:
        total = Counter("total", 1_000_000, 86_400, is_shared=True)
        assert real_size(Transaction(take=(total,)) for _ in range(3_000)) < 50_000


def real_size(transactions: Iterator[Transaction]) -> int:
    """The bytes of a memory that has been filled and used on for a while."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        store = Memory()
        with suppress(MemoryFullError):
            for one in transactions:
                store.transact(one)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
