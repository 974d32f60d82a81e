"""A real cluster of three nodes: each is an address of the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from sms_connector.store import Stores, diagnose
from sms_connector.store.names import Names
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import ABSENT, Counter, Record, Transaction, Write
from tests.support.redis_server import PROGRAM, RedisServer

KEY = "{t}record"
CLAIM = Transaction((Record(KEY, (ABSENT,)),), write=(Write(KEY, "mine", 60),))
SLOTS = 16_384


@pytest.fixture(scope="module")
def cluster() -> Iterator[list[RedisServer]]:
    with ExitStack() as stack:
        options: dict[str, str | int] = {"cluster_enabled": "yes", "cluster_node_timeout": 1_000}
        nodes = [stack.enter_context(RedisServer(PROGRAM, **options)) for _ in range(3)]
        for number, node in enumerate(nodes):
            slots = range(number * SLOTS // 3, (number + 1) * SLOTS // 3)
            node.command("CLUSTER", "ADDSLOTS", *slots)
            node.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            node.command("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
        until(lambda: all(is_ready(node) for node in nodes))
        yield nodes


def is_ready(node: RedisServer) -> bool:
    info = bytes(node.command("CLUSTER", "INFO"))
    return b"cluster_state:ok" in info and b"cluster_known_nodes:3" in info


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_node_is_an_address_of_the_same_store(cluster: list[RedisServer]) -> None:
    stores = [RedisStore(node.address) for node in cluster]
    assert [store.transact(CLAIM).committed for store in stores] == [True, False, False]
    assert {store.transact(CLAIM).found[0].value for store in stores} == {"mine"}
    assert [store.away for store in stores] == [""] * 3
    for store in stores:
        assert diagnose(Stores(store, store, store, Names(("secret",)))) == ""
        counter = Counter("{t}counter", 1, 60)
        taken = store.transact(Transaction(take=(counter,)))
        store.transact(Transaction(give_back=(counter,), taken_at=taken.taken_at))


def test_a_slot_that_moves_to_another_node_is_followed(cluster: list[RedisServer]) -> None:
    stores = [RedisStore(node.address) for node in cluster]
    for store in stores:
        store.transact(Transaction(write=(Write(KEY),)))
    slot = cluster[0].command("CLUSTER", "KEYSLOT", KEY)
    for target in cluster:
        name = target.command("CLUSTER", "MYID")
        for node in (target, *cluster):
            node.command("FLUSHALL")
            node.command("CLUSTER", "SETSLOT", slot, "NODE", name)
        assert [store.transact(CLAIM).committed for store in stores] == [True, False, False]
        assert target.command("GET", KEY) == b"mine"
