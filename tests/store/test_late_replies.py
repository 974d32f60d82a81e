"""A reply that does not come is unknown, not undone: the store is asked again by what it wrote."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator

import pytest

from sms_connector.store import timeouts
from sms_connector.store.address import Address
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import (
    ABSENT,
    Counter,
    Figure,
    Record,
    Transaction,
    Write,
)
from tests.support.proxy import Proxy
from tests.support.redis_server import RedisServer

KEY, OTHER = "{t}record", "{t}other"
MINUTE, LARGE = Counter("{t}minute", 1, 60), Counter("{t}large", 500, 3_600)

Trouble = Callable[[Proxy], None]

TROUBLES: dict[str, Trouble] = {
    "a reply 250 ms late": lambda proxy: proxy.late.append(0.25),
    "a reply 500 ms late": lambda proxy: proxy.late.append(0.5),
    "every reply 300 ms late": lambda proxy: setattr(proxy, "delay", 0.3),
    "a reply that never comes": lambda proxy: setattr(proxy, "dropped", 1),
    "a connection that breaks": lambda proxy: setattr(proxy, "cut", 1),
    "a command that arrives after its repeat": lambda proxy: proxy.held.append(0.6),
}


@pytest.fixture(autouse=True)
def _real_patience(patience: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 0.2)
    monkeypatch.setattr(timeouts, "PATIENT_SECONDS", 1.0)


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


def behind(proxy: Proxy) -> RedisStore:
    store = RedisStore(Address("127.0.0.1", proxy.port)).patient()
    store.transact(Transaction(records=(Record(KEY),)))  # the script is loaded
    return store


def claim(*counters: Counter, expected: str = ABSENT, seconds: float = 600) -> Transaction:
    return Transaction(
        records=(Record(KEY, (expected,)),),
        take=counters,
        write=(Write(KEY, secrets.token_hex(8), seconds),),
        add=(Figure("{t}hour", "claimed", 60),),
    )


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_one_commit_is_made_and_its_result_is_true(
    server: RedisServer, proxy: Proxy, trouble: Trouble
) -> None:
    direct, store = RedisStore(server.address), behind(proxy)
    asked = claim(MINUTE, LARGE)
    trouble(proxy)
    began = time.monotonic()
    result = store.transact(asked)
    assert time.monotonic() - began < 1.1
    assert (result.committed, result.found[0].value) == (True, ABSENT)
    time.sleep(0.4)  # for what is still on its way
    assert direct.figures(["{t}hour"]) == ({"claimed": 1},)
    assert server.command("GET", KEY).decode() == asked.write[0].value
    (takes, _) = direct.transact(Transaction(count=(MINUTE, LARGE))).counted
    assert result.taken_at == (takes[0][0],)
    # So what was taken can be given back.
    direct.transact(Transaction(give_back=asked.take, taken_at=result.taken_at))
    assert direct.transact(Transaction(count=asked.take)).counted == ((), ())


def test_the_time_of_a_take_is_found_among_those_of_others(
    server: RedisServer, proxy: Proxy
) -> None:
    store, other = behind(proxy), RedisStore(server.address)
    number, total = Counter("{t}number", 10, 60), Counter("{t}total", 90, 60)
    for _ in range(20):
        other.transact(Transaction(take=(total,)))
    other.transact(Transaction(take=(number,)))
    proxy.dropped = 1
    result = store.transact(claim(number, total))
    for _ in range(20):
        other.transact(Transaction(take=(total,)))
    before = other.transact(Transaction(count=(number, total))).counted
    other.transact(Transaction(give_back=(number, total), taken_at=result.taken_at))
    after = other.transact(Transaction(count=(number, total))).counted
    for one, left in zip(before, after, strict=True):
        assert set(one) - set(left) == {(result.taken_at[0], 1)}


def test_a_record_that_another_has_changed_is_not_taken_for_one_s_own(
    server: RedisServer, proxy: Proxy
) -> None:
    store = behind(proxy)
    RedisStore(server.address).transact(claim())
    proxy.dropped = 1
    assert not store.transact(claim(MINUTE)).committed
    assert RedisStore(server.address).transact(Transaction(count=(MINUTE,))).counted == ((),)


def test_a_refusal_whose_reply_does_not_come_is_a_refusal(
    server: RedisServer, proxy: Proxy
) -> None:
    RedisStore(server.address).transact(Transaction(take=(MINUTE,)))
    store = behind(proxy)
    proxy.dropped = 1
    result = store.transact(claim(MINUTE))
    assert (result.committed, result.full) == (False, 0)


def test_what_nothing_guards_is_not_sent_twice(server: RedisServer, proxy: Proxy) -> None:
    store = behind(proxy)
    proxy.dropped = 1
    with pytest.raises(StoreAwayError) as away:
        store.transact(Transaction(take=(LARGE,), write=(Write(OTHER, "x", 60),)))
    assert away.value.maybe_done
    counted = RedisStore(server.address).transact(Transaction(count=(LARGE,))).counted
    assert [number for _, number in counted[0]] == [1]


class TestUnknown:
    def test_what_is_still_unknown_after_a_second_says_so(
        self, server: RedisServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.0)
        store, asked = behind(proxy), claim(MINUTE)
        proxy.dropped = 10
        began = time.monotonic()
        with pytest.raises(StoreAwayError) as away:
            store.transact(asked)
        assert 0.9 < time.monotonic() - began < 1.3
        assert away.value.maybe_done
        proxy.dropped = 0
        (takes,) = RedisStore(server.address).transact(Transaction(count=(MINUTE,))).counted
        again = Transaction(asked.records, asked.take, write=asked.write, is_repeat=True)
        for _ in range(2):
            result = store.transact(again)
            assert (result.committed, result.taken_at) == (True, (takes[0][0],))

    def test_a_repeat_of_what_never_arrived_is_committed_now(self, server: RedisServer) -> None:
        store = RedisStore(server.address).patient()
        asked = claim(MINUTE)
        again = Transaction(asked.records, asked.take, write=asked.write, is_repeat=True)
        result = store.transact(again)
        assert (result.committed, result.taken_at) == (True, (result.now,))

    def test_what_did_not_reach_the_server_is_known_not_to_be_done(self) -> None:
        with RedisServer() as server:
            store = RedisStore(server.address).patient()
        with pytest.raises(StoreAwayError) as away:
            store.transact(claim(MINUTE))
        assert not away.value.maybe_done

    def test_what_a_server_that_is_left_alone_was_not_asked_is_not_done(self, proxy: Proxy) -> None:
        store = behind(proxy)
        proxy.dropped = 10
        for maybe_done in (True, False):
            with pytest.raises(StoreAwayError) as away:
                store.transact(claim(MINUTE))
            assert away.value.maybe_done is maybe_done


def test_a_store_that_can_be_replaced_is_not_waited_for(proxy: Proxy) -> None:
    store = RedisStore(Address("127.0.0.1", proxy.port))
    store.transact(Transaction(records=(Record(KEY),)))
    proxy.late.append(0.5)
    began = time.monotonic()
    with pytest.raises(StoreAwayError) as away:
        store.transact(claim())
    assert 0.15 < time.monotonic() - began < 0.4
    assert away.value.maybe_done


def test_the_memory_takes_what_the_server_has_taken_unseen(
    server: RedisServer, proxy: Proxy
) -> None:
    memory, store = Memory(), behind(proxy)
    both = Mirrored(memory, store)
    proxy.dropped = 1
    taken = both.transact(claim(MINUTE))
    assert taken.committed
    both.transact(Transaction(give_back=(MINUTE,), taken_at=taken.taken_at))
    for place in (memory, RedisStore(server.address)):
        assert place.transact(Transaction(take=(MINUTE,))).committed


@pytest.mark.parametrize("arrived", [True, False], ids=["reply lost", "command lost"])
@pytest.mark.parametrize("end", ["give_back", "restamp"])
def test_a_message_whose_claim_got_no_reply_is_counted_and_given_back_at_the_server_too(
    server: RedisServer,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    arrived: bool,
    end: str,
) -> None:
    monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.0)
    direct, store = RedisStore(server.address), RedisStore(Address("127.0.0.1", proxy.port))
    layered = Layered(Memory(), store)
    layered.transact(Transaction(records=(Record(KEY),)))
    asked = claim(MINUTE)
    if arrived:
        proxy.dropped = 1
    else:
        proxy.lost = 1
    taken = layered.transact(asked)
    assert taken.committed
    fields = {end: (MINUTE,), "taken_at": taken.taken_at, "restamp_delay": 1.0}
    layered.transact(Transaction(**fields))  # type: ignore[arg-type]
    (takes,) = direct.transact(Transaction(count=(MINUTE,))).counted
    assert len(takes) == (0 if end == "give_back" else 1)
    if takes:
        assert takes[0][0] - direct.transact(Transaction()).now > 0
    assert server.command("GET", KEY).decode() == asked.write[0].value
