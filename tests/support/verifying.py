"""Verifications over a store, and what stands for the provider where a test needs no real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sms_connector.config import parse_config
from sms_connector.errors import ConnectorError
from sms_connector.idempotency.key import IdempotencyKey
from sms_connector.message import Receipt, Sms
from sms_connector.phone import parse_phone
from sms_connector.settings import Settings
from sms_connector.store import Stores
from sms_connector.store.memory import Memory
from sms_connector.store.names import Names
from sms_connector.store.transaction import Result, Store, Transaction
from sms_connector.verification.service import Verifications
from tests.support.configs import config

PHONE = "13812345678"
SECRET = "a-secret-of-32-characters-or-more"
ON_A_MACHINE = Settings()
NO_LIMITS: dict[str, Any] = {"perNumber": []}


class Phones:
    """Receives the messages. ``fails`` is raised, if there is one, in place of a receipt."""

    def __init__(self) -> None:
        self.received: list[Sms] = []
        self.fails: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, sms: Sms) -> Receipt:
        self.received.append(sms)
        self.meanwhile()
        if self.fails is not None:
            raise self.fails
        return Receipt(f"BIZ-{len(self.received)}", "REQUEST", sms.usage_type, sms.template_code)

    @property
    def code(self) -> str:
        """The code of the latest message."""
        return self.received[-1].code


class CountingStore:
    """Counts the transactions, each of which is one round trip."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.transactions: list[Transaction] = []

    away = ""

    def transact(self, transaction: Transaction) -> Result:
        self.transactions.append(transaction)
        return self._store.transact(transaction)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class LaterMemory(Memory):
    """A memory whose time a test can move on."""

    seconds = 0.0

    def _now(self) -> int:
        return super()._now() + int(self.seconds * 1_000_000)


def verifications(
    store: Store,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    settings: Settings = ON_A_MACHINE,
    **changes: Any,
) -> Verifications:
    """Build the service over a store; ``changes`` are keys of the connector JSON."""
    whole = config(**{"limits": NO_LIMITS, **changes})
    stores = Stores(store, store, store, Names(secrets))
    return Verifications(settings, parse_config(json.dumps(whole)), stores)


def sms_to(phone: str = PHONE, usage_type: str = "SignIn") -> Sms:
    """Return a message as ``start`` wants it, without a code."""
    return Sms(parse_phone(phone), usage_type, "SMS_1", "")


def kind_of(operation: Callable[..., object], *arguments: object) -> str:
    """Return the kind of error that an operation raises, or an empty text."""
    try:
        operation(*arguments)
    except ConnectorError as error:
        return error.kind
    return ""


def wrong(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


NOT_SENT = ConnectorError("unavailable", "not reached", sent=False)
NUMBER_REFUSED = ConnectorError("invalid_parameter", "number illegal", sent=False)
UNKNOWN = ConnectorError("unknown_outcome", "no answer", sent=None)


def key(text: str = "key-1", body: bytes = b"{}", route: str = "r") -> IdempotencyKey:
    return IdempotencyKey(text, "credential", route, body)
