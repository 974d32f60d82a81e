import pytest

from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import ABSENT, Counter, Figure, Record, Transaction, Write
from tests.support.redis_server import RedisServer

COUNTER = Counter("{t}counter", 1, 60)
WRITE = Write("{t}record", "value", 60)


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


class TestLostWrites:
    """A replica was promoted without the last writes, an old dump was loaded, or FLUSHALL ran."""

    def test_an_instance_that_saw_the_takes_refuses(self, server: RedisServer) -> None:
        memory, remote = Memory(), RedisStore(server.address)
        mirrored = Mirrored(memory, remote)
        counter = Counter("{t}counter", 1, 60, refused=Figure("{t}hour", "limited", 60))
        first = mirrored.transact(Transaction(take=(counter,)))
        server.command("FLUSHALL")
        unseen = Record("{t}record", (ABSENT,))
        refused = mirrored.transact(Transaction((unseen,), take=(counter,), write=(WRITE,)))
        assert (refused.committed, refused.full, refused.taken_at) == (False, 0, ())
        assert refused.wait == pytest.approx(60, abs=1)
        assert remote.transact(Transaction((unseen,))).found[0].value == ABSENT
        assert remote.figures(["{t}hour"]) == ({"limited": 1},)
        # Another instance did not see them.
        assert Mirrored(Memory(), remote).transact(Transaction(take=(counter,))).committed
        # What was given back can be taken from both again.
        remote.transact(Transaction(give_back=(counter,), taken_at=(first.now,)))
        server.command("FLUSHALL")
        mirrored.transact(Transaction(give_back=(counter,), taken_at=first.taken_at))
        assert mirrored.transact(Transaction(take=(counter,))).committed

    def test_a_record_that_is_not_as_expected_goes_before_a_full_counter(
        self, server: RedisServer
    ) -> None:
        mirrored = Mirrored(Memory(), RedisStore(server.address))
        mirrored.transact(Transaction(take=(COUNTER,), write=(WRITE,)))
        expecting = (Record(WRITE.key, (ABSENT,)),)
        result = mirrored.transact(Transaction(expecting, take=(COUNTER,)))
        assert (result.full, result.found[0].value) == (None, WRITE.value)

    def test_a_full_memory_does_not_keep_the_server_from_taking(
        self, server: RedisServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sms_connector.store.memory.MOST_BYTES", 0)
        memory, remote = Memory(), RedisStore(server.address)
        for both in (Mirrored(memory, remote), Layered(memory, remote)):
            taken = both.transact(Transaction(take=(COUNTER,)))
            assert taken.committed
            both.transact(Transaction(give_back=(COUNTER,), taken_at=taken.taken_at))
