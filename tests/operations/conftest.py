from collections.abc import Iterator

import pytest

from tests.support.redis_server import RedisServer
from tests.support.verifying import SECRET


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """Start a real server, which the settings then name."""
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        yield server
