"""A reply of the store that comes late, or never: what is then known counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.sending.options import SendOptions
from sms_connector.store import timeouts
from sms_connector.store.address import Address
from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Result, Store, Transaction
from sms_connector.verification.service import Verifications
from tests.support.proxy import Proxy
from tests.support.redis_server import RedisServer
from tests.support.verifying import (
    PHONE,
    CountingStore,
    Phones,
    key,
    kind_of,
    sms_to,
    verifications,
    wrong,
)

ONCE_AN_HOUR: dict[str, Any] = {"limits": {"perNumber": ["1/hour"]}}

LATE: dict[str, Callable[[Proxy], None]] = {
    "250 ms late": lambda proxy: proxy.late.append(0.25),
    "never": lambda proxy: setattr(proxy, "dropped", 1),
    "after a break": lambda proxy: setattr(proxy, "cut", 1),
}


@pytest.fixture(autouse=True)
def _real_patience(patience: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 0.2)
    monkeypatch.setattr(timeouts, "PATIENT_SECONDS", 1.0)
    monkeypatch.setattr("sms_connector.store.timeouts.LEFT_ALONE_SECONDS", 0.0)


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


class Silent(CountingStore):
    """Commits what it is asked to write, and gets no reply, while ``is_silent``."""

    is_silent = False

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(RedisStore(Address("127.0.0.1", proxy.port)).patient())
        self.proxy = proxy

    def transact(self, transaction: Transaction) -> Result:
        self.proxy.dropped = 10 if self.is_silent and transaction.write else 0
        return super().transact(transaction)


def service_behind(proxy: Proxy, store: Store | None = None, **changes: Any) -> Verifications:
    store = store or RedisStore(Address("127.0.0.1", proxy.port)).patient()
    service = verifications(Mirrored(Memory(), store), **changes)
    assert kind_of(service.check_number, PHONE, "Register", "246810") == "not_pending"
    return service


@pytest.mark.parametrize("trouble", LATE.values(), ids=LATE)
def test_a_right_code_is_approved_though_the_reply_is_late(
    proxy: Proxy, trouble: Callable[[Proxy], None]
) -> None:
    service, phones = service_behind(proxy), Phones()
    started = service.start(sms_to(), phones).verification
    trouble(proxy)
    assert service.check(started.id, phones.code).id == started.id
    assert service.get(started.id)[0].status == "approved"


@pytest.mark.parametrize("trouble", LATE.values(), ids=LATE)
def test_each_wrong_guess_counts_once_though_every_reply_is_late(
    proxy: Proxy, trouble: Callable[[Proxy], None]
) -> None:
    service, phones = service_behind(proxy), Phones()
    started = service.start(sms_to(), phones).verification
    left = []
    for _ in range(3):
        trouble(proxy)
        with pytest.raises(ConnectorError) as refusal:
            service.check(started.id, wrong(phones.code))
        left.append(refusal.value.attempts_left)
    assert left == [4, 3, 2]


@pytest.mark.parametrize("trouble", LATE.values(), ids=LATE)
def test_a_start_sends_its_message_though_the_reply_is_late(
    proxy: Proxy, trouble: Callable[[Proxy], None]
) -> None:
    service, phones = service_behind(proxy, **ONCE_AN_HOUR), Phones()
    trouble(proxy)
    assert service.start(sms_to(), phones).verification.sends_left == 4
    assert len(phones.received) == 1


@pytest.mark.parametrize("options", [SendOptions(), SendOptions(key=key())], ids=["", "key"])
def test_a_start_that_stays_unknown_is_undone_before_it_is_tried_again(
    proxy: Proxy, server: RedisServer, options: SendOptions
) -> None:
    store = Silent(proxy)
    service, phones = service_behind(proxy, store, **ONCE_AN_HOUR), Phones()
    before = server.command("DBSIZE")
    store.is_silent = True
    with pytest.raises(ConnectorError) as refusal:
        service.start(sms_to(), phones, options)
    assert (refusal.value.kind, refusal.value.sent) == ("unavailable", False)
    assert "may have counted" in refusal.value.message
    assert server.command("DBSIZE") > before
    assert phones.received == []
    store.is_silent = False
    started = service.start(sms_to(), phones, options)
    assert started.is_new
    assert started.verification.sends_left == 4
    assert len(phones.received) == 1


def test_the_outcome_of_a_message_is_written_once_the_store_is_back(proxy: Proxy) -> None:
    options = SendOptions(key=key())
    store, phones = Silent(proxy), Phones()
    service = service_behind(proxy, store)
    phones.meanwhile = lambda: setattr(store, "is_silent", True)
    started = service.start(sms_to(), phones, options)
    assert len(phones.received) == 1
    store.is_silent = False
    phones.meanwhile = lambda: None
    assert service.start(sms_to(), phones, options) == started
    assert len(phones.received) == 1
    assert service.check_number(PHONE, "SignIn", phones.code).id == started.verification.id


def test_a_guess_that_may_have_counted_is_called_unknown(proxy: Proxy) -> None:
    store, phones = Silent(proxy), Phones()
    service = service_behind(proxy, store)
    started = service.start(sms_to(), phones).verification
    store.is_silent = True
    with pytest.raises(ConnectorError) as refusal:
        service.check(started.id, wrong(phones.code))
    assert refusal.value.kind == "unavailable"
    assert "may have counted" in refusal.value.message
    store.is_silent = False
    assert service.get(started.id)[0].attempts_left == 4
