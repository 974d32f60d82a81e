"""Several instances in any order of events, against a model of what each must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sms_connector.errors import ConnectorError
from sms_connector.idempotency.key import IdempotencyKey
from sms_connector.message import Receipt, Sms
from sms_connector.provider.refunds import Refund, refund_of
from sms_connector.store.memory import Memory
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Store
from tests.support import instances
from tests.support.instances import Instance, Provider, error, sms
from tests.support.redis_server import RedisServer
from tests.support.stores import emptied

OUTCOMES = (
    None,  # accepted
    error("unavailable"),
    error("usage_limited"),
    error("invalid_parameter"),
    error("rate_limited", code="isv.BUSINESS_LIMIT_CONTROL"),
    error("unknown_outcome", None),
)
NUMBERS = ("13812345678", "13912345678", "+12025550123")
PER_NUMBER, IN_ALL = 4, 9
ANSWER_AT_ONCE = 0.002
"""Seconds that a caller waits: where one thing happens at a time, waiting changes nothing."""


@dataclass
class Known:
    """What is kept under a message or a key: an answer, or the claim of an instance that died."""

    answer: Any = None
    body: bytes = b""


class Model(RuleBasedStateMachine):
    def __init__(self, shared: Store) -> None:
        super().__init__()
        self.instances = [Instance(shared, longest_call=60) for _ in range(3)]
        self.shared = shared
        self.messages: dict[tuple[str, str], Known] = {}
        self.keys: dict[str, Known] = {}
        self.taken: dict[str, int] = {}
        self.total = 0
        self.provider = Provider()
        self.expected_calls = 0

    @rule(
        instance=st.integers(0, 2),
        number=st.sampled_from(NUMBERS),
        code=st.sampled_from(("0001", "0002", "0003")),
        outcome=st.sampled_from(OUTCOMES),
        key=st.sampled_from(("", "", "k1", "k2")),
        body=st.sampled_from((b"1", b"2")),
        dies=st.sampled_from((False, False, False, True)),
    )
    def ask(
        self,
        instance: int,
        number: str,
        code: str,
        outcome: ConnectorError | None,
        key: str,
        body: bytes,
        dies: bool,
    ) -> None:
        asked = sms(code, number)
        limits = [
            instances.rule(f"{PER_NUMBER}/day", subject=number),
            instances.rule(f"{IN_ALL}/day", "total", ""),
        ]
        idempotency = IdempotencyKey(key, "one", "send", body) if key else None
        expected = self.expectation(asked, number, key, body)
        terms = {"key": idempotency, "max_wait": ANSWER_AT_ONCE}
        sender = self.instances[instance]
        if dies and expected == "sends":
            sender.die_sending(asked, limits, **terms)
            self.instances[instance] = Instance(self.shared, longest_call=60)
            self.remember(asked, key, Known(None, body))
            self.take(number)
            return
        calls = len(self.provider.sent)
        self.provider._outcomes = [outcome] if outcome else []
        answer = sender.send(asked, self.provider, limits, **terms)
        assert len(self.provider.sent) - calls == (expected == "sends"), expected
        if expected == "sends":
            self.sent(asked, number, key, body, outcome, answer)
        elif isinstance(expected, Known):
            self.compare(expected, answer)
            if key and key not in self.keys:
                self.keys[key] = Known(answer, body)
        else:
            assert isinstance(answer, ConnectorError)
            assert (answer.kind, answer.sent) == (expected, False)

    def expectation(self, asked: Sms, number: str, key: str, body: bytes) -> str | Known:
        if key in self.keys:
            return self.keys[key] if self.keys[key].body == body else "key_reused"
        if (asked.phone.identity, asked.code) in self.messages:
            return self.messages[asked.phone.identity, asked.code]
        if self.taken.get(number, 0) >= PER_NUMBER:
            return "rate_limited"
        if self.total >= IN_ALL:
            return "usage_limited"
        return "sends"

    def sent(
        self,
        asked: Sms,
        number: str,
        key: str,
        body: bytes,
        outcome: ConnectorError | None,
        answer: Receipt | ConnectorError,
    ) -> None:
        if outcome is None:
            assert answer == instances.receipt(len(self.provider.sent))
        else:
            self.compare(Known(outcome), answer)
        if outcome is None or outcome.sent is None:
            self.remember(asked, key, Known(answer, body))
        if outcome is not None and outcome.kind == "rate_limited":
            self.total += 1  # the provider's own limit of the number is given back to the number
        elif outcome is None or refund_of(outcome) is not Refund.ALL:
            self.take(number)

    def compare(self, known: Known, answer: Receipt | ConnectorError) -> None:
        if isinstance(known.answer, Receipt):
            assert answer == known.answer
            return
        assert isinstance(answer, ConnectorError)
        if known.answer is None:
            assert (answer.kind, answer.sent) == ("unknown_outcome", None)
        else:
            assert vars(answer) == vars(known.answer)

    def remember(self, asked: Sms, key: str, known: Known) -> None:
        self.messages[asked.phone.identity, asked.code] = known
        if key:
            self.keys[key] = known

    def take(self, number: str) -> None:
        self.taken[number] = self.taken.get(number, 0) + 1
        self.total += 1

    @invariant()
    def no_limit_is_passed(self) -> None:
        assert all(taken <= PER_NUMBER for taken in self.taken.values())
        assert self.total <= IN_ALL


@pytest.mark.parametrize("examples", [15, pytest.param(40, marks=pytest.mark.long)])
def test_instances_over_one_memory_agree_with_the_model(examples: int) -> None:
    run_state_machine_as_test(
        lambda: Model(Memory()),  # type: ignore[arg-type]
        settings=settings(max_examples=examples, stateful_step_count=40, deadline=None),
    )


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("examples", [3, pytest.param(10, marks=pytest.mark.long)])
def test_instances_over_one_server_agree_with_the_model(examples: int, server: RedisServer) -> None:
    run_state_machine_as_test(
        lambda: Model(RedisStore(emptied(server).address)),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
