"""Any order of operations by several instances, against a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from sms_connector.errors import ConnectorError
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Store
from sms_connector.verification.codes import new_id
from tests.support.redis_server import RedisServer
from tests.support.verifying import LaterMemory, Phones, kind_of, sms_to, verifications, wrong

ATTEMPTS, SENDS, SECONDS = 3, 3, 30
NUMBERS = ("13812345678", "+12125550123")
OUTCOMES = (
    None,
    ConnectorError("unavailable", "not reached", sent=False),
    ConnectorError("unknown_outcome", "no answer", sent=None),
)


@dataclass
class Expected:
    """What the model knows of one verification."""

    id: str
    code: str
    expires: float
    status: str = "pending"
    attempts: int = ATTEMPTS
    sends: int = SENDS


@dataclass
class World:
    """Two instances over one store, and a clock that only a test can move on."""

    stores: tuple[Store, Store]
    pass_time: Callable[[float], None] | None
    seconds: float = 0
    latest: dict[str, Expected] = field(default_factory=dict)


class Model(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.known: list[Expected] = []
        limits = {"perNumber": [], "conversion": {"atLeast": 1_000, "below": 0.1}}
        self.services = [
            verifications(
                store,
                limits=limits,
                verification={"attempts": ATTEMPTS, "sends": SENDS, "validSeconds": SECONDS},
            )
            for store in world.stores
        ]

    instances = st.sampled_from((0, 1))
    numbers = st.sampled_from(NUMBERS)
    positions = st.integers(0, 5)

    def living(self, one: Expected | None) -> Expected | None:
        return one if one is not None and self.world.seconds < one.expires else None

    def verification(self, position: int) -> Expected:
        """Return one of those begun, the latest first, or one that never was."""
        if position < len(self.known):
            return self.known[-1 - position]
        return Expected(new_id(), "246810", -1)

    @rule(instance=instances, number=numbers, outcome=st.sampled_from(OUTCOMES))
    def start(self, instance: int, number: str, outcome: ConnectorError | None) -> None:
        phones, latest = Phones(), self.living(self.world.latest.get(number))
        phones.fails = outcome.copy() if outcome else None
        pending = latest if latest and latest.status == "pending" else None
        service = self.services[instance]
        if pending and not pending.sends:
            assert kind_of(lambda: service.start(sms_to(number), phones)) == "rate_limited"
            assert phones.received == []
            return
        if outcome is not None:
            assert kind_of(lambda: service.start(sms_to(number), phones)) == outcome.kind
        else:
            started = service.start(sms_to(number), phones)
            assert started.is_new is (pending is None)
        if pending is not None:
            assert phones.code == pending.code
        if outcome is not None and outcome.sent is False:
            return
        if pending is None:
            pending = Expected("", phones.code, self.world.seconds + SECONDS)
            self.world.latest[number] = pending
        pending.sends -= 1
        if outcome is None:
            if not pending.id:
                self.known.append(pending)
            pending.id = started.verification.id
            assert started.verification.attempts_left == pending.attempts
            assert started.verification.sends_left == pending.sends

    def judged(
        self,
        one: Expected | None,
        right: bool,
        check: Callable[[], object],
        reserved: int = 0,
    ) -> None:
        if one is None or one.status in ("approved", "cancelled"):
            assert kind_of(check) == "not_pending"
        elif one.status == "exhausted" or one.attempts <= reserved:
            assert kind_of(check) == "attempts_used_up"
        elif right:
            check()
            one.status = "approved"
        else:
            with pytest.raises(ConnectorError) as refusal:
                check()
            one.attempts -= 1
            assert refusal.value.kind == "code_mismatch"
            assert refusal.value.attempts_left == one.attempts - reserved
            one.status = "pending" if one.attempts else "exhausted"

    @rule(instance=instances, position=positions, right=st.booleans())
    def check(self, instance: int, position: int, right: bool) -> None:
        one = self.verification(position)
        code = one.code if right else wrong(one.code)
        self.judged(self.living(one), right, lambda: self.services[instance].check(one.id, code))

    @rule(instance=instances, number=numbers, right=st.booleans())
    def check_number(self, instance: int, number: str, right: bool) -> None:
        latest = self.living(self.world.latest.get(number))
        code = latest.code if latest else "246810"
        typed = code if right else wrong(code)
        service = self.services[instance]
        self.judged(latest, right, lambda: service.check_number(number, "SignIn", typed), 2)

    @rule(instance=instances, position=positions)
    def cancel(self, instance: int, position: int) -> None:
        one = self.verification(position)
        kind = kind_of(lambda: self.services[instance].cancel(one.id))
        if self.living(one) and one.status == "pending":
            assert kind == ""
            one.status = "cancelled"
        else:
            assert kind == "not_pending"

    @rule(instance=instances, position=positions)
    def get(self, instance: int, position: int) -> None:
        one = self.verification(position)
        if not self.living(one):
            assert kind_of(lambda: self.services[instance].get(one.id)) == "not_pending"
            return
        state, _ = self.services[instance].get(one.id)
        assert (state.status, state.attempts_left, state.sends_left) == (
            one.status,
            one.attempts,
            one.sends,
        )

    @precondition(lambda self: self.world.pass_time is not None)
    @rule(seconds=st.sampled_from((1, SECONDS // 2, SECONDS)))
    def pass_time(self, seconds: int) -> None:
        assert self.world.pass_time is not None
        # A little more than the model knows, as what happens between takes time too.
        self.world.pass_time(seconds + 0.001)
        self.world.seconds += seconds


@pytest.mark.parametrize("examples", [50, pytest.param(150, marks=pytest.mark.long)])
def test_the_memory_agrees_with_the_model(examples: int) -> None:
    def model() -> Model:
        store = LaterMemory()

        def pass_time(seconds: float) -> None:
            store.seconds += seconds

        return Model(World((store, store), pass_time))

    run_state_machine_as_test(
        model,  # type: ignore[arg-type]
        settings=settings(max_examples=examples, stateful_step_count=40, deadline=None),
    )


@pytest.mark.parametrize("examples", [10, pytest.param(40, marks=pytest.mark.long)])
def test_a_server_agrees_with_the_model(examples: int, server: RedisServer) -> None:
    def model() -> Model:
        server.command("FLUSHALL")
        return Model(World((RedisStore(server.address), RedisStore(server.address)), None))

    began = time.monotonic()
    run_state_machine_as_test(
        model,  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # No verification may have expired within an example.
    assert (time.monotonic() - began) / examples < SECONDS
