"""What is special about a server: connections, scripts, replicas."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytest_mock import MockerFixture

from sms_connector.store import Stores, diagnose
from sms_connector.store.address import Address
from sms_connector.store.connection import MOST_IDLE_SECONDS
from sms_connector.store.names import Names
from sms_connector.store.redis import SCRIPT, RedisStore
from sms_connector.store.transaction import (
    ABSENT,
    Counter,
    Figure,
    Found,
    Record,
    Result,
    Transaction,
    Write,
)
from tests.support.proxy import Proxy
from tests.support.redis_server import RedisServer

KEY = "{t}record"
CLAIM = Transaction(
    records=(Record(KEY, (ABSENT,)),),
    take=(Counter("{t}counter", 1, 60), Counter("{t}large", 500, 60)),
    write=(Write(KEY, "mine", 60),),
    add=(Figure("{t}hour", "claimed", 60),),
)


def value(store: RedisStore) -> str:
    return store.transact(Transaction(records=(Record(KEY),))).found[0].value


def behind(proxy: Proxy) -> RedisStore:
    return RedisStore(Address("127.0.0.1", proxy.port))


class TestScript:
    def test_a_script_that_the_server_has_lost_is_loaded_again(self, server: RedisServer) -> None:
        store = RedisStore(server.address)
        for _ in range(2):
            server.command("SCRIPT", "FLUSH")
            store.transact(CLAIM)
        assert value(store) == "mine"

    def test_a_transaction_is_one_round_trip(self, server: RedisServer) -> None:
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            store.transact(CLAIM)
            before = proxy.requests
            for _ in range(5):
                store.transact(CLAIM)
            assert proxy.requests - before == 5
            assert proxy.connections == 1

    def test_the_script_has_at_most_150_lines(self) -> None:
        assert len(SCRIPT.splitlines()) <= 150

    def test_keys_stand_in_calls_as_the_check_of_tair_wants_them(self) -> None:
        # help.aliyun.com/zh/redis/support/usage-of-lua-scripts: KEYS[…] in the place of a key, no
        # Lua variable, else "bad lua script for redis cluster".
        calls = re.findall(rb"redis\.p?call\('(\w+)'(?:, (KEYS\[[^,)]+\]))?", SCRIPT)
        assert len(calls) > 8
        assert [name for name, key in calls if not key] == [b"TIME"]


class TestReplica:
    def test_a_replica_holds_the_same_and_takes_over(self, server: RedisServer) -> None:
        store = RedisStore(server.address)
        server.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
        with RedisServer(server.program, replicaof=f"127.0.0.1 {server.port}") as replica:
            results = [store.transact(replace(CLAIM, write=(), records=())) for _ in range(2)]
            store.transact(replace(CLAIM, take=()))
            assert [result.committed for result in results] == [True, False]
            names = set(server.command("KEYS", "*"))
            deadline = time.monotonic() + 20
            while set(replica.command("KEYS", "*")) != names:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            for name in names - {b"{t}hour"}:
                assert replica.command("GET", name) == server.command("GET", name)
            replica.command("REPLICAOF", "NO", "ONE")
            promoted = RedisStore(replica.address)
            assert not promoted.transact(replace(CLAIM, records=())).committed
            promoted.transact(Transaction(give_back=CLAIM.take, taken_at=results[0].taken_at))
            assert promoted.transact(replace(CLAIM, records=())).committed


class TestConnections:
    def test_a_connection_is_kept_for_the_next_call(self, server: RedisServer) -> None:
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            for _ in range(3):
                value(store)
            assert proxy.connections == 1

    @pytest.mark.parametrize("frozen", [False, True])
    def test_a_connection_that_was_idle_for_long_is_not_used_again(
        self, server: RedisServer, mocker: MockerFixture, frozen: bool
    ) -> None:
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            value(store)
            later = MOST_IDLE_SECONDS + 1
            monotonic = time.monotonic() + (0 if frozen else later)
            mocker.patch("sms_connector.clock.time.time", return_value=time.time() + later)
            mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)
            value(store)
            assert proxy.connections == 2

    def test_connections_that_a_restarted_server_closed_are_made_anew(
        self, server: RedisServer
    ) -> None:
        store = RedisStore(server.address)
        ready, release = threading.Barrier(4), threading.Event()

        def use() -> None:
            ready.wait()
            value(store)
            release.wait()

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        release.set()
        for thread in threads:
            thread.join()
        server.kill()
        server.start()
        assert [store.transact(CLAIM).committed for _ in range(2)] == [True, False]
        assert store.away == ""

    def test_a_refusal_whose_reply_is_lost_stays_a_refusal(self, server: RedisServer) -> None:
        RedisStore(server.address).transact(Transaction(take=CLAIM.take))
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            value(store)
            proxy.cut = 1
            result = store.transact(CLAIM)
            assert (result.committed, result.full) == (False, 0)
            assert value(store) == ABSENT

    def test_a_claim_whose_reply_is_lost_is_found_to_be_one_s_own(
        self, server: RedisServer
    ) -> None:
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            value(store)
            proxy.cut = 1
            result = store.transact(CLAIM)
            assert (result.committed, result.found) == (True, (Found(),))
            assert store.figures(["{t}hour"]) == ({"claimed": 1},)

    def test_another_s_claim_is_not_taken_for_one_s_own(self, server: RedisServer) -> None:
        with Proxy(server.port) as proxy:
            RedisStore(server.address).transact(replace(CLAIM, write=(Write(KEY, "other", 60),)))
            store = behind(proxy)
            value(store)
            proxy.cut = 1
            assert not store.transact(CLAIM).committed

    def test_many_threads_share_the_connections(self, server: RedisServer) -> None:
        with Proxy(server.port) as proxy:
            store = behind(proxy)
            counter = Counter("{t}many", 1_000, 3_600)
            results: list[Result] = []

            def use() -> None:
                results.extend(store.transact(Transaction(take=(counter,))) for _ in range(60))

            threads = [threading.Thread(target=use) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sum(result.committed for result in results) == 1_000
            assert len(results) == 1_200
            assert proxy.connections <= 20


@dataclass
class Login:
    username: str = ""
    password: str = ""
    database: int = 0


@pytest.mark.parametrize(
    "login",
    [
        Login(),
        Login(password="of the: default/user@"),
        Login(database=3),
        Login(password="both", database=15),
        Login(username="sender", password="of a user"),
    ],
)
def test_every_way_to_log_in_works(server: RedisServer, login: Login) -> None:
    default = "" if login.username else login.password
    with RedisServer(server.program, requirepass=f'"{default}"') as own:
        if login.username:
            own.command("ACL", "SETUSER", login.username, "on", f">{login.password}", "~*", "+@all")
        address = Address("127.0.0.1", own.port, login.database, login.username, login.password)
        RedisStore(address).transact(CLAIM)
        own.command("SWAPDB", 0, login.database)
        assert own.command("EXISTS", KEY) == 1


def commands_of_the_guide() -> list[str]:
    guide = Path(__file__).parents[2] / "docs" / "store.md"
    (step,) = re.findall(r"On a Redis with an ACL.*", guide.read_text())
    return re.findall(r"`([A-Z]+)`", step)


def test_a_user_with_the_commands_of_the_guide_and_no_more_can_do_everything(
    server: RedisServer,
) -> None:
    with RedisServer(server.program) as own:
        allowed = [f"+{name}" for name in commands_of_the_guide()]
        own.command("ACL", "SETUSER", "sender", "on", ">of a user", "~{sms}*", *allowed)
        store = RedisStore(Address("127.0.0.1", own.port, 3, "sender", "of a user"))
        assert diagnose(Stores(store, store, store, Names(("secret",)))) == ""
        own.command("ACL", "SETUSER", "sender", "-hincrby")
        lacking = RedisStore(store.address)
        assert "command" in diagnose(Stores(lacking, lacking, lacking, Names(("secret",))))


def test_takes_that_a_clock_set_back_has_left_in_the_future_count_from_now(
    server: RedisServer,
) -> None:
    store, counter = RedisStore(server.address), Counter("{t}counter", 3, 60)
    now = store.transact(Transaction()).now
    # As the script writes them; the server's clock was an hour ahead for two of them.
    write = "redis.call('SET', KEYS[1], cmsgpack.pack({%d, 1, %d, 1, %d, 1}), 'PX', 7200000)"
    times = (now - 10_000_000, now + 3_600_000_000, now + 3_660_000_000)
    server.command("EVAL", write % times, 1, counter.key)
    first = store.transact(Transaction(take=(counter,)))
    assert first.wait == pytest.approx(50, abs=1)
    time.sleep(0.3)
    (takes,) = store.transact(Transaction(count=(counter,))).counted
    assert takes == ((times[0], 1), (first.now, 2))
    assert int(server.command("PTTL", counter.key)) <= 60_000
