"""The packaged server, as `s.web.yaml` starts it, at a provider that the test scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.package.interpreter import Interpreter
from tests.local.package.conftest import interpreter, made, package
from tests.support.configs import config
from tests.support.scripted_provider import ScriptedProvider, accept
from tests.support.web_mode import WebProcess

__all__ = ["interpreter", "made", "package"]

KEY = "Bearer open-sesame"

Start = Callable[..., WebProcess]


@pytest.fixture
def start(package: Path, interpreter: Interpreter) -> Iterator[Start]:
    """Start servers: `start(provider.endpoint, in_cloud=False)`. They are stopped afterwards."""
    with ExitStack() as stack:

        def start(
            endpoint: str,
            *,
            in_cloud: bool = True,
            changes: Mapping[str, Any] = {},
            **environ: str,
        ) -> WebProcess:
            # A port of this machine answers at once, but it may be busy with all these processes.
            whole = config(endpoint=endpoint, readTimeout=20_000, **changes)
            settings = {
                "SMS_CONNECTOR_CONFIG": json.dumps(whole),
                "SMS_CONNECTOR_AUTHORIZATION": KEY,
                "SMS_CONNECTOR_STORE": "memory://",
            }
            process = WebProcess(
                package, interpreter.path, in_cloud=in_cloud, **(settings | environ)
            )
            return stack.enter_context(process)

        yield start


@pytest.fixture
def accepting(provider: Callable[..., ScriptedProvider]) -> ScriptedProvider:
    return provider(accept)
