"""Wakes open pages when the inbox changes."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Changes:
    """Any thread may announce a change; event loops wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def announce(self) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for event, loop in waiting:
            # A closed loop has no page to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def following(self) -> Iterator[asyncio.Event]:
        """Yield an event that each change sets from now on."""
        event = asyncio.Event()
        with self._lock:
            self._waiting[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                del self._waiting[event]
