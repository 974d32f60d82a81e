"""Each fault of a server is named, takes no longer than it may, and shows no password."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from msgspec.structs import replace

from sms_connector.store import Stores, diagnose, timeouts
from sms_connector.store.address import Address
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.names import Names
from sms_connector.store.outage import FAULTS, StoreAwayError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import ABSENT, Record, Transaction, Write
from tests.support.proxy import Answering, Proxy
from tests.support.redis_server import PROGRAM, RedisServer, free_port

PASSWORD = "hunter2-hunter2"
KEY = "{t}record"
CLAIM = Transaction(records=(Record(KEY, (ABSENT,)),), write=(Write(KEY, "mine", 60),))
BUSY_MACHINE = 1.0
"""Seconds that the other tests may keep this one waiting."""

Fault = Callable[[ExitStack], Address]


def at(port: int, *, tls: bool = False) -> Address:
    return Address("127.0.0.1", port, password=PASSWORD, tls=tls)


def running(stack: ExitStack, **options: str | int) -> RedisServer:
    return stack.enter_context(RedisServer(PROGRAM, requirepass=PASSWORD, **options))


def refused(_: ExitStack) -> Address:
    return at(free_port())


def unknown_host(_: ExitStack) -> Address:
    return replace(at(6379), host="no-such-host.invalid")


def silent(stack: ExitStack) -> Address:
    server = running(stack)
    server.stop()
    return server.address


def slow(stack: ExitStack) -> Address:
    proxy = stack.enter_context(Proxy(running(stack).port))
    proxy.delay = 0.5
    return at(proxy.port)


def slow_at_each_step(stack: ExitStack) -> Address:
    proxy = stack.enter_context(Proxy(running(stack).port))
    proxy.delay = 0.15
    return at(proxy.port)


def hanging_up(stack: ExitStack) -> Address:
    proxy = stack.enter_context(Proxy(running(stack).port))
    proxy.cut = 1_000
    return at(proxy.port)


def read_only(stack: ExitStack) -> Address:
    return running(stack, replicaof=f"127.0.0.1 {free_port()}").address


def full(stack: ExitStack) -> Address:
    server = running(stack, maxmemory_policy="noeviction")
    server.command("SET", "filler", "x" * 2_000_000)
    server.command("CONFIG", "SET", "maxmemory", "1mb")
    return server.address


def wrong_password(stack: ExitStack) -> Address:
    return replace(running(stack).address, password=f"{PASSWORD}-")


def no_password(stack: ExitStack) -> Address:
    return replace(running(stack).address, password="")


def needless_password(stack: ExitStack) -> Address:
    return at(stack.enter_context(RedisServer(PROGRAM)).port)


def wrong_database(stack: ExitStack) -> Address:
    return replace(running(stack, databases=4).address, database=4)


def forbidden(stack: ExitStack) -> Address:
    server = running(stack)
    server.command("ACL", "SETUSER", "reader", "on", f">{PASSWORD}", "~*", "+@read", "+select")
    return replace(server.address, username="reader")


def tls_of_a_stranger(stack: ExitStack) -> Address:
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    proxy = stack.enter_context(Proxy(running(stack).port, context))
    return at(proxy.port, tls=True)


def tls_where_there_is_none(stack: ExitStack) -> Address:
    return at(running(stack).port, tls=True)


def no_tls_where_there_is_one(stack: ExitStack) -> Address:
    return replace(tls_of_a_stranger(stack), tls=False)


def busy(stack: ExitStack) -> Address:
    server = running(stack, lua_time_limit=1)

    def run() -> None:
        with suppress(Exception):
            server.command("EVAL", "while true do end", 0)

    threading.Thread(target=run, daemon=True).start()
    time.sleep(0.2)
    return server.address


def lonely_node(stack: ExitStack) -> Address:
    return running(stack, cluster_enabled="yes").address


def answering(text: bytes) -> Fault:
    return lambda stack: at(stack.enter_context(Answering(text)).port)


CASES: dict[str, tuple[Fault, str]] = {
    "refused": (refused, "refused"),
    "unknown host": (unknown_host, "unknown_host"),
    "silent": (silent, "silent"),
    "slow": (slow, "silent"),
    "slow at each step": (slow_at_each_step, "silent"),
    "hanging up": (hanging_up, "closed"),
    "read-only": (read_only, "read_only"),
    "full": (full, "full"),
    "wrong password": (wrong_password, "password"),
    "no password": (no_password, "password"),
    "needless password": (needless_password, "password"),
    "wrong database": (wrong_database, "database"),
    "forbidden": (forbidden, "permission"),
    "untrusted certificate": (tls_of_a_stranger, "tls"),
    "no TLS at the server": (tls_where_there_is_none, "tls"),
    "no TLS in the URL": (no_tls_where_there_is_one, "closed"),
    "busy with a script": (busy, "busy"),
    "a lonely node of a cluster": (lonely_node, "cluster_down"),
    "another service": (answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "protocol"),
    "nonsense": (answering(b"$5\r\nhello\r\n"), "protocol"),
    "no number": (answering(b":five\r\n"), "protocol"),
    "nested without end": (answering(b"*1\r\n" * 5_000), "protocol"),
}


@pytest.fixture(autouse=True)
def _real_patience(patience: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 0.2)


@pytest.fixture(params=list(CASES), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Iterator[tuple[Address, str]]:
    fault, name = CASES[request.param]
    with ExitStack() as stack:
        yield fault(stack), name


def test_a_fault_is_named_in_time_and_shows_no_password(
    case: tuple[Address, str], caplog: pytest.LogCaptureFixture
) -> None:
    address, fault = case
    store = RedisStore(address)
    started = time.monotonic()
    with pytest.raises(StoreAwayError) as away:
        store.transact(CLAIM)
    assert time.monotonic() - started < 0.2 + BUSY_MACHINE
    assert away.value.fault == store.away == fault
    shown = f"{away.value!r} {away.value} {away.value.__cause__} {store!r} {address!r}"
    assert away.value.__suppress_context__
    (line,) = caplog.messages
    for text in (shown, line):
        assert PASSWORD not in text
        assert "hunter2" not in text
    assert f'"fault":"{fault}"' in line


def test_a_fault_leaves_the_memory_in_charge(case: tuple[Address, str]) -> None:
    store = Layered(Memory(), RedisStore(case[0]))
    started = time.monotonic()
    assert [store.transact(CLAIM).committed for _ in range(3)] == [True, False, False]
    # One call has waited for the server; the others leave it alone.
    assert time.monotonic() - started < 0.2 + BUSY_MACHINE


@pytest.mark.parametrize("fault", ["refused", "read-only", "wrong password"])
def test_a_check_says_what_is_wrong(fault: str) -> None:
    make, name = CASES[fault]
    with ExitStack() as stack:
        server = RedisStore(make(stack))
        stores = Stores(server, server, server, Names(("secret",)))
        assert diagnose(stores) == next(text for key, text in FAULTS.items() if key == name)


def test_a_check_of_a_store_that_works_says_nothing() -> None:
    with RedisServer(PROGRAM) as server:
        store = RedisStore(server.address)
        assert diagnose(Stores(store, store, store, Names(("secret",)))) == ""


def test_a_name_that_does_not_resolve_is_no_refused_connection() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-host.invalid", 1)
