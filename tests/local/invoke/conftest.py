"""Function Compute as the official client of FC 2.0 reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_connector.provider.client import AccessKey
from tests.support.function_compute import FunctionCompute

KEY = AccessKey("LTAI-fc-key-id", "fc-key-secret", "fc-security-token")


@pytest.fixture
def fc(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FunctionCompute]:
    """Function Compute with the function deployed, which sends to the emulator."""
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_ANONYMOUS", "true")
    with FunctionCompute(KEY) as fc:
        yield fc
