"""Pending verifications in a memory that is full: refused rather than forgotten."""

from __future__ import annotations

import pytest

from sms_connector.store.memory import Memory
from tests.support.verifying import NO_LIMITS, Phones, kind_of, sms_to, verifications


def test_the_oldest_of_5_000_pending_verifications_is_approved() -> None:
    service, phones = verifications(Memory(), limits=NO_LIMITS), Phones()
    first = service.start(sms_to(), phones).verification.id
    code = phones.code
    for number in range(5_000):
        service.start(sms_to(f"1391{number:07}"), phones)
    assert service.check(first, code).id == first


def test_a_start_without_space_is_refused_and_nothing_is_sent_or_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sms_connector.store.memory.MOST_BYTES", 100_000)
    service, phones = verifications(Memory(), limits=NO_LIMITS), Phones()
    started: dict[str, str] = {}

    def start(phone: str) -> None:
        verification = service.start(sms_to(phone), phones).verification
        started[verification.id] = phones.code

    outcomes = [kind_of(start, f"1391{number:07}") for number in range(100)]
    assert set(outcomes) == {"", "unavailable"}
    assert len(phones.received) == len(started) > 20
    assert [service.check(one, code).id for one, code in started.items()] == list(started)
    # What is no longer pending makes way.
    assert kind_of(service.start, sms_to(), phones) == ""
