"""What each operation does, on every store."""

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
from sms_connector.verification.codes import new_id
from sms_connector.verification.service import Verifications
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
    def test_a_first_message_that_was_surely_not_sent_leaves_no_verification(
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

    def test_a_resend_that_was_surely_not_sent_leaves_the_verification_as_it_was(
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


class TestCheck:
    def test_the_right_code_is_approved_once(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        approved = service.check(started, phones.code)
        assert (approved.id, approved.usage_type) == (started, "SignIn")
        code = phones.code
        assert kind_of(lambda: service.check(started, code)) == "not_pending"
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", code)) == "not_pending"
        assert service.get(started)[0].status == "approved"

    def test_wrong_codes_are_counted_and_then_the_right_one_is_refused_too(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store, verification={"attempts": 3})
        started = service.start(sms_to(), phones).verification.id
        left = []
        guess = wrong(phones.code)
        for _ in range(3):
            with pytest.raises(ConnectorError) as refusal:
                service.check(started, guess)
            assert refusal.value.kind == "code_mismatch"
            left.append(refusal.value.attempts_left)
        assert left == [2, 1, 0]
        code = phones.code
        assert kind_of(lambda: service.check(started, code)) == "attempts_used_up"
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", code)) == "attempts_used_up"
        assert service.get(started)[0].status == "exhausted"

    @pytest.mark.parametrize("typed", ["{0}{1}{2} {3}{4}{5}", " {0} {1}{2}{3}{4}{5}\n"])
    def test_spaces_do_not_matter(self, store: Store, typed: str) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        assert service.check(started, typed.format(*phones.code))

    def test_full_width_digits_do_not_matter(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        typed = "".join(chr(ord(digit) + 0xFEE0) for digit in phones.code)
        assert service.check(started, typed)

    def test_letters_are_not_counted(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        assert kind_of(lambda: service.check(started, "12345a")) == "invalid_parameter"
        assert service.get(started)[0].attempts_left == 5

    @pytest.mark.parametrize(
        "typed", ["+86 138-1234-5678", "8613812345678", "0086 138 1234 5678", "138.1234.5678"]
    )
    def test_a_number_is_the_same_however_it_is_written(self, store: Store, typed: str) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(PHONE), phones).verification.id
        assert service.check_number(typed, "SignIn", phones.code).id == started

    def test_a_number_abroad_is_not_the_mainland_one_with_the_same_digits(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store)
        service.start(sms_to("+13123456789"), phones)
        code = phones.code
        assert kind_of(lambda: service.check_number("13123456789", "SignIn", code)) == "not_pending"
        assert service.check_number("+1 312 345 6789", "SignIn", code)

    def test_another_usage_type_is_another_verification(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        service.start(sms_to(), phones)
        code = phones.code
        assert kind_of(lambda: service.check_number(PHONE, "Register", code)) == "not_pending"

    @pytest.mark.parametrize(
        "shape", ["", "x", "x" * 22, "../..", "é" * 22, "\ud800" * 22, "0" * 70_000]
    )
    def test_ids_of_a_wrong_shape_are_not_found(self, store: Store, shape: str) -> None:
        service = verifications(store)
        assert kind_of(lambda: service.check(shape, "246810")) == "not_pending"
        assert kind_of(lambda: service.get(shape)) == "not_pending"
        assert kind_of(lambda: service.cancel(shape)) == "not_pending"

    @pytest.mark.parametrize("digits", [4, 5])
    def test_a_code_keeps_its_length_when_the_config_changes(
        self, store: Store, digits: int
    ) -> None:
        phones = Phones()
        verifications(store, verification={"codeLength": digits}).start(sms_to(), phones)
        other = verifications(store, verification={"codeLength": 6})
        other.start(sms_to(), phones)
        assert phones.received[0].code == phones.received[1].code
        assert len(phones.code) == digits
        assert other.check_number(PHONE, "SignIn", phones.code)


class TestGetAndCancel:
    def test_get_knows_the_latest_message(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification
        assert service.get(started.id) == (started, "BIZ-1")
        service.start(sms_to(), phones)
        assert service.get(started.id)[1] == "BIZ-2"

    def test_cancelling_ends_a_pending_one_alone(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, verification={"attempts": 1})
        started = service.start(sms_to(), phones).verification.id
        service.cancel(started)
        assert service.get(started)[0].status == "cancelled"
        assert kind_of(lambda: service.cancel(started)) == "not_pending"
        assert kind_of(lambda: service.check(started, "246810")) == "not_pending"
        started = service.start(sms_to(), phones).verification.id
        kind_of(lambda: service.check(started, wrong(phones.code)))
        assert kind_of(lambda: service.cancel(started)) == "not_pending"
        assert kind_of(lambda: service.cancel(new_id())) == "not_pending"

    def test_after_its_time_it_is_not_found(self, store: Store) -> None:
        phones, service = Phones(), verifications(store, verification={"validSeconds": 1})
        started = service.start(sms_to(), phones).verification.id
        assert service.get(started)[0].status == "pending"
        time.sleep(1.1)
        code = phones.code
        assert kind_of(lambda: service.get(started)) == "not_pending"
        assert kind_of(lambda: service.check(started, code)) == "not_pending"
        assert kind_of(lambda: service.check_number(PHONE, "SignIn", code)) == "not_pending"
        assert service.start(sms_to(), phones).is_new

    def test_guesses_and_resends_do_not_make_it_live_longer(self) -> None:
        store, phones = LaterMemory(), Phones()
        service = verifications(store, verification={"validSeconds": 100, "attempts": 20})
        started = service.start(sms_to(), phones).verification.id
        for _ in range(3):
            store.seconds += 33
            kind_of(lambda: service.check(started, wrong(phones.code)))
            service.start(sms_to(), phones)
        store.seconds += 1.1
        assert kind_of(lambda: service.get(started)) == "not_pending"


def test_no_repr_shows_a_code_or_number(memory: Store) -> None:
    service: Verifications = verifications(memory)
    phones = Phones()
    started = service.start(sms_to(), phones)
    assert phones.code not in repr(started)
    assert PHONE not in repr(started)
