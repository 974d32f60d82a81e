"""Serve an application on this machine: shared by the emulator, the console and `serve`."""

import asyncio
import contextlib
import errno
import socket
import threading
from types import TracebackType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import Self
from uvicorn.protocols.http.h11_impl import H11Protocol

# In seconds. It takes milliseconds, but a machine may be very busy.
_START_TIMEOUT = 10.0
_STOP_SECONDS = 1  # whole, as uvicorn wants it

# Connections that may wait while a server starts or restarts.
_BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """Open the port; 0 picks a free one. Raises OSError, for which see `listen_problem`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    # Connections inherit it. Without it the second packet of an answer waits 40 ms for the first
    # to be acknowledged, and asyncio does not set it for sockets made like this one.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def listen_or_pick(host: str, port: int) -> socket.socket:
    """Open the port, or a free one if it is taken. Raises OSError like `listen`."""
    try:
        return listen(host, port)
    except OSError as error:
        if not is_taken(error):
            raise
        return listen(host, 0)


def url_of(listener: socket.socket) -> str:
    """Return the HTTP address of an open port, without a slash at its end."""
    return _url("http", listener.getsockname()[:2])


def _url(scheme: str, address: tuple[str, int]) -> str:
    host, port = address
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def is_taken(error: OSError) -> bool:
    """Return whether another program listens on the port."""
    return error.errno == errno.EADDRINUSE


def listen_problem(error: OSError, host: str, port: int) -> str:
    """Return one sentence on why the port could not be opened, and what to do."""
    if is_taken(error):
        return f"Port {port} of {host} is taken: stop what listens there, or choose another port."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    return f"Port {port} of {host} cannot be opened: {error.strerror}."


def quiet_config(app: ASGIApp, **changes: Any) -> uvicorn.Config:
    """Return a uvicorn config that prints and logs nothing."""
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
    """Serves within its one `with` block.

    Port 0 picks a free one. Both certificate files are PEM; with them it serves TLS. Entering
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
            quiet_config(
                app,
                http=http,
                ssl_certfile=ssl_certfile,
                ssl_keyfile=ssl_keyfile,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )

    @property
    def url(self) -> str:
        """The address, without a slash at its end. Valid only within the `with` block."""
        return _url(self._scheme, self._address)

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
        self._server.stop()
        self._thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def stop(self) -> None:
        """End the main loop now. Its own sleep never ends if a test has moved the clock back."""
        self.should_exit = True
        with contextlib.suppress(RuntimeError):  # it has stopped already
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set()

    async def main_loop(self) -> None:
        ends = {
            asyncio.create_task(super().main_loop()),
            asyncio.create_task(self._stopping.wait()),
        }
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn would wait for open requests, and one that hangs never ends.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)
