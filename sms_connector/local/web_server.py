"""Serving an application on this machine: what the emulator, the console and `serve` stand on."""

import asyncio
import socket
import threading
from types import TracebackType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import Self
from uvicorn.protocols.http.h11_impl import H11Protocol

# In seconds. It takes milliseconds; this is for a machine that has stopped breathing.
_START_TIMEOUT = 10.0

# Connections that may wait while a server starts, or starts anew.
_BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """Open the port; 0 picks a free one. Raises OSError if it is taken."""
    listener = socket.create_server((host, port), backlog=_BACKLOG)
    # Connections inherit it. Without it an answer's second packet waits 40 ms for the first
    # to be acknowledged, and asyncio leaves it off for sockets made like this one.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def quiet_config(app: ASGIApp, **changes: Any) -> uvicorn.Config:
    """Configure uvicorn to serve and to say nothing."""
    settings: dict[str, Any] = {
        "http": H11Protocol,
        "loop": "asyncio",
        "ws": "none",
        "lifespan": "off",
        # A request may hold a phone number, a code or a token: nothing is logged.
        "log_config": None,
        "log_level": "critical",
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": 60,
    }
    return uvicorn.Config(app, **{**settings, **changes})


class WebServer:
    """Serves for as long as its one `with` block lasts.

    Port 0 picks a free one. Both certificate files are PEM, and with them it speaks TLS. Entering
    raises OSError if the port is taken or a certificate cannot be read.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        name: str,
        http: type[asyncio.Protocol] = H11Protocol,
        ssl_certfile: str | None = None,
        ssl_keyfile: str | None = None,
    ) -> None:
        self._name = name
        self._address = (host, port)
        self._scheme = "https" if ssl_certfile else "http"
        self._server = _Server(
            quiet_config(app, http=http, ssl_certfile=ssl_certfile, ssl_keyfile=ssl_keyfile)
        )

    @property
    def url(self) -> str:
        """The address, without a slash at its end. Ask only inside the `with` block."""
        host, port = self._address
        return f"{self._scheme}://{host}:{port}"

    def __enter__(self) -> Self:
        self._server.config.load()
        listener = listen(*self._address)
        self._address = listener.getsockname()[:2]
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name=self._name, daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_TIMEOUT):
            raise RuntimeError(f"{self._name} did not start")
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn would wait for open requests, and a hung one never ends by itself.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)
