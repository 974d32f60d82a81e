"""Instances of the function, as many as a test wants, over one store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from sms_connector.errors import ConnectorError, ProviderError
from sms_connector.limits.rules import Counted, read_rule
from sms_connector.message import Receipt, Sms
from sms_connector.phone import parse_phone
from sms_connector.sending.at_most_once import AtMostOnce, Figures
from sms_connector.sending.options import SendOptions
from sms_connector.store.layered import Layered
from sms_connector.store.memory import Memory
from sms_connector.store.names import Names
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Result, Store, Transaction

SECRETS = ("0123456789abcdef0123456789abcdef",)
LONGEST_CALL = 1.0


def sms(code: str = "246810", phone: str = "13812345678", usage_type: str = "SignIn") -> Sms:
    return Sms(parse_phone(phone), usage_type, "SMS_1", code)


def rule(text: str, name: str = "perNumber", subject: str = "+8613812345678") -> Counted:
    found = read_rule(name, text)
    assert found is not None
    return Counted(found, (subject,))


def receipt(number: int = 1) -> Receipt:
    return Receipt(f"BIZ-{number}", f"REQUEST-{number}", "SignIn", "SMS_1")


def error(kind: str, sent: bool | None = False, code: str = "isv.X") -> ConnectorError:
    provider = ProviderError(code, "because", "REQUEST-9")
    return ConnectorError(kind, "Wait.", sent=sent, provider=provider)  # type: ignore[arg-type]


class Provider:
    """Counts what is sent, and answers with the outcomes that it is given, then with receipts."""

    def __init__(self, *outcomes: Receipt | Exception, takes: float = 0) -> None:
        self._outcomes = list(outcomes)
        self._takes = takes
        self._lock = threading.Lock()
        self.sent: list[Sms] = []

    def __call__(self, sms: Sms) -> Receipt:
        with self._lock:
            self.sent.append(sms)
            number = len(self.sent)
            outcome = self._outcomes.pop(0) if self._outcomes else receipt(number)
        time.sleep(self._takes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Killable:
    """The store of an instance, which does nothing more once the instance is dead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def transact(self, transaction: Transaction) -> Result:
        if self.dead:
            raise SystemExit
        return self._store.transact(transaction)


class Instance:
    """One instance: its memory, its connections, and what it has sent."""

    def __init__(
        self,
        shared: Store,
        secrets: tuple[str, ...] = SECRETS,
        longest_call: float = LONGEST_CALL,
        figures: Figures | None = None,
    ) -> None:
        if isinstance(shared, RedisStore):
            shared = Layered(Memory(), RedisStore(shared.address))
        self.store = Killable(shared)
        self.names = Names(secrets)
        self.sending = AtMostOnce(self.store, self.names, longest_call, figures)

    def send(
        self,
        sms: Sms,
        call: Callable[[Sms], Receipt],
        counted: Iterable[Counted] = (),
        **terms: Any,
    ) -> Receipt | ConnectorError:
        """Return what was raised instead of raising it."""
        try:
            return self.sending.send(sms, call, tuple(counted), SendOptions(**terms))
        except ConnectorError as error:
            return error

    def die_sending(self, sms: Sms, counted: Iterable[Counted] = (), **terms: Any) -> None:
        """Claim a message, and be killed during the call."""

        def call(_: Sms) -> Receipt:
            self.store.dead = True
            raise SystemExit

        try:
            self.sending.send(sms, call, tuple(counted), SendOptions(**terms))
        except SystemExit:
            return
        raise AssertionError("the message was not claimed")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same time, and return what they return."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int) -> None:
        barrier.wait()
        results[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
