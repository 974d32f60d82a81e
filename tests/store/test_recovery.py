"""A server that was away is used again, and was never half used."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from msgspec.structs import replace

from sms_connector.store import timeouts
from sms_connector.store.address import Address
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import ABSENT, Record, Transaction, Write
from tests.support.proxy import Proxy
from tests.support.redis_server import PROGRAM, RedisServer

KEY = "{t}record"
CLAIM = Transaction(records=(Record(KEY, (ABSENT,)),), write=(Write(KEY, "mine", 60),))


@pytest.fixture(autouse=True)
def _real_patience(patience: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 0.2)


class TestRecovery:
    def test_a_silent_server_that_goes_on_is_used_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.2)
        with RedisServer(PROGRAM) as server:
            store = RedisStore(server.address)
            store.transact(Transaction())
            server.stop()
            with pytest.raises(StoreAwayError):
                store.transact(CLAIM)
            server.go_on()
            with pytest.raises(StoreAwayError):
                store.transact(CLAIM)  # it is left alone
            time.sleep(0.25)
            # The claim that got no answer was made all the same.
            assert store.transact(CLAIM).found[0].value == "mine"
            assert store.away == ""

    def test_a_server_restarted_empty_is_asked_again_and_the_memory_still_knows(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 5.0)
        with RedisServer(PROGRAM) as server:
            store = Layered(Memory(), RedisStore(server.address))
            assert store.transact(CLAIM).committed
            server.kill()
            server.start()
            assert not store.transact(CLAIM).committed
            other = Transaction(
                (Record("{t}other", (ABSENT,)),), write=(Write("{t}other", "x", 60),)
            )
            assert store.transact(other).committed
            assert server.command("EXISTS", "{t}other") == 1

    def test_a_replica_stays_away_and_is_logged_once_until_it_takes_writes(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 5.0)
        monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.0)
        caplog.set_level("INFO")
        with (
            RedisServer(PROGRAM) as primary,
            RedisServer(PROGRAM, replicaof=f"127.0.0.1 {primary.port}") as replica,
        ):
            store = RedisStore(replica.address)
            for _ in range(5):
                with pytest.raises(StoreAwayError):
                    store.transact(CLAIM)
                store.transact(Transaction(records=(Record(KEY),)))
                assert store.away == "read_only"
            assert len(caplog.messages) == 1
            replica.command("REPLICAOF", "NO", "ONE")
            assert store.transact(CLAIM).committed
            assert (store.away, len(caplog.messages)) == ("", 2)

    def test_one_call_at_a_time_tries_a_server_that_is_away(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.3)
        with RedisServer(PROGRAM) as server, Proxy(server.port) as proxy:
            store = Layered(Memory(), RedisStore(Address("127.0.0.1", proxy.port)))
            proxy.delay = 1
            store.transact(Transaction())
            time.sleep(0.4)
            before = proxy.connections
            threads = [
                threading.Thread(target=store.transact, args=(Transaction(),)) for _ in range(10)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert proxy.connections - before == 1


def test_a_server_killed_among_transactions_keeps_each_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 5.0)
    whole = Transaction(write=tuple(Write(f"{{t}}{n}", "x" * 500, 600) for n in range(40)))
    with RedisServer(PROGRAM, appendonly="yes", appendfsync="no") as server:
        for _ in range(3):
            store, stop = RedisStore(server.address), threading.Event()

            def write(store: RedisStore = store, stop: threading.Event = stop) -> None:
                number = 0
                with suppress(StoreAwayError):
                    while not stop.is_set():
                        number += 1
                        token = f"{threading.get_ident()}-{number}"
                        store.transact(
                            replace(
                                whole,
                                write=tuple(replace(one, value=token) for one in whole.write),
                            )
                        )

            threads = [threading.Thread(target=write) for _ in range(3)]
            for thread in threads:
                thread.start()
            time.sleep(0.1)
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            server.start()
            values = {server.command("GET", one.key) for one in whole.write}
            assert len(values) == 1, values
