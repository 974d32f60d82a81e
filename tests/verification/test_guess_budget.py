"""What was spent on guessing is never given back, and strangers shut out nobody who has the id."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sms_connector.errors import ConnectorError, ProviderError
from sms_connector.message import Receipt, Sms
from sms_connector.store.transaction import Store
from sms_connector.verification.service import Verifications
from tests.support.verifying import (
    NOT_SENT,
    PHONE,
    UNKNOWN,
    Phones,
    kind_of,
    sms_to,
    verifications,
    wrong,
)

SHORT_CALL: dict[str, Any] = {"connectTimeout": 1, "readTimeout": 1}
"""The lease on a number is then half a second."""


def provider_error(kind: Any, code: str) -> ConnectorError:
    return ConnectorError(kind, "refused", sent=False, provider=ProviderError(code, "", "R"))


REFUSALS = [
    NOT_SENT,
    provider_error("usage_limited", "isv.AMOUNT_NOT_ENOUGH"),
    provider_error("usage_limited", "isv.DAY_LIMIT_CONTROL"),
    provider_error("rate_limited", "Throttling.User"),
    provider_error("invalid_config", "isv.SMS_SIGNATURE_ILLEGAL"),
    provider_error("unavailable", "isp.SYSTEM_ERROR"),
]


def guessers(service: Verifications, code: Callable[[], str], count: int) -> Counter[str]:
    """Guess by number from many threads at once, and return the kinds of answers."""
    kinds: Counter[str] = Counter()
    threads = [
        threading.Thread(
            target=lambda: kinds.update([kind_of(service.check_number, PHONE, "SignIn", code())])
        )
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return kinds


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda error: error.kind)
def test_no_guess_is_judged_at_a_message_that_is_then_refused(
    store: Store, refusal: ConnectorError
) -> None:
    service, other = verifications(store), verifications(store)
    answers: Counter[str] = Counter()
    waiting: list[threading.Thread] = []

    def call(sms: Sms) -> Receipt:
        def guess() -> None:
            # One of them is right.
            answers.update(guessers(other, iter([sms.code, *["0000"] * 7]).__next__, 8))

        waiting.append(threading.Thread(target=guess))
        waiting[-1].start()
        time.sleep(0.1)
        raise refusal.copy()

    for _ in range(3):
        assert kind_of(service.start, sms_to(), call) == refusal.kind
        waiting[-1].join()
    assert answers == {"not_pending": 24}


def test_a_guess_during_a_message_counts_once_it_is_accepted(store: Store) -> None:
    service, other = verifications(store), verifications(store)
    phones, answers = Phones(), []
    guess = threading.Thread(
        target=lambda: answers.append(
            kind_of(other.check_number, PHONE, "SignIn", wrong(phones.code))
        )
    )

    def meanwhile() -> None:
        guess.start()
        time.sleep(0.1)
        assert answers == []

    phones.meanwhile = meanwhile
    started = service.start(sms_to(), phones).verification
    guess.join()
    assert answers == ["code_mismatch"]
    assert service.get(started.id)[0].attempts_left == 4


def test_a_guess_waits_for_every_message_that_is_under_way(store: Store) -> None:
    service, inner, outer, kinds = verifications(store), Phones(), Phones(), []
    first = service.start(sms_to(), Phones()).verification
    guess = threading.Thread(
        target=lambda: kinds.append(kind_of(service.check, first.id, wrong(outer.code)))
    )

    def meanwhile() -> None:
        service.start(sms_to(), inner)  # begins later, and ends first
        guess.start()
        time.sleep(0.1)
        assert kinds == []

    outer.meanwhile = meanwhile
    service.start(sms_to(), outer)
    guess.join()
    assert kinds == ["code_mismatch"]


def test_a_start_that_was_guessed_at_is_not_undone(store: Store) -> None:
    limits = {"perNumber": ["1/hour"]}
    service, phones = verifications(store, limits=limits, **SHORT_CALL), Phones()
    kinds: list[str] = []

    def frozen() -> None:
        # For longer than the lease: others then take its outcome for unknown.
        kinds.append(kind_of(service.check_number, PHONE, "SignIn", wrong(phones.code)))

    phones.meanwhile, phones.fails = frozen, NOT_SENT
    began = time.monotonic()
    assert kind_of(service.start, sms_to(), phones) == "unavailable"
    assert time.monotonic() - began > 0.4
    assert kinds == ["code_mismatch"]
    assert kind_of(service.start, sms_to(), phones) == "rate_limited"
    assert service.check_number(PHONE, "SignIn", phones.code)


@pytest.mark.parametrize(("attempts", "by_number"), [(5, 3), (3, 1), (2, 2), (1, 1)])
def test_guesses_by_number_leave_the_last_two_attempts_to_the_id(
    store: Store, attempts: int, by_number: int
) -> None:
    phones, service = Phones(), verifications(store, verification={"attempts": attempts})
    started = service.start(sms_to(), phones).verification
    left = []
    for _ in range(by_number):
        with pytest.raises(ConnectorError) as refusal:
            service.check_number(PHONE, "SignIn", wrong(phones.code))
        left.append(refusal.value.attempts_left)
    assert left == list(range(by_number))[::-1]
    for code in (phones.code, wrong(phones.code)):
        assert kind_of(service.check_number, PHONE, "SignIn", code) == "attempts_used_up"
    if attempts == by_number:
        assert kind_of(service.check, started.id, phones.code) == "attempts_used_up"
        return
    assert kind_of(service.check, started.id, wrong(phones.code)) == "code_mismatch"
    assert service.check(started.id, phones.code).id == started.id


def test_a_stranger_who_guesses_by_number_shuts_out_nobody_who_has_the_id(store: Store) -> None:
    phones, service = Phones(), verifications(store)
    for _ in range(4):
        started = service.start(sms_to(), phones).verification
        answers = guessers(service, lambda: wrong(phones.code), 20)
        assert answers == {"code_mismatch": 3, "attempts_used_up": 17}
        assert service.check(started.id, phones.code)


def test_checks_by_number_can_be_forbidden(store: Store) -> None:
    phones, service = Phones(), verifications(store, verification={"checkByNumber": False})
    started = service.start(sms_to(), phones).verification
    assert kind_of(service.check_number, PHONE, "SignIn", phones.code) == "not_pending"
    assert service.check(started.id, phones.code)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (provider_error("rate_limited", "isv.BUSINESS_LIMIT_CONTROL"), ""),
        (provider_error("rate_limited", "Throttling.User"), ""),
        (provider_error("invalid_parameter", "isv.MOBILE_NUMBER_ILLEGAL"), "rate_limited"),
        (UNKNOWN, "rate_limited"),
    ],
)
def test_the_provider_s_own_limit_of_a_number_is_given_back_to_the_number(
    store: Store, error: ConnectorError, again: str
) -> None:
    service, phones = verifications(store, limits={"perNumber": ["1/hour"]}), Phones()
    phones.fails = error
    assert kind_of(service.start, sms_to(), phones) == error.kind
    phones.fails = None
    assert kind_of(partial(service.start, sms_to(), phones)) == again


def test_the_provider_s_own_limit_of_a_number_still_counts_in_all(store: Store) -> None:
    limits = {"perNumber": ["1/hour"], "total": ["1/hour"]}
    service, phones = verifications(store, limits=limits), Phones()
    phones.fails = provider_error("rate_limited", "isv.BUSINESS_LIMIT_CONTROL")
    assert kind_of(service.start, sms_to(), phones) == "rate_limited"
    assert kind_of(service.start, sms_to(), phones) == "usage_limited"


def test_a_number_s_window_begins_half_a_second_after_its_message_was_accepted(
    store: Store,
) -> None:
    service, phones = verifications(store, limits={"perNumber": ["1/2s"]}), Phones()
    phones.meanwhile = lambda: time.sleep(1)
    service.start(sms_to(), phones)
    accepted = time.monotonic()
    phones.meanwhile = lambda: None
    service.start(sms_to(), phones)
    assert 2.4 <= time.monotonic() - accepted < 3.4
