"""The emulator as a server in a thread of its own, for tests and for tools."""

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

import uvicorn

from .account import DEFAULT_ACCOUNT, Account
from .app import DELIVERY_DELAY, create_app
from .connection import Connection
from .flow_control import FlowControl
from .inbox import Inbox, ReceivedMessage

# In seconds. It takes milliseconds; this is for a machine that has stopped breathing.
_START_TIMEOUT = 10.0


class Emulator:
    """Serves for as long as its one `with` block lasts.

    Port 0 picks a free one. `clock` gives seconds since the epoch, and signatures are checked
    against it too; `delivery_delay` is in seconds. Both certificate files are PEM, and with them
    the emulator speaks TLS. `on_message` is called in the server's thread. Entering raises
    OSError if the port is taken or a certificate cannot be read.
    """

    def __init__(
        self,
        port: int = 0,
        flow_control: bool = True,
        account: Account = DEFAULT_ACCOUNT,
        ssl_certfile: str | None = None,
        ssl_keyfile: str | None = None,
        clock: Callable[[], float] = time.time,
        host: str = "127.0.0.1",
        delivery_delay: float = DELIVERY_DELAY,
        on_message: Callable[[ReceivedMessage], None] | None = None,
    ) -> None:
        self.account = account
        self.inbox = Inbox(on_message=on_message)
        self._flow_control = FlowControl() if flow_control else None
        self._address = (host, port)
        app = create_app(account, self.inbox, self._flow_control, clock, delivery_delay)
        config = uvicorn.Config(
            app,
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="off",
            # A call's parameters are in its URL: neither they nor anything else is logged.
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=60,
            ssl_certfile=ssl_certfile,
            ssl_keyfile=ssl_keyfile,
        )
        self._scheme = "https" if ssl_certfile else "http"
        self._server = _Server(config)

    @property
    def url(self) -> str:
        """The address, without a slash at its end. Ask only inside the `with` block."""
        host, port = self._address
        return f"{self._scheme}://{host}:{port}"

    def clear(self) -> None:
        """Empty the inbox, and let flow control forget what was sent."""
        self.inbox.clear()
        if self._flow_control is not None:
            self._flow_control.clear()

    def __enter__(self) -> "Emulator":
        self._server.config.load()
        listener = socket.create_server(self._address)
        # Connections inherit it. Without it an answer's second packet waits 40 ms for the first
        # to be acknowledged, and asyncio leaves it off for sockets made like this one.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._address = listener.getsockname()[:2]
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="sms-emulator", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_TIMEOUT):
            raise RuntimeError("the emulator did not start")
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
