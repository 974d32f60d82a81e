"""Idempotency keys of starts and checks, and codes while secrets rotate."""

from __future__ import annotations

import threading
import time

import pytest

from sms_connector.errors import ConnectorError
from sms_connector.sending.options import SendOptions
from sms_connector.store.transaction import Store
from tests.support.verifying import (
    NOT_SENT,
    PHONE,
    UNKNOWN,
    Phones,
    key,
    kind_of,
    sms_to,
    verifications,
    wrong,
)


class TestIdempotency:
    def test_a_start_with_the_same_key_sends_nothing_and_gets_the_same_answer(
        self, store: Store
    ) -> None:
        phones, service = Phones(), verifications(store)
        terms = SendOptions(key=key())
        first = service.start(sms_to(), phones, terms)
        assert service.start(sms_to(), phones, terms) == first
        assert len(phones.received) == 1
        other = SendOptions(key=key(body=b"other"))
        assert kind_of(lambda: service.start(sms_to(), phones, other)) == "key_reused"
        service.start(sms_to(), phones, SendOptions(key=key("key-2")))
        assert len(phones.received) == 2

    def test_an_unknown_outcome_is_kept_and_what_was_not_sent_is_not(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        terms = SendOptions(key=key())
        for error, sent in ((NOT_SENT, 1), (NOT_SENT, 2), (UNKNOWN, 3), (UNKNOWN, 3)):
            phones.fails = error
            assert kind_of(lambda: service.start(sms_to(), phones, terms)) == error.kind
            assert len(phones.received) == sent

    def test_what_the_limits_refuse_is_not_kept(self, store: Store) -> None:
        phones, service = (
            Phones(),
            verifications(store, limits={"perNumber": [], "total": ["1/1s"]}),
        )
        service.start(sms_to(), phones)
        terms = SendOptions(key=key(), waits_early=False)
        assert kind_of(lambda: service.start(sms_to(), phones, terms)) == "usage_limited"
        time.sleep(1.05)
        assert service.start(sms_to(), phones, terms)

    def test_a_key_whose_owner_died_is_an_unknown_outcome(self, store: Store) -> None:
        phones = Phones()
        service = verifications(store, connectTimeout=1, readTimeout=1)
        phones.fails = KeyboardInterrupt()  # type: ignore[assignment]
        service_that_dies = verifications(store, connectTimeout=1, readTimeout=1)
        end = "sms_connector.verification.claimed_message.ClaimedMessage.end"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(end, lambda *_: None)
            with pytest.raises(KeyboardInterrupt):
                service_that_dies.start(sms_to(), phones, SendOptions(key=key()))
        phones.fails = None
        began = time.monotonic()
        terms = SendOptions(key=key())
        assert kind_of(lambda: service.start(sms_to(), phones, terms)) == "unknown_outcome"
        assert time.monotonic() - began < 2
        assert len(phones.received) == 1

    def test_a_start_under_way_is_waited_for(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        answers: list[object] = []
        terms = SendOptions(key=key())
        again = threading.Thread(
            target=lambda: answers.append(service.start(sms_to(), Phones(), terms))
        )

        def meanwhile() -> None:
            again.start()
            time.sleep(0.2)

        phones.meanwhile = meanwhile
        answers.append(service.start(sms_to(), phones, terms))
        again.join()
        assert answers[0] == answers[1]
        assert len(phones.received) == 1

    def test_a_counted_guess_is_kept(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        for _ in range(3):
            with pytest.raises(ConnectorError) as refusal:
                service.check(started, wrong(phones.code), key())
            assert refusal.value.attempts_left == 4
        assert service.get(started)[0].attempts_left == 4

    def test_an_approval_is_kept_for_its_key_alone(self, store: Store) -> None:
        phones, service = Phones(), verifications(store)
        started = service.start(sms_to(), phones).verification.id
        code = phones.code
        approved = service.check(started, code, key())
        assert service.check(started, code, key()) == approved
        assert kind_of(lambda: service.check(started, code, key("key-2"))) == "not_pending"
        assert kind_of(lambda: service.check(started, code, key(body=b"x"))) == "key_reused"


class TestRotation:
    OLD, NEW = "the-old-secret-of-32-characters-", "the-new-secret-of-32-characters-"

    @pytest.mark.parametrize(
        ("first", "second"),
        [((OLD,), (OLD, NEW)), ((OLD, NEW), (NEW, OLD)), ((NEW, OLD), (OLD, NEW))],
    )
    def test_a_pending_one_keeps_its_code_while_secrets_rotate(
        self, store: Store, first: tuple[str, ...], second: tuple[str, ...]
    ) -> None:
        phones = Phones()
        before, after = (verifications(store, secrets=one) for one in (first, second))
        started = before.start(sms_to(), phones).verification
        again = after.start(sms_to(), phones)
        assert again.verification.id == started.id
        assert phones.received[0].code == phones.received[1].code
        assert after.get(started.id)[1] == "BIZ-2"
        guess = wrong(phones.code)
        assert kind_of(lambda: after.check_number(PHONE, "SignIn", guess)) == "code_mismatch"
        assert before.get(started.id)[0].attempts_left == 4
        assert after.check(started.id, phones.code)
        assert before.get(started.id)[0].status == "approved"
        assert after.start(sms_to(), phones).is_new
        assert before.check_number(PHONE, "SignIn", phones.code)

    def test_after_the_rotation_the_old_secret_is_not_needed(self, store: Store) -> None:
        phones = Phones()
        verifications(store, secrets=(self.NEW, self.OLD)).start(sms_to(), phones)
        service = verifications(store, secrets=(self.NEW,))
        assert service.check_number(PHONE, "SignIn", phones.code)
