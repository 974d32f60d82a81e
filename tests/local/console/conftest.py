"""A console on a real socket, with an emulator beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator

from .calling import FORM, Page


@pytest.fixture(scope="module")
def running_console(
    running_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    path = tmp_path_factory.mktemp("console") / "connector.json"
    with Console(path, running_emulator) as console:
        yield console


@pytest.fixture
def console(running_console: Console, emulator: Emulator) -> Console:  # noqa: ARG001
    """A console with no file yet, and an emulator with an empty inbox."""
    running_console.path.unlink(missing_ok=True)
    return running_console


@pytest.fixture
def file(console: Console) -> Path:
    return console.path


@pytest.fixture
def page(console: Console) -> Page:
    """Requests as the console's own page makes them."""
    return Page(console)


@pytest.fixture
def form(emulator: Emulator) -> dict[str, Any]:
    return {**FORM, "endpoint": emulator.url}
