"""What a start does, on every store."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.sending.at_most_once import AtMostOnce
from sms_connector.sending.options import SendOptions
from sms_connector.store.names import Names
from sms_connector.store.transaction import Store
from tests.support.configs import config
from tests.support.verifying import (
    NOT_SENT,
    NUMBER_REFUSED,
    PHONE,
    SECRET,
    UNKNOWN,
    LaterMemory,
    Phones,
    kind_of,
    sms_to,
    verifications,
    wrong,
)


class TestStart:
    def test_a_start_sends_a_code_and_is_pending(self, store: Store) -> None:
        phones = Phones()
        started = verifications(store).start(sms_to(), phones)
        state = started.verification
        assert started.is_new
        assert (state.status, state.usage_type) == ("pending", "SignIn")
        assert (state.attempts_left, state.sends_left) == (5, 4)
        assert state.expires_at / 1000 - time.time() == pytest.approx(600, abs=2)
        assert len(phones.code) == 6

    @pytest.mark.parametrize(
        ("valid", "later", "minutes"),
        [(600, 0, 10), (600, 90, 8), (600, 599, 1), (90, 0, 1), (30, 0, 1), (86_400, 0, 1440)],
    )
    def test_a_message_states_the_whole_minutes_that_its_code_is_still_valid(
        self, valid: int, later: int, minutes: int
    ) -> None:
        store, phones = LaterMemory(), Phones()
        service = verifications(store, verification={"validSeconds": valid})
        service.start(sms_to(), phones)
        store.seconds = later
        service.start(sms_to(), phones)
        assert phones.received[-1].minutes == minutes

    def test_starting_again_sends_the_same_code_and_changes_nothing_else(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store)
        first = service.start(sms_to(), phones)
        kind_of(lambda: service.check(first.verification.id, wrong(phones.code)))
        second = service.start(sms_to(), phones)
        assert not second.is_new
        assert phones.received[0].code == phones.received[1].code
        assert second.verification.id == first.verification.id
        assert second.verification.expires_at == first.verification.expires_at
        assert second.verification.attempts_left == 4
        assert second.verification.sends_left == 3

    def test_no_more_messages_go_out_than_allowed(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, verification={"sends": 2})
        for _ in range(2):
            service.start(sms_to(), phones)
        with pytest.raises(ConnectorError) as refusal:
            service.start(sms_to(), phones)
        assert refusal.value.kind == "rate_limited"
        assert 595 <= (refusal.value.retry_after or 0) <= 600
        assert len(phones.received) == 2
        service.check_number(PHONE, "SignIn", phones.code)

    @pytest.mark.parametrize("end", ["approve", "cancel", "exhaust"])
    def test_starting_after_one_that_is_not_pending_begins_a_new_one(
        self, store: Store, end: str
    ) -> None:
        phones, service = Phones(), verifications(store, verification={"attempts": 1})
        first = service.start(sms_to(), phones).verification.id
        if end == "approve":
            service.check(first, phones.code)
        elif end == "cancel":
            service.cancel(first)
        else:
            assert kind_of(lambda: service.check(first, wrong(phones.code))) == "code_mismatch"
        second = service.start(sms_to(), phones)
        assert second.is_new
        assert second.verification.id != first
        assert second.verification.sends_left == 4
        assert service.check_number(PHONE, "SignIn", phones.code).id == second.verification.id

    def test_numbers_and_usage_types_have_verifications_of_their_own(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        messages = [sms_to(), sms_to(usage_type="Register"), sms_to("+1 212 555 0123")]
        assert len({service.start(one, phones).verification.id for one in messages}) == 3

    @pytest.mark.parametrize("error", [NOT_SENT, NUMBER_REFUSED])
    def test_a_first_message_that_was_definitely_not_sent_leaves_no_verification(
        self, store: Store, error: ConnectorError
    ) -> None:
        phones, service = Phones(), verifications(store)
        phones.fails = error
        with pytest.raises(ConnectorError):
            service.start(sms_to(), phones)
        guess = phones.code
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", guess)) == "not_pending"
        phones.fails = None
        assert service.start(sms_to(), phones).verification.sends_left == 4

    def test_a_resend_that_was_definitely_not_sent_leaves_the_verification_as_it_was(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store)
        before = service.start(sms_to(), phones).verification
        phones.fails = NOT_SENT
        assert kind_of(lambda: service.start(sms_to(), phones)) == "unavailable"
        assert service.get(before.id)[0] == before

    def test_a_failed_start_restores_the_earlier_one_that_had_ended(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, verification={"attempts": 1})
        service.start(sms_to(), phones)
        guess = wrong(phones.code)
        kind_of(lambda: service.check_number(PHONE, "SignIn", guess))
        phones.fails = NOT_SENT
        kind_of(lambda: service.start(sms_to(), phones))
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", guess)) == "attempts_used_up"

    def test_after_an_unknown_outcome_the_code_can_be_checked_by_number(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        phones.fails = UNKNOWN
        with pytest.raises(ConnectorError) as refusal:
            service.start(sms_to(), phones)
        assert refusal.value.sent is None
        service.check_number(PHONE, "SignIn", phones.code)

    def test_an_unexpected_exception_leaves_it_pending(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        phones.fails = ZeroDivisionError()
        with pytest.raises(ZeroDivisionError):
            service.start(sms_to(), phones)
        service.check_number(PHONE, "SignIn", phones.code)

    def test_a_first_message_that_fails_does_not_take_a_second_one_s_verification(
        self, store: Store
    ) -> None:
        first, second, service = Phones(), Phones(), verifications(store)
        first.fails = NOT_SENT
        first.meanwhile = lambda: service.start(sms_to(), second)
        kind_of(lambda: service.start(sms_to(), first))
        assert service.check_number(PHONE, "SignIn", second.code)

    def test_a_cancelled_one_stays_away_when_its_message_fails(self, store: Store) -> None:
        first, second, service = Phones(), Phones(), verifications(store)

        def replace() -> None:
            one = service.start(sms_to(), Phones()).verification.id
            service.cancel(one)
            service.start(sms_to(), second)

        first.fails, first.meanwhile = NOT_SENT, replace
        kind_of(lambda: service.start(sms_to(), first))
        assert service.check_number(PHONE, "SignIn", second.code)


LIMITS: dict[str, Any] = {"perNumber": ["1/minute"], "total": ["2/hour"]}


class TestLimits:
    def test_a_resend_that_the_limits_refuse_changes_nothing(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, limits=LIMITS)
        before = service.start(sms_to(), phones).verification
        with pytest.raises(ConnectorError) as refusal:
            service.start(sms_to(), phones)
        assert refusal.value.kind == "rate_limited"
        assert refusal.value.limit is not None
        assert refusal.value.limit.rule == "perNumber"
        assert 55 <= (refusal.value.retry_after or 0) <= 61
        assert service.get(before.id)[0] == before
        assert len(phones.received) == 1

    def test_what_could_not_connect_is_given_back_and_a_refused_number_is_not(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store, limits={"perNumber": ["1/minute"]})
        for error, again in ((NOT_SENT, "unavailable"), (NUMBER_REFUSED, "rate_limited")):
            phones.fails = error
            kind_of(lambda: service.start(sms_to(), phones))
            assert kind_of(lambda: service.start(sms_to(), phones)) in (error.kind, again)
        assert len(phones.received) == 3

    def test_a_start_a_moment_too_early_waits(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, limits={"perNumber": ["1/1s"]})
        service.start(sms_to(), phones)
        began = time.monotonic()
        service.start(sms_to(), phones)
        assert 0.5 < time.monotonic() - began < 2
        terms = SendOptions(waits_early=False)
        assert kind_of(lambda: service.start(sms_to(), phones, terms)) == "rate_limited"

    def test_a_plain_message_and_a_start_share_their_limits(self, store: Store) -> None:
        whole = parse_config(json.dumps(config(limits=LIMITS)))
        plain, started, service = sms_to(), Phones(), verifications(store, limits=LIMITS)
        once = AtMostOnce(store, Names((SECRET,)), 1.0)
        once.send(plain, Phones(), whole.limits.counted(plain.phone, None))
        assert kind_of(lambda: service.start(sms_to(), started)) == "rate_limited"
        assert started.received == []
