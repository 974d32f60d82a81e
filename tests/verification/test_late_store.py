"""A verification whose store answers late, or not at all once, is what the store knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_connector.store import redis
from sms_connector.store.address import Address
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.redis import RedisStore
from sms_connector.verification.service import Verifications
from tests.support.proxy import Proxy
from tests.support.redis_server import PROGRAM, RedisServer
from tests.support.verifying import NOT_SENT, Phones, kind_of, sms_to, verifications, wrong

TROUBLES: dict[str, Callable[[Proxy], None]] = {
    "250 ms late": lambda proxy: proxy.late.append(0.25),
    "500 ms late": lambda proxy: proxy.late.append(0.5),
    "never": lambda proxy: setattr(proxy, "dropped", 1),
    "after its repeat": lambda proxy: proxy.held.append(0.6),
}


@pytest.fixture
def proxy(patience: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001
    monkeypatch.setattr(redis, "SECONDS_PER_CALL", 0.2)
    monkeypatch.setattr(redis, "PATIENT_SECONDS", 1.0)
    with RedisServer(PROGRAM) as server, Proxy(server.port) as proxy:
        yield proxy


class AtTheWrite:
    """Makes trouble for the next transaction that writes, and no other."""

    def __init__(self, proxy: Proxy, store: Any) -> None:
        self._proxy, self._store = proxy, store
        self.trouble: Callable[[Proxy], None] | None = None

    def transact(self, transaction: Any) -> Any:
        if self.trouble is not None and transaction.write:
            trouble, self.trouble = self.trouble, None
            trouble(self._proxy)
        return self._store.transact(transaction)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def opened(proxy: Proxy, **changes: Any) -> tuple[Verifications, AtTheWrite]:
    server = RedisStore(Address("127.0.0.1", proxy.port)).patient()
    store = AtTheWrite(proxy, Mirrored(Memory(), server))
    return verifications(store, **changes), store


@pytest.fixture(params=list(TROUBLES.values()), ids=list(TROUBLES))
def trouble(request: pytest.FixtureRequest) -> Callable[[Proxy], None]:
    made: Callable[[Proxy], None] = request.param
    return made


def test_the_right_code_is_approved_once(proxy: Proxy, trouble: Callable[[Proxy], None]) -> None:
    (service, store), phones = opened(proxy), Phones()
    started = service.start(sms_to(), phones).verification.id
    store.trouble = trouble
    assert service.check(started, phones.code).id == started
    assert kind_of(service.check, started, phones.code) == "not_pending"
    assert service.get(started)[0].status == "approved"


def test_a_wrong_guess_counts_once(proxy: Proxy, trouble: Callable[[Proxy], None]) -> None:
    (service, store), phones = opened(proxy), Phones()
    started = service.start(sms_to(), phones).verification.id
    store.trouble = trouble
    assert kind_of(service.check, started, wrong(phones.code)) == "code_mismatch"
    assert service.get(started)[0].attempts_left == 4


def test_a_start_sends_one_message_and_takes_once(
    proxy: Proxy, trouble: Callable[[Proxy], None]
) -> None:
    service, store = opened(proxy, limits={"perNumber": ["2/hour"]})
    phones = Phones()
    store.trouble = trouble
    started = service.start(sms_to(), phones)
    assert (started.is_new, len(phones.received)) == (True, 1)
    assert kind_of(service.start, sms_to(), phones) == ""
    assert kind_of(service.start, sms_to(), phones) == "rate_limited"
    assert service.get(started.verification.id)[0].sends_left == 3


def test_a_start_that_sent_nothing_gives_back_what_it_took(
    proxy: Proxy, trouble: Callable[[Proxy], None]
) -> None:
    service, store = opened(proxy, limits={"perNumber": ["1/hour"]})
    phones = Phones()
    phones.fails = NOT_SENT
    store.trouble = trouble
    assert kind_of(service.start, sms_to(), phones) == "unavailable"
    phones.fails = None
    assert service.start(sms_to(), phones).is_new
