import pytest

from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Counter, Record, Transaction, Write
from tests.support.redis_server import RedisServer

COUNTER = Counter("{t}counter", 1, 60)


def test_what_was_taken_from_the_server_stays_taken_in_an_outage(server: RedisServer) -> None:
    memory, remote = Memory(), RedisStore(server.address)
    assert Mirrored(memory, remote).transact(Transaction(take=(COUNTER,))).committed
    server.command("FLUSHALL")
    assert not Layered(memory, remote).transact(Transaction(take=(COUNTER,))).committed


def test_what_is_given_back_is_given_back_in_both(server: RedisServer) -> None:
    memory, remote = Memory(), RedisStore(server.address)
    mirrored = Mirrored(memory, remote)
    taken = mirrored.transact(Transaction(take=(COUNTER,)))
    mirrored.transact(Transaction(give_back=(COUNTER,), taken_at=taken.taken_at))
    for store in (memory, remote):
        assert store.transact(Transaction(take=(COUNTER,))).committed


def test_records_are_the_server_s_alone(server: RedisServer) -> None:
    memory = Memory()
    mirrored = Mirrored(memory, RedisStore(server.address))
    mirrored.transact(Transaction(write=(Write("{t}record", "value", 60),)))
    (found,) = memory.transact(Transaction(records=(Record("{t}record"),))).found
    assert found.value == ""


def test_a_server_that_is_away_is_not_replaced_by_the_memory() -> None:
    with RedisServer() as server:
        mirrored = Mirrored(Memory(), RedisStore(server.address))
    with pytest.raises(StoreAwayError):
        mirrored.transact(Transaction(take=(COUNTER,)))
    assert mirrored.away


@pytest.mark.parametrize("kind", [Mirrored, Layered])
def test_each_store_restamps_what_it_gave(
    server: RedisServer, kind: type[Mirrored] | type[Layered]
) -> None:
    memory, remote = Memory(), RedisStore(server.address)
    both = kind(memory, remote)
    taken = both.transact(Transaction(take=(COUNTER,)))
    assert len(set(taken.taken_at)) == 2
    both.transact(Transaction(restamp=(COUNTER,), restamp_delay=2, taken_at=taken.taken_at))
    for store in (memory, remote):
        refused = store.transact(Transaction(take=(COUNTER,)))
        assert refused.wait == pytest.approx(62, abs=1)
