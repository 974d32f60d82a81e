"""A server that lost its last writes: an instance that saw them does not go behind them."""

from __future__ import annotations

from collections import Counter

from sms_connector.store.memory import Memory
from sms_connector.store.mirrored import Mirrored
from sms_connector.store.redis import RedisStore
from sms_connector.verification.service import Verifications
from tests.support.redis_server import RedisServer
from tests.support.verifying import PHONE, Phones, kind_of, sms_to, verifications, wrong


def instance(server: RedisServer, limits: dict[str, list[str]] | None = None) -> Verifications:
    store = Mirrored(Memory(), RedisStore(server.address).patient())
    return verifications(store, limits=limits or {"perNumber": []})


def test_a_code_is_not_approved_twice(server: RedisServer) -> None:
    service, phones = instance(server), Phones()
    started = service.start(sms_to(), phones).verification
    restore = server.remember()
    assert service.check(started.id, phones.code)
    restore()
    assert kind_of(service.check, started.id, phones.code) == "not_pending"
    assert kind_of(service.check_number, PHONE, "SignIn", phones.code) == "not_pending"
    assert service.get(started.id)[0].status == "approved"


def test_guesses_are_not_counted_anew(server: RedisServer) -> None:
    service, phones = instance(server), Phones()
    started = service.start(sms_to(), phones).verification
    restore = server.remember()
    kinds: Counter[str] = Counter()
    for _ in range(2):
        for _ in range(4):
            kinds[kind_of(service.check, started.id, wrong(phones.code))] += 1
        restore()
    assert kinds == {"code_mismatch": 5, "attempts_used_up": 3}


def test_a_new_verification_is_started_after_one_that_was_approved(server: RedisServer) -> None:
    service, phones = instance(server), Phones()
    started = service.start(sms_to(), phones).verification
    restore = server.remember()
    assert service.check(started.id, phones.code)
    restore()
    again = service.start(sms_to(), phones)
    assert again.is_new
    assert service.check(again.verification.id, phones.code)


def test_a_number_s_limit_is_not_forgotten_with_everything_else(server: RedisServer) -> None:
    service, phones = instance(server, {"perNumber": ["1/minute"]}), Phones()
    service.start(sms_to(), phones)
    for _ in range(5):
        server.command("FLUSHALL")
        assert kind_of(service.start, sms_to(), phones) == "rate_limited"
    assert len(phones.received) == 1
