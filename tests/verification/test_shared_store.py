"""Verifications on a store that is shared, away, restarted or missing."""

from __future__ import annotations

import time

import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError
from sms_connector.sending.options import SendOptions
from sms_connector.settings import Settings
from sms_connector.store.address import Address
from sms_connector.store.memory import Memory
from sms_connector.store.names import Names
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Result, Transaction, Write
from tests.support.proxy import Proxy
from tests.support.redis_server import RedisServer
from tests.support.verifying import (
    NOT_SENT,
    PHONE,
    SECRET,
    UNKNOWN,
    CountingStore,
    Phones,
    key,
    kind_of,
    sms_to,
    verifications,
    wrong,
)


class TestStore:
    def test_a_start_takes_three_round_trips_and_a_check_two(self, server: RedisServer) -> None:
        store, phones = CountingStore(RedisStore(server.address)), Phones()
        limits = {"perNumber": ["9/hour"], "conversion": {"atLeast": 20, "below": 0.1}}
        service = verifications(store, limits=limits)
        abroad = sms_to("+1 212 555 0123")

        def trips() -> int:
            count = len(store.transactions)
            store.transactions.clear()
            return count

        started = service.start(abroad, phones).verification.id
        assert trips() == 3
        service.start(abroad, phones)
        assert trips() == 3
        kind_of(lambda: service.check(started, wrong(phones.code)))
        assert trips() == 2
        service.get(started)
        assert trips() == 1
        service.check(started, phones.code, key())
        assert trips() == 2
        service.start(abroad, phones, SendOptions(key=key("key-2")))
        assert trips() == 3
        service.check_number("+12125550123", "SignIn", phones.code)
        assert trips() == 2
        phones.fails = NOT_SENT
        kind_of(lambda: service.start(abroad, phones))
        assert trips() == 3

    def test_while_the_store_is_away_nothing_is_sent(self) -> None:
        phones = Phones()
        with RedisServer() as server:
            service = verifications(RedisStore(server.address))
            started = service.start(sms_to(), phones).verification.id
        for operation in (
            lambda: service.start(sms_to(), phones),
            lambda: service.check(started, "246810"),
            lambda: service.check_number(PHONE, "SignIn", "246810"),
            lambda: service.get(started),
            lambda: service.cancel(started),
        ):
            with pytest.raises(ConnectorError) as refusal:
                operation()
            assert (refusal.value.kind, refusal.value.sent) == ("unavailable", False)
            assert refusal.value.retry_after is not None
        assert len(phones.received) == 1

    @pytest.mark.parametrize("error", [None, UNKNOWN, NOT_SENT])
    def test_a_store_that_goes_away_during_the_call_does_not_change_the_answer(
        self, error: ConnectorError | None
    ) -> None:
        phones = Phones()
        with RedisServer() as server:
            service = verifications(RedisStore(server.address))
            phones.fails, phones.meanwhile = error, server.kill
            kind = kind_of(lambda: service.start(sms_to(), phones))
        assert kind == (error.kind if error else "")

    def test_a_server_that_was_restarted_knows_nothing(self) -> None:
        phones = Phones()
        with RedisServer() as server:
            service = verifications(RedisStore(server.address))
            started = service.start(sms_to(), phones).verification.id
            server.kill()
            server.start()
            code = phones.code
            assert kind_of(lambda: service.check(started, code)) in ("not_pending", "unavailable")
            time.sleep(3.1)
            assert kind_of(lambda: service.check(started, code)) == "not_pending"
            assert kind_of(lambda: service.check_number(PHONE, "SignIn", code)) == "not_pending"

    def test_a_check_whose_reply_is_lost_is_repeated_and_approved_once(
        self, server: RedisServer
    ) -> None:
        class Cutting(CountingStore):
            """Loses the reply to the next transaction that writes."""

            def transact(self, transaction: Transaction) -> Result:
                proxy.cut = 1 if transaction.write else 0
                return super().transact(transaction)

        phones = Phones()
        with Proxy(server.port) as proxy:
            near = verifications(RedisStore(server.address))
            far = verifications(Cutting(RedisStore(Address("127.0.0.1", proxy.port))))
            started = near.start(sms_to(), phones).verification.id
            code = phones.code
            assert far.check(started, code).id == started
            assert proxy.connections == 2
        assert kind_of(near.check, started, code) == "not_pending"

    @pytest.mark.parametrize("minutes", [-7, 7])
    def test_clocks_of_instances_do_not_matter(
        self, server: RedisServer, mocker: MockerFixture, minutes: int
    ) -> None:
        phones = Phones()
        settings = {"validSeconds": 60}
        here = verifications(RedisStore(server.address), verification=settings)
        started = here.start(sms_to(), phones).verification
        there = verifications(RedisStore(server.address), verification=settings)
        real = time.time
        mocker.patch("time.time", side_effect=lambda: real() + minutes * 60)
        mocker.patch("time.time_ns", side_effect=lambda: int((real() + minutes * 60) * 1e9))
        assert there.start(sms_to(), phones).verification.expires_at == started.expires_at
        assert there.check(started.id, phones.code)
        fresh = there.start(sms_to(), phones).verification
        assert fresh.expires_at / 1000 - real() == pytest.approx(60, abs=2)

    def test_nothing_stays_in_the_store_for_longer_than_the_verification(
        self, server: RedisServer
    ) -> None:
        phones = Phones()
        service = verifications(RedisStore(server.address), verification={"validSeconds": 9})
        started = service.start(sms_to(), phones).verification.id
        kind_of(service.check, started, wrong(phones.code))
        keys = server.command("KEYS", "*")
        assert isinstance(keys, list)
        assert len(keys) == 3
        for key_name in keys:
            life = server.command("PTTL", key_name)
            assert isinstance(life, int)
            assert 0 < life <= 9_000

    def test_nothing_in_the_store_can_be_read(self, server: RedisServer) -> None:
        phones, service = Phones(), verifications(RedisStore(server.address))
        service.start(sms_to(), phones, SendOptions("203.0.113.7", key=key("my-key")))
        keys = server.command("KEYS", "*")
        assert isinstance(keys, list)
        everything = [*keys, *(server.command("GET", one) for one in keys)]
        for secret in (phones.code, PHONE, PHONE[:-4], "203.0.113.7", "my-key"):
            assert not any(secret.encode() in item for item in everything)

    @pytest.mark.parametrize(
        ("settings", "kind"),
        [
            (Settings(many_instances=True), "invalid_config"),
            (Settings(many_instances=True, store="memory://"), ""),
            (Settings(many_instances=True, store="redis://store"), ""),
            (Settings(), ""),
        ],
    )
    def test_in_the_cloud_a_store_for_all_instances_is_needed(
        self, settings: Settings, kind: str
    ) -> None:
        service = verifications(Memory(), settings=settings)
        assert kind_of(lambda: service.start(sms_to(), Phones())) == kind

    def test_a_memory_that_dropped_one_of_two_copies_approves_nothing_twice(self) -> None:
        store, phones = Memory(), Phones()
        service = verifications(store)
        started = service.start(sms_to(), phones).verification.id
        (name,) = Names((SECRET,)).of("verification", started)
        store.transact(Transaction(write=(Write(name),)))
        code = phones.code
        assert kind_of(lambda: service.check(started, code)) == "not_pending"
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", code)) == "not_pending"
