"""Fixtures for all tests. No test reaches beyond this machine."""

from __future__ import annotations

import json
import os
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme

from sms_connector import tls
from sms_connector.function import Function
from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.fc_context import FcContext
from sms_connector.provider import wire
from tests.support.configs import config
from tests.support.emulators import emulator, running_emulator
from tests.support.functions import body_of, new_function
from tests.support.http_calls import ask, locked
from tests.support.scripted_provider import ScriptedProvider, accept

__all__ = ["ask", "emulator", "locked", "running_emulator"]

EXAMPLE = Path(__file__).parents[1] / "docs/examples/connector.example.json"

Invoke = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait for minutes: the others run meanwhile."""
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    return max((mark.kwargs.get("seconds", 0) for mark in item.iter_markers("long")), default=0)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of this machine, and a connector.json beside index.py, out of the tests."""
    for name in os.environ:
        if name.startswith(("SMS_CONNECTOR_", "ALIBABA_CLOUD_", "FC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SMS_CONNECTOR_CONFIG_FILE", str(tmp_path / "connector.json"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("DEBUG", raising=False)


@pytest.fixture(autouse=True)
def _no_connection_of_another_test() -> Iterator[None]:
    yield
    wire.idle_connections.close()


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c() -> None:
    """Let Ctrl-C reach what the tests start, also where they themselves run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def example(emulator: Emulator) -> dict[str, Any]:
    """The example config of the README, at the running emulator and without limits."""
    return example_config(emulator.url) | {"limits": {"perNumber": []}}


@pytest.fixture
def context() -> FcContext:
    return FcContext()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """Set the connector JSON in the environment, as s.yaml does."""
    return lambda whole: monkeypatch.setenv("SMS_CONNECTOR_CONFIG", json.dumps(whole))


@pytest.fixture
def invoke(context: FcContext) -> Invoke:
    """Call the function as Function Compute does: bytes in, and the context."""
    instance: list[Function] = []

    def call(payload: object, context: FcContext = context) -> Any:
        event = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        if not instance:  # the first event comes once the test has made its settings
            instance.append(new_function())
        returned = instance[0].handle(event, context)
        return body_of(returned) if isinstance(returned, bytes) else returned

    return call


@pytest.fixture
def provider() -> Iterator[Callable[..., ScriptedProvider]]:
    """Start providers that do what the test says: `provider(accept, reset)`."""
    with ExitStack() as stack:
        yield lambda *acts, tls=None: stack.enter_context(ScriptedProvider(acts, tls))


@pytest.fixture
def accepting(
    provider: Callable[..., ScriptedProvider], configure: Callable[[dict[str, Any]], None]
) -> ScriptedProvider:
    """A provider that takes every message, and a config that points to it."""
    accepting = provider(accept)
    configure(config(endpoint=accepting.endpoint))
    return accepting


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ssl.SSLContext]:
    """A server's TLS context whose certificate this process trusts, by way of SSL_CERT_FILE."""
    authority = trustme.CA()
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    tls.tls_context.cache_clear()
    yield server
    tls.tls_context.cache_clear()
