"""At most once, over the memory of an instance and over real servers."""

from __future__ import annotations

import time
from functools import partial

import pytest
from pytest_mock import MockerFixture

from sms_connector.errors import ConnectorError, bug
from sms_connector.message import Receipt
from sms_connector.sending.at_most_once import LEASE_BEYOND_CALL
from sms_connector.store.transaction import Figure, Store, Write
from tests.support.instances import (
    LONGEST_CALL,
    Instance,
    Provider,
    at_once,
    error,
    receipt,
    rule,
    sms,
)


def shape(outcome: Receipt | ConnectorError) -> object:
    """Return all that an answer is made of."""
    return outcome if isinstance(outcome, Receipt) else vars(outcome)


def pass_time(mocker: MockerFixture, seconds: float, *, frozen: bool = False) -> None:
    wall, monotonic = time.time() + seconds, time.monotonic() + (0 if frozen else seconds)
    mocker.patch("sms_connector.clock.time.time", return_value=wall)
    mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)


class TestSameMessage:
    def test_a_repeated_message_is_sent_once_and_gets_the_same_receipt(self, store: Store) -> None:
        provider = Provider()
        outcomes = [Instance(store).send(sms(), provider) for _ in range(3)]
        assert outcomes == [receipt()] * 3
        assert len(provider.sent) == 1

    @pytest.mark.parametrize(
        "other",
        [
            sms(phone="13912345678"),
            sms(usage_type="Register"),
            sms(code="135790"),
        ],
        ids=["phone", "usage type", "code"],
    )
    def test_another_phone_usage_type_or_code_is_another_message(
        self, store: Store, other: object
    ) -> None:
        provider = Provider()
        Instance(store).send(sms(), provider)
        assert Instance(store).send(other, provider) == receipt(2)  # type: ignore[arg-type]

    def test_numbers_with_the_same_digits_in_two_countries_are_two(self, store: Store) -> None:
        provider = Provider()
        for phone in ("13123456789", "+1 312 345 6789"):
            Instance(store).send(sms(phone=phone), provider)
        assert len(provider.sent) == 2

    def test_the_same_number_written_otherwise_is_the_same_message(self, store: Store) -> None:
        provider = Provider()
        for phone in ("13812345678", "+86 138-1234-5678"):
            Instance(store).send(sms(phone=phone), provider)
        assert len(provider.sent) == 1

    @pytest.mark.parametrize(
        "outcome",
        [receipt(), error("unknown_outcome", None), error("invalid_response", None)],
        ids=["accepted", "no answer", "nonsense"],
    )
    def test_fifty_that_ask_at_once_send_one_and_are_answered_alike(
        self, store: Store, outcome: Receipt | ConnectorError
    ) -> None:
        provider = Provider(outcome, takes=0.3)
        instances = [Instance(store) for _ in range(10)]
        calls = [partial(instances[n % 10].send, sms(), provider) for n in range(50)]
        answers = at_once(*calls)
        assert [shape(answer) for answer in answers] == [shape(outcome)] * 50
        assert len(provider.sent) == 1
        # Each thread has an error of its own.
        assert isinstance(outcome, Receipt) or len(set(map(id, answers))) == 50

    def test_an_unknown_outcome_is_given_again_and_nothing_is_sent_again(
        self, store: Store
    ) -> None:
        provider = Provider(error("unknown_outcome", None))
        answers = [Instance(store).send(sms(), provider) for _ in range(3)]
        assert [shape(answer) for answer in answers] == [shape(error("unknown_outcome", None))] * 3
        assert len(provider.sent) == 1

    def test_a_bug_leaves_the_outcome_unknown_to_those_who_ask_again(self, store: Store) -> None:
        provider = Provider(KeyError("246810"))
        with pytest.raises(KeyError):
            Instance(store).send(sms(), provider)
        answer = Instance(store).send(sms(), provider)
        assert shape(answer) == shape(bug(sent=None))
        assert len(provider.sent) == 1

    def test_an_error_whose_text_is_no_unicode_is_remembered_all_the_same(
        self, store: Store
    ) -> None:
        odd = error("invalid_response", None, code="\ud800")
        for expected in ("\ud800", "?"):
            answer = Instance(store).send(sms(), Provider(odd))
            assert isinstance(answer, ConnectorError)
            assert answer.provider is not None
            assert answer.provider.code == expected


class TestNotSent:
    def test_what_was_definitely_not_sent_may_be_tried_again_at_once(self, store: Store) -> None:
        provider = Provider(error("unavailable"))
        answers = [Instance(store).send(sms(), provider) for _ in range(3)]
        assert shape(answers[0]) == shape(error("unavailable"))
        assert answers[1:] == [receipt(2)] * 2

    def test_requests_waiting_for_a_message_that_fails_get_its_error(self, store: Store) -> None:
        provider = Provider(error("unavailable"), takes=0.3)
        instances = [Instance(store) for _ in range(4)]
        answers = at_once(*(partial(each.send, sms(), provider) for each in instances * 3))
        assert [shape(answer) for answer in answers] == [shape(error("unavailable"))] * 12
        assert len(provider.sent) == 1

    def test_a_waiting_request_gets_the_error_even_if_a_retry_has_started(
        self, store: Store
    ) -> None:
        one, other, third = Instance(store), Instance(store), Instance(store)
        failing, slow = Provider(error("unavailable"), takes=0.2), Provider(takes=0.6)

        def wait() -> object:
            time.sleep(0.05)
            return shape(other.send(sms(), slow))

        def try_again() -> object:
            one.send(sms(), failing)
            return third.send(sms(), slow)

        waited, again = at_once(wait, try_again)
        assert waited == shape(error("unavailable"))
        assert again == receipt()


class TestDeath:
    def test_a_message_whose_instance_died_is_unknown_and_not_sent_again(
        self, store: Store
    ) -> None:
        lease = 0.2 + LEASE_BEYOND_CALL
        Instance(store, longest_call=0.2).die_sending(sms())
        provider, started = Provider(), time.monotonic()
        others = [Instance(store, longest_call=0.2) for _ in range(5)]
        asks = (partial(each.send, sms(), provider, max_wait=20) for each in others)
        answers = at_once(*asks)
        assert lease * 0.8 < time.monotonic() - started < lease + 5
        for answer in answers:
            assert (answer.kind, answer.sent) == ("unknown_outcome", None)
        later = Instance(store, longest_call=0.2).send(sms(), provider)
        assert isinstance(later, ConnectorError)
        assert later.sent is None
        assert provider.sent == []

    def test_an_idempotency_key_whose_instance_died_is_unknown_too(self, store: Store) -> None:
        from tests.sending.test_idempotency import key

        Instance(store, longest_call=0.1).die_sending(sms(), key=key())
        provider = Provider()
        for code in ("246810", "135790"):
            instance = Instance(store, longest_call=0.1)
            answer = instance.send(sms(code), provider, key=key())
            assert isinstance(answer, ConnectorError)
            assert answer.sent is None
        assert provider.sent == []


class TestPatience:
    def test_nobody_waits_longer_than_the_caller_does(self, store: Store) -> None:
        provider = Provider(takes=0.8)
        instances = Instance(store), Instance(store)

        def impatient() -> tuple[float, Receipt | ConnectorError]:
            time.sleep(0.1)
            started = time.monotonic()
            answer = instances[1].send(sms(), provider, max_wait=0.3)
            return time.monotonic() - started, answer

        (seconds, answer), sent = at_once(impatient, lambda: instances[0].send(sms(), provider))
        assert 0.25 < seconds < 0.7
        assert isinstance(answer, ConnectorError)
        assert (answer.kind, answer.sent) == ("unknown_outcome", None)
        assert sent == receipt()
        assert instances[1].send(sms(), provider, max_wait=0.3) == receipt()

    def test_a_caller_without_a_limit_waits_for_the_longest_call(self, store: Store) -> None:
        provider = Provider(takes=LONGEST_CALL)
        one, other = Instance(store), Instance(store)
        answers = at_once(partial(one.send, sms(), provider), partial(other.send, sms(), provider))
        assert answers == [receipt()] * 2


class TestTime:
    @pytest.mark.parametrize(("seconds", "sends"), [(29, 1), (31, 2)])
    @pytest.mark.parametrize("frozen", [False, True])
    def test_a_message_is_remembered_for_thirty_seconds(
        self, memory: Store, mocker: MockerFixture, seconds: float, sends: int, frozen: bool
    ) -> None:
        provider, instance = Provider(), Instance(memory)
        instance.send(sms(), provider)
        pass_time(mocker, seconds, frozen=frozen)
        assert instance.send(sms(), provider) == receipt(sends)

    def test_a_server_keeps_an_outcome_for_thirty_seconds(self, store: Store) -> None:
        from sms_connector.store.names import Names
        from sms_connector.store.transaction import Record, Transaction
        from tests.support.instances import SECRETS

        Instance(store).send(sms(), Provider())
        names = Names(SECRETS).of("message", "+8613812345678", "SignIn", "246810")
        (found,) = store.transact(Transaction(tuple(map(Record, names)))).found
        assert 28 < found.seconds <= 30


class TestRotation:
    OLD, NEW = "old-secret-old-secret-old-secret-", "new-secret-new-secret-new-secret-"

    @pytest.mark.parametrize(
        ("before", "after"),
        [((OLD,), (OLD, NEW)), ((OLD, NEW), (NEW, OLD)), ((NEW, OLD), (NEW,))],
    )
    def test_no_message_and_no_limit_is_lost_at_any_step(
        self, store: Store, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        provider, one_an_hour = Provider(), [rule("1/hour")]
        Instance(store, before).send(sms(), provider, one_an_hour)
        for secrets in (before, after):
            assert Instance(store, secrets).send(sms(), provider, one_an_hour) == receipt()
            another = Instance(store, secrets).send(sms("135790"), provider, one_an_hour)
            assert isinstance(another, ConnectorError)
            assert another.kind == "rate_limited"
        assert len(provider.sent) == 1

    def test_what_is_given_back_is_given_back_under_all_secrets(self, store: Store) -> None:
        provider = Provider(error("unavailable"))
        for _ in range(2):
            instance = Instance(store, (self.OLD, self.NEW))
            outcome = instance.send(sms(), provider, [rule("1/hour")])
        assert outcome == receipt(2)


class Counting:
    """Figures with readable names."""

    def accepted(self, *_: object) -> tuple[Write, ...]:
        return ()

    def of_receipt(self, country: str, usage_type: str, _: Receipt, now: int) -> tuple[Figure, ...]:
        return self.of(country, usage_type, "accepted", now)

    def of(self, country: str, usage_type: str, outcome: str, now: int) -> tuple[Figure, ...]:
        assert (country, usage_type) == ("CN", "SignIn")
        assert abs(now / 1e6 - time.time()) < 5
        return (Figure("{t}hour", outcome, 60),)


def test_each_outcome_is_counted_once(store: Store) -> None:
    provider = Provider(
        receipt(), error("unknown_outcome", None), error("unavailable"), error("invalid_parameter")
    )
    for code in ("0001", "0002", "0003", "0004", "0005"):
        for _ in range(2 if code < "0003" else 1):
            Instance(store, figures=Counting()).send(sms(code), provider, [rule("4/hour")])
    # The one that could not be reached gave its place back, and a fifth is one too many.
    Instance(store, figures=Counting()).send(sms("0006"), provider, [rule("4/hour")])
    assert store.figures(["{t}hour"]) == (
        {
            "accepted": 2,
            "unknown": 1,
            "refused:general": 1,
            "refused:invalid_request_parameters": 1,
            "limited:perNumber": 1,
        },
    )
