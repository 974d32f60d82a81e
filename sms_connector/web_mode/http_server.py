"""The HTTP server of web mode: waitress, with the settings that the platform needs."""

import logging
import select
import signal
import socket
import time
from typing import Any, Final

from waitress import wasyncore
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher

from ..web.envelopes.event import LARGEST_PAYLOAD
from .requests import Channel

AT_ONCE: Final = 100
"""Requests at once: `instanceConcurrency` in s.web.yaml."""

GRACE_SECONDS: Final = 10.0
"""How long requests under way may take after SIGTERM. With default time-outs they take less."""

_CONNECTIONS: Final = 800
"""Stalled clients hold one each. With those to the provider, they fit into 1,024 open files."""

_IN_MEMORY: Final = 128 * 1024
"""In bytes: a larger body is in a temporary file until all of it has come."""

_NEVER: Final = 10 * 365 * 24 * 3600
_POLL_SECONDS: Final = 60
_QUIET_SECONDS: Final = 0.05


class _Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Starts a thread where no idle one can take a request: all at once would slow the start."""

    def add_task(self, task: Any) -> None:
        with self.lock:
            needed = self.active_count + len(self.queue) + 1
        self.set_thread_count(max(len(self.threads), min(needed, AT_ONCE)))
        super().add_task(task)


def listen(application: Any, host: str, port: int) -> Any:
    """Open the port, and return waitress's server. Raises OSError.

    Requests are read by one thread without blocking, so a slow client holds up nobody. Connections
    are never closed for idling: the platform reuses them, also after the process was frozen, and a
    POST on one that was closed meanwhile is a 502 that is not retried.
    """
    # Its lines name the path of a request, which may hold a report token.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    server = create_server(
        application,
        _dispatcher=_Threads(),
        host=host,
        port=port,
        ident=None,
        asyncore_use_poll=True,  # `select` takes no descriptor above 1,023
        channel_timeout=_NEVER,
        clear_untrusted_proxy_headers=False,  # no forwarded header is read
        connection_limit=_CONNECTIONS,
        inbuf_overflow=_IN_MEMORY,
        log_socket_errors=False,
        max_request_body_size=LARGEST_PAYLOAD + 1,
    )
    server.channel_class = Channel
    return server


def serve_until_stopped(server: Any) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and return.

    Call it in the main thread, which gets the signals.
    """
    stopped: list[float] = []

    def stop(*_: object) -> None:
        stopped.append(time.monotonic())
        server.pull_trigger()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    while not stopped:
        _poll(server, _POLL_SECONDS)
    _close_port(server)
    deadline = stopped[0] + GRACE_SECONDS
    _poll(server, _QUIET_SECONDS)  # reads what has arrived already
    while _is_busy(server) and time.monotonic() < deadline:
        _poll(server, _QUIET_SECONDS)


def _poll(server: Any, seconds: float) -> None:
    wasyncore.loop(seconds, use_poll=True, map=server._map, count=1)


def _close_port(server: Any) -> None:
    """Take the connections that wait, and no more."""
    waiting = select.poll()
    waiting.register(server.socket, select.POLLIN)
    while waiting.poll(0):
        server.handle_accept()
    # Not server.close(), which closes what threads wake this one with, too.
    wasyncore.dispatcher.close(server)


def _is_busy(server: Any) -> bool:
    return any(
        channel.requests or channel.request is not None or channel.total_outbufs_len
        for channel in server.active_channels.values()
    )


def port_of(server: Any) -> int:
    """Return the open port."""
    listener: socket.socket = server.socket
    port: int = listener.getsockname()[1]
    return port
