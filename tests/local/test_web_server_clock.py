"""A local server stops although the clock of its process was moved while it ran."""

from __future__ import annotations

import threading
import time

import pytest

from sms_connector.local.emulate.server import Emulator


def test_a_server_stops_after_the_clock_was_moved_forward_and_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = Emulator()
    emulator.__enter__()
    real = time.monotonic
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: real() + 86_400)
        time.sleep(0.5)  # its loop sleeps until tomorrow now
    stopping = threading.Thread(target=emulator.__exit__, args=(None, None, None), daemon=True)
    stopping.start()
    stopping.join(5)
    assert not stopping.is_alive()
