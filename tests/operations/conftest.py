"""Fixtures for the operations."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.redis_server import RedisServer
from tests.support.reporting import TOKEN
from tests.support.verification_client import _two_attempts, client, function
from tests.support.verifying import SECRET

__all__ = ["_two_attempts", "client", "function"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """Start a real server, which the settings then name."""
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        yield server


@pytest.fixture
def report_token(
    example: dict[str, Any],
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settings under which reports are accepted."""
    configure(example)
    monkeypatch.setenv("SMS_CONNECTOR_AUTHORIZATION", "a-key-for-tests")
    monkeypatch.setenv("SMS_CONNECTOR_REPORT_TOKEN", TOKEN)
