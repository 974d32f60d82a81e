"""Fixtures of an emulator, for the tests here and those in a browser."""

from collections.abc import Iterator

import pytest

from sms_connector.local.emulate.server import Emulator


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    with Emulator(flow_control=False) as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Emulator:
    """An emulator with an empty inbox and no flow control."""
    running_emulator.clear()
    return running_emulator
