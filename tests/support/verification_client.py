"""A client of the operations on verifications, by HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.fc_context import FcContext
from tests.support.functions import new_function
from tests.support.http_calls import KEY, Way
from tests.support.http_events import WAYS, HttpAnswer, HttpRequest

PHONE = "13812345678"
START = {"phone": PHONE, "usageType": "SignIn"}


class Client:
    """Asks one function by HTTP, in one of its envelopes."""

    def __init__(self, function: Function, way: Way = WAYS["HTTP trigger"]) -> None:
        self._function = function
        self._way = way

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> HttpAnswer:
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = HttpRequest(raw, method, path, KEY | named)
        return self._way(self._function.handle, request, FcContext())


def code_of(emulator: Emulator, phone: str = PHONE) -> str:
    """Return the code in the latest message to a number."""
    return emulator.inbox.messages(phone)[0].template_param["code"]


@pytest.fixture
def _two_attempts(
    locked: None,  # noqa: ARG001
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
) -> None:
    configure({**example, "verification": {"attempts": 2}})


@pytest.fixture
def function(_two_attempts: None) -> Function:
    return new_function()


@pytest.fixture
def client(function: Function) -> Client:
    return Client(function)
