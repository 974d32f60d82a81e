"""Fixtures: the memory, and each real server that this machine has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from sms_connector.store import timeouts
from sms_connector.store.memory import Memory
from sms_connector.store.redis import RedisStore
from sms_connector.store.transaction import Store
from tests.support.redis_server import RedisServer, server_programs

PROGRAMS = server_programs()


def _name(program: str) -> str:
    return program if program == "memory" else "-".join(Path(program).parts[-3:])


@pytest.fixture(scope="session")
def running() -> Iterator[Callable[[str], RedisServer]]:
    """Return the running server of a program, started when it is first needed."""
    with ExitStack() as stack:
        yield cache(lambda program: stack.enter_context(RedisServer(program)))


@pytest.fixture(params=PROGRAMS, ids=_name)
def server(running: Callable[[str], RedisServer], request: pytest.FixtureRequest) -> RedisServer:
    """A server that holds nothing."""
    return emptied(running(request.param))


@pytest.fixture(params=["memory", *PROGRAMS], ids=_name)
def store(running: Callable[[str], RedisServer], request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind."""
    if request.param == "memory":
        return Memory()
    return RedisStore(emptied(running(request.param)).address)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a machine that is busy with other tests be no fault of the server."""
    monkeypatch.setattr(timeouts, "SECONDS_PER_CALL", 5.0)
    monkeypatch.setattr(timeouts, "PATIENT_SECONDS", 15.0)


def emptied(server: RedisServer) -> RedisServer:
    server.command("FLUSHALL")
    return server


@pytest.fixture
def memory() -> Store:
    return Memory()
