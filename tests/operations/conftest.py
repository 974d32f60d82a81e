"""Fixtures for the operations."""

from collections.abc import Iterator

import pytest

from tests.support.redis_server import RedisServer
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
