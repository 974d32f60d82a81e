"""What a check, a read and a cancellation do, on every store."""

from __future__ import annotations

import time

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.store.transaction import Store
from sms_connector.verification.codes import new_id
from sms_connector.verification.service import Verifications
from tests.support.verifying import (
    PHONE,
    LaterMemory,
    Phones,
    kind_of,
    sms_to,
    verifications,
    wrong,
)


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
