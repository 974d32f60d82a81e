"""Guesses against a provider that refuses and a store that fails, both at random.

Several instances start and check, by id and by number, also while a message is under way. Whatever
happens, the guesses that are judged stay within the attempts of the messages that the limits allow,
no verification is approved twice, and nobody who has the id is shut out by guesses by number.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sms_connector.errors import ConnectorError
from sms_connector.message import Receipt, Sms
from sms_connector.store.memory import Memory
from sms_connector.store.outage import StoreAwayError
from sms_connector.store.transaction import Result, Transaction
from tests.support.verifying import NOT_SENT, NUMBER_REFUSED, PHONE, UNKNOWN, sms_to, verifications
from tests.verification.test_guess_budget import REFUSALS

ATTEMPTS, MESSAGES = 4, 1
Trouble = Literal["", "lost", "refused"]

outcomes = st.none() | st.sampled_from((NOT_SENT, NUMBER_REFUSED, UNKNOWN, *REFUSALS))
troubles: st.SearchStrategy[list[Trouble]] = st.just([]) | st.lists(
    st.sampled_from(("", "", "", "lost", "refused")), max_size=4
)


class FailingStore:
    """A memory for all instances, as one of them reaches it: its next calls have trouble.

    What is lost was committed, and its reply did not come. As a server's store does, it knows what
    is repeated by what was written.
    """

    away = ""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lost: dict[tuple[str, ...], Result] = {}
        self.next: list[Trouble] = []

    def transact(self, transaction: Transaction) -> Result:
        trouble = self.next.pop(0) if self.next else ""
        if trouble == "refused":
            raise StoreAwayError("refused")
        written = tuple(write.value for write in transaction.write)
        if transaction.is_repeat and written in self._lost:
            return self._lost[written]
        result = self._memory.transact(msgspec.structs.replace(transaction, is_repeat=False))
        if trouble == "lost":
            self._lost[written] = result
            raise StoreAwayError("silent", maybe_done=True)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._memory, name)


class Model(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        memory = Memory()
        self.stores = [FailingStore(memory) for _ in range(2)]
        limits = {"perNumber": [f"{MESSAGES}/day"]}
        whole: dict[str, Any] = {
            "limits": limits,
            "verification": {"attempts": ATTEMPTS, "sends": 20},
            "connectTimeout": 1,
            "readTimeout": 1,
        }
        self.services = [verifications(store, **whole) for store in self.stores]
        self.codes: list[str] = []
        self.id = ""
        self.guessed_by_id: set[str] = set()
        self.lock = threading.Lock()
        self.judged = 0
        self.approved: Counter[str] = Counter()

    instances = st.sampled_from((0, 1))

    def guess(self, instance: int, code: str, verification_id: str = "") -> str:
        """Guess, count what was judged, and return the kind of error."""
        service = self.services[instance]
        try:
            if verification_id:
                approved = service.check(verification_id, code)
            else:
                approved = service.check_number(PHONE, "SignIn", code)
        except ConnectorError as error:
            with self.lock:
                self.judged += error.kind == "code_mismatch"
            return error.kind
        with self.lock:
            self.judged += 1
            self.approved[approved.id] += 1
        return ""

    @rule(
        instance=instances, outcome=outcomes, meanwhile=st.sampled_from((0, 0, 3)), trouble=troubles
    )
    def start(
        self, instance: int, outcome: ConnectorError | None, meanwhile: int, trouble: list[Trouble]
    ) -> None:
        guessers: list[threading.Thread] = []

        def call(sms: Sms) -> Receipt:
            self.codes.append(sms.code)
            for number in range(meanwhile):
                code = sms.code if number else "0000"
                guessers.append(threading.Thread(target=self.guess, args=(1 - instance, code)))
                guessers[-1].start()
            time.sleep(0.002 * meanwhile)
            if outcome is not None:
                raise outcome.copy()
            return Receipt("BIZ", "REQUEST", sms.usage_type, sms.template_code)

        self.stores[instance].next = list(trouble)
        try:
            self.id = self.services[instance].start(sms_to(), call).verification.id
        except ConnectorError:
            self.id = ""  # its caller got none
        self.stores[instance].next = []
        for guesser in guessers:
            guesser.join()

    @rule(instance=instances, right=st.booleans(), trouble=troubles)
    def check_number(self, instance: int, right: bool, trouble: list[Trouble]) -> None:
        self.stores[instance].next = list(trouble)
        self.guess(instance, self.codes[-1] if right and self.codes else "0000")
        self.stores[instance].next = []

    @rule(instance=instances)
    def strangers_guess_by_number(self, instance: int) -> None:
        kinds = [self.guess(instance, "0000") for _ in range(ATTEMPTS + 1)]
        assert kinds[-1] in ("attempts_used_up", "not_pending")

    @rule(instance=instances, trouble=troubles)
    def check_wrong_by_id(self, instance: int, trouble: list[Trouble]) -> None:
        if self.id:
            self.stores[instance].next = list(trouble)
            self.guessed_by_id.add(self.id)
            self.guess(instance, "0000", self.id)
            self.stores[instance].next = []

    @rule(instance=instances)
    def check_right_by_id(self, instance: int) -> None:
        if not self.id:
            return
        status = self.services[instance].get(self.id)[0].status
        kind = self.guess(instance, self.codes[-1], self.id)
        if self.id not in self.guessed_by_id:
            assert kind == ("" if status == "pending" else "not_pending")

    @invariant()
    def no_guess_is_judged_beyond_the_budget(self) -> None:
        assert self.judged <= ATTEMPTS * MESSAGES

    @invariant()
    def no_verification_is_approved_twice(self) -> None:
        assert all(count == 1 for count in self.approved.values())


@pytest.mark.parametrize("examples", [20, pytest.param(100, marks=pytest.mark.long)])
def test_guesses_stay_within_what_the_messages_allow(examples: int) -> None:
    run_state_machine_as_test(
        Model, settings=settings(max_examples=examples, stateful_step_count=50, deadline=None)
    )
