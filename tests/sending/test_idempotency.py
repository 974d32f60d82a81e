from __future__ import annotations

import re
import time
from functools import partial

import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError
from sms_connector.idempotency.key import IdempotencyKey
from sms_connector.message import Receipt
from sms_connector.sending.codes import generated_codes
from sms_connector.store.names import Names
from sms_connector.store.transaction import Store
from tests.support.instances import Instance, Provider, at_once, error, receipt, rule, sms

OLD, NEW = "old-secret-old-secret-old-secret-", "new-secret-new-secret-new-secret-"


def key(
    key: str = "key-1", credential: str = "one", route: str = "send", body: bytes = b"{}"
) -> IdempotencyKey:
    return IdempotencyKey(key, credential, route, body)


def test_the_same_key_gives_the_first_answer_again_whatever_the_message(store: Store) -> None:
    provider = Provider()
    codes = ("111111", "222222", "111111")
    answers = [Instance(store).send(sms(code), provider, key=key()) for code in codes]
    assert answers == [receipt()] * 3
    assert len(provider.sent) == 1


@pytest.mark.parametrize(
    "other", [key("key-2"), key(credential="two"), key(route="start")], ids=repr
)
def test_a_key_belongs_to_a_credential_and_a_route(store: Store, other: IdempotencyKey) -> None:
    provider = Provider()
    Instance(store).send(sms("111111"), provider, key=key())
    answer = Instance(store).send(sms("222222"), provider, key=other)
    assert answer == receipt(2)


@pytest.mark.parametrize("under_way", [False, True])
def test_a_key_with_another_body_is_refused_and_nothing_is_sent(
    store: Store, under_way: bool
) -> None:
    provider = Provider(takes=0.3)
    first = partial(Instance(store).send, sms(), provider, key=key())

    def second() -> Receipt | ConnectorError:
        if under_way:
            time.sleep(0.1)
        return Instance(store).send(sms(), provider, key=key(body=b"{ }"))

    answer = at_once(first, second)[1] if under_way else (first(), second())[1]
    assert isinstance(answer, ConnectorError)
    assert (answer.kind, answer.sent) == ("key_reused", False)
    assert len(provider.sent) == 1


def test_a_key_that_is_under_way_is_waited_for(store: Store) -> None:
    provider = Provider(takes=0.3)
    calls = [partial(Instance(store).send, sms(f"{n:06}"), provider, key=key()) for n in range(10)]
    answers = at_once(*calls)
    assert answers == [receipt()] * 10
    assert len(provider.sent) == 1


def test_an_answer_that_nothing_was_sent_is_not_kept(store: Store) -> None:
    provider = Provider(error("unavailable"))
    refused = Instance(store).send(sms("111111"), provider, key=key())
    assert isinstance(refused, ConnectorError)
    assert Instance(store).send(sms("222222"), provider, key=key()) == receipt(2)


def test_a_refusal_by_a_limit_is_not_kept(store: Store) -> None:
    provider = Provider()
    Instance(store).send(sms("111111"), provider, [rule("1/hour")])
    for _ in range(2):
        refused = Instance(store).send(sms("222222"), provider, [rule("1/hour")], key=key())
        assert isinstance(refused, ConnectorError)
        assert refused.kind == "rate_limited"
    assert Instance(store).send(sms("222222"), provider, key=key()) == receipt(2)


def test_an_unknown_outcome_is_kept(store: Store) -> None:
    provider = Provider(error("unknown_outcome", None))
    for code in ("111111", "222222"):
        answer = Instance(store).send(sms(code), provider, key=key())
        assert isinstance(answer, ConnectorError)
        assert answer.sent is None
    assert len(provider.sent) == 1


def test_a_second_key_for_the_same_message_keeps_its_answer_too(store: Store) -> None:
    provider = Provider()
    for name in ("key-1", "key-2", "key-2"):
        answer = Instance(store).send(sms("111111"), provider, key=key(name))
        assert answer == receipt()
    # It is the key that counts now, not the message.
    assert Instance(store).send(sms("222222"), provider, key=key("key-2")) == receipt()
    assert len(provider.sent) == 1


@pytest.mark.parametrize(("seconds", "sends"), [(599, 1), (601, 2)])
def test_a_key_is_kept_for_ten_minutes(
    memory: Store, mocker: MockerFixture, seconds: float, sends: int
) -> None:
    provider, instance = Provider(), Instance(memory)
    instance.send(sms(), provider, key=key())
    wall, monotonic = time.time() + seconds, time.monotonic() + seconds
    mocker.patch("sms_connector.clock.time.time", return_value=wall)
    mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)
    assert instance.send(sms(), provider, key=key()) == receipt(sends)


class TestDerivedCodes:
    def test_a_derived_code_is_six_digits_and_the_same_for_the_same_request(self) -> None:
        names = Names((NEW,))
        (code,) = generated_codes(names, key())
        assert re.fullmatch("[0-9]{6}", code)
        assert generated_codes(names, key()) == (code,)

    def test_a_derived_code_depends_on_the_secret_the_key_and_the_body(self) -> None:
        codes = {
            *generated_codes(Names((OLD, NEW)), key()),
            *generated_codes(Names((NEW,)), key("key-2")),
            *generated_codes(Names((NEW,)), key(body=b"{ }")),
        }
        assert len(codes) == 4

    def test_a_code_that_was_made_here_is_in_the_receipt(self, store: Store) -> None:
        answer = Instance(store).send(sms("111111"), Provider(), generated_codes=("111111",))
        assert isinstance(answer, Receipt)
        assert answer.code == "111111"
        assert "111111" not in repr(answer)

    @pytest.mark.parametrize(("before", "after"), [((OLD,), (OLD, NEW)), ((OLD, NEW), (NEW, OLD))])
    def test_a_request_repeated_while_secrets_rotate_gets_the_code_that_was_sent(
        self, store: Store, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        provider, answers = Provider(), []
        for secrets in (before, after):
            instance = Instance(store, secrets)
            codes = generated_codes(instance.names, key())
            answers.append(instance.send(sms(codes[0]), provider, key=key(), generated_codes=codes))
        assert len(provider.sent) == 1
        for answer in answers:
            assert isinstance(answer, Receipt)
            assert answer.code == provider.sent[0].code
